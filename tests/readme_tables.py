"""The tables of the documents, written from the code: ``python -m tests.readme_tables``.

Each stands between ``<!-- name -->`` and ``<!-- /name -->``; ``test_docs`` compares.
"""

import re
from pathlib import Path

from bot.cli import VERBS
from bot.commands.table import COMMANDS
from jobs.settings import Settings
from tests.all_figures import all_figures

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
OPERATIONS = ROOT / "docs" / "operations.md"


def explained_settings() -> dict[str, tuple[str, str]]:
    """Return each setting of .env.example with its explanation and its default there."""
    found: dict[str, tuple[str, str]] = {}
    words = ""
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            words = line.removeprefix("# ")
        elif "=" in line:
            name, _, default = line.partition("=")
            found[name] = (words, default)
            words = ""
    return found


def settings_table() -> str:
    """Return the table of settings."""
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {words} |"
        for name, (words, default) in explained_settings().items()
        if name.lower() in Settings.model_fields
    ]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


def commands_table() -> str:
    """Return the table of the bot's commands."""
    rows = [
        f"| `/{command.name}{f' {command.usage}' if command.usage else ''}` "
        f"| {command.description} |"
        for command in COMMANDS
    ]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def verbs_table() -> str:
    """Return the table of the command line's verbs."""
    rows = [f"| `recognition-watch {verb.name}` | {verb.purpose} |" for verb in VERBS]
    return "\n".join(["| verb | what it does |", "|---|---|", *rows])


def figures_table() -> str:
    """Return the table of what ``/metrics`` shows."""
    rows = [
        f"| `{figure.name}` | {figure.kind} | {', '.join(figure.labels)} | {figure.words} |"
        for figure in all_figures()
    ]
    return "\n".join(["| figure | kind | labels | what it is |", "|---|---|---|---|", *rows])


TABLES = {
    README: {"settings": settings_table, "commands": commands_table, "verbs": verbs_table},
    OPERATIONS: {"metrics": figures_table},
}


def with_tables(path: Path) -> str:
    """Return a document's text with every table as the code has it now."""
    text = path.read_text(encoding="utf-8")
    for name, table in TABLES[path].items():
        block = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, count = block.subn(lambda m, t=table: f"{m[1]}{t()}\n{m[2]}", text)  # type: ignore[misc]
        if count != 1:
            raise AssertionError(f"{path.name}: expected one block named {name}, found {count}")
    return text


if __name__ == "__main__":
    for document in TABLES:
        document.write_text(with_tables(document), encoding="utf-8")
