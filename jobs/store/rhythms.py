"""When each place is told: its pace and its next digest.

The instants are worked out from the chat's zone whenever something they hang on changes, so
that SQL need know no zones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, Filter
from jobs.domain.rhythm import Pace, Rhythm, next_digest
from jobs.store import nights
from jobs.store.chats import filter_from_json
from jobs.store.schema import chat, filter_row, subscription


@dataclass(frozen=True, slots=True)
class Due:
    """A place whose digest is due, with what it is about."""

    chat_id: ChatId
    thread_id: int
    wanted: Filter
    rhythm: Rhythm
    zone: str
    since: datetime


async def set_zone(conn: AsyncConnection, chat_id: ChatId, zone: str, now: datetime) -> None:
    """Set a chat's zone, an IANA name; its digests and nights move with it."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(zone=zone))
    rows = await conn.execute(select(subscription).where(subscription.c.chat_id == chat_id))
    for row in rows.all():
        if Pace(row.pace) is not Pace.AT_ONCE:
            due = next_digest(_rhythm(row), ZoneInfo(zone), now, row.digest_on)
            await _update(conn, chat_id, row.thread_id, digest_at=due)
    await nights.set_quiet(conn, chat_id, await nights.read_quiet(conn, chat_id), now)


async def read_rhythm(conn: AsyncConnection, chat_id: ChatId, thread_id: int) -> Rhythm:
    """Return how a place is told; at once where it hears nothing yet."""
    rows = await conn.execute(select(subscription).where(*_is(chat_id, thread_id)))
    row = rows.one_or_none()
    return Rhythm() if row is None else _rhythm(row)


async def set_rhythm(
    conn: AsyncConnection, chat_id: ChatId, thread_id: int, rhythm: Rhythm, now: datetime
) -> None:
    """Let a subscribed place be told so from now on.

    What has gathered for a digest is kept for the next one, or comes as a last digest where
    alerts come at once from now on.
    """
    joined = select(subscription, chat.c.zone).join(chat, chat.c.id == subscription.c.chat_id)
    row = (await conn.execute(joined.where(*_is(chat_id, thread_id)))).one_or_none()
    if row is None:
        return
    since = row.digest_since or now
    due = next_digest(rhythm, ZoneInfo(row.zone), now, row.digest_on)
    if rhythm.pace is Pace.AT_ONCE:
        due = now if row.digest_since else None
        since = row.digest_since
    await _update(
        conn,
        chat_id,
        thread_id,
        pace=rhythm.pace,
        digest_hour=rhythm.hour,
        digest_weekday=rhythm.weekday,
        digest_at=due,
        digest_since=since,
    )


async def due_digests(conn: AsyncConnection, now: datetime, limit: int) -> list[Due]:
    """Return places whose digest is due, the longest due first."""
    rows = await conn.execute(
        select(subscription, filter_row.c.definition, chat.c.zone)
        .join(filter_row, filter_row.c.id == subscription.c.filter_id)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .where(
            subscription.c.digest_at <= now,
            # Where an editor is asked, each alert comes by itself, whatever the pace.
            ~subscription.c.needs_approval,
            subscription.c.paused_reason.is_(None),
            chat.c.closed_reason.is_(None),
        )
        .order_by(subscription.c.digest_at, subscription.c.chat_id, subscription.c.thread_id)
        .limit(limit)
    )
    return [
        Due(
            ChatId(row.chat_id),
            row.thread_id,
            filter_from_json(row.definition),
            _rhythm(row),
            row.zone,
            row.digest_since,
        )
        for row in rows
    ]


async def close_digests(conn: AsyncConnection, due: Sequence[Due], now: datetime) -> None:
    """Note that places' digests are written, and when their next ones are due."""
    closed = []
    for each in due:
        zone = ZoneInfo(each.zone)
        on: date = now.astimezone(zone).date()
        after = next_digest(each.rhythm, zone, now, on)
        values = {"on": on, "after": after, "later": None if after is None else now}
        closed.append({"chat": each.chat_id, "thread": each.thread_id, **values})
    if not closed:
        return
    await conn.execute(
        update(subscription)
        .where(
            subscription.c.chat_id == bindparam("chat"),
            subscription.c.thread_id == bindparam("thread"),
        )
        .values(
            digest_on=bindparam("on"), digest_at=bindparam("after"), digest_since=bindparam("later")
        ),
        closed,
    )


async def leave_out_due(conn: AsyncConnection, now: datetime) -> None:
    """Let the digests that are due be left out; what they had told comes with the next ones."""
    due = select(subscription, chat.c.zone).join(chat, chat.c.id == subscription.c.chat_id)
    rows = await conn.execute(
        due.where(subscription.c.digest_at <= now, subscription.c.pace != Pace.AT_ONCE)
    )
    for row in rows.all():
        after = next_digest(_rhythm(row), ZoneInfo(row.zone), now, row.digest_on)
        await _update(conn, row.chat_id, row.thread_id, digest_at=after)


async def _update(conn: AsyncConnection, chat_id: ChatId, thread_id: int, **values: object) -> None:
    await conn.execute(update(subscription).where(*_is(chat_id, thread_id)).values(**values))


def _is(chat_id: ChatId, thread_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id


def _rhythm(row: object) -> Rhythm:
    pace, hour, weekday = (getattr(row, name) for name in ("pace", "digest_hour", "digest_weekday"))
    return Rhythm(Pace(pace), hour, weekday)
