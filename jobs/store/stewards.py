"""Who manages which chat from a private one, by number only.

A row gives no right: what somebody may do is asked of Telegram at each action.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId
from jobs.store.chats import ChatKind
from jobs.store.dialects import insert_into
from jobs.store.schema import chat, steward, subscription


@dataclass(frozen=True, slots=True)
class Managed:
    """A place that somebody may want to manage."""

    chat_id: ChatId
    kind: ChatKind
    thread_id: int


async def note(conn: AsyncConnection, chat_id: ChatId, user_id: int, now: datetime) -> None:
    """Note that a person has set something up in a chat."""
    row = insert_into(conn, steward).values(
        chat_id=chat_id, user_id=user_id, is_editor=False, since=now
    )
    await conn.execute(row.on_conflict_do_nothing(index_elements=["chat_id", "user_id"]))


async def places_of(conn: AsyncConnection, user_id: int) -> Sequence[Managed]:
    """Return the chats that a person has set something up in, and their topics that hear."""
    rows = await conn.execute(
        select(chat.c.id, chat.c.kind, subscription.c.thread_id)
        .join(steward, steward.c.chat_id == chat.c.id)
        .outerjoin(subscription, subscription.c.chat_id == chat.c.id)
        .where(steward.c.user_id == user_id, chat.c.kind != ChatKind.PRIVATE)
        .order_by(chat.c.id.desc(), subscription.c.thread_id)
    )
    return [Managed(ChatId(row.id), ChatKind(row.kind), row.thread_id or 0) for row in rows]


async def set_editor(
    conn: AsyncConnection, chat_id: ChatId, user_id: int, wanted: bool, now: datetime
) -> None:
    """Let a person be shown what waits for approval in a chat, or no more."""
    await note(conn, chat_id, user_id, now)
    await conn.execute(
        update(steward)
        .where(steward.c.chat_id == chat_id, steward.c.user_id == user_id)
        .values(is_editor=wanted)
    )


async def editors(conn: AsyncConnection, chat_id: ChatId) -> list[ChatId]:
    """Return the private chats of a chat's editors."""
    rows = await conn.scalars(
        select(steward.c.user_id)
        .where(steward.c.chat_id == chat_id, steward.c.is_editor)
        .order_by(steward.c.user_id)
    )
    return [ChatId(user_id) for user_id in rows]
