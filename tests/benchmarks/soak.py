"""Weeks of running in minutes: does anything grow that should not?

``python -m tests.benchmarks.soak [--days N]``: every job of the real table, the sender and
some questions, on a clock that is moved half an hour at a time; feeds over loopback that bring
mostly other news, fifty chats, and the strict Bot API in a process of its own. Printed is what
the process holds at the end of simulated days; the database may grow, since it remembers.
"""

import argparse
import asyncio
import gc
import random
import socket
import statistics
import sys
import tempfile
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import update
from telegram import Update

from bot.pictures.renderer import Renderer
from bot.runtime import Station, build_station
from jobs.domain.alerts import ChatId, Filter
from jobs.domain.clock import Clock
from jobs.domain.rhythm import Pace
from jobs.reference import load_reference
from jobs.runtime import open_pipeline
from jobs.schedule import Job, pipeline_jobs
from jobs.settings import Settings
from jobs.store import census, chats
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import subscription
from tests.benchmarks.crowd import an_update
from tests.benchmarks.latency import ACTORS, listed
from tests.benchmarks.reading import rss_mb
from tests.bot_api import TOKEN
from tests.clocks import ManualClock
from tests.samples import NOON
from tests.whole_program import ROOT

TICK = timedelta(minutes=30)
SOURCES, CHATS, DIGESTS = 20, 50, 10
SHOWN = 30
"""Items that a feed shows, as feeds do."""

ACTS = (
    "{} recognises the Taliban government",
    "{} reopens its embassy in Kabul",
    "Foreign minister of {} meets Muttaqi in Kabul",
    "{} denies recognising the Taliban government",
)
OTHERS = ("Prices rise in {}", "Elections in {} are put off", "Floods in {}, thousands leave")


