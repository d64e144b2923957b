"""Figures of delivery: ``python -m tests.benchmarks.delivery [NAME …]``, all by default.

Each prints a line: the figure, its unit, and what it includes. Loopback, one machine.
"""

import argparse
import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, update
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.upkeep import Policy
from jobs.domain.alerts import Level
from jobs.domain.clock import SystemClock
from jobs.store.contents import facts_to_json
from jobs.store.engine import Store
from jobs.store.schema import chat, filter_row, item, revision, subscription
from tests.benchmarks.crash_runs import postgres_places
from tests.bot_api import TOKEN, BotApi
from tests.delivering import open_bot, render
from tests.hostile_titles import judge, titles
from tests.small_world import some_facts
from tests.telling import kind_of, subscribe, tell

POLICY = Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24))
_processes = multiprocessing.get_context("spawn")


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def people(store: Store, count: int) -> None:
    """Let so many chats exist, a tenth of them groups, and want everything."""
    now = datetime.now(UTC)
    ids = [-number if number % 10 == 0 else number for number in range(1, count + 1)]
    async with store.write() as conn:
        await conn.execute(insert(filter_row).values(id=1, definition="filter 1"))
        chats = [{"id": c, "kind": kind_of(c), "created_at": now} for c in ids]
        await conn.execute(insert(chat), chats)
        wishes = [{"chat_id": c, "filter_id": 1, "created_at": now} for c in ids]
        await conn.execute(insert(subscription), wishes)


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def fan_out(folder: Path, chats: int = 100_000) -> None:
    """One alert to 100,000 chats: rows written in one transaction."""
    store = await Store.open(f"sqlite:///{folder / 'watch.sqlite'}", migrate=True)
    await people(store, chats)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, began = peak_mb(), time.monotonic()
    async with store.write() as conn:
        fanned = await tell(conn, 1, now=datetime.now(UTC))
    seconds = time.monotonic() - began
    grown = peak_mb() - before
    await store.close()
    say(f"fan-out: {fanned.sends} rows in {seconds:.2f} s (SQLite file), {grown:.0f} MB more")


async def restart(folder: Path, items: int = 1_000_000, chats: int = 100_000) -> None:
    """Open a large store as a start does: integrity, version, recovery."""
    path = folder / "recognition-watch.sqlite"
    store = await Store.open(f"sqlite:///{path}", migrate=True)
    await people(store, chats)
    now = datetime.now(UTC)
    for first in range(0, items, 50_000):
        rows = [
            {
                "source_id": "feed",
                "key": str(number),
                "url": f"https://example.org/{number}",
                "title": f"Headline {number} of some length, as headlines have",
                "summary": "A lead of one sentence that says a little more than that. " * 3,
                "lang": "en",
                "outlet": "example.org",
                "first_seen_at": now,
                "processed_at": now,
            }
            for number in range(first, min(items, first + 50_000))
        ]
        async with store.write() as conn:
            await conn.execute(insert(item), rows)
    async with store.write() as conn:
        await tell(conn, 1, now=now)
    await store.close()
    size = path.stat().st_size / 1e6
    async with BotApi() as api:
        began = time.monotonic()
        process = await start_program(folder, api)
        seconds = time.monotonic() - began
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        await process.wait()
        stopped = time.monotonic() - asked
    say(
        f"restart: {seconds:.2f} s from the process's start to the first getUpdates "
        f"({items} items, {chats} chats, {size:.0f} MB, warm cache); stopped in {stopped:.1f} s"
    )


async def pace(folder: Path, chats: int = 10_000, seconds: float = 60) -> None:
    """One alert to 10,000 chats for a minute of real time."""
    store = await Store.open(f"sqlite:///{folder / 'watch.sqlite'}", migrate=True)
    await people(store, chats)
    async with store.write() as conn:
        await tell(conn, 1, now=datetime.now(UTC))
    stop = asyncio.Event()
    async with BotApi(limits=True) as api, open_bot(api) as bot:
        for number in range(1, chats + 1):
            chat_id = -number if number % 10 == 0 else number
            api.add_chat(chat_id, kind_of(chat_id))
        deliverer = Deliverer(store, bot, SystemClock(), Pacer(), render, POLICY)
        running = asyncio.create_task(deliverer.run(stop))
        await asyncio.sleep(seconds)
        stop.set()
        await running
        times = [call.at for call in api.calls_of("sendMessage")]
        refused = sum(1 for call in api.calls if call.error)
        say(
            f"pace: {(len(times) - 1) / (times[-1] - times[0]):.1f} a second over "
            f"{times[-1] - times[0]:.0f} s, at most {api.busiest(1.0)} in any second, "
            f"{refused} refused by a server with Telegram's limits ({chats} chats)"
        )
    await store.close()


