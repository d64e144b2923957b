"""Tellings that waited too long to be news: one message a chat says what it missed."""

from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Occasion
from jobs.store.joining import Held, join
from jobs.store.outbox import promote_followers, write
from jobs.store.schema import WAITING, outbox
from jobs.store.states import is_hook

EXPIRED = "expired"


async def expire(conn: AsyncConnection, before: datetime, now: datetime) -> int:
    """Close each first telling that was written before ``before`` and has not gone out.

    What a chat's topic missed so is joined there in one message, which waits for the end of
    quiet hours; alerts only, as an old answer helps nobody. Edits and replies stay: a
    correction is owed however late. Where one was waiting for an expired telling, it becomes
    that chat's first telling and the message leaves it out. Returns how many were closed.
    """
    stale = and_(
        WAITING,
        outbox.c.action == Action.SEND,
        outbox.c.created_at < before,
        ~is_hook(outbox),  # a program can take an old alert as well as a new one
    )
    found = (
        await conn.execute(
            select(outbox).where(stale).order_by(outbox.c.chat_id, outbox.c.thread_id, outbox.c.id)
        )
    ).all()
    if not found:
        return 0
    closed = await write(
        conn, update(outbox).where(stale).values(state=DeliveryState.DEAD, cause=EXPIRED)
    )
    expired = {row.alert_id for row in found}
    for alert_id in expired:
        await promote_followers(conn, outbox.c.alert_id == alert_id)
    followed = await _still_told(conn, expired)
    missed = []
    for place, rows in groupby(found, key=lambda row: (row.chat_id, row.thread_id)):
        mine = [row for row in rows if (row.alert_id, *place) not in followed]
        if mine:
            since = min(row.created_at for row in mine)
            told = tuple(AlertId(row.alert_id) for row in mine)
            missed.append(Held(ChatId(place[0]), place[1], since, told))
    await join(conn, Occasion.AWAY, missed, now)
    return closed


async def _still_told(conn: AsyncConnection, expired: set[int]) -> set[tuple[int, int, int]]:
    """Return (alert, chat, topic) of the tellings that a later revision took over."""
    rows = await conn.execute(
        select(outbox.c.alert_id, outbox.c.chat_id, outbox.c.thread_id).where(
            outbox.c.alert_id.in_(expired), outbox.c.action == Action.SEND, WAITING
        )
    )
    return {(row.alert_id, row.chat_id, row.thread_id) for row in rows}
