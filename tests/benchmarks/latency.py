"""From an item's appearance in a feed to the message: ``python -m tests.benchmarks.latency``.

The whole program runs as its users run it, in a process of its own, over 500 feeds on 250
hosts that are read each minute; the feeds and the Bot API are in this process. Two phases:
a few chats and many events, for the first message; 1,000 chats and one event at a time,
for the last (28 messages a second, so the last of 1,000 cannot come before 36 s).
"""

import argparse
import asyncio
import os
import platform
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from jobs.domain.alerts import ChatId, Filter
from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.store import chats, sources
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from tests.benchmarks.reading import say
from tests.bot_api import BotApi
from tests.feed_host import FeedHost
from tests.whole_program import World, program

HOSTS = 250
INTERVAL = 60
ACTORS = [
    "Uruguay",
    "Paraguay",
    "Bolivia",
    "Peru",
    "Ecuador",
    "Chile",
    "Colombia",
    "Panama",
    "Honduras",
    "Guatemala",
    "Jamaica",
    "Cuba",
    "Ghana",
    "Togo",
    "Benin",
    "Gabon",
    "Angola",
    "Zambia",
    "Malawi",
    "Botswana",
    "Namibia",
    "Lesotho",
    "Kenya",
    "Uganda",
    "Rwanda",
    "Nepal",
    "Bhutan",
    "Laos",
    "Cambodia",
    "Thailand",
]


@dataclass
class Feeds:
    """Feeds by path, each with the events that were published in it."""

    port: int = 0
    published: dict[str, list[str]] = field(default_factory=dict)

    def body(self, path: str) -> bytes:
        """Return a feed: an old story, and what was published since."""
        now = format_datetime(datetime.now(UTC))
        titles = ["An old story", *self.published.get(path, ())]
        items = "".join(
            f"<item><title>{title}</title><link>https://example.org{path}/{number}</link>"
            f"<pubDate>{now}</pubDate></item>"
            for number, title in enumerate(titles)
        )
        return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()

    def note(self, path: str) -> None:
        """Take note that a feed is asked; here nobody does."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; 304 while nothing was published."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.note(path)
            tag = f'"{len(self.published.get(path, ()))}"'
            if f"if-none-match: {tag}" in head.decode("latin-1").lower():
                writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
            else:
                body = self.body(path)
                start = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(start.encode() + body)
            await writer.drain()
        writer.close()


def listed(count: int, port: int) -> list[Source]:
    """Return the sources, two a host."""
    return [
        Source(
            SourceId(f"s{number}"),
            *(f"S{number}", SourceKind.FEED, address(number, port), "en"),
            family=f"s{number}",
            tier=Tier.WIRE,
            interval_seconds=INTERVAL,
        )
        for number in range(count)
    ]


def address(number: int, port: int) -> str:
    """Return a source's address on one of this machine's many."""
    return f"http://127.0.0.{2 + number % HOSTS}:{port}/{number}"


async def prepare(folder: Path, found: Sequence[Source], chat_ids: Sequence[int]) -> None:
    """Leave a store whose sources are past their baseline, spread over the interval."""
    store = await Store.open(f"sqlite:///{folder}/recognition-watch.sqlite", migrate=True)
    now = datetime.now(UTC)
    async with store.write() as conn:
        await sources.sync(conn, found, now)
        for due in await sources.claim_due(conn, now, 10_000, now - now):
            await sources.record_reading(
                conn, due, Validators(), now=now, next_due_at=now, new_items=1
            )
        for chat in chat_ids:
            await chats.open_chat(
                conn, ChatId(chat), ChatKind.PRIVATE, language="en", zone="UTC", now=now
            )
            await chats.subscribe(conn, ChatId(chat), Filter(), now)
    await store.close()
    tables = (
        f'[{each.id}]\nname = "{each.name}"\nkind = "feed"\nurl = "{each.url}"\nlanguage = "en"\n'
        f'family = "{each.family}"\ntier = "wire"\ninterval_seconds = {INTERVAL}\n'
        for each in found
    )
    (folder / "sources.toml").write_text("\n".join(tables), encoding="utf-8")


@asynccontextmanager
async def running(count: int, chat_ids: Sequence[int]) -> AsyncIterator[tuple[Feeds, BotApi]]:
    """Run the program over its feeds until every source was read once."""
    feeds = Feeds()
    read: set[int] = set()

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read.add(len(read))
        await feeds.serve(reader, writer)

    server = await asyncio.start_server(noting, "0.0.0.0", 0, backlog=1000)
    feeds.port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await prepare(folder, listed(count, feeds.port), chat_ids)
        async with BotApi() as api, FeedHost({}) as unused:
            for chat in chat_ids:
                api.add_chat(chat)
            async with program(World(unused, api, folder), POLL_TICK_SECONDS="1"):
                while len(read) < count:
                    await asyncio.sleep(0.2)
                await asyncio.sleep(INTERVAL / 2)
                yield feeds, api
    server.close()


def arrivals(api: BotApi, actor: str) -> list[float]:
    """Return when messages about an actor arrived, in order."""
    return [
        call.at
        for call in api.calls
        if call.method == "sendMessage" and str(call.params.get("text", "")).startswith(actor)
    ]


async def measure(
    count: int, chat_count: int, events: int, *, apart: bool
) -> list[tuple[float, float]]:
    """Publish events; return for each how long the first and the last chat waited."""
    rng = random.Random(7)
    chat_ids = range(1, chat_count + 1)
    waits: list[tuple[float, float]] = []
    async with running(count, chat_ids) as (feeds, api):
        started: dict[str, float] = {}
        for actor in ACTORS[:events]:
            await asyncio.sleep(rng.uniform(1, 6))
            place = f"/{rng.randrange(count)}"
            title = f"{actor} recognises the Taliban government"
            feeds.published.setdefault(place, []).append(title)
            started[actor] = time.monotonic()
            while apart and len(arrivals(api, actor)) < chat_count:
                await asyncio.sleep(0.2)
        async with asyncio.timeout(3 * INTERVAL):
            while any(len(arrivals(api, actor)) < chat_count for actor in started):
                await asyncio.sleep(0.2)
        for actor, at in started.items():
            times = arrivals(api, actor)
            waits.append((min(times) - at, max(times) - at))
    return waits


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 % do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


async def run(count: int, many: int, events: int) -> None:
    """Print the table."""
    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    say(f"{count} sources each {INTERVAL} s; seconds from the feed to the message")
    say(f"{'':42}{'events':>7}{'median':>8}{'p95':>8}{'worst':>8}")
    few = [first for first, _ in await measure(count, 3, events, apart=False)]
    last = await measure(count, many, 4, apart=True)
    for name, values in (
        ("first chat, three chats", few),
        (f"first chat of {many}", [first for first, _ in last]),
        (f"last chat of {many}", [late for _, late in last]),
    ):
        ordered = sorted(values)
        middle = ordered[len(ordered) // 2]
        say(f"{name:42}{len(values):7}{middle:8.1f}{p95(values):8.1f}{max(values):8.1f}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--events", type=int, default=len(ACTORS))
    args = parser.parse_args()
    asyncio.run(run(args.sources, args.chats, args.events))


if __name__ == "__main__":
    main()
