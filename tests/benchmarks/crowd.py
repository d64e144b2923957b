"""What 10,000 commands a minute from 500 people do to alerts, and to the event loop.

``python -m tests.benchmarks.crowd [--seconds N] [--events N]`` runs the whole bot (delivery,
commands, pacing) on a large ledger against the strict Bot API, which is a process of its own
and refuses whoever is faster than Telegram allows. Commands come in evenly; every two seconds
an alert is told to a chat that asks nothing. It prints how long alerts took from the ledger
to the chat, how late the loop ran, and how many were answered: Telegram lets a bot say at
most 30 things a second, so most commands of such a crowd can have no answer.
"""

import argparse
import asyncio
import platform
import random
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import select
from telegram import Update

from bot.pictures.renderer import Renderer
from bot.runtime import Station, build_station, serve
from jobs.domain.alerts import AlertId, ChatId, Filter, Level
from jobs.domain.clock import SystemClock
from jobs.means import load_all
from jobs.settings import Settings
from jobs.store import chats, outbox
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import outbox as rows
from tests.benchmarks.commands import ASKED
from tests.benchmarks.large_ledger import Size, build
from tests.bot_api import TOKEN

PEOPLE = 500
PER_MINUTE = 10_000
READER = 1
ALERT_EVERY_SECONDS = 2.0
TICK_SECONDS = 0.01
SETTLE_SECONDS = 8.0
_ASKED = [
    f"/{name} {argument}".strip()
    for name, arguments in ASKED.items()
    for argument in arguments
    if name not in {"map", "timeline", "stop"}
]


async def _serve_api(port: int) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot_api", str(port)), stdout=asyncio.subprocess.DEVNULL
    )
    async with httpx.AsyncClient() as client:
        for chat in range(READER, READER + PEOPLE + 1):
            order = {"call": "add_chat", "args": [chat]}
            while True:
                try:
                    await client.post(f"http://127.0.0.1:{port}/do", json=order)
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    break
    return process


def an_update(number: int, chat: int, text: str) -> dict[str, Any]:
    """Return a message of a person to the bot, as Telegram brings it."""
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private", "first_name": "A"},
        "from": person,
        "text": text,
    }
    return {"update_id": number, "message": message}


async def _ask(station: Station, seconds: float) -> int:
    """Put commands into the queue as a webhook would, evenly; return how many."""
    dice, sent, began = random.Random(5), 0, time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        while sent < passed * PER_MINUTE / 60:
            sent += 1
            chat = READER + 1 + sent % PEOPLE
            update = an_update(sent, chat, dice.choice(_ASKED))
            station.application.update_queue.put_nowait(
                Update.de_json(update, station.application.bot)
            )
        await asyncio.sleep(TICK_SECONDS)
    return sent


async def _tell(store: Store, clock: SystemClock, seconds: float) -> None:
    """Tell the quiet reader of one alert after the other."""
    async with store.write() as conn:
        now = clock.now()
        await chats.open_chat(
            conn, ChatId(READER), ChatKind.PRIVATE, language="en", zone="UTC", now=now
        )
        await chats.subscribe(conn, ChatId(READER), Filter(level=Level.SIGNAL), now)
        wishes = [number for number, _ in await chats.wanted_filters(conn)]
    for number in range(1, int(seconds / ALERT_EVERY_SECONDS) + 1):
        async with store.write() as conn:
            await outbox.fan_out(
                *(conn, AlertId(number), 1, wishes),
                level=Level.MAJOR,
                loud=False,
                now=clock.now(),
            )
        await asyncio.sleep(ALERT_EVERY_SECONDS)


async def _watch_loop(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK_SECONDS
        await asyncio.sleep(TICK_SECONDS)
        late.append(1000 * (time.perf_counter() - due))


async def _delays(store: Store) -> list[float]:
    async with store.read() as conn:
        found = await conn.execute(
            select(rows.c.created_at, rows.c.sent_at).where(rows.c.chat_id == READER)
        )
        return [
            (row.sent_at - row.created_at).total_seconds() if row.sent_at else float("inf")
            for row in found
        ]


async def _main(seconds: float, size: Size) -> int:
    reference, clock = load_all(Settings(_env_file=None)), SystemClock()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    api = await _serve_api(port)
    late: list[float] = []
    with tempfile.TemporaryDirectory(prefix="recognition-watch-benchmark-") as name:
        path = Path(name) / "crowd.sqlite"
        await build(path, size, reference)
        store = await Store.open(f"sqlite:///{path}", migrate=False)
        settings = Settings(
            _env_file=None, bot_token=SecretStr(TOKEN), api_base_url=f"http://127.0.0.1:{port}"
        )
        stop = asyncio.Event()
        async with Renderer() as renderer:
            station = build_station(settings, reference, store, clock, renderer)
            serving = asyncio.create_task(serve(station, settings, stop))
            await asyncio.sleep(3)
            watching = asyncio.create_task(_watch_loop(late))
            telling = asyncio.create_task(_tell(store, clock, seconds))
            asked = await _ask(station, seconds)
            await telling
            await asyncio.sleep(SETTLE_SECONDS)
            watching.cancel()
            waiting = station.application.update_queue.qsize()
            stop.set()
            await serving
        delays = await _delays(store)
        await store.close()
    calls = await _calls(port)
    api.kill()
    await api.wait()
    return _report(size, asked, waiting, delays, late, calls)


async def _calls(port: int) -> Sequence[dict[str, Any]]:
    async with httpx.AsyncClient(timeout=60) as client:
        oracle = (await client.get(f"http://127.0.0.1:{port}/oracle")).json()
    return [call for call in oracle["calls"] if call["method"].startswith("send")]


def _report(
    size: Size,
    asked: int,
    waiting: int,
    delays: list[float],
    late: list[float],
    calls: Sequence[dict[str, Any]],
) -> int:
    late.sort()
    times = sorted(call["at"] for call in calls)
    busiest = max((sum(1 for t in times if s <= t < s + 1) for s in times), default=0)
    lag = late[int(0.999 * len(late))]
    answered = sum(1 for call in calls if int(call["params"]["chat_id"]) != READER)
    for line in (
        f"| commands asked in all | {asked:,} by {PEOPLE} people, {size.events:,} events |",
        f"| left in the queue at the end | {waiting:,} |",
        f"| answered | {answered:,}; busiest second of all calls {busiest} (Telegram: 30) |",
        f"| alerts, ledger to chat, s | {len(delays)}; worst {max(delays):.2f} (target 5) |",
        f"| loop lag, ms | median {late[len(late) // 2]:.1f}, p99.9 {lag:.1f} (target 100), "
        f"worst {late[-1]:.1f} |",
        f"{platform.machine()}, Python {platform.python_version()}",
    ):
        print(line)  # noqa: T201 - the result
    return 0 if max(delays) <= 5 and lag < 100 else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--events", type=int, default=10_000)
    given = parser.parse_args()
    sys.exit(asyncio.run(_main(given.seconds, Size(given.events, 10 * given.events))))