class News:
    """Feeds that bring a little each tick, dated by the simulated clock."""

    def __init__(self, clock: Clock) -> None:
        self.port = 0
        self._clock = clock
        self._dice = random.Random(11)
        self._numbers: dict[str, int] = defaultdict(int)
        self._items: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=SHOWN))

    def publish(self) -> None:
        """Let some of the feeds bring something; one time in ten it is an event."""
        for _ in range(6):
            path = f"/{self._dice.randrange(SOURCES)}"
            of = ACTS if self._dice.random() < 0.1 else OTHERS
            title = self._dice.choice(of).format(self._dice.choice(ACTORS))
            self._numbers[path] += 1
            self._items[path].append(
                f"<item><title>{title}</title>"
                f"<link>https://example.org{path}/{self._numbers[path]}</link>"
                f"<pubDate>{format_datetime(self._clock.now())}</pubDate></item>"
            )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; 304 while nothing was published."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            tag = f'"{self._numbers[path]}"'
            if f"if-none-match: {tag}" in head.decode("latin-1").lower():
                writer.write(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
            else:
                items = "".join(self._items[path]) or "<item><title>Old</title></item>"
                body = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
                start = f"ETag: {tag}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(f"HTTP/1.1 200 OK\r\n{start}{body}".encode())
            await writer.drain()
        writer.close()


@dataclass(frozen=True)
class Held:
    """What the process holds at the end of a simulated day."""

    day: int
    resident_mb: float
    descriptors: int
    tasks: int
    threads: int
    log_mb: float
    database_mb: float


@asynccontextmanager
async def bot_api(chat_ids: Sequence[int]) -> AsyncIterator[str]:
    """Run the strict Bot API in a process of its own; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot_api", str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as client:
        for chat in chat_ids:
            await client.post(f"{url}/do", json={"call": "add_chat", "args": [chat]})
    try:
        yield url
    finally:
        process.terminate()
        await process.wait()


async def people(store: Store, clock: Clock) -> None:
    """Let fifty chats hear everything, ten of them once a day."""
    async with store.write() as conn:
        for chat in range(1, CHATS + 1):
            await chats.open_chat(
                *(conn, ChatId(chat), ChatKind.PRIVATE), language="en", zone="UTC", now=clock.now()
            )
            await chats.subscribe(conn, ChatId(chat), Filter(), clock.now())
        daily = {"pace": Pace.DAILY, "digest_at": clock.now(), "digest_since": clock.now()}
        await conn.execute(
            update(subscription).where(subscription.c.chat_id <= DIGESTS).values(**daily)
        )


async def run_day(
    jobs: Sequence[Job], station: Station, news: News, clock: ManualClock, day: int
) -> None:
    """Let a simulated day pass."""
    ticks = timedelta(days=1) // TICK
    for tick in range(ticks):
        news.publish()
        for job in jobs:
            if tick * TICK.total_seconds() % job.every_seconds < TICK.total_seconds():
                await job.run()
        while await station.deliverer.drain_once():
            clock.advance(1)
        asked = an_update(day * ticks + tick + 1, 1 + tick % CHATS, "/status")
        question = Update.de_json(asked, station.application.bot)
        await station.application.process_update(question)
        clock.advance(TICK.total_seconds())


async def held(store: Store, day: int) -> Held:
    """Return what the process holds now."""
    gc.collect()
    async with store.read() as conn:
        size = await census.of_database(conn)
    return Held(
        day,
        rss_mb(),
        len(list(Path("/proc/self/fd").iterdir())),
        len(asyncio.all_tasks()),
        threading.active_count(),
        size.log / 1e6,
        size.whole / 1e6,
    )


async def measure(days: int, tell: Callable[[Held], None]) -> list[Held]:
    """Run so many simulated days; return, and tell at once, what was held at the end of each."""
    clock = ManualClock(NOON)
    news = News(clock)
    server = await asyncio.start_server(news.serve, "0.0.0.0", 0, backlog=1000)
    news.port = server.sockets[0].getsockname()[1]
    found = listed(SOURCES, news.port)
    reference = replace(load_reference(), sources={each.id: each for each in found})
    days_held = []
    with tempfile.TemporaryDirectory() as folder:
        async with bot_api(range(1, CHATS + 1)) as url, Renderer() as renderer:
            settings = Settings(
                _env_file=None,
                bot_token=SecretStr(TOKEN),
                api_base_url=url,
                data_dir=Path(folder),
                fetch_allow_loopback=True,
            )
            store = await Store.open(settings.database_url(), migrate=True)
            async with open_pipeline(settings, reference, store) as pipeline:
                await pipeline.start(clock.now())
                await people(store, clock)
                station = build_station(settings, reference, store, clock, renderer)
                await station.application.initialize()
                jobs = pipeline_jobs(pipeline, settings, store, clock)
                for day in range(days):
                    await run_day(jobs, station, news, clock, day)
                    days_held.append(await held(store, day + 1))
                    tell(days_held[-1])
                await station.application.shutdown()
            await store.close()
    server.close()
    return days_held


GROWTH_MB = 10.0
SPARE_DESCRIPTORS = 8
"""Connections to Telegram that are kept alive come and go by so many from day to day."""


def grown(days: Sequence[Held]) -> list[str]:
    """Return what has grown from the first days (once warm) to the last."""
    early, late = days[len(days) // 6 : len(days) // 6 + 3], days[-3:]

    def middle(of: Sequence[Held], name: str) -> float:
        return float(statistics.median(getattr(each, name) for each in of))

    allowed = {
        "resident_mb": GROWTH_MB,
        "descriptors": SPARE_DESCRIPTORS,
        "tasks": 0,
        "threads": 1,
        "log_mb": 5.0,
    }
    return [
        name for name, most in allowed.items() if middle(late, name) - middle(early, name) > most
    ]


def _say(day: Held) -> None:
    print(  # noqa: T201
        f"day {day.day}  {day.resident_mb:.1f} MB resident  {day.descriptors} descriptors  "
        f"{day.tasks} tasks  {day.threads} threads  {day.log_mb:.1f} MB log  "
        f"{day.database_mb:.1f} MB database",
        flush=True,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each day; return 1 if something has grown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=24)
    days = asyncio.run(measure(parser.parse_args(argv).days, _say))
    more = grown(days)
    print(f"grown  {', '.join(more) or 'nothing but the database'}")  # noqa: T201
    return 1 if more else 0


if __name__ == "__main__":
    raise SystemExit(main())
