"""The translators' tool: python -m bot.texts.catalogues [LANGUAGE…].

Brings the catalogues up to date with the sentences of the program, and says what each
lacks. A language that has none yet is given an empty one. A catalogue is a .po file and
is read as it is when the bot starts: nothing is compiled, and nothing can be out of date.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import generate_po, read_po

from bot.texts.language import catalogue_path, catalogues
from jobs.reference import load_reference

_SOURCE = Path(__file__).parent.parent
_SAYING = {"gettext": 1, "N_": 1, "ngettext": 2}
"""What a sentence is given to, and how many of it."""
_WIDTH = 100
_HEAD = """\
# Recognition Watch in {name}.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

Said = str | tuple[str, str]
"""A sentence, or one with its plural."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the file that says it."""

    said: Said
    file: str


@lru_cache(maxsize=1)
def sentences() -> list[Sentence]:
    """Return every sentence of the bot once, in the order of its files."""
    found: dict[Said, str] = {}
    for path in sorted(_SOURCE.rglob("*.py")):
        for said in _of_source(path):
            found.setdefault(said, path.relative_to(_SOURCE.parent).as_posix())
    for said, file in _of_data():
        found.setdefault(said, file)
    return [Sentence(said, file) for said, file in found.items()]


def written(language: str) -> Catalog:
    """Return a language's catalogue as it is on the disk; empty where there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True)


def as_text(language: str) -> str:
    """Return what a language's file should hold: each sentence, with what is written of it."""
    old, new = written(language), Catalog(locale=language)
    for sentence in sentences():
        known = old.get(sentence.said if isinstance(sentence.said, str) else sentence.said[0])
        same = known is not None and known.id == sentence.said
        new.add(sentence.said, known.string if known and same else None, [(sentence.file, 1)])
    head = _HEAD.format(
        name=old.locale.english_name if old.locale else language,
        language=language,
        plurals=get_plural(language).plural_forms,
    )
    body = "".join(generate_po(new, width=_WIDTH, omit_header=True, include_lineno=False))
    return head + body.strip() + "\n"


def missing(language: str) -> list[str]:
    """Return the sentences that a language lacks, or has in too few forms."""
    known = written(language)
    lacking = []
    for sentence in sentences():
        one = sentence.said if isinstance(sentence.said, str) else sentence.said[0]
        found = known.get(one)
        forms = _forms(found.string) if found is not None and found.id == sentence.said else ()
        wanted = known.num_plurals if isinstance(sentence.said, tuple) else 1
        if len(forms) != wanted or not all(forms):
            lacking.append(one)
    return lacking


def _forms(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def _of_source(path: Path) -> list[Said]:
    """Return a file's sentences; in f-strings too, which gettext's own tools do not look into."""
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    found: list[Said] = []
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        given = call.args[: _SAYING.get(name, 0)]
        said = [str(each.value) for each in given if isinstance(each, ast.Constant)]
        if said and len(said) == _SAYING[name]:
            found.append(said[0] if len(said) == 1 else (said[0], said[1]))
    return found


def _of_data() -> Iterator[tuple[str, str]]:
    """Yield what the packaged cases and groups say in words."""
    reference = load_reference()
    for group in reference.groups.values():
        yield group.title, "jobs/data/groups.toml"
    for case in reference.cases.values():
        file = f"jobs/data/cases/{case.id}.toml"
        said = [official.office for official in case.officials]
        said += [watched.note for watched in case.watch]
        for forum in case.forums:
            said += [forum.name, forum.organisation, forum.place]
        yield from ((each, file) for each in said if each)


def main(asked: Sequence[str]) -> int:
    """Bring catalogues up to date; return 1 if any lacks a sentence."""
    lacks = 0
    for language in asked or catalogues():
        path = catalogue_path(language)
        text = as_text(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        lacking = missing(language)
        lacks += len(lacking)
        sys.stdout.write(f"{language}: {len(lacking)} missing\n")
        sys.stdout.writelines(f"  {sentence!r}\n" for sentence in lacking)
    return int(lacks > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
