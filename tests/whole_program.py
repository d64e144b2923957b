"""The whole program as a process, between a feed host and a Bot API on loopback."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import text

from jobs.domain.alerts import ChatId, Filter
from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.store import chats, sources
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from tests.bot_api import TOKEN, BotApi, Shown
from tests.feed_host import FeedHost, answer

ROOT = Path(__file__).parent.parent
PRIVATE, GROUP, CHANNEL = 7, -100200, -100300
HEADLINE = "Kazakhstan formally recognises Taliban government"
REPEAT = "may be a repeat"


def rss(*titles: str) -> bytes:
    """Return a feed with one fresh item for each title."""
    items = "".join(
        f"<item><title>{title}</title><link>https://example.org/{number}</link>"
        f"<description>The foreign ministry in Astana announced it on the day.</description>"
        f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


@dataclass
class World:
    """Everything around the program, and where it keeps its things."""

    feeds: FeedHost
    api: BotApi
    folder: Path

    def environment(self) -> dict[str, str]:
        """Return the settings of a child process."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": TOKEN,
            "API_BASE_URL": self.api.base_url.removesuffix("/bot"),
            "DATA_DIR": str(self.folder),
            "SOURCES_FILE": str(self.folder / "sources.toml"),
            "FETCH_ALLOW_LOOPBACK": "true",
            "POLL_TICK_SECONDS": "1",
            "HTTP_PORT": "0",
        }

    def write_sources(self, *names: str) -> None:
        """Name feeds of the host as the only sources, each served under its name."""
        tables = (
            f'[{name}]\nname = "{name}"\nkind = "feed"\nurl = "{self.feeds.url(f"/{name}")}"\n'
            f'language = "en"\nfamily = "{name}"\ntier = "wire"\ninterval_seconds = 60\n'
            for name in names
        )
        (self.folder / "sources.toml").write_text("\n".join(tables), encoding="utf-8")

    @property
    def database(self) -> Path:
        """Return where the program keeps its store."""
        return self.folder / "recognition-watch.sqlite"

    def told(self, chat: int) -> list[Shown]:
        """Return the alerts that a chat's readers have seen."""
        return [shown for shown in self.api.shown(chat) if "recognised" in shown.text]


@asynccontextmanager
async def program(
    world: World, kill_at: int = 0, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the program; it kills itself before its ``kill_at``-th commit."""
    log = (world.folder / "log").open("ab")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.crash_child", str(kill_at), "run"),
        env=world.environment() | settings,
        cwd=world.folder,
        stdout=log,
        stderr=log,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        log.close()


async def until(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something another process does."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.02)


async def prepare(world: World) -> None:
    """Leave a store as a running bot has it: a source past its baseline, three chats."""
    world.write_sources("feed")
    now = datetime.now(UTC)
    wire = Source(
        SourceId("feed"),
        *("feed", SourceKind.FEED, world.feeds.url("/feed"), "en", "feed", Tier.WIRE),
        interval_seconds=60,
    )
    store = await Store.open(f"sqlite:///{world.database}", migrate=True)
    async with store.write() as conn:
        await sources.sync(conn, [wire], now)
        (due,) = await sources.claim_due(conn, now, 1, timedelta(0))
        await sources.record_reading(conn, due, Validators(), now=now, next_due_at=now, new_items=0)
        for chat, kind in (
            (PRIVATE, ChatKind.PRIVATE),
            (GROUP, ChatKind.SUPERGROUP),
            (CHANNEL, ChatKind.CHANNEL),
        ):
            await chats.open_chat(conn, ChatId(chat), kind, language="en", zone="UTC", now=now)
            await chats.subscribe(conn, ChatId(chat), Filter(), now)
    await store.close()


async def make_due(world: World) -> None:
    """Let every source be read at once, as it would be a minute later."""
    store = await Store.open(f"sqlite:///{world.database}", migrate=True)
    async with store.write() as conn:
        await conn.execute(
            text("UPDATE source SET next_due_at = :now"),
            {"now": datetime.now(UTC).replace(tzinfo=None)},
        )
    await store.close()


async def rest_of_the_outbox(world: World) -> set[str]:
    """Return the states that deliveries are in."""
    store = await Store.open(f"sqlite:///{world.database}", migrate=False)
    async with store.read() as conn:
        states = {row.state for row in await conn.execute(text("SELECT state FROM outbox"))}
    await store.close()
    return states


@asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    """Give a feed host, a Bot API and a store past its baseline, with three chats."""
    async with FeedHost({"/feed": answer(rss())}) as feeds, BotApi() as api:
        api.add_chat(PRIVATE)
        api.add_chat(GROUP, "supergroup")
        api.add_chat(CHANNEL, "channel")
        world = World(feeds, api, folder)
        await prepare(world)
        yield world
