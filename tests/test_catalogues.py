"""The catalogues: whole, in their own language, and with what the sentences need in them."""

import gettext
import re
import string
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from bot.texts import catalogues as tool
from bot.texts import language as speaking
from bot.texts import wording
from bot.texts.language import Name, catalogue_path, catalogues, words_of
from bot.texts.wording import headline_of
from jobs.domain.events import TAKES_BACK, EventStatus, EventType
from jobs.reference import Reference, load_reference

SCRIPTS = {"ar": "؀-ۿ", "fa": "؀-ۿ", "ur": "؀-ۿ", "ru": "а-яё", "zh": "一-鿿"}
"""The letters of a language that is not written in Latin ones."""
ENDS = {":": ":：", "?": "?؟？"}
_COMMAND = re.compile(r"(?<![\w/])/[a-z]+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_DIRECTED = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def test_the_languages_that_were_promised_are_there() -> None:
    assert {"ar", "fa", "ru", "uz", "zh"} <= set(catalogues())


@pytest.mark.parametrize("language", catalogues())
def test_no_sentence_is_missing(language: str) -> None:
    lacking = tool.missing(language)
    assert not lacking, f"{language} lacks {len(lacking)}:\n" + "\n".join(lacking)


@pytest.mark.parametrize("language", catalogues())
def test_the_file_is_as_the_tool_writes_it(language: str) -> None:
    written = catalogue_path(language).read_text("utf-8")
    assert written == tool.as_text(language), "run: python -m bot.texts.catalogues"


def translated(language: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence with what it is in the language, form by form."""
    for message in tool.written(language):
        if message.id:
            yield from _forms(message)


def _forms(message: Message) -> Iterator[tuple[str, str]]:
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        yield from ((message.id[1], form) for form in message.string or ())


def _fields(sentence: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("language", catalogues())
def test_nothing_is_left_in_english(language: str) -> None:
    left = []
    for source, said in translated(language):
        english = _words(source)
        # Names, codes and what is typed stay as they are.
        if not any(word.islower() for word in english):
            continue
        if language in SCRIPTS:
            is_theirs = re.search(f"[{SCRIPTS[language]}]", said.lower()) is not None
            if not is_theirs or set(_words(said)) - set(english):
                left.append((source, said))
        elif said == source:
            left.append((source, said))
    assert left == []


def _words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", _PLACEHOLDER.sub("", _COMMAND.sub("", sentence)))


@pytest.mark.parametrize("language", catalogues())
def test_commands_ends_and_invisible_marks_are_as_they_should_be(language: str) -> None:
    wrong = []
    for source, said in translated(language):
        same_commands = Counter(_COMMAND.findall(source)) == Counter(_COMMAND.findall(said))
        ends_so = source[-1] not in ENDS or said[-1] in ENDS[source[-1]]
        bare = said == said.strip() and not _DIRECTED.search(said)
        if not (same_commands and ends_so and bare):
            wrong.append((source, said))
    assert wrong == []


@pytest.mark.parametrize("language", catalogues())
def test_each_translation_has_the_placeholders_of_its_sentence(language: str) -> None:
    wrong = []
    for message in tool.written(language):
        if isinstance(message.id, str):
            if message.id and _fields(message.id) != _fields(str(message.string)):
                wrong.append((message.id, message.string))
            continue
        every = _fields(message.id[1])
        for number, form in enumerate(message.string or ()):
            # A form of one number only may say it in a word, as English says «one source».
            lacks = set(every - _fields(form))
            if number in _forms_of_one(language):
                lacks -= {"count", "days", "hours", "n"}
            if _fields(form) - every or lacks:
                wrong.append((message.id[1], form))
    assert wrong == []


@lru_cache(maxsize=1)
def _reference() -> Reference:
    return load_reference()


@lru_cache(maxsize=16)
def _forms_of_one(language: str) -> frozenset[int]:
    """Return the forms that just one number has, which they may then spell out."""
    form_of = gettext.c2py(tool.written(language).plural_expr)
    numbers = Counter(form_of(n) for n in range(1000))
    return frozenset(form for form, count in numbers.items() if count == 1)


@pytest.mark.parametrize("language", ["en", *catalogues()])
def test_every_headline_can_be_said_of_every_case_and_names_both_sides(language: str) -> None:
    words, reference = words_of(language), _reference()
    for case in reference.cases.values():
        name = Name(case.full_name(language), case.forms.get(language))
        shown = {str(name), *case.forms.get(language, {}).values()}
        for event_type in EventType:
            for status in EventStatus:
                for detail in ("", TAKES_BACK, "visit", "opened", "flag", "renewed"):
                    said = headline_of(
                        words, event_type, status, detail, actor="Xanadu", case=name
                    ).casefold()
                    assert "xanadu" in said
                    assert any(form.casefold() in said for form in shown), said
                    assert "{" not in said


@pytest.mark.parametrize("language", catalogues())
def test_a_case_bends_as_the_language_asks_or_has_no_forms(language: str) -> None:
    asked = {spec for _, said in translated(language) for spec in re.findall(r"\{\w+:(\w+)", said)}
    headlines = set(tool._of_source(Path(wording.__file__)))
    bent = {source for source, said in translated(language) if re.search(r"\{\w+:\w+\}", said)}
    assert bent <= headlines, "only a headline is given a name with its forms"
    for case in _reference().cases.values():
        assert asked <= set(case.forms.get(language, {})), case.id
        assert not asked or language in case.titles


@pytest.mark.parametrize("language", catalogues())
def test_cases_and_actors_have_names_in_the_language(language: str) -> None:
    reference = _reference()
    assert [case.id for case in reference.cases.values() if language not in case.titles] == []
    lacking = [code for code, actor in reference.actors.items() if language not in actor.names]
    assert lacking == []


def test_sentences_are_found_in_f_strings_too(tmp_path: Path) -> None:
    source = tmp_path / "spoken.py"
    source.write_text(
        'x = f"{words.gettext(\'within\')}"\ny = N_("a table\'s")\nwords.gettext(y)\n'
        'z = words.ngettext("{n} hour", "{n} hours", n)\n',
        encoding="utf-8",
    )
    assert tool._of_source(source) == ["within", "a table's", ("{n} hour", "{n} hours")]


def test_a_new_language_is_given_an_empty_catalogue_that_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speaking, "LOCALE_DIR", tmp_path)
    assert tool.main(["tr"]) == 1
    assert (tmp_path / "tr" / "LC_MESSAGES" / "bot.po").exists()
    shown = capsys.readouterr().out
    assert shown.startswith(f"tr: {len(tool.sentences())} missing\n")
    assert "{actor} has recognised {case}." in shown
