"""The jobs running: put together, started, asked how they are, stopped in good time."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from pyexpat import EXPAT_VERSION
from types import FrameType
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from jobs.backing_up import BackingUp
from jobs.detection import Detector
from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock, SystemClock
from jobs.errors import StoreError
from jobs.hooks import HookSender
from jobs.means import guarded_client, load_all, means_of_reading
from jobs.measuring import look, metrics
from jobs.meters import Meters
from jobs.pipeline import Keeping, Pipeline
from jobs.polling import Poller
from jobs.push import push_routes
from jobs.reference import Reference
from jobs.schedule import (
    Job,
    LagMeter,
    Runner,
    build_scheduler,
    pipeline_jobs,
    run_all_now,
    stop_scheduler,
)
from jobs.settings import Settings
from jobs.source_orders import SourceOrders
from jobs.store.engine import Store
from jobs.trials import Trier
from jobs.vitals import Vitals, shown

log = logging.getLogger(__name__)

STOP_SECONDS = 2.5
"""How long jobs in hand may take to end; a stop must be over within eight seconds."""

FORCE_SECONDS = 7.5
"""When a stop that something holds up is ended by force: every state is in the store."""

FORCED = 1
"""The exit code then."""

LEAST_AT_ONCE = 8
"""Sources that one poll takes up, or more: all of them within three quarters of a minute."""

LATE_SECONDS = 600.0
"""A job whose last success is older than this needs a person's eye."""


