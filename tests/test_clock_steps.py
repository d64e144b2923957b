"""The wall clock steps, and delivery goes on: nothing waits for hours, nothing goes twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.upkeep import Policy
from jobs.domain.alerts import Level
from tests import bot_api
from tests.clocks import ManualClock
from tests.delivering import A, B, Line
from tests.telling import NOON

STEPS = [
    pytest.param(timedelta(hours=-1), id="back an hour"),
    pytest.param(timedelta(hours=1), id="on an hour"),
    pytest.param(timedelta(days=30), id="on thirty days"),
    pytest.param(datetime(1970, 1, 1, tzinfo=UTC) - NOON, id="to 1970"),
]


class SteppingClock(ManualClock):
    """A clock whose wall time an operator or NTP may change; waiting is not affected."""

    def step(self, by: timedelta) -> None:
        self._now += by


@pytest.fixture
def clock(line: Line) -> SteppingClock:
    line.clock = SteppingClock(NOON)
    line.policy = Policy(frozenset(Level), timedelta(seconds=10), timedelta(days=365))
    return line.clock


@pytest.mark.parametrize("step", STEPS)
async def test_what_waits_goes_within_a_round(
    line: Line, clock: SteppingClock, step: timedelta
) -> None:
    await line.subscribe(A)
    await line.tell(1)
    deliverer = line.deliverer()
    clock.step(step)
    await line.settle(deliverer, rounds=2)
    await line.tell(2)
    await line.settle(deliverer, rounds=2)
    assert line.shown() == ["alert 1 as of 1", "alert 2 as of 1"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_call_under_way_is_neither_given_up_nor_made_again(
    line: Line, clock: SteppingClock, step: timedelta
) -> None:
    await line.subscribe(A, B)
    await line.tell(1)
    arrived, go_on = asyncio.Event(), asyncio.Event()
    do = line.api.carry_out

    async def slowly(call: bot_api.Call) -> object:
        result = await do(call)
        if call.chat_id == A:
            arrived.set()
            await go_on.wait()
        return result

    line.api.carry_out = slowly  # type: ignore[method-assign]
    deliverer = line.deliverer()
    sending = asyncio.create_task(deliverer.drain_once())
    await arrived.wait()
    clock.step(step)
    for _ in range(3):
        # The rounds of a sender that does not wait for one chat's call.
        await deliverer._round()
        clock.advance(6)
    go_on.set()
    await sending
    await line.settle(deliverer)
    assert (line.shown(A), line.shown(B)) == (["alert 1 as of 1"], ["alert 1 as of 1"])


@pytest.mark.parametrize("step", STEPS)
async def test_a_wait_that_telegram_asked_for_is_kept(
    line: Line, clock: SteppingClock, step: timedelta
) -> None:
    line.api.script("sendMessage", bot_api.too_many(120), chat_id=A)
    await line.subscribe(A)
    await line.tell(1)
    deliverer = line.deliverer()
    await deliverer.drain_once()
    clock.step(step)
    for _ in range(11):
        clock.advance(10)
        await deliverer.drain_once()
    assert line.sends() == 1, "no early call"
