"""The line from a feed host to the outbox, for faults: real HTTP, parser, store, detection."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from sqlalchemy import select

from jobs.detection import Detector
from jobs.domain.alerts import ChatId, Filter
from jobs.domain.health import SourceHealth, State, state_of
from jobs.domain.items import Source, SourceId, SourceKind, Tier
from jobs.pipeline import Keeping, Pipeline
from jobs.polling import Polled, Poller
from jobs.reference import load_reference
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool
from jobs.store import chats, sources
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import item, outbox
from tests.feed_host import FeedHost, Script, answer
from tests.samples import NOON

REFERENCE = load_reference()
DETECTOR = Detector(REFERENCE)
CHATS = (ChatId(1), ChatId(2))
KAZAKHSTAN = "Kazakhstan formally recognises the Taliban government"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CAP = 1_000_000


def entry(title: str, at: datetime | str | None = NOON, guid: str = "", link: str = "") -> str:
    """Return one item of a feed."""
    dated = format_datetime(at) if isinstance(at, datetime) else at
    parts = [f"<title>{title}</title>"]
    parts += [f"<link>{link or 'https://news.example/' + str(abs(hash(title)))}</link>"]
    parts += [f"<guid isPermaLink='false'>{guid}</guid>"] if guid else []
    parts += [f"<pubDate>{dated}</pubDate>"] if dated else []
    return f"<item>{''.join(parts)}</item>"


def feed(*entries: str) -> bytes:
    """Return a feed of items."""
    text = f"<rss version='2.0'><channel><title>t</title>{''.join(entries)}</channel></rss>"
    return text.encode()


class Line:
    """One source past its baseline, two chats that hear everything."""

    def __init__(self, store: Store, host: FeedHost, source: Source, deadline: float) -> None:
        self.store, self.host, self.source = store, host, source
        self.client = GuardedClient(
            deadline_seconds=deadline, max_bytes=CAP, allow_loopback=True, contact="me@x.example"
        )
        self.parser = ParserPool(deadline_seconds=5, memory_mb=256, size=1)
        reference = replace(REFERENCE, sources={source.id: source})
        self.pipeline = Pipeline(
            store,
            reference,
            DETECTOR,
            freshness=timedelta(hours=72),
            keeping=Keeping(items=400 * DAY, outbox=90 * DAY),
            poller=Poller(store, reference, self.client, self.parser, concurrency=4),
        )

    def serve(self, script: Script | bytes, path: str = "/feed") -> None:
        """Let the host answer so from now on."""
        self.host.routes[path] = answer(script) if isinstance(script, bytes) else script

    async def read(self, at: datetime) -> Polled:
        """Read the source, whatever its interval, and work through what came."""
        async with self.store.write() as conn:
            await sources.hasten(conn, [self.source.id], at)
        polled = await self.pipeline.poll(at)
        await self.pipeline.detect(at)
        return polled

    async def health(self) -> SourceHealth:
        """Return how the source is."""
        async with self.store.read() as conn:
            [found] = await sources.health(conn)
        return found

    async def state(self) -> State:
        """Return its state in a word."""
        return state_of(await self.health(), NOON)

    async def titles(self) -> Sequence[str]:
        """Return the titles of all that was ever stored."""
        async with self.store.read() as conn:
            return (await conn.execute(select(item.c.title).order_by(item.c.id))).scalars().all()

    async def sent(self) -> list[tuple[int, int, str]]:
        """Return what chats are to get: chat, revision, action."""
        async with self.store.read() as conn:
            rows = await conn.execute(
                select(outbox.c.chat_id, outbox.c.revision, outbox.c.action).order_by(outbox.c.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]


@asynccontextmanager
async def a_line(
    routes: Mapping[str, Script] | None = None,
    *,
    url: str = "",
    deadline: float = 10,
    is_read: bool = True,
    kind: SourceKind = SourceKind.FEED,
) -> AsyncIterator[Line]:
    """Open a line whose first reading (``is_read``) is done: an old item, silently."""
    store = await Store.open("sqlite://", migrate=True)
    async with FeedHost(routes or {"/feed": answer(feed(entry("An old story")))}) as host:
        source = Source(
            id=SourceId("line"),
            name="Line",
            kind=kind,
            url=url or host.url("/feed"),
            language="en",
            family="line",
            tier=Tier.WIRE,
        )
        line = Line(store, host, source, deadline)
        async with store.write() as conn:
            for chat in CHATS:
                await chats.open_chat(
                    conn, chat, ChatKind.PRIVATE, language="en", zone="UTC", now=NOON
                )
                await chats.subscribe(conn, chat, Filter(), NOON)
        await line.pipeline.start(NOON)
        if is_read:
            assert (await line.read(NOON)).read == 1
        try:
            yield line
        finally:
            await line.parser.close()
            await line.client.aclose()
            await store.close()
