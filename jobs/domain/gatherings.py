"""Forums as a calendar holds them: each with a lasting name and the number of its revision."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One forum of one case, as calendars were last told of it.

    ``sequence`` counts its changes; a cancelled one is kept, so that calendars which have
    it take it out.
    """

    case: str
    name: str
    organisation: str
    place: str
    starts_on: date
    ends_on: date
    participation: str
    url: str
    sequence: int
    revised_at: datetime
    cancelled: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what the forum is known by; it changes with its name, and not with its days."""
        return self.case, self.name
