"""Several senders of one PostgreSQL: each row once, one pace, one poller, the server's clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select, text, update

from bot.delivery import Deliverer
from bot.pacing import HOLD_SECONDS, PER_SECOND, Pacer
from bot.polling import LEASE, POLLING, Poller, PollingTurn
from bot.upkeep import Policy
from bot.windows import SharedWindow
from jobs.domain.alerts import DeliveryState, Level
from jobs.domain.clock import SystemClock
from jobs.store import leases, slots
from jobs.store.claims import GROUP_MOST, PRIVATE_MOST
from jobs.store.engine import Store, moment
from jobs.store.schema import outbox as table
from tests import bot_api
from tests.bot_api import BotApi
from tests.clocks import ManualClock
from tests.delivering import GROUP, A, B, open_bot, render
from tests.telling import NOON, kind_of, rows, subscribe, take, tell
from tests.whole_program import until

POLICY = Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24))
CHATS = range(1, 41)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """Give an empty, migrated database of PostgreSQL."""
    return str(request.getfixturevalue("postgres_url"))


@pytest_asyncio.fixture
async def senders(store_url: str) -> AsyncIterator[tuple[BotApi, Store, list[Deliverer]]]:
    """Give two senders, each with a store and a connection to Telegram of its own."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi())
        made: list[Deliverer] = []
        for _ in range(2):
            store = await Store.open(store_url, migrate=False)
            stack.push_async_callback(store.close)
            bot = await stack.enter_async_context(open_bot(api))
            made.append(Deliverer(store, bot, SystemClock(), Pacer(), render, POLICY))
        yield api, store, made


async def fill(api: BotApi, store: Store, *chats: int, alerts: int = 1) -> None:
    for chat_id in chats:
        api.add_chat(chat_id, kind_of(chat_id))
    async with store.write() as conn:
        await subscribe(conn, *chats)
        for number in range(1, alerts + 1):
            await tell(conn, number, now=datetime.now(UTC))


async def test_each_row_goes_once_and_no_second_sees_more_than_one_sender_may(
    senders: tuple[BotApi, Store, list[Deliverer]],
) -> None:
    api, store, both = senders
    await fill(api, store, *CHATS)
    stop = asyncio.Event()
    running = [asyncio.create_task(each.run(stop)) for each in both]
    await api.until(lambda: all(api.shown(chat_id) for chat_id in CHATS), seconds=30)
    stop.set()
    await asyncio.gather(*running)
    assert all(len(api.shown(chat_id)) == 1 for chat_id in CHATS)
    assert api.busiest(1.0) <= PER_SECOND
    async with store.read() as conn:
        names = (await conn.scalars(select(table.c.attempt_id).distinct())).all()
    assert len(names) > 1


async def test_what_one_sender_was_told_to_wait_the_other_waits_too(
    senders: tuple[BotApi, Store, list[Deliverer]],
) -> None:
    api, store, (one, other) = senders
    await fill(api, store, A, B, 9)
    for chat_id in (A, B):
        api.script("sendMessage", bot_api.too_many(60), chat_id=chat_id)
    await one.drain_once()
    async with store.write() as conn:
        await subscribe(conn, 10, filter_id=2)
        await tell(conn, 50, filters=(2,), now=datetime.now(UTC))
    api.add_chat(10)
    assert await other.drain_once() == 0
    assert len(api.calls_of("sendMessage")) == 3


async def test_a_dead_senders_rows_are_taken_over_once_its_lease_is_over(
    senders: tuple[BotApi, Store, list[Deliverer]],
) -> None:
    api, store, (one, _) = senders
    await fill(api, store, A)
    async with store.write() as conn:
        now = await moment(conn, SystemClock())
        await take(conn, now)
    await one.recover()
    assert await one.drain_once() == 0
    async with store.write() as conn:
        await conn.execute(update(table).values(lease_until=now - timedelta(seconds=1)))
    assert await one.drain_once() == 1
    assert len(api.shown(A)) == 1


async def test_leases_go_by_the_servers_clock(store: Store) -> None:
    wrong = ManualClock(datetime(1970, 1, 1, tzinfo=UTC))
    async with store.write() as conn:
        assert abs(await moment(conn, wrong) - datetime.now(UTC)) < timedelta(seconds=60)


