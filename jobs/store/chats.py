"""Chats, what each wants to hear, and which of Telegram's updates were seen.

Nothing is kept of a person but the chat's id, kind, language and zone, and its wishes.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.store.dialects import insert_into
from jobs.store.schema import (
    chat,
    digest_line,
    filter_row,
    orders,
    outbox,
    proposal,
    report,
    ruling,
    seen_update,
    silence,
    steward,
    subscription,
)
from jobs.store.states import HOOKS_BELOW


class ChatKind(StrEnum):
    """What Telegram calls the chat."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Chat:
    """A place where the bot may speak; ``closed_reason`` says why it no longer may."""

    id: ChatId
    kind: ChatKind
    language: str
    zone: str
    closed_reason: str | None
    created_at: datetime


async def open_chat(
    conn: AsyncConnection,
    chat_id: ChatId,
    kind: ChatKind,
    *,
    language: str,
    zone: str,
    now: datetime,
) -> bool:
    """Make a chat one that can be written to; return True if it was not.

    A chat that is known keeps its language, zone and subscription. What it missed while
    closed is not made up for: the rows were cancelled when it was closed.
    """
    known = await read_chat(conn, chat_id)
    row = insert_into(conn, chat).values(
        id=chat_id, kind=kind, language=language, zone=zone, created_at=now
    )
    await conn.execute(
        row.on_conflict_do_update(
            index_elements=["id"], set_={"kind": kind, "closed_reason": None, "closed_at": None}
        )
    )
    return known is None or known.closed_reason is not None


async def read_chat(conn: AsyncConnection, chat_id: ChatId) -> Chat | None:
    """Return a chat, open or closed, or None."""
    row = (await conn.execute(select(chat).where(chat.c.id == chat_id))).one_or_none()
    return None if row is None else _chat(row)


async def all_open(conn: AsyncConnection) -> list[Chat]:
    """Return every chat of Telegram that may be written to as far as is known, by number."""
    of_telegram = chat.c.kind.in_(list(ChatKind))
    rows = await conn.execute(
        select(chat).where(chat.c.closed_reason.is_(None), of_telegram).order_by(chat.c.id)
    )
    return [_chat(row) for row in rows]


def thread_of(message_thread_id: int | None) -> int:
    """Return the topic a message stands in: 0 where there are none, and for General.

    Telegram calls a forum's General 1, and takes no message that names it.
    """
    return 0 if message_thread_id in (None, 1) else int(message_thread_id or 0)


async def owner_of(conn: AsyncConnection, chat_id: ChatId) -> int | None:
    """Return who turned the alerts on in a group or channel, if that is known."""
    owner: int | None = await conn.scalar(select(chat.c.owner_id).where(chat.c.id == chat_id))
    return owner


async def set_owner(conn: AsyncConnection, chat_id: ChatId, user_id: int) -> None:
    """Remember who turned the alerts on: told in private where the bot may speak no more."""
    await conn.execute(
        update(chat).where(chat.c.id == chat_id).values(owner_id=user_id, owner_told_at=None)
    )


async def set_language(conn: AsyncConnection, chat_id: ChatId, language: str) -> None:
    """Set the language that a chat is spoken to in; what is told next is in it already."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(language=language))


async def subscribe(
    conn: AsyncConnection, chat_id: ChatId, wanted: Filter, now: datetime, *, thread_id: int = 0
) -> None:
    """Let a chat's topic hear what it wants from now on, instead of what it wanted before.

    A topic that was paused is served again.
    """
    filter_id = await filter_number(conn, filter_to_json(wanted))
    row = insert_into(conn, subscription).values(
        chat_id=chat_id, thread_id=thread_id, filter_id=filter_id, created_at=now
    )
    await conn.execute(
        row.on_conflict_do_update(
            index_elements=["chat_id", "thread_id"],
            set_={"filter_id": filter_id, "paused_reason": None},
        )
    )


async def let_leave_topic(
    conn: AsyncConnection, chat_id: ChatId, thread_id: int, allowed: bool
) -> None:
    """Say whether General will do where a topic is closed or gone."""
    await conn.execute(
        update(subscription)
        .where(subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id)
        .values(may_leave_topic=allowed)
    )


async def may_leave_topic(conn: AsyncConnection, chat_id: ChatId, thread_id: int) -> bool:
    """Tell whether General will do where a topic is closed or gone."""
    allowed = await conn.scalar(
        select(subscription.c.may_leave_topic).where(
            subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id
        )
    )
    return bool(allowed)


async def set_approval(
    conn: AsyncConnection, chat_id: ChatId, thread_id: int, wanted: bool
) -> None:
    """Say whether an editor must let each alert through to a place."""
    await conn.execute(
        update(subscription)
        .where(subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id)
        .values(needs_approval=wanted)
    )


async def unsubscribe(conn: AsyncConnection, chat_id: ChatId, *, thread_id: int = 0) -> bool:
    """Let a chat's topic hear nothing more; return True if it heard anything before."""
    result = await conn.execute(
        delete(subscription).where(
            subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id
        )
    )
    return result.rowcount > 0


async def count_topics(conn: AsyncConnection, chat_id: ChatId, *, besides: int) -> int:
    """Return how many topics of a chat hear anything, one of them not counted."""
    counted = select(func.count()).where(
        subscription.c.chat_id == chat_id, subscription.c.thread_id != besides
    )
    return int(await conn.scalar(counted) or 0)


async def is_subscribed(conn: AsyncConnection, chat_id: ChatId) -> bool:
    """Tell whether a chat, or any topic of it, hears anything."""
    found = await conn.execute(
        select(subscription.c.chat_id).where(subscription.c.chat_id == chat_id).limit(1)
    )
    return found.first() is not None


