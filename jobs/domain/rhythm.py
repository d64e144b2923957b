"""When a chat is told: at once or in digests, and not in its quiet hours.

Hours are a chat's own, in its IANA zone. Days and nights are walked as local dates and only
then turned into instants, so a change of the clocks moves no digest to another date: an hour
that is left out begins when the clocks have jumped, an hour that comes twice counts once.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60


class Pace(StrEnum):
    """How alerts come."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A pace with its hour, 0 to 23, and for a weekly digest its weekday, Monday being 0."""

    pace: Pace = Pace.AT_ONCE
    hour: int = 9
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From and to which minute after midnight nothing rings; none where both are equal.

    ``lets_major`` lets recognitions through.
    """

    begin: int = 0
    end: int = 0
    lets_major: bool = True

    @property
    def is_on(self) -> bool:
        """Tell whether there are any: from eight to eight means never."""
        return self.begin != self.end


def next_digest(
    rhythm: Rhythm, zone: ZoneInfo, now: datetime, last_on: date | None
) -> datetime | None:
    """Return when the next digest is due, later than ``now`` and on a later date than the last.

    None where alerts come at once.
    """
    if rhythm.pace is Pace.AT_ONCE:
        return None
    day = now.astimezone(zone).date()
    while True:
        fits = rhythm.pace is Pace.DAILY or day.weekday() == rhythm.weekday
        due = _instant(day, rhythm.hour * 60, zone)
        if fits and due > now and (last_on is None or day > last_on):
            return due
        day += _DAY


def next_night(
    quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime] | None:
    """Return the quiet hours that are or come next, as instants; None where there are none.

    A night that begins at 23:00 and ends at 07:00 ends on the next date.
    """
    if not quiet.is_on:
        return None
    day = now.astimezone(zone).date() - _DAY
    while True:
        begins = _instant(day, quiet.begin, zone)
        last = day if quiet.end > quiet.begin else day + _DAY
        ends = _instant(last, quiet.end, zone)
        # Where the clocks leave the whole night out, there is none.
        if ends > now and ends > begins:
            return begins, ends
        day += _DAY


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return when the chat's clock first shows a time on a date, or has passed it by a jump."""
    local = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return local.astimezone(UTC)
