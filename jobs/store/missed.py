"""Tellings that waited too long to be news: one message a chat says what it missed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    Action,
    AlertId,
    AlertKind,
    DeliveryState,
    Facts,
    Level,
    Missed,
    Reason,
)
from jobs.store import alerts
from jobs.store.contents import facts_from_json
from jobs.store.outbox import Priority, promote_followers, write
from jobs.store.schema import WAITING, alert, outbox, revision

MOST_LISTED = 10
EXPIRED = "expired"

_Place = tuple[int, int]


async def expire(conn: AsyncConnection, before: datetime, now: datetime) -> int:
    """Close each first telling that was written before ``before`` and has not gone out.

    What a chat's topic missed so is told there in one message, the greatest first; alerts
    only, as an old answer helps nobody. Edits and replies stay: a correction is owed
    however late. Where one was waiting for an expired telling, it becomes that chat's
    first telling and the message leaves it out. Returns how many were closed.
    """
    stale = and_(WAITING, outbox.c.action == Action.SEND, outbox.c.created_at < before)
    found = (
        await conn.execute(
            select(outbox.c.id, outbox.c.alert_id, outbox.c.chat_id, outbox.c.thread_id)
            .where(stale)
            .order_by(outbox.c.chat_id, outbox.c.thread_id, outbox.c.id)
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
    places: defaultdict[tuple[int, ...], list[_Place]] = defaultdict(list)
    for place, rows in groupby(found, key=lambda row: (row.chat_id, row.thread_id)):
        told = tuple(row.alert_id for row in rows if (row.alert_id, *place) not in followed)
        places[told].append(place)
    for told, where in places.items():
        await _tell(conn, told, where, now)
    return closed


async def _still_told(conn: AsyncConnection, expired: set[int]) -> set[tuple[int, int, int]]:
    """Return (alert, chat, topic) of the tellings that a later revision took over."""
    rows = await conn.execute(
        select(outbox.c.alert_id, outbox.c.chat_id, outbox.c.thread_id).where(
            outbox.c.alert_id.in_(expired), outbox.c.action == Action.SEND, WAITING
        )
    )
    return {(row.alert_id, row.chat_id, row.thread_id) for row in rows}


async def _tell(
    conn: AsyncConnection, missed: Sequence[int], places: Sequence[_Place], now: datetime
) -> None:
    listed = await _missed(conn, missed)
    if not listed.alerts:
        return
    notice_id = await alerts.create(conn, None, now)
    await alerts.add_revision(
        conn,
        notice_id,
        kind=AlertKind.ALERT,
        level=Level.ALERT,
        reason=Reason.FIRST,
        facts=listed,
        now=now,
    )
    await conn.execute(insert(outbox), [_row(notice_id, place, now) for place in places])


async def _missed(conn: AsyncConnection, alert_ids: Sequence[int]) -> Missed:
    each = revision.alias()
    newest = (
        select(func.max(each.c.revision)).where(each.c.alert_id == alert.c.id).scalar_subquery()
    )
    rows = await conn.execute(
        select(revision.c.alert_id, revision.c.level, revision.c.facts)
        .join(alert, alert.c.id == revision.c.alert_id)
        .where(
            alert.c.id.in_(alert_ids),
            alert.c.event_id.is_not(None),
            revision.c.revision == newest,
        )
    )
    ranked = sorted(rows, key=lambda row: (Level(row.level).rank, -row.alert_id))
    told = [(AlertId(row.alert_id), facts_from_json(row.facts)) for row in ranked[:MOST_LISTED]]
    listed = tuple((number, each) for number, each in told if isinstance(each, Facts))
    return Missed(listed, len(ranked) - len(listed))


def _row(notice_id: AlertId, place: _Place, now: datetime) -> dict[str, Any]:
    return {
        "alert_id": notice_id,
        "chat_id": place[0],
        "thread_id": place[1],
        "revision": 1,
        "action": Action.SEND,
        "state": DeliveryState.PENDING,
        "priority": Priority.ALERT,
        "created_at": now,
        "not_before": now,
    }
