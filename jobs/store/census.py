"""How many chats there are, what waits for them, and how much is kept: numbers, no chat named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import DeliveryState
from jobs.store.schema import HELD, WAITING, chat, item, orders, outbox, subscription
from jobs.store.states import is_hook


@dataclass(frozen=True, slots=True)
class Census:
    """The chats: open ones by kind, closed ones by reason, places that hear by their pace."""

    opened: Mapping[str, int]
    closed: Mapping[str, int]
    hearing: Mapping[str, int]
    paused: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be sent: how much, since when, and how much of unknown arrival."""

    waiting: int
    oldest: datetime | None
    uncertain: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the jobs have not worked through yet: items and since when, and orders."""

    items: int
    oldest: datetime | None
    orders: int


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes the database takes, and its write-ahead log beside it (SQLite's)."""

    whole: int
    log: int


async def of_chats(conn: AsyncConnection) -> Census:
    """Count the chats."""
    counted = await conn.execute(
        select(chat.c.kind, chat.c.closed_reason, func.count()).group_by("kind", "closed_reason")
    )
    opened: dict[str, int] = {}
    closed: dict[str, int] = {}
    for kind, reason, count in counted:
        where, key = (opened, kind) if reason is None else (closed, reason)
        where[key] = where.get(key, 0) + count
    hearing: dict[str, int] = {}
    heard = await conn.execute(
        select(subscription.c.pace, func.count())
        .where(subscription.c.paused_reason.is_(None))
        .group_by("pace")
    )
    for pace, count in heard:
        hearing[pace] = count
    paused = select(func.count()).where(subscription.c.paused_reason.is_not(None))
    return Census(opened, closed, hearing, await conn.scalar(paused) or 0)


async def of_queue(conn: AsyncConnection, now: datetime) -> Queue:
    """Count what could have been sent by now and was not."""
    due = (WAITING, outbox.c.not_before <= now, ~is_hook(outbox))
    count, oldest = (
        await conn.execute(select(func.count(), func.min(outbox.c.not_before)).where(*due))
    ).one()
    uncertain = select(func.count()).where(HELD, outbox.c.state == DeliveryState.UNCERTAIN)
    return Queue(count, oldest, await conn.scalar(uncertain) or 0)


async def of_backlog(conn: AsyncConnection) -> Backlog:
    """Count the items that detection has not seen, and the orders not carried out."""
    waiting = select(func.count(), func.min(item.c.first_seen_at))
    count, oldest = (await conn.execute(waiting.where(item.c.processed_at.is_(None)))).one()
    ordered = select(func.count()).where(orders.c.done_at.is_(None))
    return Backlog(count, oldest, await conn.scalar(ordered) or 0)


async def of_database(conn: AsyncConnection) -> Size:
    """Measure the database by its own word, and SQLite's log by its file."""
    if conn.dialect.name == "postgresql":
        whole = await conn.scalar(text("SELECT pg_database_size(current_database())"))
        return Size(int(whole or 0), 0)
    pages = (await conn.exec_driver_sql("PRAGMA page_count")).scalar_one()
    page_bytes = (await conn.exec_driver_sql("PRAGMA page_size")).scalar_one()
    own = "SELECT file FROM pragma_database_list WHERE name = 'main'"
    name = str((await conn.exec_driver_sql(own)).scalar_one())
    return Size(pages * page_bytes, _bytes_of(Path(f"{name}-wal")) if name else 0)


def _bytes_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
