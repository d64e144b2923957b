"""The outbox: what is to be told to which chat, one row per alert, topic, revision, action.

Written in the transaction that stores the revision, so that a crash keeps both or
neither. ``attempts`` holds the sender's side of the same table.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Level
from jobs.store import places
from jobs.store.places import after_quiet_hours, is_held, when_there_is_room
from jobs.store.schema import WAITING, chat, outbox, subscription
from jobs.store.states import CLOSED, OPEN, UNSENT, is_hook


class Priority(IntEnum):
    """Which waiting row goes first: the lowest."""

    CORRECTION = 0
    MAJOR = 1
    ALERT = 2
    SIGNAL = 3
    QUIET = 4
    """Edits that only raise a grade."""
    NOTICE = 5
    """The only messages that no cap counts."""
    DIGEST = 6


_BY_LEVEL = {
    Level.MAJOR: Priority.MAJOR,
    Level.ALERT: Priority.ALERT,
    Level.SIGNAL: Priority.SIGNAL,
}


@dataclass(frozen=True, slots=True)
class FannedOut:
    """How many rows one revision became."""

    sends: int
    edits: int
    replies: int


async def fan_out(
    conn: AsyncConnection,
    alert_id: AlertId,
    revision: int,
    filter_ids: Collection[int],
    *,
    level: Level,
    loud: bool,
    now: datetime,
    answers: AlertId | None = None,
    is_unsure: bool = False,
) -> FannedOut:
    """Write the deliveries of one stored revision of an alert.

    Every open chat that was told of the alert, or is about to be, gets an EDIT, and a
    REPLY too if the change is loud; an older edit that is not yet sent is cancelled.
    Every other open chat whose filter is in ``filter_ids`` and that hears at once gets a
    SEND, and so does one that a digest told what a loud revision corrects, and every chat
    that was told of ``answers``, the alert that this one takes back, whatever its filter.
    What rings waits for the end of a chat's quiet hours; an edit does not ring. A place that
    has had its hour's most messages waits for room (``room``), but for what is major. What
    is ``is_unsure`` lets nothing go that is held. Doing it again for the same revision
    writes nothing.
    """
    edit_priority = Priority.CORRECTION if loud else Priority.QUIET
    await _supersede_edits(conn, alert_id, revision)
    if level is Level.MAJOR and not is_unsure:
        await _let_through(conn, alert_id, now)
    # What an editor has not let through yet is let through as it then stands.
    await conn.execute(
        update(outbox)
        .where(outbox.c.alert_id == alert_id, outbox.c.state == DeliveryState.UNAPPROVED)
        .values(revision=revision)
    )
    at_once = literal(now, outbox.c.not_before.type)
    edits = await _follow(conn, alert_id, revision, Action.EDIT, edit_priority, at_once, now)
    replies = corrections = 0
    rings_at = after_quiet_hours(level, now)
    if loud:
        known = places.in_digests(alert_id, revision)
        corrections = await _insert(
            conn, known, alert_id, revision, Action.SEND, Priority.CORRECTION, rings_at, now
        )
        replies = await _follow(
            conn, alert_id, revision, Action.REPLY, Priority.CORRECTION, rings_at, now
        )
    sends = await _send(conn, alert_id, revision, filter_ids, level, now)
    if answers is not None:
        known = places.knowing(answers, alert_id, revision)
        sends += await _insert(
            conn, known, alert_id, revision, Action.SEND, _BY_LEVEL[level], rings_at, now
        )
    return FannedOut(sends + corrections, edits, replies)


async def _send(
    conn: AsyncConnection,
    alert_id: AlertId,
    revision: int,
    filter_ids: Collection[int],
    level: Level,
    now: datetime,
) -> int:
    """Write the first tellings; where an editor is asked, they wait to be let through."""
    wanted, sends = places.wanting(alert_id, revision, filter_ids), 0
    for state in (DeliveryState.PENDING, DeliveryState.UNAPPROVED):
        waits = subscription.c.needs_approval.is_(state is DeliveryState.UNAPPROVED)
        sends += await _insert(
            conn,
            wanted.where(waits),
            alert_id,
            revision,
            Action.SEND,
            _BY_LEVEL[level],
            when_there_is_room(level, now),
            now,
            state,
        )
    return sends


async def _let_through(conn: AsyncConnection, alert_id: AlertId, now: datetime) -> None:
    """Let what was held as a lesser alert go as the major one that it has become."""
    awake = select(after_quiet_hours(Level.MAJOR, now)).where(chat.c.id == outbox.c.chat_id)
    await conn.execute(
        update(outbox)
        .where(
            outbox.c.alert_id == alert_id,
            outbox.c.action == Action.SEND,
            outbox.c.state == DeliveryState.PENDING,
            is_held(),
        )
        .values(not_before=awake.scalar_subquery(), priority=Priority.MAJOR, cause=None)
    )


async def put_notices(
    conn: AsyncConnection, alert_id: AlertId, chat_ids: Collection[ChatId], now: datetime
) -> int:
    """Write a SEND of a notice's only revision for just these chats; closed ones are left out."""
    at_once = literal(now, chat.c.created_at.type)
    return await _put_alone(conn, alert_id, 0, chat_ids, Priority.NOTICE, at_once, now)


