"""The tables of the README, written from the code: ``python -m tests.readme_tables``.

Each stands between ``<!-- name -->`` and ``<!-- /name -->``; ``test_docs`` compares.
"""

import re
from pathlib import Path

from bot.cli import VERBS
from bot.commands.table import COMMANDS
from jobs.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


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


TABLES = {"settings": settings_table, "commands": commands_table, "verbs": verbs_table}


def with_tables(readme: str) -> str:
    """Return the README's text with every table as the code has it now."""
    for name, table in TABLES.items():
        block = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        readme, count = block.subn(lambda m, t=table: f"{m[1]}{t()}\n{m[2]}", readme)  # type: ignore[misc]
        if count != 1:
            raise AssertionError(f"README.md: expected one block named {name}, found {count}")
    return readme


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
