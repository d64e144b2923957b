"""Updates come in once, and a lost token or a second poller stops the sending aloud."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telegram import Bot, Update

from bot.delivery import Deliverer
from bot.demo.clock import DemoClock
from bot.pacing import Pacer
from bot.polling import Poller, PollingTurn
from bot.taking import UPDATES_A_CALL
from bot.upkeep import Policy
from jobs.domain.alerts import Level
from jobs.errors import ConfigError
from jobs.store.engine import Store
from tests.bot_api import BotApi, error, status

CONFLICT = error(409, "Conflict: terminated by other getUpdates request")


class Bench:
    """A poller against the fake server, with a clock that sleeping moves."""

    def __init__(self, api: BotApi, bot: Bot, store: Store) -> None:
        self.api = api
        self.updates: list[Update] = []
        self.clock = DemoClock(datetime(2026, 1, 1, tzinfo=UTC))
        policy = Policy(frozenset(Level), timedelta(seconds=40), timedelta(days=1))
        self.deliverer = Deliverer(
            store, bot, self.clock, Pacer(), lambda delivery: pytest.fail("nothing to send"), policy
        )
        self.room = asyncio.Event()
        self.room.set()
        self.poller = Poller(
            bot,
            self.updates.append,
            self.deliverer,
            self.clock,
            ["message"],
            PollingTurn(store, self.clock),
            self.room,
        )
        self.stop = asyncio.Event()

    def halted(self) -> str | None:
        """Return why nothing is sent, as of now."""
        return self.deliverer.halted

    async def until_polled(self, times: int) -> None:
        """Run until so many getUpdates calls came in after now, then stop."""
        polling = asyncio.create_task(self.poller.run(self.stop))
        async with asyncio.timeout(10):
            while sum(call.method == "getUpdates" for call in self.api.calls) < times:
                await asyncio.sleep(0)
        self.stop.set()
        await polling


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(f"sqlite:///{tmp_path / 'watch.sqlite'}", migrate=True)
    async with BotApi() as api, Bot(api.token, base_url=api.base_url) as bot:
        api.add_chat(7)
        yield Bench(api, bot, store)
    await store.close()


async def test_each_update_comes_once_and_is_confirmed_by_the_next_call(bench: Bench) -> None:
    bench.api.say(7, "/start")
    bench.api.say(7, "/status")
    await bench.until_polled(2)
    assert [
        update.effective_message.text for update in bench.updates if update.effective_message
    ] == [
        "/start",
        "/status",
    ]


async def test_what_a_crowd_sends_is_read_in_small_pieces(bench: Bench) -> None:
    for _ in range(2 * UPDATES_A_CALL):
        bench.api.say(7, "/status")
    await bench.until_polled(2)
    first, second = (call.params for call in bench.api.calls_of("getUpdates")[:2])
    assert int(first["limit"]) == UPDATES_A_CALL
    assert int(second["offset"]) == bench.updates[UPDATES_A_CALL - 1].update_id + 1


async def test_without_room_nothing_is_asked_for(bench: Bench) -> None:
    bench.room.clear()
    bench.api.say(7, "/start")
    polling = asyncio.create_task(bench.poller.run(bench.stop))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not bench.api.calls_of("getUpdates")
    bench.room.set()
    async with asyncio.timeout(10):
        while not bench.updates:
            await asyncio.sleep(0)
    bench.stop.set()
    await polling


async def test_an_outage_passes_and_nothing_is_lost(bench: Bench) -> None:
    bench.api.script("getUpdates", status(502, stored=False), status(502, stored=False))
    bench.api.say(7, "/start")
    await bench.until_polled(4)
    assert len(bench.updates) == 1
    assert bench.deliverer.halted is None


async def test_a_refused_token_stops_the_sending_until_it_holds_again(bench: Bench) -> None:
    bench.api.script("getUpdates", error(401, "Unauthorized"))
    await bench.until_polled(1)
    assert bench.deliverer.halted == "Telegram refuses the token"
    bench.stop.clear()
    bench.api.say(7, "/start")
    await bench.until_polled(3)
    assert bench.halted() is None
    assert len(bench.updates) == 1


async def test_a_second_poller_stops_the_sending_and_then_this_program(bench: Bench) -> None:
    bench.api.script("getUpdates", *[CONFLICT] * 60)
    polling = asyncio.create_task(bench.poller.run(bench.stop))
    with pytest.raises(ConfigError, match="another program"):
        await polling
    assert bench.deliverer.halted == "another program polls with the same token"


async def test_a_stop_ends_a_hanging_call_at_once(bench: Bench) -> None:
    polling = asyncio.create_task(bench.poller.run(bench.stop))
    await asyncio.sleep(0)
    bench.stop.set()
    async with asyncio.timeout(2):
        await polling