async def put_digests(
    conn: AsyncConnection,
    alert_id: AlertId,
    where: Collection[tuple[ChatId, int]],
    priority: Priority,
    now: datetime,
) -> int:
    """Write a SEND of a digest's only revision for just these chats' topics.

    It rings like an alert, so it waits for the end of quiet hours.
    """
    rows = 0
    for thread_id in sorted({thread_id for _, thread_id in where}):
        chat_ids = [chat_id for chat_id, thread in where if thread == thread_id]
        not_before = after_quiet_hours(Level.ALERT, now)
        rows += await _put_alone(conn, alert_id, thread_id, chat_ids, priority, not_before, now)
    return rows


async def put_everywhere(
    conn: AsyncConnection,
    places: Any,
    alert_id: AlertId,
    not_before: ColumnElement[datetime],
    now: datetime,
) -> int:
    """Write a SEND of a new notice's only revision for all places; return how many."""
    return await _insert(conn, places, alert_id, 1, Action.SEND, Priority.NOTICE, not_before, now)


async def close_chat(conn: AsyncConnection, chat_id: ChatId, reason: str) -> int:
    """Note that a chat cannot be written to, and cancel what it was still to get.

    A call being made is left to its own outcome. Returns the number cancelled.
    """
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(closed_reason=reason))
    return await cancel(conn, reason, outbox.c.chat_id == chat_id, outbox.c.state.in_(UNSENT))


async def cancel_thread(conn: AsyncConnection, chat_id: ChatId, thread_id: int, cause: str) -> int:
    """Cancel what one topic of a chat was still to get; return the number cancelled."""
    there = (outbox.c.chat_id == chat_id, outbox.c.thread_id == thread_id)
    return await cancel(conn, cause, *there, outbox.c.state.in_(UNSENT))


async def is_being_sent(conn: AsyncConnection, chat_id: ChatId, now: datetime) -> bool:
    """Return whether a living sender is making a call to this chat."""
    found = select(outbox.c.id).where(
        outbox.c.chat_id == chat_id,
        outbox.c.state == DeliveryState.SENDING,
        outbox.c.lease_until > now,
    )
    return await conn.scalar(found.limit(1)) is not None


async def hold_chat(conn: AsyncConnection, chat_id: ChatId, until: datetime) -> None:
    """Let nothing of this chat be claimed before ``until``."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(not_before=until))


async def bring_forward(conn: AsyncConnection, latest: datetime, now: datetime) -> int:
    """Let rows that are put off beyond ``latest`` go at once; return how many.

    No row waits so long by itself, but for the end of quiet hours or for room: the clock has
    been put back since it was written.
    """
    late = (WAITING, outbox.c.not_before > latest, ~is_held(), ~is_hook(outbox))
    return await write(conn, update(outbox).where(*late).values(not_before=now))


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` rows of before ``before`` that nothing will become of.

    Returns how many. A chat whose rows are gone counts as not told: should such an old
    alert be revised after all, it is sent there anew.
    """
    old = (
        select(outbox.c.id)
        .where(outbox.c.created_at < before, outbox.c.state.not_in(OPEN))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return await write(conn, delete(outbox).where(outbox.c.id.in_(old)))


async def count_open(conn: AsyncConnection) -> int:
    """Return how many deliveries are still to be made, or to be heard of."""
    done = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.CANCELLED)
    found = select(func.count()).select_from(outbox).where(outbox.c.state.not_in(done))
    return int(await conn.scalar(found) or 0)


