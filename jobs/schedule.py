"""When each job runs. The scheduler only ticks: what is due stands in the store.

A job that fails or hangs harms neither itself nor the others: each run has a deadline, an
error is logged and the next run comes on time. This module holds one of the three broad
excepts of the project, the job runner's.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from jobs.domain.clock import Clock
from jobs.meters import Meters
from jobs.pipeline import Pipeline
from jobs.settings import Settings
from jobs.store.engine import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table: what runs, how often, and when a run is given up."""

    name: str
    run: Callable[[], Awaitable[object]]
    every_seconds: float
    deadline_seconds: float


@dataclass(frozen=True, slots=True)
class JobHealth:
    """How a job has been doing; the age is of its last success, or of the start."""

    name: str
    age_seconds: float
    failures: int
    is_running: bool


def pipeline_jobs(
    pipeline: Pipeline, settings: Settings, store: Store, clock: Clock
) -> tuple[Job, ...]:
    """Return the table of the pipeline's jobs, which go by the store's time."""

    def at_now(run: Callable[[datetime], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def run_now() -> None:
            await run(await store.moment(clock))

        return run_now

    reading_seconds = settings.fetch_deadline_seconds + settings.parser_deadline_seconds
    return (
        Job("poll", at_now(pipeline.poll), settings.poll_tick_seconds, 60 + 20 * reading_seconds),
        Job("detect", at_now(pipeline.detect), 1, 300),
        Job("orders", at_now(pipeline.carry_out_orders), 2, 60 + 4 * reading_seconds),
        Job("trends", at_now(pipeline.note_trends), 600, 60),
        Job("digest", at_now(pipeline.digest), 20, 120),
        Job("quiet hours", at_now(pipeline.end_nights), 10, 120),
        Job("room", at_now(pipeline.make_room), 10, 120),
        Job("catch up", at_now(pipeline.catch_up), 20, 120),
        Job("approval", at_now(pipeline.expire_proposals), 60, 60),
        Job("check sources", at_now(pipeline.check_sources), 300, 60),
        Job("latencies", at_now(pipeline.note_latencies), 60, 60),
        Job("prune", at_now(pipeline.prune), 3600, 600),
    )


class Runner:
    """Runs jobs apart from each other, and remembers how they fare."""

    def __init__(self, jobs: Collection[Job], clock: Clock, meters: Meters | None = None) -> None:
        self.jobs = tuple(jobs)
        self._clock = clock
        self._meters = meters or Meters()
        self._succeeded = {job.name: clock.monotonic() for job in self.jobs}
        self._failures = {job.name: 0 for job in self.jobs}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, job: Job) -> None:
        """Run a job once, in a task of its own; whatever it raises is logged and counted."""
        if job.name in self._running:
            return
        task = asyncio.create_task(self._attempt(job), name=f"job {job.name}")
        self._running[job.name] = task
        task.add_done_callback(lambda _: self._running.pop(job.name, None))
        # The scheduler cancels what it started when it ends, and would log that as an
        # error of the job; the run itself goes on, and ``finish`` waits for it.
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)

    async def _attempt(self, job: Job) -> None:
        limit = asyncio.timeout(job.deadline_seconds)
        began, outcome = self._clock.monotonic(), "failed"
        try:
            async with limit:
                await job.run()
        except Exception:  # one job must not stop the others
            self._failures[job.name] += 1
            if limit.expired():
                log.error("job %s: given up after %g s", job.name, job.deadline_seconds)
            else:
                log.exception("job %s failed; the next run comes as usual", job.name)
        else:
            self._succeeded[job.name] = self._clock.monotonic()
            outcome = "ok"
        self._meters.job(job.name, outcome, self._clock.monotonic() - began)

    def health(self) -> list[JobHealth]:
        """Return how each job fares, in the order of the table."""
        now = self._clock.monotonic()
        return [
            JobHealth(
                job.name,
                now - self._succeeded[job.name],
                self._failures[job.name],
                job.name in self._running,
            )
            for job in self.jobs
        ]

    async def finish(self, seconds: float) -> None:
        """Let the runs in hand end by themselves, for at most ``seconds``; then cancel them."""
        tasks = set(self._running.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires every so many seconds, however far the clock has jumped.

    APScheduler's own interval lists each run missed on a jump forward before it joins
    them into one, which holds up the loop for seconds; this one knows only the next.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next time: at once at first, then an interval on, never in the past."""
        return now if previous is None else max(previous, now) + self._interval


def build_scheduler(runner: Runner) -> AsyncIOScheduler:
    """Return a scheduler, not yet started, that runs the runner's jobs by their table."""
    scheduler = AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()},
        # Without the last, a loop held up for a second would skip the run.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in runner.jobs:
        scheduler.add_job(
            runner.run, Every(job.every_seconds), args=[job], id=job.name, name=job.name
        )
    return scheduler


async def stop_scheduler(scheduler: AsyncIOScheduler, runner: Runner, seconds: float) -> None:
    """Start nothing more, let the runs in hand end within ``seconds``, and shut down.

    A second call does nothing.
    """
    if not scheduler.running:
        return
    scheduler.pause()
    await runner.finish(seconds)
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)  # it shuts down on the loop's next turn


class LagMeter:
    """Measures how late the event loop is, and notices when the wall clock steps.

    ``on_step`` is called with the step in seconds (forward is positive): the scheduler
    goes by wall time, so a step back of an hour would stop every job for an hour.
    """

    def __init__(
        self,
        clock: Clock,
        on_step: Callable[[float], None],
        *,
        interval_seconds: float = 0.05,
        samples: int = 12_000,
    ) -> None:
        self._clock = clock
        self._on_step = on_step
        self._interval = interval_seconds
        self._lags: deque[float] = deque(maxlen=samples)
        self._offset = self._wall_offset()

    async def run(self, stop: asyncio.Event) -> None:
        """Measure until ``stop`` is set."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            due = loop.time() + self._interval
            await asyncio.sleep(self._interval)
            self._lags.append(max(0.0, loop.time() - due))
            self.check_step()

    def check_step(self) -> None:
        """Compare wall and monotonic time with the last look."""
        offset = self._wall_offset()
        step = offset - self._offset
        self._offset = offset
        if abs(step) >= 1:
            self._on_step(step)

    def worst(self) -> float:
        """Return the greatest lag of the last samples, in seconds."""
        return max(self._lags, default=0.0)

    def quantile(self, share: float) -> float:
        """Return the lag in seconds that this share of the last samples did not exceed."""
        ordered = sorted(self._lags)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def _wall_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


def run_all_now(scheduler: AsyncIOScheduler, clock: Clock) -> None:
    """Let every job run at once and count on from here: for a clock that has stepped."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=clock.now())
