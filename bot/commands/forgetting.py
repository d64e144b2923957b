"""Forgetting a chat so that nothing arrives in it afterwards."""

from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock
from jobs.store import chats, outbox
from jobs.store.engine import Store, moment

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
"""Longer than any call takes; a sender that died holds its row no longer than that."""


async def forget_chat(store: Store, clock: Clock, chat_id: ChatId) -> None:
    """Delete everything of a chat, once no call to it is under way.

    First its gate is closed, so that no process begins another call; a call that has
    begun is waited for, since its message would arrive after the farewell.
    """
    async with store.write() as conn:
        await outbox.close_chat(conn, chat_id, "forgotten")
    until = clock.monotonic() + PATIENCE_SECONDS
    while clock.monotonic() < until:
        async with store.read() as conn:
            if not await outbox.is_being_sent(conn, chat_id, await moment(conn, clock)):
                break
        await clock.sleep(LOOK_SECONDS)
    async with store.write() as conn:
        await chats.forget(conn, chat_id)
