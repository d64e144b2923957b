"""Backups by themselves: when they are due, who makes them, what comes of a failure."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.backing_up import BackingUp
from jobs.domain.alerts import ChatId
from jobs.runtime import backup_jobs
from jobs.settings import Settings
from jobs.store import chats
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import revision
from tests.clocks import ManualClock

NOW = datetime(2025, 7, 3, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPERATOR = ChatId(7)
DONE = (sys.executable, "-c", "print('made')")
FAILS = (sys.executable, "-c", "import sys; sys.exit('python -m jobs: the disk is full')")


def backing_up(store: Store, command: Sequence[str] = DONE) -> BackingUp:
    return BackingUp(store, DAY, [OPERATOR], command)


async def test_one_is_due_a_day_after_the_first_start_and_then_daily(store: Store) -> None:
    ran = [
        hours
        for hours in range(0, 80, 4)
        # Restarts in between delay nothing.
        if await backing_up(store).run(NOW + hours * HOUR)
    ]
    assert ran == [24, 48, 72]


async def test_of_several_processes_one_makes_it(store: Store) -> None:
    await backing_up(store).run(NOW)
    ran = await asyncio.gather(*(backing_up(store).run(NOW + DAY) for _ in range(4)))
    assert sorted(ran) == [False, False, False, True]


async def test_a_failure_is_told_and_tried_again(store: Store) -> None:
    async with store.write() as conn:
        await chats.open_chat(conn, OPERATOR, ChatKind.PRIVATE, language="en", zone="UTC", now=NOW)
    failing = backing_up(store, FAILS)
    await failing.run(NOW)
    assert not await failing.run(NOW + DAY)
    async with store.read() as conn:
        [told] = await conn.scalars(select(revision.c.facts))
    assert told == {"notice": "backup_failed", "why": "the disk is full"}
    assert not await backing_up(store).run(NOW + DAY + HOUR / 2)
    assert await backing_up(store).run(NOW + DAY + HOUR)


async def test_a_clock_that_is_put_back_puts_nothing_off_for_years(store: Store) -> None:
    await backing_up(store).run(NOW + 400 * DAY)
    await backing_up(store).run(NOW)
    assert await backing_up(store).run(NOW + DAY)


async def test_one_that_is_given_up_is_ended(store: Store, tmp_path: Path) -> None:
    mark = tmp_path / "cleared away"
    begun = tmp_path / "begun"
    code = (
        f"import pathlib, time\ntry:\n    pathlib.Path({str(begun)!r}).touch(); time.sleep(60)\n"
        f"except KeyboardInterrupt:\n    pathlib.Path({str(mark)!r}).touch()"
    )
    job = backing_up(store, (sys.executable, "-c", code))
    await job.run(NOW)
    running = asyncio.create_task(job.run(NOW + DAY))
    while not begun.exists():
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert mark.exists()


async def test_no_job_where_none_is_wanted(store: Store) -> None:
    clock = ManualClock(NOW)
    off = Settings(_env_file=None, backup_hours=0)
    assert backup_jobs(off, store, clock) == ()
    [job] = backup_jobs(Settings(_env_file=None), store, clock)
    assert job.name == "backup"
