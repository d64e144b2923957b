"""Digests once a local date and quiet hours by local clocks, through every change of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.rhythm import Pace, QuietHours, Rhythm, next_digest, next_night

BELGRADE = ZoneInfo("Europe/Belgrade")
ZONES = st.sampled_from(
    ["UTC", "Europe/Belgrade", "America/New_York", "Asia/Kabul", "Australia/Lord_Howe",
     "America/Santiago", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu", "Asia/Beirut"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def digests(rhythm: Rhythm, zone: ZoneInfo, since: datetime, count: int) -> list[datetime]:
    """Return the next digests as a job that looks often enough would make them."""
    found, now, last = [], since, None
    for _ in range(count):
        due = next_digest(rhythm, zone, now, last)
        assert due is not None
        found.append(due)
        now, last = due + timedelta(seconds=30), due.astimezone(zone).date()
    return found


DST = [
    # The clocks go back at 03:00 on 25 October 2026: 02:00 to 03:00 comes twice.
    ("2026-10-23 12:00", 2, ["2026-10-24 00:00", "2026-10-25 00:00", "2026-10-26 01:00"]),
    # They go forward at 02:00 on 28 March 2027: there is no 02:00 to 03:00.
    ("2027-03-26 12:00", 2, ["2027-03-27 01:00", "2027-03-28 01:00", "2027-03-29 00:00"]),
    ("2027-03-26 12:00", 3, ["2027-03-27 02:00", "2027-03-28 01:00", "2027-03-29 01:00"]),
    ("2026-10-23 12:00", 8, ["2026-10-24 06:00", "2026-10-25 07:00", "2026-10-26 07:00"]),
]


@pytest.mark.parametrize(("since", "hour", "expected"), DST)
def test_one_digest_a_date_through_both_changes(since: str, hour: int, expected: list[str]) -> None:
    rhythm = Rhythm(Pace.DAILY, hour)
    assert digests(rhythm, BELGRADE, utc(since), 3) == [utc(text) for text in expected]


def test_the_hour_that_comes_twice_brings_no_second_digest() -> None:
    rhythm = Rhythm(Pace.DAILY, 2)
    # 02:30 local, the second time.
    now = utc("2026-10-25 01:30")
    assert next_digest(rhythm, BELGRADE, now, date(2026, 10, 25)) == utc("2026-10-26 01:00")


def test_a_zone_moved_west_brings_no_second_digest_of_the_same_date() -> None:
    now = utc("2026-07-03 05:00")
    due = next_digest(Rhythm(Pace.DAILY, 9), ZoneInfo("America/New_York"), now, date(2026, 7, 3))
    assert due == utc("2026-07-04 13:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-07-03 12:00", "2026-07-06 07:00"),  # a Friday: the Monday after
        ("2026-07-06 06:59", "2026-07-06 07:00"),
        ("2026-07-06 07:00", "2026-07-13 07:00"),
    ],
)
def test_a_week_has_its_day(now: str, expected: str) -> None:
    rhythm = Rhythm(Pace.WEEKLY, 9, weekday=0)
    assert next_digest(rhythm, BELGRADE, utc(now), None) == utc(expected)


def test_at_once_has_no_digest() -> None:
    assert next_digest(Rhythm(), BELGRADE, utc("2026-07-03 12:00"), None) is None


@given(ZONES, MOMENTS, st.integers(0, 23))
def test_every_date_has_just_one_digest(zone: ZoneInfo, since: datetime, hour: int) -> None:
    dates = [d.astimezone(zone).date() for d in digests(Rhythm(Pace.DAILY, hour), zone, since, 9)]
    assert dates == [dates[0] + timedelta(days=n) for n in range(9)]


NIGHT = QuietHours(23 * 60, 7 * 60)
NIGHTS = [
    ("2026-07-03 12:00", NIGHT, "2026-07-03 21:00", "2026-07-04 05:00"),
    ("2026-07-03 21:00", NIGHT, "2026-07-03 21:00", "2026-07-04 05:00"),
    ("2026-07-04 04:59", NIGHT, "2026-07-03 21:00", "2026-07-04 05:00"),
    ("2026-07-04 05:00", NIGHT, "2026-07-04 21:00", "2026-07-05 05:00"),
    # An hour longer when the clocks go back, an hour shorter when they go forward.
    ("2026-10-24 22:00", NIGHT, "2026-10-24 21:00", "2026-10-25 06:00"),
    ("2027-03-27 23:00", NIGHT, "2027-03-27 22:00", "2027-03-28 05:00"),
    ("2026-07-03 09:30", QuietHours(12 * 60, 13 * 60 + 30), "2026-07-03 10:00",
     "2026-07-03 11:30"),
    # 02:15 to 02:45 does not exist that night.
    ("2027-03-28 00:00", QuietHours(135, 165), "2027-03-28 01:15", "2027-03-28 01:45"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "quiet", "begins", "ends"), NIGHTS)
def test_a_night_as_the_zone_has_it(now: str, quiet: QuietHours, begins: str, ends: str) -> None:
    assert next_night(quiet, BELGRADE, utc(now)) == (utc(begins), utc(ends))


@pytest.mark.parametrize("minute", [0, 60, 23 * 60])
def test_equal_hours_mean_no_night(minute: int) -> None:
    assert next_night(QuietHours(minute, minute), BELGRADE, utc("2026-07-03 12:00")) is None


@given(ZONES, MOMENTS, st.integers(0, 1439), st.integers(0, 1439))
def test_nights_follow_each_other(zone: ZoneInfo, now: datetime, begin: int, end: int) -> None:
    quiet = QuietHours(begin, end)
    night = next_night(quiet, zone, now)
    if night is None:
        assert begin == end
        return
    begins, ends = night
    assert begins < ends
    assert now < ends
    assert ends - begins <= timedelta(hours=25)
    after = next_night(quiet, zone, ends)
    assert after is not None
    assert after[0] >= ends - timedelta(hours=1)
