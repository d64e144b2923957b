"""Cases by configuration alone: what each says of news in several languages."""

import tomllib
from typing import Any

import pytest

from jobs.detection import Text
from jobs.detection.languages import Languages
from jobs.reference import load_reference
from tests.detecting import DATA, PUBLISHED, detector

ROWS = tomllib.loads((DATA / "case_sentences.toml").read_text("utf-8"))["sentence"]


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['case']} {row['lang']}: {row['title']}"
)
def test_a_case_says_what_it_says(row: dict[str, Any]) -> None:
    read = Text(row["title"], row.get("summary", ""), row["lang"], "example.org", PUBLISHED)
    said = sorted(
        f"{m.actor} {m.type} {m.status}" for m in detector().detect(read) if m.case == row["case"]
    )
    assert said == row["says"]


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['case']} {row['lang']}: {row['title']}"
)
def test_no_other_case_hears_it(row: dict[str, Any]) -> None:
    read = Text(row["title"], row.get("summary", ""), row["lang"], "example.org", PUBLISHED)
    assert not [m for m in detector().detect(read) if m.case != row["case"]]


def test_every_case_of_ours_is_heard_in_five_languages() -> None:
    heard: dict[str, set[str]] = {}
    for row in ROWS:
        if row["says"]:
            heard.setdefault(row["case"], set()).add(row["lang"])
    # The Sahara's file only serves the ledger's scripts.
    shipped = set(load_reference(DATA / "cases").cases) - {"taliban", "sahara"}
    assert set(heard) == shipped
    assert min(map(len, heard.values())) >= 5


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("uk", "Росія визнала уряд талібів"),
        ("sq", "Kenia njeh Kosovën"),
        ("sr", "Кенија признала Косово"),
        ("pt", "Portugal reconhece o Estado da Palestina"),
        ("ko", "캐나다, 팔레스타인 국가 인정"),
        ("xx", "Russia recognises the Taliban government"),
    ],
)
def test_a_language_without_words_says_nothing(lang: str, title: str) -> None:
    assert detector().detect(Text(title, "", lang, "example.org", PUBLISHED)) == []


@pytest.mark.parametrize(
    "title",
    [
        "Rosja jako pierwszy kraj uznała rząd talibów w Afganistanie, podało tamtejsze MSZ",
        "Rusia menjadi negara pertama yang mengakui pemerintahan Taliban di Afghanistan",
        "Rusija je prva zemlja koja je priznala talibansku vladu, saopštilo je njeno ministarstvo",
    ],
    ids=["pl", "id", "sh"],
)
def test_a_language_without_words_is_not_taken_for_a_neighbour(title: str) -> None:
    known = Languages(load_reference().phrases)
    assert known.of(title) == ""
    assert detector().detect(Text(title, "", "", "example.org", PUBLISHED)) == []
