"""Forum topics that no longer let the bot in: elsewhere in the chat, or not at all."""

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, ChatId, DeliveryState
from jobs.store.attempts import redo_as_send
from jobs.store.claims import Delivery
from jobs.store.outbox import cancel, write
from jobs.store.schema import outbox, subscription
from jobs.store.states import UNSENT


async def leave_topic(conn: AsyncConnection, delivery: Delivery, cause: str) -> bool:
    """Let a refused delivery go to the chat's General, if its subscription allows that.

    What its topic refused was certainly not sent, so nothing can double. An edit becomes
    a new message there. Returns False, and changes nothing, where it is not allowed or
    where the row is no longer this attempt's.
    """
    allowed = await conn.scalar(
        select(subscription.c.may_leave_topic).where(*_is(delivery.chat_id, delivery.thread_id))
    )
    if not allowed:
        return False
    if delivery.action is Action.EDIT and not await redo_as_send(conn, delivery, cause):
        return False
    elsewhere = (
        update(outbox)
        .where(outbox.c.id == delivery.id)
        .values(in_general=True, state=DeliveryState.RETRY, cause=cause, lease_until=None)
    )
    if delivery.action is not Action.EDIT:
        elsewhere = elsewhere.where(
            outbox.c.attempt_id == delivery.attempt_id, outbox.c.state == DeliveryState.SENDING
        )
    return await write(conn, elsewhere) == 1


async def pause(conn: AsyncConnection, chat_id: ChatId, thread_id: int, reason: str) -> None:
    """Send nothing more into a topic until it is subscribed anew.

    What waits for it is cancelled, but for edits of what stands there: a correction is
    owed, and an edit needs no open topic.
    """
    await conn.execute(
        update(subscription).where(*_is(chat_id, thread_id)).values(paused_reason=reason)
    )
    told = outbox.alias("told")
    stands = exists().where(
        told.c.alert_id == outbox.c.alert_id,
        told.c.chat_id == chat_id,
        told.c.thread_id == thread_id,
        told.c.action == Action.SEND,
        told.c.state == DeliveryState.SENT,
    )
    await cancel(
        conn,
        reason,
        outbox.c.chat_id == chat_id,
        outbox.c.thread_id == thread_id,
        outbox.c.state.in_(UNSENT),
        ~((outbox.c.action == Action.EDIT) & stands),
    )


def _is(chat_id: ChatId, thread_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return subscription.c.chat_id == chat_id, subscription.c.thread_id == thread_id
