"""From news to chats: what is corrected, taken back or reprinted, as their readers see it."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.application import render_delivery
from bot.delivery import Deliverer
from jobs.domain.alerts import ChatId
from jobs.domain.clock import SystemClock
from jobs.domain.events import EventStatus, Mention
from jobs.domain.orders import OrderKind
from jobs.store import orders, outbox
from jobs.store.engine import Store
from tests.buttons import ALERT_BUTTONS
from tests.delivering import Line, a_line
from tests.samples import NOON, a_mention
from tests.watching_world import REFERENCE, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = a_mention(actor="UY", attributions=(), clause="")
BACK = replace(SAID, status=EventStatus.REVERSED)


@dataclass
class Newsroom:
    """The pipeline over the store that a line delivers from."""

    world: World
    line: Line

    async def subscribe(self, *chat_ids: int) -> None:
        for chat_id in chat_ids:
            self.line.api.add_chat(chat_id)
        await self.world.subscribe(*map(ChatId, chat_ids))

    async def hear(self, host: str, said: Mention, after: timedelta) -> None:
        await self.world.hear(host, said, at=NOON + after)

    async def deliver(self) -> None:
        await self.line.settle(self.line.deliverer())

    async def retract(self, alert: int) -> None:
        payload = {"alert": alert, "note": "a hoax"}
        async with self.line.store.write() as conn:
            await orders.put(
                conn, OrderKind.RETRACT, payload, ordered_by=7, chat_id=ChatId(1), now=NOON
            )
        await self.world.pipeline.carry_out_orders(self.line.clock.now())


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with a_line() as line:
        line.render = lambda delivery: render_delivery(delivery, REFERENCE, ALERT_BUTTONS)
        yield Newsroom(World(line.store), line)


async def test_fifty_reprints_cost_a_chat_one_message_and_at_most_two_edits(
    newsroom: Newsroom,
) -> None:
    await newsroom.subscribe(1)
    for number in range(50):
        # Every third is a copy that credits the wire; every tenth quotes the ministry.
        credited = ("TASS",) if number % 3 == 0 else ()
        organ = ("organ:UY",) if number % 10 == 9 else ()
        said = replace(SAID, attributions=(*credited, *organ))
        await newsroom.hear(f"outlet{number}.example", said, timedelta(minutes=number))
        await newsroom.deliver()
    [message] = newsroom.line.api.shown(1)
    assert message.text.startswith("Uruguay has recognised the Taliban government")
    assert "confirmed by Uruguay itself" in message.text
    assert len(message.versions) <= 3


async def test_a_reversal_answers_the_message_that_it_takes_back(newsroom: Newsroom) -> None:
    await newsroom.subscribe(1, 2)
    await newsroom.hear("one.example", SAID, timedelta(0))
    await newsroom.deliver()
    taken_back = replace(BACK, on=(NOON + 30 * DAY).date())
    await newsroom.hear("two.example", taken_back, 30 * DAY)
    newsroom.line.clock.advance(30 * 86400)
    await newsroom.deliver()
    for chat_id in (1, 2):
        first, reversal = newsroom.line.api.shown(chat_id)
        assert reversal.reply_to == first.message_id
        assert "It takes back alert 1." in reversal.text
        assert "It has since been taken back: alert 2." in first.text


async def test_a_correction_reaches_every_chat_that_has_the_message(newsroom: Newsroom) -> None:
    assert len(await seconds_to_correct(newsroom, 12)) == 12


@pytest.mark.slow
async def test_a_correction_reaches_a_thousand_chats_in_two_minutes(newsroom: Newsroom) -> None:
    seconds = sorted(await seconds_to_correct(newsroom, 1000))
    assert len(seconds) == 1000
    p95 = seconds[949]
    print(f"corrections of 1,000 chats: p50 {seconds[499]:.1f} s, p95 {p95:.1f} s")  # noqa: T201
    assert p95 <= 120


async def seconds_to_correct(newsroom: Newsroom, chats: int) -> list[float]:
    """Retract an alert that many chats have; return the seconds until each one's reply."""
    ids = range(1, chats + 1)
    await newsroom.subscribe(*ids)
    await newsroom.hear("one.example", SAID, timedelta(0))
    api = newsroom.line.api
    newsroom.line.policy = replace(newsroom.line.policy, ttl=timedelta(days=9999))
    deliverer = newsroom.line.deliverer(SystemClock())
    await drain(newsroom.line.store, deliverer)
    started = time.monotonic()
    await newsroom.retract(1)
    await drain(newsroom.line.store, deliverer)
    for chat_id in ids:
        first, reply = api.shown(chat_id)[:2]
        assert first.text.startswith("RETRACTED")
        assert reply.reply_to == first.message_id
    return [api.calls_of("sendMessage", chat_id)[1].at - started for chat_id in ids]


async def drain(store: Store, deliverer: Deliverer) -> None:
    """Let delivery run by itself until nothing waits."""
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    waiting = 1
    while waiting:
        await asyncio.sleep(0.2)
        async with store.read() as conn:
            waiting = await outbox.count_open(conn)
    stop.set()
    await running
