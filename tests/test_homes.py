"""Whose "foreign minister" it is where a state's own press does not say."""

from datetime import UTC, datetime

import pytest

from jobs.detection import Text
from jobs.detection.homes import home_of
from jobs.reference.phrases import Grammar
from tests.detecting import detector

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
RUSSIAN = Grammar(homes=frozenset(("RU", "KZ", "GB")))
UZBEK = Grammar(homes=frozenset(("UZ",)), home="UZ")


@pytest.mark.parametrize(
    ("outlet", "side", "grammar", "home"),
    [
        ("vlast.kz", "", RUSSIAN, "KZ"),
        ("news.example.ru", "third", RUSSIAN, "RU"),
        ("example.org", "KZ", RUSSIAN, "KZ"),
        ("example.co.uk", "", RUSSIAN, "GB"),
        ("example.tv", "", RUSSIAN, ""),
        ("example.tv", "", UZBEK, "UZ"),
        ("example.ir", "", UZBEK, "UZ"),
        ("", "", RUSSIAN, ""),
    ],
)
def test_home_of_an_outlet(outlet: str, side: str, grammar: Grammar, home: str) -> None:
    assert home_of(outlet, side, grammar) == home


def says(title: str, summary: str, lang: str, outlet: str) -> list[str]:
    read = Text(title, summary, lang, outlet, AT)
    return sorted(f"{m.actor} {m.type} {m.status}" for m in detector().detect(read))


def test_an_office_without_a_name_is_the_home_states() -> None:
    title = "Министр иностранных дел встретился с делегацией талибов"
    assert says(title, "", "ru", "vlast.kz") == ["KZ meeting done"]
    assert says(title, "", "ru", "news.example.ru") == ["RU meeting done"]
    assert says(title, "", "ru", "example.com") == []


def test_nor_is_it_where_the_text_is_about_another_state() -> None:
    title = "Иран принял делегацию талибов"
    lead = "Министр иностранных дел встретился с делегацией талибов."
    assert says(title, lead, "ru", "vlast.kz") == ["IR meeting done"]


def test_the_subjects_own_press_has_no_home() -> None:
    title = "د بهرنیو چارو وزیر د طالبانو له پلاوي سره وکتل"
    assert says(title, "", "ps", "mfa.gov.af") == []
