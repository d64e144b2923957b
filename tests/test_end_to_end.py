"""From a feed to a phone with real processes: a feed host, our program, a strict Bot API.

The program runs as its users run it, and is killed between any two stages; what counts
is what the readers of each chat would see.
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from jobs.domain.alerts import ChatId, Filter
from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.store import chats, sources
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from tests.bot_api import TOKEN, BotApi, Shown, hang
from tests.feed_host import FeedHost, answer

ROOT = Path(__file__).parent.parent
PRIVATE, GROUP, CHANNEL = 7, -100200, -100300
HEADLINE = "Kazakhstan formally recognises Taliban government"
REPEAT = "may be a repeat"
SAMPLE = (2, 6, 10, 14)
"""The kills of the ordinary run; the slow run kills before every commit."""


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

    def write_sources(self) -> None:
        """Name the one feed as the only source."""
        (self.folder / "sources.toml").write_text(
            f'[wire]\nname = "A wire"\nkind = "feed"\nurl = "{self.feeds.url("/feed")}"\n'
            'language = "en"\nfamily = "A wire"\ntier = "wire"\ninterval_seconds = 60\n',
            encoding="utf-8",
        )

    @property
    def database(self) -> Path:
        """Return where the program keeps its store."""
        return self.folder / "recognition-watch.sqlite"

    def told(self, chat: int) -> list[Shown]:
        """Return the alerts that a chat's readers have seen."""
        return [shown for shown in self.api.shown(chat) if "recognised" in shown.text]


@asynccontextmanager
async def program(world: World, kill_at: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the program; it kills itself before its ``kill_at``-th commit."""
    log = (world.folder / "log").open("ab")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.crash_child", str(kill_at), "run"),
        env=world.environment(),
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
    world.write_sources()
    now = datetime.now(UTC)
    wire = Source(
        SourceId("wire"),
        *("A wire", SourceKind.FEED, world.feeds.url("/feed"), "en", "A wire", Tier.WIRE),
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


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FeedHost({"/feed": answer(rss())}) as feeds, BotApi() as api:
        api.add_chat(PRIVATE)
        api.add_chat(GROUP, "supergroup")
        api.add_chat(CHANNEL, "channel")
        world = World(feeds, api, tmp_path)
        await prepare(world)
        yield world


async def test_an_item_reaches_every_chat_once(world: World) -> None:
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    async with program(world) as process:
        await until(lambda: all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL)))
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(8):
            assert await process.wait() == 0
    for chat in (PRIVATE, GROUP, CHANNEL):
        (alert,) = world.told(chat)
        assert alert.text.startswith("Kazakhstan")
        assert "Taliban" in alert.text
        assert "example.org" in str(alert)
    assert TOKEN not in (world.folder / "log").read_text(encoding="utf-8")


async def told_after_a_kill(world: World, kill_at: int) -> bool:
    """Kill the program at a commit, start it again; return whether it got so far."""
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    async with program(world, kill_at) as process:
        await until(
            lambda: (
                process.returncode is not None
                or all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL))
            )
        )
        was_killed = process.returncode is not None
    await make_due(world)
    async with program(world):
        await until(lambda: all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL)))
        await until_settled(world)
    return was_killed


async def until_settled(world: World) -> None:
    """Wait until no delivery is on its way."""
    async with asyncio.timeout(60):
        while not await rest_of_the_outbox(world) <= {"SENT", "DEAD", "CANCELLED"}:
            await asyncio.sleep(0.2)


def assert_once(world: World, *, repeats: int) -> None:
    """Check that each chat was told, and that at most ``repeats`` were marked repeats."""
    marked = 0
    for chat in (PRIVATE, GROUP, CHANNEL):
        plain = [shown for shown in world.told(chat) if REPEAT not in shown.text]
        again = [shown for shown in world.told(chat) if REPEAT in shown.text]
        assert len(plain) <= 1
        assert len(again) <= 1
        assert plain or again
        marked += len(again)
    assert marked <= repeats


@pytest.mark.parametrize(
    "kill_at",
    [
        pytest.param(commit, marks=() if commit in SAMPLE else pytest.mark.slow)
        for commit in range(1, 31)
    ],
)
async def test_a_kill_between_two_stages_loses_and_repeats_nothing(
    world: World, kill_at: int
) -> None:
    await told_after_a_kill(world, kill_at)
    # Only rows that were SENDING at the kill may be repeated, and then say so.
    assert_once(world, repeats=3)


@pytest.mark.parametrize("stored", [True, False], ids=["shown", "not shown"])
async def test_a_kill_while_telegram_has_the_call_repeats_at_most_once(
    world: World, stored: bool
) -> None:
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    world.api.script("sendMessage", hang(stored=stored), chat_id=PRIVATE)
    async with program(world) as process:
        await until(
            lambda: any(
                call.method == "sendMessage" and call.chat_id == PRIVATE for call in world.api.calls
            )
        )
        process.kill()
        await process.wait()
    async with program(world):
        await until(lambda: bool(world.told(GROUP) and world.told(CHANNEL)))
        await until(lambda: any(REPEAT in shown.text for shown in world.told(PRIVATE)))
        await until_settled(world)
    assert len(world.told(PRIVATE)) == 1 + stored


async def test_the_program_refuses_what_it_cannot_run_with(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HTTP_PROT": "80"}
    (tmp_path / ".env").write_text(f"HTTP_PROT=80\nBOT_TOKEN={TOKEN}\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env=env,
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    _, words = await process.communicate()
    assert process.returncode == 2
    assert re.search("HTTP_PROT: no such setting; did you mean HTTP_PORT", words.decode())
    assert TOKEN not in words.decode()
