"""The most new messages an hour: which places have had theirs, and what waits for room.

A place is full until the first of its last so many messages is an hour old. The fan-out
gives what is told meanwhile that time (``places``), so a place is told even where no job runs.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Level
from jobs.store.digests import Where
from jobs.store.joining import IS_HELD_ALERT, Held
from jobs.store.outbox import Priority
from jobs.store.places import after_quiet_hours, is_asleep, waits_for_room, wanting
from jobs.store.schema import alert, chat, outbox, subscription
from jobs.store.states import is_hook

HOUR = timedelta(hours=1)

SPARE = timedelta(seconds=45)
"""What is held would go by itself so long after there is room; the job runs several times in it."""

_GOING = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
    DeliveryState.RETRY,
    DeliveryState.UNCERTAIN,
)


async def fill(
    conn: AsyncConnection,
    alert_id: AlertId,
    revision: int,
    filter_ids: Collection[int],
    most: int,
    now: datetime,
) -> None:
    """Note which places about to be told of a revision are full, before it is fanned out.

    ``most`` is how many new messages an hour holds; 0 is no cap.
    """
    if not most or not filter_ids:
        return
    # What is held already is held until just the time that stands there.
    is_free = or_(subscription.c.full_until.is_(None), subscription.c.full_until <= now)
    told = wanting(alert_id, revision, filter_ids).where(is_free, ~is_hook(subscription))
    await _set_full(conn, await _full(conn, told.subquery(), most, now))


async def due(
    conn: AsyncConnection, most: int, now: datetime, limit: int
) -> Mapping[Where, datetime]:
    """Return places that should have room by now, with the time that they were to wait for.

    Also those of before the clock was put back, and all where there is no cap any more.
    """
    until = subscription.c.full_until
    is_due = or_(until <= now + SPARE, until > now + HOUR + SPARE)
    rows = await conn.execute(
        select(subscription.c.chat_id, subscription.c.thread_id, until)
        .where(until.is_not(None), is_due if most else true())
        .order_by(until)
        .limit(limit)
    )
    return {(ChatId(row.chat_id), row.thread_id): row.full_until for row in rows}


async def refill(
    conn: AsyncConnection, places: Mapping[Where, datetime], most: int, now: datetime
) -> set[Where]:
    """Let places that are full after all wait on, with what they hold; return which."""
    full = await _full(conn, _subscribed(places).subquery(), most, now) if most else {}
    if full:
        moved = update(outbox).where(
            outbox.c.chat_id == bindparam("chat"),
            outbox.c.thread_id == bindparam("thread"),
            outbox.c.state == DeliveryState.PENDING,
            outbox.c.not_before == bindparam("former"),
        )
        rows = [
            {"chat": where[0], "thread": where[1], "former": places[where], "until": until}
            for where, until in full.items()
        ]
        await conn.execute(moved.values(not_before=bindparam("until")), rows)
    await _set_full(conn, full)
    return set(full)


async def held(conn: AsyncConnection, places: Collection[Where], now: datetime) -> list[Held]:
    """Return what those of the places that are awake hold."""
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.thread_id, outbox.c.alert_id, outbox.c.created_at)
        .join(alert, alert.c.id == outbox.c.alert_id)
        .join(chat, chat.c.id == outbox.c.chat_id)
        .where(_is_one_of(outbox, places), waits_for_room(), func.coalesce(~is_asleep(now), True))
        .where(*IS_HELD_ALERT)
        .order_by(outbox.c.id)
    )
    found: dict[Where, list[Any]] = defaultdict(list)
    for row in rows:
        found[ChatId(row.chat_id), row.thread_id].append(row)
    return [
        Held(*where, min(each.created_at for each in mine), tuple(each.alert_id for each in mine))
        for where, mine in found.items()
    ]


async def let_go(conn: AsyncConnection, places: Collection[Where], now: datetime) -> None:
    """Let what places hold go now, or after their night, and note that they have room."""
    awake = select(after_quiet_hours(Level.ALERT, now)).where(chat.c.id == outbox.c.chat_id)
    await conn.execute(
        update(outbox)
        .where(
            _is_one_of(outbox, places), outbox.c.state == DeliveryState.PENDING, waits_for_room()
        )
        .values(not_before=awake.scalar_subquery())
    )
    roomy = update(subscription).where(_is_one_of(subscription, places))
    await conn.execute(roomy.values(full_until=None))


async def _full(
    conn: AsyncConnection, places: Subquery, most: int, now: datetime
) -> dict[Where, datetime]:
    """Return which places have had, or are about to get, an hour's messages; until when."""
    at = literal(now, outbox.c.created_at.type)
    started = _new(places, outbox.c.started_at).where(
        outbox.c.state == DeliveryState.SENT,
        outbox.c.started_at.is_not(None),
        outbox.c.started_at > now - HOUR,
        outbox.c.started_at <= now,
    )
    going = _new(places, at).where(
        outbox.c.state.in_(_GOING),
        or_(outbox.c.state != DeliveryState.PENDING, outbox.c.not_before <= now),
    )
    counted = union_all(started, going).subquery()
    there = (counted.c.chat_id, counted.c.thread_id)
    newest_first = func.row_number().over(partition_by=there, order_by=counted.c.at.desc())
    ranked = select(*there, counted.c.at, newest_first.label("place")).subquery()
    rows = await conn.execute(
        select(ranked.c.chat_id, ranked.c.thread_id, ranked.c.at).where(ranked.c.place == most)
    )
    return {(ChatId(row.chat_id), row.thread_id): row.at + HOUR + SPARE for row in rows}


def _new(places: Subquery, at: Any) -> Select[Any]:
    """Return the new messages of places, each with its time."""
    same = (outbox.c.chat_id == places.c.chat_id) & (outbox.c.thread_id == places.c.thread_id)
    return (
        select(outbox.c.chat_id, outbox.c.thread_id, at.label("at"))
        .join(places, same)
        .where(outbox.c.action == Action.SEND, outbox.c.priority != Priority.NOTICE)
    )


async def _set_full(conn: AsyncConnection, full: Mapping[Where, datetime]) -> None:
    if not full:
        return
    rows = [{"chat": where[0], "thread": where[1], "until": at} for where, at in full.items()]
    await conn.execute(
        update(subscription)
        .where(
            subscription.c.chat_id == bindparam("chat"),
            subscription.c.thread_id == bindparam("thread"),
        )
        .values(full_until=bindparam("until")),
        rows,
    )


def _subscribed(places: Collection[Where]) -> Select[Any]:
    there = (subscription.c.chat_id, subscription.c.thread_id)
    return select(*there).where(_is_one_of(subscription, places))


def _is_one_of(rows: Table, places: Collection[Where]) -> ColumnElement[bool]:
    # SQLite finds no index by a pair; the chats alone narrow it down first.
    chats = sorted({chat_id for chat_id, _ in places})
    return and_(
        rows.c.chat_id.in_(chats), tuple_(rows.c.chat_id, rows.c.thread_id).in_(sorted(places))
    )
