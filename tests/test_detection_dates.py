"""When a clause says it happened."""

from datetime import date

import pytest

from jobs.detection import Text
from jobs.detection.dates import find_date, says_since
from jobs.domain.events import DateBasis, EventStatus
from jobs.reference import DATA
from jobs.reference.phrases import load_phrases
from tests.detecting import detector, mentions

CALENDAR = load_phrases(DATA / "phrases" / "en.toml").calendar
WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("words", "ahead", "on"),
    [
        ("on friday", False, date(2026, 2, 27)),
        ("on friday", True, date(2026, 3, 6)),
        ("next friday", False, date(2026, 3, 6)),
        ("wednesday", False, WEDNESDAY),
        ("yesterday", False, date(2026, 3, 3)),
        ("tomorrow", True, date(2026, 3, 5)),
        ("on 3 july 2025", False, date(2025, 7, 3)),
        ("july 3 , 2025", False, date(2025, 7, 3)),
        ("july 3rd", False, date(2025, 7, 3)),
        ("on the 1st of march", False, date(2026, 3, 1)),
        ("20 march", True, date(2026, 3, 20)),
        ("3 january", True, date(2026, 1, 3)),
        ("20 december", False, date(2025, 12, 20)),
        ("sept . 24", False, date(2025, 9, 24)),
        ("may 31 officials", False, date(2025, 5, 31)),
    ],
    ids=str,
)
def test_a_named_day(words: str, ahead: bool, on: date) -> None:
    found = find_date(words.split(), WEDNESDAY, CALENDAR, ahead=ahead)
    assert found is not None
    assert found.on == on


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("in april", date(2026, 4, 30)),
        ("in june", date(2026, 6, 30)),
        ("in july", date(2025, 7, 31)),
        ("in february 2024", date(2024, 2, 29)),
        ("in 2021", date(2021, 12, 31)),
        ("in december", date(2025, 12, 31)),
    ],
    ids=str,
)
def test_a_named_period(words: str, until: date) -> None:
    found = find_date(words.split(), WEDNESDAY, CALENDAR, ahead=False)
    assert found is not None
    assert (found.on, found.until) == (None, until)


@pytest.mark.parametrize(
    "words",
    [
        *("", "it may sign", "31 february 2025", "32 march", "9999", "12345 july"),
        *("waived until 20 june", "exempt till march 21", "banned until the 20th of june"),
        *("valid until 2027", "until june", "jan mohammad met him", "the mar - a - lago club"),
    ],
    ids=repr,
)
def test_no_date(words: str) -> None:
    found = find_date(words.split(), WEDNESDAY, CALENDAR, ahead=False)
    assert found is None or found.on is None


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("in 1988", date(1988, 12, 31)),
        ("2010", date(2010, 12, 31)),
        ("resolution 1988", None),
        ("on the borders of 4 june 1967", None),
        ("within 1967 borders", None),
    ],
    ids=str,
)
def test_a_year_long_gone_is_one_only_in_its_place(words: str, until: date | None) -> None:
    found = find_date(words.split(), WEDNESDAY, CALENDAR, ahead=False)
    assert (found.until if found else None) == until


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("since 2014", True),
        ("since 2014 ,", True),
        ("since 2021 takeover", False),
        ("since the", False),
        ("in 2014", False),
        ("since", False),
    ],
    ids=str,
)
def test_since_when_something_holds(words: str, holds: bool) -> None:
    assert says_since(words.split(), CALENDAR) is holds


def test_without_a_day_of_publication_only_a_full_date_is_known() -> None:
    assert find_date(["friday"], None, CALENDAR, ahead=False) is None
    found = find_date(["3", "july", "2025"], None, CALENDAR, ahead=False)
    assert found is not None
    assert found.on == date(2025, 7, 3)


@pytest.mark.parametrize(
    ("title", "status", "on", "basis"),
    [
        ("Russia recognises the Taliban", "done", WEDNESDAY, DateBasis.PUBLISHED),
        ("Russia recognised the Taliban on Tuesday", "done", date(2026, 3, 3), DateBasis.STATED),
        ("Russia to recognise the Taliban", "planned", None, DateBasis.UNKNOWN),
        (
            "Russia to recognise the Taliban on Friday",
            "planned",
            date(2026, 3, 6),
            DateBasis.STATED,
        ),
        ("Russia will not recognise the Taliban", "denied", WEDNESDAY, DateBasis.PUBLISHED),
        ("Russia may recognise the Taliban", "considered", WEDNESDAY, DateBasis.PUBLISHED),
        (
            "Russia recognised the Taliban on 3 July 2025",
            "past",
            date(2025, 7, 3),
            DateBasis.STATED,
        ),
    ],
    ids=str,
)
def test_a_mentions_day(title: str, status: EventStatus, on: date | None, basis: DateBasis) -> None:
    (mention,) = mentions(title)
    assert (mention.status, mention.on, mention.basis) == (status, on, basis)


def test_unknown_stays_unknown() -> None:
    undated = Text("Russia recognises the Taliban", "", "en", "example.org", None)
    (mention,) = detector().detect(undated)
    assert (mention.on, mention.basis) == (None, DateBasis.UNKNOWN)
