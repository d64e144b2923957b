"""Crash runs in process: cut the sender off at a named point, reopen the store, check.

A world lives through many crashes. Between them alerts are told and revised, Telegram
refuses, is slow, or forgets to answer; at each crash everything in memory is lost at one
commit or call, and a new sender starts on what the store holds. After each, the readers'
chats are compared with what they were owed::

    python -m tests.benchmarks.crash_runs --sqlite 10000
"""

import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.domain.alerts import Level
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from jobs.store.schema import outbox as table
from tests.bot_api import TOKEN, ApiError
from tests.bot_api.methods import Methods
from tests.clocks import ManualClock
from tests.telling import kind_of, subscribe, tell

POINTS = ("before commit", "after commit", "before call", "after call")
FAULTS = (None, None, None, None, "arrived", "lost", "refused", "429")
CHATS = (7, 8, -1_000_000_000_100)
SAYS = re.compile(r"alert (\d+) as of (\d+)( \(possibly repeated\))?")
SHIFTED = (
    ("outbox", "lease_until"),
    ("outbox", "not_before"),
    ("outbox", "started_at"),
    ("chat", "not_before"),
)
POLICY = Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=500))

Key = tuple[int, int, int, bool]
"""Chat, alert, revision, and whether it is a reply."""


class Cut(BaseException):
    """The process is no more: nobody may catch this and go on."""


@dataclass
class Fuse:
    """Blows when a point is passed for the N-th time; after that everything is dead."""

    point: str = ""
    number: int = 0
    blown: bool = False
    passed: Counter[str] = field(default_factory=Counter)

    def at(self, point: str) -> None:
        """Pass a point, or die there."""
        self.passed[point] += 1
        self.blown = self.blown or (point, self.passed[point]) == (self.point, self.number)
        if self.blown:
            raise Cut


class FusedStore(Store):
    """A store whose process may die right before or right after any commit."""

    fuse = Fuse()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that may write, and burn at its commit."""
        async with super().write() as conn:
            yield conn
            self.fuse.at("before commit")
        self.fuse.at("after commit")


class Wire(BaseRequest):
    """Carries calls straight into the fake Bot API, with faults and cuts on the way."""

    def __init__(self, api: Methods, chance: random.Random) -> None:
        self.api, self.chance = api, chance
        self.fuse = Fuse()
        self.calm = False
        self.doubts: Counter[Key] = Counter()

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        """Answer one call, if anything does."""
        self.fuse.at("before call")
        params = _params(request_data)
        fault = None if self.calm else self.chance.choice(FAULTS)
        if fault == "429":
            error = "Too Many Requests: retry after 3"
            return 429, _refusal(429, error, {"retry_after": 3})
        if fault == "refused":
            raise NetworkError("httpx.ConnectError") from httpx.ConnectError("")
        if fault in ("lost", "arrived") and "message_id" not in params:
            self.doubts[_key(params)] += 1
        answer = (504, b"") if fault == "lost" else self._answer(url.rsplit("/", 1)[1], params)
        self.fuse.at("after call")
        if fault in ("lost", "arrived"):
            raise TimedOut from httpx.ReadTimeout("")
        return answer

    def _answer(self, name: str, params: dict[str, Any]) -> tuple[int, bytes]:
        try:
            result = self.api.do(name, params)
        except ApiError as refusal:
            return refusal.code, _refusal(refusal.code, refusal.text, refusal.parameters)
        return 200, json.dumps({"ok": True, "result": result}).encode()


def _params(data: RequestData | None) -> dict[str, Any]:
    given = dict(data.json_parameters) if data else {}
    return {k: json.loads(v) if v[:1] in "[{" else v for k, v in given.items()}


def _refusal(code: int, words: str, parameters: dict[str, Any] | None) -> bytes:
    body = {"ok": False, "error_code": code, "description": words, "parameters": parameters or {}}
    return json.dumps(body).encode()


def _key(params: dict[str, Any]) -> Key:
    alert_id, number, _ = read(params["text"])
    return int(params["chat_id"]), alert_id, number, "reply_parameters" in params


def read(says: str) -> tuple[int, int, bool]:
    """Return the alert, the revision and the mark of a text that ``render`` wrote."""
    found = SAYS.fullmatch(says)
    assert found is not None, says
    return int(found[1]), int(found[2]), found[3] is not None


def render(delivery: Delivery) -> Message:
    """Put a delivery into words that can be read back."""
    mark = " (possibly repeated)" if delivery.possibly_repeated else ""
    return Message(f"{delivery.facts['says']}{mark}")


class WorldClock(ManualClock):
    """The machine's wall time, which PostgreSQL and other processes go by; waiting takes none."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Tally:
    """What came of many crashes."""

    crashes: int = 0
    at: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    marked: int = 0
    """Repeats that said so, each for a real doubt."""
    closed: int = 0
    """Messages in doubt twice over, and closed by the policy."""


