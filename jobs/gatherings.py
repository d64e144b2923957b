"""The calendar of forums follows the cases' lists."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.exports.calendar import revise
from jobs.reference.cases import Case
from jobs.store import gatherings


async def note_forums(conn: AsyncConnection, cases: Iterable[Case], now: datetime) -> None:
    """Keep what is new, changed or gone; write nothing where all is the same."""
    known = await gatherings.read(conn)
    forums = ((case.id, forum) for case in cases for forum in case.forums)
    entries = revise(known, forums, now)
    if entries != known:
        await gatherings.put(conn, entries)
