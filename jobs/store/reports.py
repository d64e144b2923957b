"""The ``report`` table: pages that people point to, waiting for an operator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId
from jobs.store.dialects import insert_into
from jobs.store.schema import report


@dataclass(frozen=True, slots=True)
class Report:
    """One page that somebody pointed to; the chat is answered once it is closed."""

    id: int
    url: str
    chat_id: ChatId
    reported_at: datetime


async def put(conn: AsyncConnection, url: str, chat_id: ChatId, now: datetime) -> int | None:
    """Queue a page and return its number; None if it was reported before."""
    row = (
        insert_into(conn, report)
        .values(url=url, chat_id=chat_id, reported_at=now)
        .on_conflict_do_nothing(index_elements=["url"])
        .returning(report.c.id)
    )
    number: int | None = (await conn.execute(row)).scalar_one_or_none()
    return number


async def waiting(conn: AsyncConnection, limit: int) -> list[Report]:
    """Return reports that nobody has worked through, oldest first."""
    rows = await conn.execute(
        select(report).where(report.c.closed_at.is_(None)).order_by(report.c.id).limit(limit)
    )
    return [Report(row.id, row.url, ChatId(row.chat_id), row.reported_at) for row in rows]


async def count_waiting(conn: AsyncConnection) -> int:
    """Return how many reports nobody has worked through."""
    found = select(func.count()).select_from(report).where(report.c.closed_at.is_(None))
    return int(await conn.scalar(found) or 0)


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` reports that were closed before ``before``; return how many."""
    old = select(report.c.id).where(report.c.closed_at < before).order_by(report.c.id).limit(limit)
    result = await conn.execute(delete(report).where(report.c.id.in_(old)))
    return int(result.rowcount)


async def close(
    conn: AsyncConnection, report_id: int, outcome: str, now: datetime
) -> ChatId | None:
    """Close a report and return whom to answer; None if it is none that is open."""
    row = await conn.execute(
        update(report)
        .where(report.c.id == report_id, report.c.closed_at.is_(None))
        .values(closed_at=now, outcome=outcome)
        .returning(report.c.chat_id)
    )
    found = row.scalar_one_or_none()
    return None if found is None else ChatId(found)
