"""What calendars were told of the forums, kept among the facts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.gatherings import CalendarEntry
from jobs.store import facts

_FACT = "calendar"
_DAYS = ("starts_on", "ends_on")


async def read(conn: AsyncConnection) -> list[CalendarEntry]:
    """Return every entry, in the order they were put; none before the first ``put``."""
    return [_entry(each) for each in await facts.get(conn, _FACT) or []]


async def put(conn: AsyncConnection, entries: Sequence[CalendarEntry]) -> None:
    """Keep the entries instead of those of before."""
    await facts.put(conn, _FACT, [_plain(each) for each in entries])


def _plain(entry: CalendarEntry) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(entry).items()
    }


def _entry(given: dict[str, Any]) -> CalendarEntry:
    days = {name: date.fromisoformat(given[name]) for name in _DAYS}
    revised_at = datetime.fromisoformat(given["revised_at"])
    return CalendarEntry(**{**given, **days, "revised_at": revised_at})
