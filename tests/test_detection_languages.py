"""Languages: which one a text is in, and what each writes onto and behind its words."""

from datetime import date
from pathlib import Path

import pytest

from jobs.detection.dates import find_date
from jobs.detection.languages import Languages
from jobs.detection.lexicon import Kind, Lexicon, Span
from jobs.detection.normalise import clean, fold, split_words
from jobs.errors import ConfigError
from jobs.reference import DATA, load_reference
from jobs.reference.phrases import load_all_phrases, load_phrases

REFERENCE = load_reference()
LEXICONS = {
    lang: Lexicon(phrases, REFERENCE.actors, REFERENCE.cases)
    for lang, phrases in REFERENCE.phrases.items()
    if lang in ("ru", "fa", "zh")
}
WEDNESDAY = date(2026, 3, 4)


def names(lang: str, text: str) -> list[Span]:
    found = LEXICONS[lang].find(split_words(clean(text)))
    return [span for span in found if span.entry.kind is Kind.ACTOR]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Russia recognises the Taliban government", "en"),
        ("Россия признала правительство талибов", "ru"),
        ("روسیه حکومت طالبان را به رسمیت شناخت", "fa"),
        ("俄罗斯承认塔利班政府", "zh"),
        ("12 345", ""),
        ("", ""),
        ("日本はタリバンを承認しない方針だ", ""),
    ],
    ids=repr,
)
def test_language_of_a_text(text: str, lang: str) -> None:
    pilots = ("en", "ru", "fa", "zh")
    known = load_all_phrases(DATA / "phrases")
    assert Languages({name: known[name] for name in pilots}).of(text) == lang


@pytest.mark.parametrize(
    ("lang", "text", "code", "role"),
    [
        ("ru", "Россия", "RU", ""),
        ("ru", "Россией", "RU", "by"),
        ("ru", "Россию", "RU", "object"),
        ("ru", "Казахстана", "KZ", "of"),
        ("ru", "Казахстаном", "KZ", "by"),
        ("ru", "Москвой", "RU", "by"),
        ("ru", "Китаю", "CN", "object"),
        ("ru", "Иранский", "IR", ""),
        ("fa", "ایرانی", "IR", ""),
        ("fa", "مالی", "ML", ""),
    ],
    ids=str,
)
def test_endings_of_names(lang: str, text: str, code: str, role: str) -> None:
    found = {(span.entry.value, span.role) for span in names(lang, text)}
    assert ((code, role) in found) if code else not found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ещё", "еще"),
        ("حكومة", "حکومه"),
        ("طالبـان", "طالبان"),
        ("رسماً", "رسما"),
        ("نمی‌شناسد", "نمیشناسد"),
        ("國書", "国书"),
        ("TANIDI", "tanıdı"),
    ],
    ids=str,
)
def test_spellings_of_one_word(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "raw", ["тот", "طالبان", "तालिबान", "रूस", "به‌رسمیت", "İstanbul'da"], ids=repr
)
def test_a_word_with_vowel_signs_is_one_word(raw: str) -> None:
    assert len(split_words(clean(raw)).words) == 1


def test_digits_of_every_script_are_digits() -> None:
    assert split_words(clean("۲۴ ٢٤ २४ ２４")).words == ("24",) * 4


@pytest.mark.parametrize(
    ("lang", "text", "on"),
    [
        ("ru", "3 июля 2025 года", date(2025, 7, 3)),
        ("ru", "в пятницу", date(2026, 2, 27)),
        ("ru", "вчера", date(2026, 3, 3)),
        ("fa", "۳ جولای ۲۰۲۵", date(2025, 7, 3)),
        ("fa", "چهارشنبه‌شب", WEDNESDAY),
        ("fa", "دیروز", date(2026, 3, 3)),
        ("zh", "2025年7月3日", date(2025, 7, 3)),
        ("zh", "3月13日", date(2026, 3, 13)),
        ("zh", "3日", date(2026, 3, 3)),
        ("zh", "24日", date(2026, 2, 24)),
        ("zh", "周三", WEDNESDAY),
        ("zh", "13月3日", None),
    ],
    ids=str,
)
def test_a_named_day(lang: str, text: str, on: date | None) -> None:
    words = split_words(clean(text)).words
    found = find_date(words, WEDNESDAY, LEXICONS[lang].calendar, ahead=False)
    assert (found.on if found else None) == on


def test_a_year_since_which_is_no_date() -> None:
    words = split_words("впервые с 2021 года").words
    assert find_date(words, WEDNESDAY, LEXICONS["ru"].calendar, ahead=False) is None


def test_a_blank_between_chinese_words_parts_clauses() -> None:
    assert split_words(clean("承认 塔利班")).words == ("承", "认", ",", "塔", "利", "班")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[suffixes]\nowner = ['x']\n", "unknown owner"),
        ("[postpositions]\nnear = ['x']\n", "unknown near"),
        ("[grammar]\norder = 'osv'\n", "order must be one of"),
    ],
    ids=repr,
)
def test_a_wrong_grammar_names_what_is_wrong(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "xx.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=named):
        load_phrases(path)