async def test_slots_are_shared_and_given_back(store: Store) -> None:
    async with store.write() as conn:
        until = NOON + timedelta(seconds=5)
        assert await slots.take(conn, ["a", "b", "c"], 2, NOON, until) == ["a", "b"]
        assert await slots.take(conn, ["c"], 2, NOON, until) == []
        await slots.end(conn, "a", NOON + timedelta(seconds=1))
        await slots.end(conn, "b", NOON + timedelta(seconds=9))
        assert await slots.take(conn, ["c"], 2, NOON + timedelta(seconds=1), until) == ["c"]
        assert await slots.take(conn, ["d"], 2, NOON + timedelta(seconds=1), until) == []
        assert await slots.take(conn, ["d"], 2, until, until) == ["d"]


async def test_answers_take_their_room_from_the_same_window(store: Store) -> None:
    window = SharedWindow(store, SystemClock(), per_second=1)
    assert await window.take_alone(store, "one")
    assert not await window.take_alone(store, "two")
    async with store.write() as conn:
        assert await window.take(conn, ["three"]) == []
    await window.end_alone(store, "one")
    async with store.write() as conn:
        (until,) = (await conn.scalars(select(text("until")).select_from(text("send_slot")))).all()
        assert until - await moment(conn, SystemClock()) <= timedelta(seconds=1)
    assert HOLD_SECONDS > 1


async def test_one_process_polls_and_the_other_takes_over(
    senders: tuple[BotApi, Store, list[Deliverer]], store_url: str
) -> None:
    api, store, both = senders
    api.add_chat(A)
    clock = ManualClock()
    heard: list[list[int]] = [[], []]
    async with open_bot(api) as bot:
        room = asyncio.Event()
        room.set()
        pollers = [
            Poller(
                bot,
                lambda update, of=each: heard[of].append(update.update_id),  # type: ignore[misc]
                both[each],
                clock,
                ["message"],
                PollingTurn(store, clock),
                room,
            )
            for each in range(2)
        ]
        stops = [asyncio.Event(), asyncio.Event()]
        first = asyncio.create_task(pollers[0].run(stops[0]))
        await until(lambda: bool(api.calls_of("getUpdates")))
        second = asyncio.create_task(pollers[1].run(stops[1]))
        await until(lambda: pollers[1].stands_by)
        api.say(A, "/status")
        await until(lambda: bool(heard[0]))
        stops[0].set()
        await first
        api.say(A, "/status")
        await until(lambda: bool(heard[1]))
        stops[1].set()
        await second
    assert not any(call.error for call in api.calls), "no 409 between them"
    assert [len(each) for each in heard] in ([1, 1], [1, 2])


async def test_a_lease_is_held_until_it_ends_or_is_given_back(store: Store) -> None:
    async with store.write() as conn:
        later = NOON + LEASE
        assert await leases.hold(conn, POLLING, "one", NOON, later)
        assert await leases.hold(conn, POLLING, "one", NOON, later)
        assert not await leases.hold(conn, POLLING, "two", NOON, later)
        assert await leases.hold(conn, POLLING, "two", later, later + LEASE)
        assert not await leases.hold(conn, POLLING, "one", later, later + LEASE)
        await leases.release(conn, POLLING, "one")
        assert not await leases.hold(conn, POLLING, "one", later, later + LEASE)
        await leases.release(conn, POLLING, "two")
        assert await leases.hold(conn, POLLING, "one", later, later + LEASE)


@pytest.mark.parametrize(
    ("chat_id", "most", "seconds"), [(A, PRIVATE_MOST, 3.1), (GROUP, GROUP_MOST, 60.1)]
)
async def test_a_chats_pace_is_known_to_every_process_and_after_a_restart(
    store: Store, chat_id: int, most: int, seconds: float
) -> None:
    async with store.write() as conn:
        await subscribe(conn, chat_id)
        for number in range(1, most + 2):
            await tell(conn, number)
        done = update(table).where(table.c.alert_id <= most)
        await conn.execute(done.values(state=DeliveryState.SENT, started_at=NOON))
        assert await take(conn, NOON + timedelta(seconds=1)) == []
        assert len(await take(conn, NOON - timedelta(hours=1))) == 0, "not due yet"
        assert len(await take(conn, NOON + timedelta(seconds=seconds))) == 1


async def test_a_row_for_which_there_was_no_room_is_as_if_untouched(
    senders: tuple[BotApi, Store, list[Deliverer]],
) -> None:
    api, store, (one, _) = senders
    await fill(api, store, A, B)
    async with store.write() as conn:
        now = await moment(conn, SystemClock())
        full = [str(number) for number in range(PER_SECOND - 1)]
        await slots.take(conn, full, PER_SECOND, now, now + timedelta(minutes=1))
    await one.drain_once()
    async with store.read() as conn:
        assert sorted(state for *_, state in await rows(conn)) == ["PENDING", "SENT"]