class CrashWorld:
    """One store, one Telegram, and one sender after the other."""

    def __init__(self, url: str, seed: int) -> None:
        self.url = url
        self.chance = random.Random(seed)
        self.api = Methods()
        self.wire = Wire(self.api, self.chance)
        self.clock: ManualClock = ManualClock() if url.startswith("sqlite") else WorldClock()
        self.revisions: dict[int, int] = {}
        self.first: dict[int, int] = {}
        self.told_late: dict[int, int] = {}
        self.tally = Tally()
        self.seed = seed

    async def live(self, crashes: int) -> Tally:
        """Live through so many crashes; each is followed by a start and a check."""
        for chat_id in CHATS:
            self.api.add_chat(chat_id, kind_of(chat_id))
        await self.start()
        async with self.store.write() as conn:
            await subscribe(conn, *CHATS)
        while self.tally.crashes < crashes:
            await self.until_a_crash()
            await self.start()
            await self.settle()
            await self.check()
        await self.store.close()
        return self.tally

    async def start(self) -> None:
        """Start a sender on what the store holds."""
        self.store = await FusedStore.open(self.url, migrate=False)
        self.store.fuse = self.wire.fuse = Fuse()
        async with self.store.read() as conn:
            torn = await conn.execute(select(table).where(table.c.state == "SENDING"))
            for row in torn:
                if row.action != "edit":
                    key = (row.chat_id, row.alert_id, row.revision, row.action == "reply")
                    self.wire.doubts[key] += 1
        await self.time_passes()
        bot = Bot(TOKEN, request=self.wire, get_updates_request=self.wire)
        self.deliverer = Deliverer(self.store, bot, self.clock, Pacer(), render, POLICY)
        await self.deliverer.recover()

    async def until_a_crash(self) -> None:
        """Tell, revise and send with faults until the process dies."""
        self.wire.calm = False
        point, number = self.chance.choice(POINTS), self.chance.randint(1, 8)
        self.store.fuse = self.wire.fuse = Fuse(point, number)
        for _ in range(60):
            with suppress(Cut):
                await self.a_step()
            if self.store.fuse.blown:
                break
        self.tally.crashes += self.store.fuse.blown
        self.tally.at[point] += self.store.fuse.blown
        await self.store.close()

    async def a_step(self) -> None:
        """Do one thing that happens in a bot's life."""
        step = self.chance.choice(("tell", "revise", "send", "send", "send", "wait"))
        if step == "tell" and len(self.revisions) < 400:
            await self.a_revision(len(self.revisions) + 1)
        elif step == "revise" and self.revisions:
            await self.a_revision(self.chance.choice(list(self.revisions)[-3:]))
        elif step == "send":
            await self.deliverer.drain_once()
        else:
            await self.time_passes()

    async def a_revision(self, alert_id: int) -> None:
        """Tell an alert's next revision; it counts once it is stored."""
        number = self.revisions.get(alert_id, 0) + 1
        loud = self.chance.random() < 0.5
        stored = False
        try:
            async with self.store.write() as conn:
                await tell(conn, alert_id, number, loud=loud, now=self.clock.now())
            stored = True
        finally:
            # Dead after the commit: nobody heard of it, but it is there.
            if stored or (
                self.store.fuse.passed["after commit"] and await self.is_stored(alert_id, number)
            ):
                self.revisions[alert_id] = number

    async def is_stored(self, alert_id: int, number: int) -> bool:
        """Look whether a revision outlived the cut."""
        other = await Store.open(self.url, migrate=False)
        try:
            async with other.read() as conn:
                found = select(table.c.id).where(
                    table.c.alert_id == alert_id, table.c.revision == number
                )
                return await conn.scalar(found.limit(1)) is not None
        finally:
            await other.close()

    async def time_passes(self) -> None:
        """Let an hour go by: where real clocks are read, by moving what is stored into the past."""
        self.clock.advance(3600)
        if type(self.clock) is ManualClock:
            return
        lite = self.url.startswith("sqlite")
        earlier = (
            "strftime('%Y-%m-%d %H:%M:%f000', {}, '-1 hour')" if lite else "{} - INTERVAL '1 hour'"
        )
        async with self.store.write() as conn:
            for name, column in SHIFTED:
                moved = f"UPDATE {name} SET {column} = {earlier.format(column)}"
                await conn.execute(text(moved))
            await conn.execute(text("DELETE FROM send_slot"))
            await conn.execute(text("DELETE FROM fact WHERE name = 'sending closed until'"))

    async def settle(self) -> None:
        """Let all go well until the outbox is at rest."""
        self.wire.calm = True
        quiet = 0
        for _ in range(400):
            quiet = 0 if await self.deliverer.drain_once() else quiet + 1
            await self.time_passes()
            if quiet == 2:
                return
        raise AssertionError(f"seed {self.seed}: the outbox does not come to rest")

    async def check(self) -> None:
        """Compare what the readers see with what they were owed."""
        async with self.store.read() as conn:
            rows = (await conn.execute(select(table))).all()
        unknown = {
            (r.chat_id, r.alert_id)
            for r in rows
            if r.state == "DEAD" and r.cause.startswith("arrival unknown")
        }
        self.tally.marked = self.tally.closed = 0
        for chat_id in CHATS:
            self.check_chat(chat_id, unknown)

    def check_chat(self, chat_id: int, unknown: set[tuple[int, int]]) -> None:
        """Judge one chat."""
        copies: Counter[Key] = Counter()
        marked: Counter[Key] = Counter()
        newest: Counter[int] = Counter()
        for shown in self.api.shown(chat_id):
            alert_id, number, _ = read(shown.text)
            newest[alert_id] = max(newest[alert_id], number)
            alert_id, number, mark = read(shown.versions[0])
            key = (chat_id, alert_id, number, shown.reply_to is not None)
            copies[key] += 1
            marked[key] += mark
        for alert_id, number in self.revisions.items():
            if newest[alert_id] == number:
                continue
            where = f"seed {self.seed}: alert {alert_id} in {chat_id} shows {newest[alert_id]}"
            if (chat_id, alert_id) in unknown:
                self.tally.closed += 1
            else:
                self.tally.lost.append(f"{where} of {number}")
        for key, count in copies.items():
            doubts = self.wire.doubts[key]
            self.tally.marked += marked[key] if doubts and count == 2 else 0
            if (
                count > 1 + min(doubts, 1)
                or count - marked[key] > 1
                or (marked[key] and not doubts)
            ):
                self.tally.doubled.append(f"seed {self.seed}: {key} shown {count} times")


async def crash_runs(url: str, seed: int, crashes: int) -> Tally:
    """Return what came of so many crashes of one world on an empty, migrated store."""
    return await CrashWorld(url, seed).live(crashes)