async def read_filter(
    conn: AsyncConnection, chat_id: ChatId, *, thread_id: int = 0
) -> Filter | None:
    """Return what a chat's topic wants to hear, or None if it is not subscribed."""
    definition = (
        await conn.execute(
            select(filter_row.c.definition)
            .join(subscription, subscription.c.filter_id == filter_row.c.id)
            .where(subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id)
        )
    ).scalar_one_or_none()
    return None if definition is None else filter_from_json(definition)


async def wanted_filters(conn: AsyncConnection) -> list[tuple[int, Filter]]:
    """Return each distinct wish of the open chats, by its number, for the fan-out."""
    rows = await conn.execute(
        select(filter_row.c.id, filter_row.c.definition)
        .where(
            select(subscription.c.chat_id)
            .join(chat, chat.c.id == subscription.c.chat_id)
            .where(
                subscription.c.filter_id == filter_row.c.id,
                subscription.c.paused_reason.is_(None),
                chat.c.closed_reason.is_(None),
            )
            .exists()
        )
        .order_by(filter_row.c.id)
    )
    return [(row.id, filter_from_json(row.definition)) for row in rows]


async def see_update(conn: AsyncConnection, update_id: int, now: datetime) -> bool:
    """Note one of Telegram's updates; return True the first time it is seen.

    Kept as a set and not as the greatest number: after a week of silence Telegram goes
    on from a random one.
    """
    row = insert_into(conn, seen_update).values(update_id=update_id, seen_at=now)
    written = await conn.scalar(
        row.on_conflict_do_nothing(index_elements=["update_id"]).returning(seen_update.c.update_id)
    )
    return written is not None


async def forget_updates(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Drop up to ``limit`` numbers of updates seen before a time, and return how many."""
    old = select(seen_update.c.update_id).where(seen_update.c.seen_at < before).limit(limit)
    result = await conn.execute(delete(seen_update).where(seen_update.c.update_id.in_(old)))
    return int(result.rowcount)


async def note_closed(conn: AsyncConnection, now: datetime) -> None:
    """Note of chats that cannot be written to any more since when that is."""
    newly = (chat.c.closed_reason.is_not(None), chat.c.closed_at.is_(None))
    await conn.execute(update(chat).where(*newly).values(closed_at=now))


async def forget_closed(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` chats that could not be written to since before a time."""
    old = (
        select(chat.c.id)
        .where(chat.c.closed_at < before, chat.c.id >= HOOKS_BELOW)
        .order_by(chat.c.id)
        .limit(limit)
    )
    found = (await conn.scalars(old)).all()
    for chat_id in found:
        await forget(conn, ChatId(chat_id))
    return len(found)


async def forget(conn: AsyncConnection, chat_id: ChatId) -> None:
    """Delete everything of a chat: its wishes, what it was sent, its orders, itself.

    What an operator's order did to the ledger stays, but not who gave it.
    """
    lasting = exists().where(ruling.c.order_id == orders.c.id)
    await conn.execute(delete(orders).where(orders.c.chat_id == chat_id, ~lasting))
    await conn.execute(
        update(orders).where(orders.c.chat_id == chat_id).values(chat_id=0, ordered_by=0)
    )
    await conn.execute(update(report).where(report.c.chat_id == chat_id).values(chat_id=0))
    for table in (outbox, digest_line, proposal, silence, steward, subscription):
        await conn.execute(delete(table).where(table.c.chat_id == chat_id))
    await conn.execute(delete(steward).where(steward.c.user_id == chat_id))
    # Where this was a person, other chats need not remember them either.
    await conn.execute(update(chat).where(chat.c.owner_id == chat_id).values(owner_id=None))
    await conn.execute(delete(chat).where(chat.c.id == chat_id))


def filter_to_json(wanted: Filter) -> str:
    """Return a wish as canonical JSON: equal wishes give equal text.

    What is not narrowed is left out, so that a new way to narrow changes no stored wish.
    """
    narrowed = {
        "actors": sorted(wanted.actors),
        "groups": sorted(wanted.groups),
        "statuses": sorted(wanted.statuses),
        "grade": "" if wanted.grade is Grade.CLAIMED else wanted.grade,
    }
    definition = {
        "cases": sorted(wanted.cases),
        "level": wanted.level,
        "types": sorted(wanted.types),
        **{key: value for key, value in narrowed.items() if value},
    }
    return json.dumps(definition, sort_keys=True, separators=(",", ":"))


def filter_from_json(text: str) -> Filter:
    """Return the wish that ``filter_to_json`` wrote."""
    data = json.loads(text)
    return Filter(
        cases=frozenset(data["cases"]),
        types=frozenset(EventType(name) for name in data["types"]),
        level=Level(data["level"]),
        actors=frozenset(data.get("actors", ())),
        groups=frozenset(data.get("groups", ())),
        statuses=frozenset(EventStatus(name) for name in data.get("statuses", ())),
        grade=Grade(data.get("grade", Grade.CLAIMED)),
    )


async def filter_number(conn: AsyncConnection, definition: str) -> int:
    """Return the number of a wish, given as ``filter_to_json`` writes it."""
    row = insert_into(conn, filter_row).values(definition=definition)
    # Rewriting the row with itself makes both engines return the number it has already.
    found = await conn.execute(
        row.on_conflict_do_update(
            index_elements=["definition"], set_={"definition": definition}
        ).returning(filter_row.c.id)
    )
    return int(found.scalar_one())


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        id=ChatId(row.id),
        kind=ChatKind(row.kind),
        language=row.language,
        zone=row.zone,
        closed_reason=row.closed_reason,
        created_at=row.created_at,
    )
