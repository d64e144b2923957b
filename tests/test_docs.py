"""The documents name what there is, and nothing else."""

import re
from pathlib import Path

import pytest

from bot.cli import VERBS
from bot.commands.table import COMMANDS
from jobs.settings import SECRETS, Settings
from tests.readme_tables import README, ROOT, TABLES, explained_settings, with_tables

DEFAULTS = {
    name.upper(): field.default for name, field in Settings.model_fields.items() if name != "bot"
}


def test_the_example_holds_every_setting_and_no_other() -> None:
    assert set(explained_settings()) == set(DEFAULTS)


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_a_setting_is_explained_with_its_true_default(name: str) -> None:
    words, shown = explained_settings()[name]
    default = DEFAULTS[name]
    plain = {None: "", (): "", True: "true", False: "false"}
    expected = str(default) if type(default) is int else plain.get(default, str(default))
    assert words.endswith((".", "."))
    assert shown == expected


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_tables_are_those_of_the_code(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == with_tables(path), (
        "run: python -m tests.readme_tables"
    )


def test_every_verb_named_anywhere_exists() -> None:
    known = {verb.name for verb in VERBS}
    for path in [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for name in re.findall(r"`recognition-watch ([a-z-]+)", path.read_text(encoding="utf-8")):
            assert name in known, f"{path.name}: recognition-watch {name}"


def test_every_command_named_anywhere_exists() -> None:
    known = {command.name for command in COMMANDS}
    for path in [README, ROOT / "CHANGELOG.md"]:
        text = re.sub("<!--.*?-->", "", path.read_text(encoding="utf-8"))
        for name in re.findall(r"(?<![\w/.:<)-])/([a-z]{3,})\b(?![/.])", text):
            if name not in {"healthz", "readyz", "metrics", "newbot", "setinline"}:
                assert name in known, f"{path.name}: /{name}"


def test_secrets_from_files_are_explained() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in SECRETS:
        assert f"{name.upper()}_FILE" in text


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md")))
def test_a_page_is_whole_and_what_it_links_to_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search("^(<{7}|={7}|>{7})", text, re.MULTILINE), "two versions stand side by side"
    links = re.findall(r"\]\((?!\w+:)([^)#\s]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []
