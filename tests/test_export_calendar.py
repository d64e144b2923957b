"""The calendar of forums, read back by icalendar."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from jobs.domain.gatherings import CalendarEntry
from jobs.exports.calendar import KEEP_CANCELLED, revise, write_calendar
from jobs.gatherings import note_forums
from jobs.reference.cases import Forum, Participation
from jobs.store import gatherings
from jobs.store.engine import Store
from tests.small_world import EVENING, TALIBAN

HERE = UUID("6ba7b810-9dad-41d1-80b4-00c04fd430c8")
LATER = EVENING + timedelta(days=3)
SUMMIT = Forum(
    "SCO Council of Heads of State 2025",
    "SCO",
    "Tianjin",
    date(2025, 8, 31),
    date(2025, 9, 1),
    Participation.INVITED,
    "https://tass.com/sco",
)


def written(*entries: CalendarEntry) -> str:
    words = {"invited": "asked to come"}
    return write_calendar(entries, HERE, {"taliban": TALIBAN.title}, words, EVENING)


def events(text: str) -> list[Any]:
    return [each for each in Calendar.from_ical(text).walk() if each.name == "VEVENT"]


def first(*forums: Forum) -> list[CalendarEntry]:
    return revise([], [("taliban", each) for each in forums], EVENING)


def test_a_forum_is_a_whole_day_event_that_keeps_nobody_busy() -> None:
    (event,) = events(written(*first(SUMMIT)))
    assert event["SUMMARY"] == SUMMIT.name
    assert event["LOCATION"] == "Tianjin"
    assert event["DESCRIPTION"] == "SCO. Taliban government of Afghanistan: asked to come"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2025, 8, 31), date(2025, 9, 2))
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 0, "TRANSPARENT")
    assert event["URL"] == "https://tass.com/sco"
    assert event["DTSTAMP"].dt == EVENING
    assert not event.errors


def test_a_change_of_days_keeps_the_uid_and_raises_the_sequence() -> None:
    before = first(SUMMIT)
    moved = replace(SUMMIT, starts_on=date(2025, 9, 1))
    after = revise(before, [("taliban", moved)], LATER)
    old, new = events(written(*before))[0], events(written(*after))[0]
    assert new["UID"] == old["UID"]
    assert (new["SEQUENCE"], new["DTSTART"].dt) == (1, date(2025, 9, 1))
    assert new["LAST-MODIFIED"].dt == LATER


def test_what_is_the_same_is_not_revised() -> None:
    before = first(SUMMIT)
    assert revise(before, [("taliban", SUMMIT)], LATER) == before


def test_a_forum_that_is_gone_is_cancelled_once_and_forgotten_in_time() -> None:
    gone = revise(first(SUMMIT), [], LATER)
    (event,) = events(written(*gone))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert event["UID"] == events(written(*first(SUMMIT)))[0]["UID"]
    assert revise(gone, [], LATER + timedelta(days=1)) == gone
    assert revise(gone, [], LATER + KEEP_CANCELLED) == []


def test_a_forum_that_comes_back_is_confirmed_anew() -> None:
    gone = revise(first(SUMMIT), [], LATER)
    (back,) = revise(gone, [("taliban", SUMMIT)], LATER)
    assert (back.sequence, back.cancelled) == (2, False)


def test_a_forum_of_which_only_the_month_is_known_is_tentative() -> None:
    vague = replace(SUMMIT, starts_on=date(2025, 9, 1), ends_on=date(2025, 9, 30))
    assert events(written(*first(vague)))[0]["STATUS"] == "TENTATIVE"


def test_uids_differ_between_cases_and_installations() -> None:
    both = revise([], [("taliban", SUMMIT), ("palestine", SUMMIT)], EVENING)
    assert len({each["UID"] for each in events(written(*both))}) == 2
    other = write_calendar(both, UUID(int=7), {}, {}, EVENING)
    assert not {e["UID"] for e in events(other)} & {e["UID"] for e in events(written(*both))}


def test_lines_are_folded_within_75_bytes_and_end_as_they_must() -> None:
    named = replace(SUMMIT, name="内" * 60, place="Тяньцзинь, Китай; " * 9)
    text = written(*first(named))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert events(text)[0]["SUMMARY"] == "内" * 60


def test_a_calendar_without_forums_can_be_read() -> None:
    assert events(written()) == []
    assert Calendar.from_ical(written())["METHOD"] == "PUBLISH"


@pytest.mark.parametrize("field", ["name", "place", "organisation"])
def test_a_hostile_name_adds_no_property(field: str) -> None:
    hostile = "x\r\nEND:VEVENT\nATTACH:http://e.vil;a,b\\\u2028BEGIN:VALARM"
    changed: dict[str, Any] = {field: hostile}
    (event,) = events(written(*first(replace(SUMMIT, **changed))))
    assert set(event) == {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"),
        *("LOCATION", "DESCRIPTION", "CATEGORIES", "URL", "STATUS", "TRANSP"),
    }
    assert event.subcomponents == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.example/\r\nATTACH:y", ""])
def test_a_hostile_address_is_left_out(url: str) -> None:
    assert "URL" not in events(written(*first(replace(SUMMIT, url=url))))[0]


@settings(max_examples=60)
@given(st.text(min_size=1), st.text())
def test_any_text_comes_back_as_one_event(name: str, place: str) -> None:
    (event,) = events(written(*first(replace(SUMMIT, name=f"F{name}", place=place))))
    assert not event.errors
    assert event["SUMMARY"].startswith("F")


async def test_the_calendar_follows_the_cases_from_start_to_start(store: Store) -> None:
    case = replace(TALIBAN, forums=(SUMMIT,))
    for at, cases in ((EVENING, [case]), (LATER, [case]), (LATER, [TALIBAN])):
        async with store.write() as conn:
            await note_forums(conn, cases, at)
        async with store.read() as conn:
            (entry,) = await gatherings.read(conn)
        if cases == [case]:
            assert (entry.sequence, entry.revised_at, entry.cancelled) == (0, EVENING, False)
    assert (entry.sequence, entry.revised_at, entry.cancelled) == (1, LATER, True)
