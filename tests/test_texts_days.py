"""Days as each language writes them; the Afghan solar calendar against days that are known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.language import words_of
from bot.texts.solar import solar


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        (date(1978, 4, 27), (1357, 2, 7)),  # the revolution that is called after its 7 Saur
        (date(2020, 3, 20), (1399, 1, 1)),
        (date(2021, 3, 20), (1399, 12, 30)),  # the last day of a leap year
        (date(2021, 3, 21), (1400, 1, 1)),
        (date(2021, 8, 15), (1400, 5, 24)),
        (date(2024, 3, 20), (1403, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2025, 3, 21), (1404, 1, 1)),
        (date(2025, 7, 3), (1404, 4, 12)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2029, 3, 20), (1408, 1, 1)),
    ],
)
def test_a_day_is_counted(on: date, counted: tuple[int, int, int]) -> None:
    assert solar(on) == counted


@given(st.dates(date(1930, 1, 1), date(2080, 1, 1)))
def test_days_follow_each_other(on: date) -> None:
    before, after = solar(on), solar(on + timedelta(days=1))
    assert before < after
    assert after[2] == before[2] + 1 or after[2] == 1


def test_persian_days_are_of_both_calendars() -> None:
    assert words_of("fa").day(date(2025, 7, 3)) == "۱۲ سرطان ۱۴۰۴ / ۳ جولای ۲۰۲۵"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1 – 4 July 2025"),
        ("ru", "1 – 4 июля 2025"),
        ("fa", "۱۰ سرطان ۱۴۰۴ / ۱ جولای ۲۰۲۵ – ۱۳ سرطان ۱۴۰۴ / ۴ جولای ۲۰۲۵"),
        ("uz", "2025-yil 1-iyul – 2025-yil 4-iyul"),
        ("zh", "2025年7月1日 – 2025年7月4日"),
        ("ar", "1 – 4 يوليو 2025"),
    ],
)
def test_a_span_of_days_is_said_as_the_language_writes_it(language: str, said: str) -> None:
    assert words_of(language).days(date(2025, 7, 1), date(2025, 7, 4)) == said
