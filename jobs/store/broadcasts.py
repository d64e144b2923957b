"""An operator's words to every chat that hears alerts: notices like others, in the outbox.

They go after all alerts and corrections, at the pace of each chat, and not at night.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, DeliveryState, Level, Notice
from jobs.domain.orders import OrderKind
from jobs.store import alerts, facts, outbox
from jobs.store.places import after_quiet_hours
from jobs.store.schema import chat, orders, subscription
from jobs.store.schema import outbox as rows
from jobs.store.states import UNSENT, is_hook

KEY = "broadcast"
_DRAFT = "broadcast draft"
_FRESH = 20
"""So many of the last orders are looked through for broadcasts."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast has come: how many chats had it, will have it, will not."""

    broadcast: AlertId
    sent: int
    waiting: int
    closed: int


def notice_of(words: str) -> Notice:
    """Return the notice that carries an operator's words."""
    return Notice(KEY, {"words": words})


async def put(conn: AsyncConnection, number: AlertId, now: datetime) -> int:
    """Write it for every open chat that hears alerts, once each; return how many."""
    rings_at = after_quiet_hours(Level.ALERT, now)
    return await outbox.put_everywhere(conn, _hearing(), number, rings_at, now)


async def count_hearing(conn: AsyncConnection) -> int:
    """Return how many chats a broadcast would go to."""
    found = select(func.count()).select_from(_hearing().subquery())
    return int(await conn.scalar(found) or 0)


async def is_one(conn: AsyncConnection, number: AlertId) -> bool:
    """Tell whether a number is a broadcast's."""
    last = await alerts.last_of(conn, number)
    return last is not None and isinstance(last.facts, Notice) and last.facts.key == KEY


async def call_off(conn: AsyncConnection, number: AlertId) -> int:
    """Let it go to no further chat; return how many are spared."""
    waiting = (rows.c.alert_id == number, rows.c.state.in_(UNSENT))
    return await outbox.cancel(conn, "called off", *waiting)


async def progress(conn: AsyncConnection) -> Sequence[Progress]:
    """Return how far the last broadcasts have come, newest first."""
    begun = await conn.scalars(
        select(orders.c.alert_id)
        .where(orders.c.kind == OrderKind.BROADCAST, orders.c.alert_id.is_not(None))
        .order_by(orders.c.created_at.desc())
        .limit(_FRESH)
    )
    found = []
    for number in begun.all():
        counted = await conn.execute(
            select(rows.c.state, func.count()).where(rows.c.alert_id == number).group_by("state")
        )
        states: dict[str, int] = dict(tuple(row) for row in counted)
        sent = states.pop(DeliveryState.SENT, 0)
        closed = sum(states.pop(each, 0) for each in (DeliveryState.DEAD, DeliveryState.CANCELLED))
        found.append(Progress(AlertId(number), sent, sum(states.values()), closed))
    return found


async def keep_draft(conn: AsyncConnection, key: str, words: str) -> None:
    """Keep the words that an operator is shown before they are sent; the last ones only."""
    await facts.put(conn, _DRAFT, {"key": key, "words": words})


async def take_draft(conn: AsyncConnection, key: str) -> str | None:
    """Return the words and forget them; None if they were sent, dropped or replaced."""
    draft = await facts.get(conn, _DRAFT)
    if draft is None or draft["key"] != key:
        return None
    await facts.put(conn, _DRAFT, None)
    return str(draft["words"])


def _hearing() -> Select[Any]:
    """Return each open chat that hears anything, with one of the topics where it does."""
    return (
        select(chat.c.id, func.min(subscription.c.thread_id).label("thread_id"))
        .join(subscription, subscription.c.chat_id == chat.c.id)
        .where(
            chat.c.closed_reason.is_(None),
            subscription.c.paused_reason.is_(None),
            ~is_hook(subscription),
        )
        .group_by(chat.c.id)
    )
