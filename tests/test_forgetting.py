"""A chat that is forgotten gets nothing after the farewell, whatever was under way."""

import asyncio

from sqlalchemy import select

from bot.commands.forgetting import PATIENCE_SECONDS, forget_chat
from jobs.domain.alerts import ChatId
from jobs.store import attempts
from jobs.store.engine import Store
from jobs.store.schema import chat, subscription
from jobs.store.schema import outbox as table
from tests.clocks import ManualClock
from tests.delivering import A, B, Line
from tests.telling import NOON, subscribe, take, tell


class StillClock(ManualClock):
    """Stands still while somebody really waits."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.01)


async def is_gone(store: Store) -> bool:
    async with store.read() as conn:
        return not any(
            [
                (await conn.execute(select(each).where(column == A))).all()
                for each, column in (
                    (table, table.c.chat_id),
                    (subscription, subscription.c.chat_id),
                    (chat, chat.c.id),
                )
            ]
        )


async def test_a_call_under_way_is_waited_for(line: Line) -> None:
    await line.subscribe(A, B)
    await line.tell(1)
    await line.tell(2)
    under_way, go_on = asyncio.Event(), asyncio.Event()
    do = line.api.carry_out

    async def slowly(call: object) -> object:
        if getattr(call, "chat_id", None) == A:
            under_way.set()
            await go_on.wait()
        return await do(call)  # type: ignore[arg-type]

    line.api.carry_out = slowly  # type: ignore[method-assign]
    deliverer = line.deliverer()
    sending = asyncio.create_task(deliverer.drain_once())
    await under_way.wait()
    forgetting = asyncio.create_task(forget_chat(line.store, StillClock(NOON), ChatId(A)))
    await asyncio.sleep(0.3)
    assert not forgetting.done(), "the farewell waits for the call"
    go_on.set()
    await sending
    await forgetting
    said_by_then = line.shown(A)
    assert said_by_then == ["alert 1 as of 1"]
    await line.settle(deliverer)
    assert line.shown(A) == said_by_then
    assert line.shown(B) == ["alert 1 as of 1", "alert 2 as of 1"]
    assert await is_gone(line.store)


async def test_what_was_claimed_but_not_begun_is_not_sent(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await take(conn)
    await forget_chat(store, ManualClock(NOON), ChatId(A))
    async with store.write() as conn:
        begun = await attempts.mark_sending(conn, [delivery.id], delivery.attempt_id, NOON, NOON)
    assert begun == set()
    assert await is_gone(store)


async def test_a_dead_sender_does_not_hold_up_the_farewell_for_ever(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    async with line.store.write() as conn:
        (delivery,) = await take(conn, line.clock.now())
        lease = line.clock.now().replace(year=2030)
        now = line.clock.now()
        await attempts.mark_sending(conn, [delivery.id], delivery.attempt_id, now, lease)
    began = line.clock.monotonic()
    await forget_chat(line.store, line.clock, ChatId(A))
    assert line.clock.monotonic() - began <= PATIENCE_SECONDS + 1
    assert await is_gone(line.store)