async def lag(folder: Path, chats: int = 10_000, seconds: float = 60) -> None:
    """The real program while 10,000 commands arrive; an alert goes to 20 chats meanwhile."""
    store = await Store.open(f"sqlite:///{folder / 'recognition-watch.sqlite'}", migrate=True)
    await people(store, chats)
    loud = range(100_001, 100_021)
    async with store.write() as conn:
        await subscribe(conn, *loud, filter_id=2)
    port = free_port()
    async with BotApi() as api:
        for number in [*range(1, chats + 1), *loud]:
            chat_id = -number if number % 10 == 0 and number <= chats else number
            api.add_chat(chat_id, kind_of(chat_id))
        process = await start_program(folder, api, port)
        for number in range(1, chats + 1):
            if number % 10:
                api.say(number, "/status Uzbekistan")
        api.say(1, "/help")
        await asyncio.sleep(seconds / 2)
        began = time.monotonic()
        async with store.write() as conn:
            await tell(conn, 1, filters=(2,), now=datetime.now(UTC))
            stored = facts_to_json(some_facts())
            await conn.execute(update(revision).values(facts=stored))
        while not all(api.shown(chat_id) for chat_id in loud):
            await asyncio.sleep(0.02)
        told = time.monotonic() - began
        await asyncio.sleep(seconds / 2)
        async with httpx.AsyncClient(timeout=30) as client:
            health = (await client.get(f"http://127.0.0.1:{port}/healthz")).json()
        answers = sum(
            1
            for call in api.calls
            if call.method in ("sendMessage", "sendPhoto") and call.chat_id not in loud
        )
        process.send_signal(signal.SIGTERM)
        await process.wait()
        say(
            f"event loop lag: p99.9 {health['loop_lag_ms']['p99_9']} ms, worst "
            f"{health['loop_lag_ms']['worst']} ms over {seconds:.0f} s with {chats} commands "
            f"waiting; {answers} answered, at most {api.busiest(1.0)} sends in a second; an alert "
            f"reached 20 chats in {told:.1f} s"
        )
    await store.close()


async def start_program(folder: Path, api: BotApi, port: int = 0) -> asyncio.subprocess.Process:
    """Start the whole program and wait until it asks for updates."""
    settings = {"DATA_DIR": str(folder), "BOT_TOKEN": api.token, "API_BASE_URL": api.url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env={"PATH": os.environ["PATH"], "HTTP_PORT": str(port), **settings},
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    while not api.calls_of("getUpdates"):
        await asyncio.sleep(0.01)
    return process


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def send_for_ever(url: str, base_url: str) -> None:
    """Be one of several senders, until killed."""
    os.environ["PTB_TIMEDELTA"] = "1"
    asyncio.run(_send_for_ever(url, base_url))


async def _send_for_ever(url: str, base_url: str) -> None:
    store = await Store.open(url, migrate=False)
    request = HTTPXRequest(httpx_kwargs={"verify": False})
    async with Bot(TOKEN, base_url, request=request, get_updates_request=request) as bot:
        deliverer = Deliverer(store, bot, SystemClock(), Pacer(), render, POLICY)
        await deliverer.run(asyncio.Event())


def two(_folder: Path) -> None:
    """Two processes on one PostgreSQL; one is killed when half is sent."""
    with postgres_places() as fresh:
        asyncio.run(two_on(fresh(), 4000))


async def two_on(url: str, rows: int) -> None:
    """Tell so many chats from two processes."""
    store = await Store.open(url, migrate=False)
    await people(store, rows)
    async with store.write() as conn:
        await tell(conn, 1, now=datetime.now(UTC))
    async with BotApi() as api:
        ids = [-number if number % 10 == 0 else number for number in range(1, rows + 1)]
        for chat_id in ids:
            api.add_chat(chat_id, kind_of(chat_id))
        both = [
            _processes.Process(target=send_for_ever, args=(url, api.base_url)) for _ in range(2)
        ]
        for each in both:
            each.start()
        began = time.monotonic()
        while len(api.calls) < rows // 2:
            await asyncio.sleep(0.02)
        both[0].kill()
        async with asyncio.timeout(rows / 15 + 120):
            while not all(api.shown(chat_id) for chat_id in ids):
                await asyncio.sleep(0.2)
        seconds = time.monotonic() - began
        await asyncio.sleep(2)
        both[1].kill()
        shown = Counter(len(api.shown(chat_id)) for chat_id in ids)
        unmarked = sum(
            1 for chat_id in ids if sum("repeated" not in m.text for m in api.shown(chat_id)) > 1
        )
        say(
            f"two processes, one killed: {sum(shown.values())} of {rows} chats told in "
            f"{seconds:.0f} s, {shown[2]} of them with a marked repeat, {unmarked} doubled "
            f"unmarked; at most {api.busiest(1.0)} in any second"
        )
    await store.close()


async def hostile(_folder: Path, count: int = 50_000) -> None:
    """Titles with markup, bidi, surrogates, commands, names and links."""
    wrong = [fault for title in titles(count, seed=1) for fault in judge(title)]
    say(f"titles: {count} generated, {len(wrong)} invalid or clickable {wrong[:3]}")


FIGURES: dict[str, Callable[[Path], Coroutine[Any, Any, None] | None]] = {
    "fan-out": fan_out,
    "restart": restart,
    "pace": pace,
    "lag": lag,
    "two": two,
    "titles": hostile,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *FIGURES], help=", ".join(FIGURES))
    names = parser.parse_args().names or list(FIGURES)
    os.environ["PTB_TIMEDELTA"] = "1"
    logging.disable(logging.CRITICAL)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            measuring = FIGURES[name](Path(folder))
            if measuring is not None:
                asyncio.run(measuring)


if __name__ == "__main__":
    main()
