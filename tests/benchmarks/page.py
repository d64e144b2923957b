"""How long a view of the public page takes, in a ledger of 100,000 events.

``python -m tests.benchmarks.page [--views N] [--small]`` serves the page on loopback over a
ledger that it builds, and prints for each part the time from the request to the last byte: by
the wall, and of the processor (server and client together). Every view is made anew, as for
the first reader after the few seconds that a page is kept, but for the last row.
"""

import argparse
import asyncio
import platform
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bot.page.routes import page_routes
from jobs.gatherings import note_forums
from jobs.reference import Reference, load_reference
from jobs.settings import Settings
from jobs.store.engine import Store
from jobs.store.schema import alert
from jobs.web import WebServer
from tests.benchmarks.large_ledger import NEWEST, Size, build
from tests.clocks import ManualClock
from tests.test_web import none, well

LARGE, SMALL = Size(100_000, 1_000_000), Size(1_000, 10_000)
TARGET_MS = 50.0
VIEWS = ("the first page", "an alert")
"""What people look at; the other parts are fetched by programs, minutes or hours apart."""


@dataclass(frozen=True)
class Figure:
    part: str
    median: float
    p99: float
    processor_median: float
    processor_p99: float


@asynccontextmanager
async def _served(
    path: Path, reference: Reference
) -> AsyncIterator[tuple[httpx.AsyncClient, ManualClock, int]]:
    """Serve the page of a ledger; gives the number of the last alert, too."""
    store = await Store.open(f"sqlite:///{path}", migrate=False)
    async with store.write() as conn:
        await note_forums(conn, reference.cases.values(), NEWEST)
        last = await conn.scalar(select(func.max(alert.c.id))) or 1
    clock = ManualClock(NEWEST)
    settings = Settings(page="open")
    server = WebServer(
        lambda: {"ok": True}, well, none, page_routes(settings, reference, store, clock)
    )
    server.start("127.0.0.1", 0)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client, clock, last
    await server.stop()
    await store.close()


async def measure(path: Path, reference: Reference, views: int) -> list[Figure]:
    """Return what each part of the page takes."""
    chance = random.Random(5)
    async with _served(path, reference) as (client, clock, last):
        parts: dict[str, Callable[[], str]] = {
            "the first page": lambda: "/",
            "older alerts": lambda: f"/?before={chance.randint(2, last)}",
            "an alert": lambda: f"/alerts/{chance.randint(1, last)}",
            "a warning (CAP)": lambda: f"/alerts/{chance.randint(1, last)}.cap.xml",
            "the map": lambda: "/map.svg",
            "the feed": lambda: "/alerts.atom",
            "the calendar": lambda: "/forums.ics",
            "the table (CSV)": lambda: "/events.csv",
            "the first page, kept": lambda: "/",
        }
        return [
            await _figure(part, make, client, None if "kept" in part else clock, views)
            for part, make in parts.items()
        ]


async def _figure(
    part: str,
    make: Callable[[], str],
    client: httpx.AsyncClient,
    clock: ManualClock | None,
    views: int,
) -> Figure:
    wall, processor = [], []
    for number in range(views + 1):
        if clock is not None:
            clock.advance(60)
        path = make()
        began, worked = time.perf_counter(), time.process_time()
        answer = await client.get(path)
        if number:  # the first opens the connection and reads tables
            wall.append(1000 * (time.perf_counter() - began))
            processor.append(1000 * (time.process_time() - worked))
        assert answer.status_code in (200, 404), (path, answer.status_code)
    return Figure(part, *_median_and_p99(wall), *_median_and_p99(processor))


def _median_and_p99(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


async def _main(size: Size, views: int) -> int:
    reference = load_reference()
    with tempfile.TemporaryDirectory(prefix="recognition-watch-benchmark-") as name:
        path = Path(name) / "ledger.sqlite"
        await build(path, size, reference)
        figures = await measure(path, reference, views)
    lines = [
        f"| {size.events:,} events, {size.items:,} items; ms: median / p99 of {views} | wall "
        "| processor |",
        "|---|---|---|",
    ]
    lines += [
        f"| {one.part} | {one.median:.1f} / {one.p99:.1f} "
        f"| {one.processor_median:.1f} / {one.processor_p99:.1f} |"
        for one in figures
    ]
    slowest = max(one.p99 for one in figures if one.part in VIEWS)
    lines.append(f"slowest view: p99 {slowest:.1f} ms (target {TARGET_MS:.0f} ms)")
    lines.append(f"{platform.machine()}, Python {platform.python_version()}, SQLite on disk")
    print("\n".join(lines))  # noqa: T201 - the result
    return 0 if slowest < TARGET_MS else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--views", type=int, default=500)
    parser.add_argument("--small", action="store_true", help="a hundredth of the ledger")
    given = parser.parse_args()
    sys.exit(asyncio.run(_main(SMALL if given.small else LARGE, given.views)))
