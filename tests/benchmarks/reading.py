"""What reading sources costs: ``python -m tests.benchmarks.reading warm | cold``.

CPU is that of this process (all its threads, the store's too); the host and the parser's
workers are processes of their own and are named where they count. Ratios compare within
one run, since machines are noisy: the bare GETs are made between the polls.
"""

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import delete

from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.polling import Poller
from jobs.reference import Reference
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool
from jobs.store import sources
from jobs.store.engine import Store
from jobs.store.schema import item
from tests.benchmarks.quiet_host import quiet_host

START = datetime(2025, 7, 3, 12, tzinfo=UTC)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


async def loopback(host: str, port: int) -> Sequence[str]:
    """Answer every name with this machine."""
    return ["127.0.0.1"]


def a_source(number: int, port: int, path: str) -> Source:
    """Return a source on a host of its own."""
    return Source(
        SourceId(f"s{number}"),
        *(f"S{number}", SourceKind.FEED, f"http://h{number}.example:{port}{path}", "en"),
        family=f"s{number}",
        tier=Tier.OUTLET,
    )


def say(row: str) -> None:
    """Print one row of the table."""
    print(row, flush=True)  # noqa: T201


async def cpu_of(work: Callable[[], Awaitable[object]]) -> float:
    """Return the CPU seconds that this process spends on something."""
    before = time.process_time()
    await work()
    return time.process_time() - before


