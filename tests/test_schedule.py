import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from jobs.domain.clock import SystemClock
from jobs.schedule import (
    Every,
    Job,
    LagMeter,
    Runner,
    build_scheduler,
    run_all_now,
    stop_scheduler,
)
from tests.samples import NOON


class HandClock:
    """A clock that the test turns by hand; wall and monotonic time apart."""

    def __init__(self) -> None:
        self.wall, self.steady = NOON, 100.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


async def _nothing() -> None:
    pass


async def _fail() -> None:
    raise ValueError("broken on purpose")


async def _hang() -> None:
    await asyncio.Event().wait()


async def test_a_success_makes_a_job_young_again() -> None:
    clock = HandClock()
    runner = Runner([Job("a", _nothing, 1, 1), Job("b", _fail, 1, 1)], clock)
    clock.steady += 60
    for job in runner.jobs:
        await runner.run(job)
    a, b = runner.health()
    assert (a.age_seconds, a.failures, b.age_seconds, b.failures) == (0, 0, 60, 1)
    assert not a.is_running


async def test_an_error_is_logged_and_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    runner = Runner([Job("b", _fail, 1, 1)], HandClock())
    await runner.run(runner.jobs[0])
    assert "job b failed" in caplog.text
    assert "broken on purpose" in caplog.text


async def test_a_hung_run_is_given_up_at_its_deadline(caplog: pytest.LogCaptureFixture) -> None:
    runner = Runner([Job("slow", _hang, 1, 0.01)], HandClock())
    await runner.run(runner.jobs[0])
    assert "job slow: given up after 0.01 s" in caplog.text
    assert runner.health()[0].failures == 1


async def test_a_job_never_runs_beside_itself() -> None:
    started = 0

    async def count() -> None:
        nonlocal started
        started += 1
        await asyncio.sleep(0)

    runner = Runner([Job("a", count, 1, 1)], HandClock())
    await asyncio.gather(*(runner.run(runner.jobs[0]) for _ in range(3)))
    assert started == 1


@pytest.fixture
async def quick() -> AsyncIterator[tuple[AsyncIOScheduler, Runner, asyncio.Event]]:
    ran = asyncio.Event()

    async def note() -> None:
        ran.set()

    runner = Runner([Job("a", note, 3600, 1), Job("b", _fail, 3600, 1)], SystemClock())
    scheduler = build_scheduler(runner)
    scheduler.start()
    yield scheduler, runner, ran
    await stop_scheduler(scheduler, runner, 1)


async def test_every_job_runs_at_once_and_again_when_the_clock_stepped(
    quick: tuple[AsyncIOScheduler, Runner, asyncio.Event],
) -> None:
    scheduler, _, ran = quick
    await asyncio.wait_for(ran.wait(), 5)
    ran.clear()
    run_all_now(scheduler, SystemClock())
    await asyncio.wait_for(ran.wait(), 5)


async def test_stopping_lets_the_work_in_hand_end() -> None:
    begun, ended, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()

    runner = Runner([Job("a", work, 3600, 10)], SystemClock())
    scheduler = build_scheduler(runner)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 5)
    stopping = asyncio.create_task(stop_scheduler(scheduler, runner, 5))
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert ended.is_set()
    assert not scheduler.running
    await stop_scheduler(scheduler, runner, 5)


async def test_stopping_does_not_wait_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await _hang()

    runner = Runner([Job("a", hang, 3600, 1000)], SystemClock())
    scheduler = build_scheduler(runner)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 5)
    await stop_scheduler(scheduler, runner, 0.01)
    assert not runner.health()[0].is_running
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    ("previous", "wait"),
    [(None, 0), (NOON, 10), (NOON - timedelta(days=30), 10)],
    ids=["first", "on time", "after a jump of a month"],
)
def test_a_trigger_knows_only_the_next_run(previous: datetime | None, wait: float) -> None:
    assert Every(10).get_next_fire_time(previous, NOON) == NOON + timedelta(seconds=wait)


async def test_a_held_up_loop_is_measured() -> None:
    stop = asyncio.Event()
    meter = LagMeter(SystemClock(), lambda _: None, interval_seconds=0.001)
    task = asyncio.create_task(meter.run(stop))
    for _ in range(3):
        await asyncio.sleep(0.002)
    time.sleep(0.05)  # noqa: ASYNC251 - what is measured
    await asyncio.sleep(0.002)
    stop.set()
    await task
    assert 0.03 < meter.worst() < 1
    assert 0 <= meter.quantile(0.0) <= meter.quantile(1.0) == meter.worst()


@pytest.mark.parametrize(
    ("wall", "steady", "steps"),
    [(10, 10, []), (3610, 10, [3600]), (-3590, 10, [-3600]), (10.5, 10, [])],
    ids=["no step", "forward", "back", "a slight correction"],
)
def test_a_step_of_the_wall_clock_is_noticed(
    wall: float, steady: float, steps: list[float]
) -> None:
    clock, seen = HandClock(), list[float]()
    meter = LagMeter(clock, seen.append)
    clock.wall += timedelta(seconds=wall)
    clock.steady += steady
    meter.check_step()
    meter.check_step()
    assert seen == steps
    assert clock.now().tzinfo is UTC
