"""A sender in a process of its own that is killed: by itself at a named point, or by us at random.

SIGKILL, so nothing is tidied up: no ``finally`` runs and no transaction is rolled back but
by the database itself.
"""

import asyncio
import multiprocessing
import os
import signal
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.delivery import Deliverer
from bot.pacing import Pacer
from jobs.domain.clock import SystemClock
from jobs.store.outbox import count_open
from tests.bot_api import BotApi
from tests.bot_api.server import TOKEN
from tests.crashing import POINTS, POLICY, CrashWorld, Fuse, FusedStore, Tally, WorldClock, render

WITHIN_SECONDS = 0.4
"""A random kill comes within so long of the start, as sending takes about so long."""

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.crash_sender"])


class Killer(Fuse):
    """Kills this process where a fuse would blow."""

    def at(self, point: str) -> None:
        """Pass a point, or die there."""
        self.passed[point] += 1
        if (point, self.passed[point]) == (self.point, self.number):
            os.kill(os.getpid(), signal.SIGKILL)


class FusedRequest(HTTPXRequest):
    """Real HTTP, in a process that may die right before or right after any call."""

    fuse: Fuse

    async def do_request(self, *args: Any, **how: Any) -> tuple[int, bytes]:
        """Make one call."""
        self.fuse.at("before call")
        answer = await super().do_request(*args, **how)
        self.fuse.at("after call")
        return answer


def send(url: str, base_url: str, point: str, number: int) -> None:
    """Send all that is in the outbox, or die on the way."""
    os.environ["PTB_TIMEDELTA"] = "1"
    asyncio.run(_send(url, base_url, Killer(point, number)))


async def _send(url: str, base_url: str, fuse: Fuse) -> None:
    request = FusedRequest(httpx_kwargs={"verify": False})
    request.fuse = fuse
    store = await FusedStore.open(url, migrate=False)
    store.fuse = fuse
    idle = HTTPXRequest(httpx_kwargs={"verify": False})
    async with Bot(TOKEN, base_url, request=request, get_updates_request=idle) as bot:
        deliverer = Deliverer(store, bot, SystemClock(), Pacer(), render, POLICY)
        await deliverer.recover()
        for _ in range(50):
            await deliverer.drain_once()
            async with store.read() as conn:
                if not await count_open(conn):
                    break
            await asyncio.sleep(0.02)
    await store.close()


class KillWorld(CrashWorld):
    """A world whose senders are real processes over real HTTP; each is killed by SIGKILL."""

    def __init__(self, url: str, seed: int, api: BotApi) -> None:
        super().__init__(url, seed)
        self.clock = WorldClock()
        self.server = api
        self.api = self.wire.api = api
        self.wire.calm = True

    async def until_a_crash(self) -> None:
        """Write some tellings, and let a process begin to send them."""
        for _ in range(3):
            await self.a_revision(len(self.revisions) + 1)
            await self.a_revision(self.chance.choice(list(self.revisions)[-3:]))
        await self.store.close()
        point, number = self.chance.choice((*POINTS, "random")), self.chance.randint(1, 12)
        args = (self.url, self.server.base_url, point, number)
        process = _processes.Process(target=send, args=args)
        process.start()
        loop = asyncio.get_running_loop()
        if point == "random":
            await asyncio.sleep(self.chance.uniform(0, WITHIN_SECONDS))
            process.kill()
        await loop.run_in_executor(None, process.join)
        if process.exitcode == -signal.SIGKILL:
            self.tally.crashes += 1
            self.tally.at[point] += 1
        elif process.exitcode != 0:
            raise AssertionError(f"seed {self.seed}: the sender ended with {process.exitcode}")
        process.close()


async def kill_runs(url: str, seed: int, kills: int) -> Tally:
    """Return what came of so many kills of real processes on an empty, migrated store."""
    async with BotApi() as api:
        return await KillWorld(url, seed, api).live(kills)
