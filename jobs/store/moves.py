"""A group that becomes a supergroup: a new id for all it has and awaits."""

from sqlalchemy import Table, delete, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, ChatId
from jobs.store.outbox import cancel
from jobs.store.schema import (
    chat,
    digest_line,
    outbox,
    proposal,
    silence,
    steward,
    subscription,
)
from jobs.store.states import CLOSED, OPEN


async def migrate_chat(conn: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Move a group that became a supergroup to its new id, with all it has and awaits.

    Where both ids are known they are merged: the new one's own settings stay, and what
    it was or will be told, in whichever topic, is not told again. Message ids of the
    old group are dropped, as Telegram accepts them no more. An unknown old id changes
    nothing.
    """
    if await conn.scalar(select(chat.c.id).where(chat.c.id == old)) is None:
        return
    await _move_settings(conn, old, new)
    await _cancel_doubles(conn, old, new)
    theirs = outbox.alias("theirs")
    known = select(theirs.c.alert_id).where(theirs.c.chat_id == new)
    await conn.execute(
        update(outbox)
        .where(outbox.c.chat_id == old, outbox.c.alert_id.not_in(known))
        .values(chat_id=new, message_id=None)
    )


async def _move_settings(conn: AsyncConnection, old: ChatId, new: ChatId) -> None:
    if await conn.scalar(select(chat.c.id).where(chat.c.id == new)) is None:
        copied = [c for c in chat.c if c.name not in ("id", "kind", "not_before")]
        row = select(literal(new), literal("supergroup"), *copied).where(chat.c.id == old)
        await conn.execute(insert(chat).from_select([chat.c.id, chat.c.kind, *copied], row))
    wished = await conn.scalar(
        select(func.count()).select_from(subscription).where(subscription.c.chat_id == new)
    )
    if not wished:
        await conn.execute(
            update(subscription).where(subscription.c.chat_id == old).values(chat_id=new)
        )
    await conn.execute(delete(subscription).where(subscription.c.chat_id == old))
    await conn.execute(update(silence).where(silence.c.chat_id == old).values(chat_id=new))
    await _move_rows(conn, steward, old, new)
    await _move_rows(conn, digest_line, old, new)
    # What waited for an editor is proposed anew with the next revision: its buttons name the
    # old chat.
    await conn.execute(delete(proposal).where(proposal.c.chat_id == old))
    await conn.execute(delete(chat).where(chat.c.id == old))


async def _move_rows(conn: AsyncConnection, table: Table, old: ChatId, new: ChatId) -> None:
    """Move a table's rows to the new id, but for those that it has already."""
    others = [column for column in table.primary_key if column.name != "chat_id"]
    theirs = table.alias("theirs")
    same = [theirs.c[column.name] == column for column in others]
    known = exists().where(theirs.c.chat_id == new, *same)
    await conn.execute(update(table).where(table.c.chat_id == old, ~known).values(chat_id=new))
    await conn.execute(delete(table).where(table.c.chat_id == old))


async def _cancel_doubles(conn: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Cancel the old chat's open tellings of what the new chat was or will be told."""
    theirs = outbox.alias("theirs")
    known = select(theirs.c.alert_id).where(
        theirs.c.chat_id == new,
        theirs.c.action == Action.SEND,
        theirs.c.state.not_in(CLOSED),
    )
    await cancel(
        conn,
        "migrated to a chat that has it",
        outbox.c.chat_id == old,
        outbox.c.alert_id.in_(known),
        outbox.c.state.in_(OPEN),
    )
