"""How many chats there are and what waits for them, in numbers: no chat is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import DeliveryState
from jobs.store.schema import HELD, WAITING, chat, outbox, subscription
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