def rss_mb(pid: str = "self") -> float:
    """Return a process's resident memory."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return resident * PAGE_BYTES / 1e6


class Bench:
    """A store on disk, a client and a parser, over so many sources of one path."""

    def __init__(self, store: Store, listed: Sequence[Source], at_once: int) -> None:
        self.store, self.listed = store, listed
        self.client = GuardedClient(
            deadline_seconds=20,
            max_bytes=5_000_000,
            allow_loopback=True,
            contact="",
            resolver=loopback,
        )
        self.parser = ParserPool(deadline_seconds=10, memory_mb=512)
        reference = Reference(cases={}, actors={}, sources={each.id: each for each in listed})
        self.poller = Poller(
            store, reference, self.client, self.parser, concurrency=24, at_once=at_once
        )

    async def begin(self, *, known: bool) -> None:
        """Enter the sources; ``known`` ones have been read before, with an ETag."""
        async with self.store.write() as conn:
            await sources.sync(conn, self.listed, START)
            if not known:
                return
            for due in await sources.claim_due(conn, START, 100_000, timedelta(0)):
                kept = Validators(etag='"x"')
                await sources.record_reading(
                    conn, due, kept, now=START, next_due_at=START, new_items=1
                )

    async def poll_all(self, at: datetime) -> None:
        """Read every source once, in as many polls as that takes; a failure is printed."""
        done = 0
        while done < len(self.listed):
            polled = await self.poller.poll(at)
            if polled.failed:
                say(f"{polled} after {done}: {await self.errors()}")
            if not polled.read:
                raise RuntimeError(f"{polled} after {done} of {len(self.listed)}")
            done += polled.read + polled.failed

    async def errors(self) -> list[str]:
        """Return what sources last failed with, so that a rare failure has its reason."""
        async with self.store.read() as conn:
            return [each.last_error for each in await sources.health(conn) if each.last_error]

    async def hasten(self, at: datetime) -> None:
        """Make every source due."""
        async with self.store.write() as conn:
            await sources.hasten(conn, [each.id for each in self.listed], at)

    async def close(self) -> None:
        """Let go of everything."""
        await self.poller.close()
        await self.parser.close()
        await self.client.aclose()


async def bare(port: int, path: str, count: int, *, kept: bool) -> None:
    """Make as many GETs with httpx alone, one after the other."""
    limits = httpx.Limits(max_keepalive_connections=1 if kept else 0)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        headers = {"If-None-Match": '"x"'}
        for _ in range(count):
            (await client.get(f"http://127.0.0.1:{port}{path}", headers=headers)).read()


async def warm(count: int, runs: int) -> None:
    """Compare polls in which nothing is new with as many bare GETs."""
    say(f"{'nothing new':34}{'ms a source':>12}{'/ bare kept':>13}{'/ bare unkept':>14}")
    for path, name in (("/304", "all 304"), ("/same", "same body, no validators")):
        with quiet_host() as port, tempfile.TemporaryDirectory() as folder:
            store = await Store.open(f"sqlite:///{folder}/bench.sqlite", migrate=True)
            listed = [a_source(number, port, path) for number in range(count)]
            bench = Bench(store, listed, at_once=max(8, count // 22))
            await bench.begin(known=path == "/304")
            at = START
            if path == "/same":
                await bench.poll_all(at)  # learns the body
            ours: list[float] = []
            kept: list[float] = []
            unkept: list[float] = []
            for _ in range(runs):
                at += timedelta(hours=1)
                await bench.hasten(at)
                moment = at
                ours.append(await cpu_of(lambda b=bench, m=moment: b.poll_all(m)))  # type: ignore[misc]
                for into, is_kept in ((kept, True), (unkept, False)):
                    spent = await cpu_of(
                        lambda p=port, w=path, k=is_kept: bare(p, w, count // 4, kept=k)  # type: ignore[misc]
                    )
                    into.append(spent * 4)
            await bench.close()
            await store.close()
        mine = statistics.median(ours)
        ratios = [
            statistics.median(a / b for a, b in zip(ours, others, strict=True))
            for others in (kept, unkept)
        ]
        say(f"{name:34}{1000 * mine / count:12.2f}{ratios[0]:13.2f}{ratios[1]:14.2f}")
        for label, others in (("  bare GET, one kept alive", kept), ("  bare GET, unkept", unkept)):
            say(f"{label:34}{1000 * statistics.median(others) / count:12.2f}")
    say("with: lookup, connection, the store's claim and note; medians of the runs")


class Lags:
    """How late the event loop was: by the clock, and as far as our own CPU explains it."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.own: list[float] = []

    async def beat(self, stop: asyncio.Event) -> None:
        """Measure every hundredth of a second."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            due, spent = loop.time() + 0.01, time.process_time()
            await asyncio.sleep(0.01)
            late = max(0.0, loop.time() - due)
            self.wall.append(late)
            # Another program's turn on the processor delays us and costs us nothing.
            self.own.append(min(late, time.process_time() - spent))


async def lags_while(work: Callable[[], Awaitable[object]]) -> Lags:
    """Return how late the event loop was during something."""
    lags, stop = Lags(), asyncio.Event()
    heart = asyncio.create_task(lags.beat(stop))
    await work()
    stop.set()
    await heart
    return lags


def quantile(lags: Sequence[float], share: float = 0.999) -> float:
    """Return the lag that this share did not exceed."""
    return sorted(lags)[min(len(lags) - 1, int(share * len(lags)))]


async def cold(count: int, rounds: int, idle_seconds: float = 5) -> None:
    """Read feeds of fifty new items each, round after round."""
    with quiet_host() as port, tempfile.TemporaryDirectory() as folder:
        store = await Store.open(f"sqlite:///{folder}/bench.sqlite", migrate=True)
        listed = [a_source(number, port, "/new") for number in range(count)]
        bench = Bench(store, listed, at_once=64)
        await bench.begin(known=False)
        idle = await lags_while(lambda: asyncio.sleep(idle_seconds))
        lags, stop = Lags(), asyncio.Event()
        heart = asyncio.create_task(lags.beat(stop))
        costs, memory = [], []
        at = START
        for _ in range(rounds):
            at += timedelta(hours=1)
            await bench.hasten(at)
            moment = at
            costs.append(await cpu_of(lambda m=moment: bench.poll_all(m)))  # type: ignore[misc]
            memory.append(rss_mb())
            async with store.write() as conn:  # as prune would, so that the table stays small
                await conn.execute(delete(item))
        stop.set()
        await heart
        workers = [rss_mb(str(worker._process.pid)) for worker in bench.parser._idle]
        await bench.close()
        await store.close()
    tenth = max(1, rounds // 10)
    say(f"{'figure':46}{'value':>10}")
    for name, value in (
        ("CPU a feed of 50 new items, main process, ms", 1000 * statistics.median(costs) / count),
        ("event loop lag p99.9, ms", 1000 * quantile(lags.wall)),
        ("  of it by our own CPU p99.9, ms", 1000 * quantile(lags.own)),
        ("  of it by our own CPU, worst, ms", 1000 * max(lags.own)),
        ("lag of an idle loop just before p99.9, ms", 1000 * quantile(idle.wall)),
        ("RSS main, first tenth of rounds, MB", statistics.median(memory[:tenth])),
        ("RSS main, last tenth of rounds, MB", statistics.median(memory[-tenth:])),
        ("RSS main, most, MB", max(memory)),
        (f"RSS of {len(workers)} parser workers together, MB", sum(workers)),
    ):
        say(f"{name:46}{value:10.1f}")


def main() -> None:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["warm", "cold"])
    parser.add_argument("--sources", type=int, default=0)
    parser.add_argument("--runs", type=int, default=0, help="runs (warm), rounds (cold)")
    args = parser.parse_args()
    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if args.what == "warm":
        asyncio.run(warm(args.sources or 2000, args.runs or 5))
    else:
        asyncio.run(cold(args.sources or 500, args.runs or 100))


if __name__ == "__main__":
    main()