@asynccontextmanager
async def open_pipeline(
    settings: Settings, reference: Reference, store: Store, meters: Meters | None = None
) -> AsyncIterator[Pipeline]:
    """Put the pipeline together over real HTTP and parser processes, and end those after."""
    async with means_of_reading(settings) as (client, parser):
        poller = Poller(
            store,
            reference,
            client,
            parser,
            concurrency=settings.fetch_concurrency,
            at_once=max(LEAST_AT_ONCE, len(reference.sources) * settings.poll_tick_seconds // 45),
            patience_seconds=settings.poll_tick_seconds,
        )
        try:
            yield Pipeline(
                store,
                reference,
                Detector(reference),
                freshness=timedelta(hours=settings.freshness_hours),
                keeping=Keeping(
                    items=timedelta(days=settings.keep_items_days),
                    outbox=timedelta(days=settings.keep_outbox_days),
                    audit=timedelta(days=settings.keep_audit_days),
                ),
                silence=timedelta(hours=settings.silence_hours),
                most_per_hour=settings.most_per_hour,
                poller=poller,
                source_orders=SourceOrders(store, reference, Trier(client, parser, 1)),
                operators=[ChatId(person) for person in settings.operators()],
                meters=meters,
            )
        finally:
            await poller.close()


@asynccontextmanager
async def hooks_job(
    settings: Settings, reference: Reference, store: Store, clock: Clock
) -> AsyncIterator[tuple[Job, ...]]:
    """Lend the job that posts to outgoing webhooks; none without a secret to sign with."""
    if not settings.hooks_word():
        yield ()
        return
    client, seconds = guarded_client(settings), settings.fetch_deadline_seconds
    sender = HookSender(
        store,
        reference,
        client,
        settings.hooks_word(),
        deadline_seconds=seconds,
        operators=[ChatId(person) for person in settings.operators()],
    )

    async def send() -> None:
        await sender.send(await store.moment(clock))

    try:
        yield (Job("hooks", send, 1, 30 + seconds),)
    finally:
        await client.aclose()


@dataclass(frozen=True, slots=True)
class Watch:
    """The running jobs, as the outside sees them."""

    runner: Runner
    lag: LagMeter
    meters: Meters
    store: Store
    reference: Reference
    data_dir: Path
    clock: Clock

    def health(self) -> dict[str, Any]:
        """Return how the jobs are: ages in seconds, lags of the event loop in milliseconds."""
        jobs = {
            job.name: {
                "last_success_seconds": round(job.age_seconds, 1),
                "failures": job.failures,
                "running": job.is_running,
            }
            for job in self.runner.health()
        }
        every = {job.name: job.every_seconds for job in self.runner.jobs}
        late = [
            job.name
            for job in self.runner.health()
            if job.age_seconds > max(LATE_SECONDS, 2 * every[job.name])
        ]
        return {
            "ok": not late,
            "late": late,
            "jobs": jobs,
            "loop_lag_ms": {
                "p99_9": round(self.lag.quantile(0.999) * 1000, 1),
                "worst": round(self.lag.worst() * 1000, 1),
            },
            "expat": EXPAT_VERSION,
        }

    def readiness(self) -> dict[str, bool]:
        """Return that the jobs run: nobody holds a watch before they do."""
        return {"jobs": True}

    async def metrics(self) -> Iterable[Metric]:
        """Return what the jobs counted, how they are, and what stands in the store."""
        up = GaugeMetricFamily("recognition_watch_store_up", "Whether the store can be read.")
        try:
            now = await self.store.moment(self.clock)
            found = await look(self.store, self.reference, now)
        except StoreError:
            up.add_metric([], 0)
            stored: Iterable[Metric] = ()
        else:
            up.add_metric([], 1)
            stored = metrics(found, self.data_dir, now)
        return [*self.meters.metrics(), self._of_jobs(), self._of_loop(), up, *stored]

    def _of_jobs(self) -> Metric:
        words = "How long ago a job last succeeded, or was started."
        age = GaugeMetricFamily("recognition_watch_job_age_seconds", words, labels=["job"])
        for job in self.runner.health():
            age.add_metric([job.name], job.age_seconds)
        return age

    def _of_loop(self) -> Metric:
        words = "How late the event loop was, over the last ten minutes."
        lag = GaugeMetricFamily("recognition_watch_loop_lag_seconds", words, labels=["quantile"])
        for share in (0.5, 0.99, 0.999):
            lag.add_metric([str(share)], self.lag.quantile(share))
        lag.add_metric(["1.0"], self.lag.worst())
        return lag


@asynccontextmanager
async def jobs_running(
    settings: Settings, reference: Reference, store: Store, clock: Clock
) -> AsyncIterator[Watch]:
    """Run every job on its schedule while the block lasts; then let those in hand end."""
    meters = Meters()
    async with (
        open_pipeline(settings, reference, store, meters) as pipeline,
        hooks_job(settings, reference, store, clock) as posting,
    ):
        await pipeline.start(clock.now())
        kept = backup_jobs(settings, store, clock)
        table = (*pipeline_jobs(pipeline, settings, store, clock), *posting, *kept)
        runner = Runner(table, clock, meters)
        scheduler = build_scheduler(runner)
        stop = asyncio.Event()
        # The scheduler goes by wall time: after a step everything runs at once.
        lag = LagMeter(clock, lambda step: run_all_now(scheduler, clock))
        measuring = asyncio.create_task(lag.run(stop))
        scheduler.start()
        log.info("watching %d sources for %d cases", len(reference.sources), len(reference.cases))
        try:
            yield Watch(runner, lag, meters, store, reference, settings.data_dir, clock)
        finally:
            stop.set()
            await stop_scheduler(scheduler, runner, STOP_SECONDS)
            await measuring


def backup_jobs(settings: Settings, store: Store, clock: Clock) -> tuple[Job, ...]:
    """Return the job that backs the store up, if it is wanted."""
    if not settings.backup_hours:
        return ()
    operators = [ChatId(person) for person in settings.operators()]
    backing_up = BackingUp(store, timedelta(hours=settings.backup_hours), operators)

    async def back_up() -> None:
        await backing_up.run(await store.moment(clock))

    return (Job("backup", back_up, 900, 3600),)


@contextmanager
def stop_on_signal(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` on the first SIGINT or SIGTERM; a second one changes nothing.

    The process then ends within eight seconds, whatever hangs: an event loop that is held
    up could neither see the signal nor keep to a deadline of its own.
    """
    loop = asyncio.get_running_loop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set() or loop.is_closed():
            return
        loop.call_soon_threadsafe(stop.set)
        force = threading.Timer(FORCE_SECONDS, _end_by_force)
        force.daemon = True
        force.start()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_by_force() -> None:
    os.write(2, b"something hangs: ended by force; what was being sent is uncertain\n")
    os._exit(FORCED)


async def run_jobs(settings: Settings) -> int:
    """Run the jobs alone until a signal comes; return the exit code."""
    reference = load_all(settings)
    clock = SystemClock()
    store = await Store.open(settings.database_url(), migrate=True)
    stop = asyncio.Event()
    try:
        with stop_on_signal(stop):
            async with jobs_running(settings, reference, store, clock) as watch:
                pushed = push_routes(settings.push_word(), store, reference, clock)
                vitals = Vitals(store, [watch], clock)
                async with shown(settings, vitals, pushed, clock):
                    await stop.wait()
    finally:
        await store.close()
    return 0
