"""What the outside can see of the running program: health, readiness, metrics, a heartbeat."""

import asyncio
import platform
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Protocol

from prometheus_client import Metric, ProcessCollector
from prometheus_client.core import GaugeMetricFamily

from jobs.domain.clock import Clock
from jobs.errors import StoreError
from jobs.heartbeat import beat
from jobs.settings import Settings
from jobs.store import facts
from jobs.store.engine import Store
from jobs.web import Route, WebServer

ANSWER_SECONDS = 2.0
"""How long the store may take to answer, for the program to be ready."""

KEEP_SECONDS = 5.0
"""Metrics asked for again so soon are those of before: nobody can keep the store busy."""


class Part(Protocol):
    """A part of the program that can be looked at: the jobs, the bot."""

    def health(self) -> dict[str, Any]:
        """Return how it is; ``ok`` is False where a person must look."""

    def readiness(self) -> dict[str, bool]:
        """Return what it needs before it does its work, and whether that is there."""

    async def metrics(self) -> Iterable[Metric]:
        """Return its figures."""


class Vitals:
    """All parts of one process, joined."""

    def __init__(self, store: Store, parts: Sequence[Part], clock: Clock) -> None:
        self._store = store
        self._parts = parts
        self._clock = clock
        self._process = ProcessCollector(registry=None)
        self._kept: list[Metric] = []
        self._kept_at: float | None = None

    def health(self) -> dict[str, Any]:
        """Return how all parts are."""
        told = [part.health() for part in self._parts]
        merged = {key: value for each in told for key, value in each.items()}
        return {**merged, "ok": all(each["ok"] for each in told)}

    async def readiness(self) -> dict[str, Any]:
        """Return what is needed to work and whether it is there; ``ok`` if all of it is."""
        needs = {"store": await self._store_answers()}
        for part in self._parts:
            needs |= part.readiness()
        return {**needs, "ok": all(needs.values())}

    async def metrics(self) -> Iterable[Metric]:
        """Return the figures of all parts and of the process."""
        now = self._clock.monotonic()
        if self._kept_at is None or now - self._kept_at >= KEEP_SECONDS:
            found = [_build(self._store.dialect), *self._process.collect()]
            for part in self._parts:
                found += await part.metrics()
            self._kept, self._kept_at = found, now
        return self._kept

    async def _store_answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._store.read() as conn:
                await facts.get(conn, "")
        except (StoreError, TimeoutError):
            return False
        return True


@asynccontextmanager
async def shown(
    settings: Settings, vitals: Vitals, routes: Sequence[Route], clock: Clock
) -> AsyncIterator[None]:
    """Serve what can be seen, and tick, while the block lasts."""
    server = WebServer(vitals.health, vitals.readiness, vitals.metrics, routes)
    if settings.http_port:
        server.start(settings.http_host, settings.http_port)
    url = settings.heartbeat_url.get_secret_value() if settings.heartbeat_url else ""
    beating = asyncio.create_task(beat(url, vitals.health, clock)) if url else None
    try:
        yield
    finally:
        if beating is not None:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
        if settings.http_port:
            await server.stop()


def _build(store: str) -> Metric:
    words = "What runs: the program's version, Python's, and the kind of store."
    labels = ["version", "python", "store"]
    info = GaugeMetricFamily("recognition_watch_build", words, labels=labels)
    info.add_metric([version("recognition-watch"), platform.python_version(), store], 1)
    return info