async def promote_followers(conn: AsyncConnection, *where: ColumnElement[bool]) -> None:
    """Let each edit whose telling came to nothing take its place.

    There is at most one such edit a chat, the newest; the replies are cancelled, since
    the new telling says what they would.
    """
    live = outbox.alias("live")
    orphaned = (
        outbox.c.state.in_(UNSENT),
        ~exists().where(
            live.c.alert_id == outbox.c.alert_id,
            live.c.chat_id == outbox.c.chat_id,
            live.c.thread_id == outbox.c.thread_id,
            live.c.action == Action.SEND,
            live.c.state.not_in(CLOSED),
        ),
    )
    cause = "said by the new telling"
    await cancel(conn, cause, *where, outbox.c.action == Action.REPLY, *orphaned)
    await conn.execute(
        update(outbox)
        .where(*where, outbox.c.action == Action.EDIT, *orphaned)
        .values(action=Action.SEND, state=DeliveryState.PENDING, attempt_id=None)
    )


async def cancel(conn: AsyncConnection, cause: str, *where: ColumnElement[bool]) -> int:
    """Close the rows for a cause, and return how many; the chat is not told of them."""
    return await write(
        conn,
        update(outbox).where(*where).values(state=DeliveryState.CANCELLED, cause=cause),
    )


async def write(conn: AsyncConnection, statement: Executable) -> int:
    """Execute, and return the number of rows that were written."""
    # Without the option SQLAlchemy forgets the count of an INSERT … SELECT on PostgreSQL.
    result = await conn.execute(statement, execution_options={"preserve_rowcount": True})
    assert isinstance(result, CursorResult)  # noqa: S101 - what a write always gives
    return result.rowcount


async def _insert(
    conn: AsyncConnection,
    chats: Any,
    alert_id: AlertId,
    revision: int,
    action: Action,
    priority: Priority,
    not_before: ColumnElement[datetime],
    now: datetime,
    state: DeliveryState = DeliveryState.PENDING,
) -> int:
    values = {
        outbox.c.alert_id: alert_id,
        outbox.c.revision: revision,
        outbox.c.action: str(action),
        outbox.c.state: str(state),
        outbox.c.priority: int(priority),
        outbox.c.created_at: now,
        outbox.c.attempts: 0,
        outbox.c.possibly_repeated: False,
        outbox.c.in_general: False,
    }
    rows = chats.add_columns(
        not_before, *(literal(v, c.type).label(c.name) for c, v in values.items())
    )
    names = [outbox.c.chat_id, outbox.c.thread_id, outbox.c.not_before, *values]
    return await write(conn, insert(outbox).from_select(names, rows, include_defaults=False))


async def _follow(
    conn: AsyncConnection,
    alert_id: AlertId,
    revision: int,
    action: Action,
    priority: Priority,
    not_before: ColumnElement[datetime],
    now: datetime,
) -> int:
    chats = places.following(alert_id, revision, action)
    return await _insert(conn, chats, alert_id, revision, action, priority, not_before, now)


async def _put_alone(
    conn: AsyncConnection,
    alert_id: AlertId,
    thread_id: int,
    chat_ids: Collection[ChatId],
    priority: Priority,
    not_before: ColumnElement[datetime],
    now: datetime,
) -> int:
    chats = places.named(alert_id, thread_id, chat_ids)
    return await _insert(conn, chats, alert_id, 1, Action.SEND, priority, not_before, now)


async def _supersede_edits(conn: AsyncConnection, alert_id: AlertId, revision: int) -> None:
    await cancel(
        conn,
        "superseded",
        outbox.c.alert_id == alert_id,
        outbox.c.action == Action.EDIT,
        outbox.c.revision < revision,
        outbox.c.state.in_(UNSENT),
    )
