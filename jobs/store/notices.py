"""Notices on delivery itself: to the operators, and to who turned a chat's alerts on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, Notice
from jobs.store import alerts, facts, outbox
from jobs.store.schema import chat

QUIET = timedelta(hours=1)
"""An alarm of one kind is not repeated sooner: a fault that lasts is one fault."""

OWNER_QUIET = timedelta(days=7)


async def alarm(
    conn: AsyncConnection, notice: Notice, operators: Collection[ChatId], now: datetime
) -> bool:
    """Tell the operators, if there are any, unless they were told of the like within an hour."""
    if not operators:
        return False
    name = f"alarm {notice.key}"
    last = await facts.get(conn, name)
    if last is not None and abs(now - datetime.fromisoformat(last)) < QUIET:
        return False
    await facts.put(conn, name, now.isoformat())
    await tell(conn, notice, operators, now)
    return True


async def tell_owner(conn: AsyncConnection, notice: Notice, chat_id: ChatId, now: datetime) -> bool:
    """Tell who turned a chat's alerts on that they no longer arrive there; once a week at most.

    Returns False where nobody is known, or was told lately.
    """
    owner = await conn.scalar(
        update(chat)
        .where(
            chat.c.id == chat_id,
            chat.c.owner_id.is_not(None),
            or_(chat.c.owner_told_at.is_(None), chat.c.owner_told_at < now - OWNER_QUIET),
        )
        .values(owner_told_at=now)
        .returning(chat.c.owner_id)
    )
    if owner is None:
        return False
    await tell(conn, notice, [ChatId(owner)], now)
    return True


async def tell(
    conn: AsyncConnection, notice: Notice, chat_ids: Collection[ChatId], now: datetime
) -> None:
    """Write a notice for those of the chats that are open."""
    alert_id = await alerts.add_notice(conn, notice, now)
    await outbox.put_notices(conn, alert_id, chat_ids, now)
