"""Outgoing webhooks: destinations of the outbox beside Telegram's chats.

Each is a row of ``chat`` (of kind ``hook``) with a subscription, so that fan-out, order and
corrections are those of every chat; ``jobs.hooks`` posts what the outbox holds for it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, DeliveryState, Filter
from jobs.errors import InputError
from jobs.store import chats
from jobs.store.schema import HELD, WAITING, chat, filter_row, hook, outbox, subscription
from jobs.store.states import HOOKS_BELOW, is_hook

KIND = "hook"


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook: its number, where it is called, what it wants, and how it fares.

    ``waiting`` counts what it has not taken yet; ``closed_reason`` says why it is called no
    more, ``trouble`` what the last failure was.
    """

    number: int
    url: str
    wanted: Filter
    waiting: int
    trouble: str
    closed_reason: str | None

    @property
    def chat_id(self) -> ChatId:
        """Return the number of the chat that it is."""
        return chat_of(self.number)


def chat_of(number: int) -> ChatId:
    """Return the chat that a webhook is."""
    return ChatId(HOOKS_BELOW - number)


async def add(conn: AsyncConnection, url: str, wanted: Filter, now: datetime) -> int:
    """Call an address from now on, and return the webhook's number.

    Raises ``InputError`` for an address that is called already.
    """
    if await conn.scalar(select(hook.c.chat_id).where(hook.c.url == url)) is not None:
        raise InputError("this address is called already; `hook list` shows its number")
    lowest = await conn.scalar(select(func.min(hook.c.chat_id)))
    number = 1 if lowest is None else HOOKS_BELOW - lowest + 1
    chat_id = chat_of(number)
    await conn.execute(insert(chat).values(id=chat_id, kind=KIND, created_at=now))
    await conn.execute(insert(hook).values(chat_id=chat_id, url=url, created_at=now))
    await chats.subscribe(conn, chat_id, wanted, now)
    return number


async def remove(conn: AsyncConnection, number: int) -> None:
    """Call an address no more, and forget it; raises ``InputError`` if there is none."""
    chat_id = chat_of(number)
    gone = await conn.execute(delete(hook).where(hook.c.chat_id == chat_id))
    if not gone.rowcount:
        raise InputError(f"there is no webhook {number}; `hook list` shows those there are")
    await chats.forget(conn, chat_id)


async def every(conn: AsyncConnection) -> list[Hook]:
    """Return all webhooks, by number."""
    rows = await conn.execute(
        select(hook.c.chat_id, hook.c.url, filter_row.c.definition, chat.c.closed_reason)
        .join(chat, chat.c.id == hook.c.chat_id)
        .join(subscription, subscription.c.chat_id == hook.c.chat_id)
        .join(filter_row, filter_row.c.id == subscription.c.filter_id)
        .order_by(hook.c.chat_id.desc())
    )
    waiting = await _waiting(conn)
    return [
        Hook(
            HOOKS_BELOW - row.chat_id,
            row.url,
            chats.filter_from_json(row.definition),
            *waiting.get(row.chat_id, (0, "")),
            row.closed_reason,
        )
        for row in rows
    ]


async def urls(conn: AsyncConnection, chat_ids: Collection[ChatId]) -> Mapping[int, str]:
    """Return where some webhooks are called, by chat."""
    rows = await conn.execute(
        select(hook.c.chat_id, hook.c.url).where(hook.c.chat_id.in_(chat_ids))
    )
    return {row.chat_id: row.url for row in rows}


async def take_back(conn: AsyncConnection, now: datetime) -> None:
    """Let what a dead process was posting be posted again: its id tells a repeat."""
    await conn.execute(
        update(outbox)
        .where(HELD, is_hook(outbox), outbox.c.lease_until < now)
        .values(state=DeliveryState.RETRY, not_before=now, attempt_id=None, lease_until=None)
    )


async def _waiting(conn: AsyncConnection) -> dict[int, tuple[int, str]]:
    rows = await conn.execute(
        select(outbox.c.chat_id, func.count(), func.max(outbox.c.cause))
        .where(WAITING, is_hook(outbox))
        .group_by(outbox.c.chat_id)
    )
    return {row[0]: (row[1], row[2] or "") for row in rows}
