"""The N-th call of the store fails, for every N: nothing is lost and nothing is doubled."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot

from bot.delivery import Deliverer
from bot.pacing import Pacer
from jobs.errors import StoreError, StoreUnavailable
from jobs.store.engine import Store
from jobs.store.schema import outbox as table
from tests.bot_api import TOKEN
from tests.bot_api.methods import Methods
from tests.clocks import ManualClock
from tests.crashing import CHATS, POLICY, CrashWorld, Wire, read, render
from tests.delivering import A, B
from tests.telling import NOON, kind_of, subscribe, tell

FAILURES = ["database is locked", "disk I/O error", "database or disk is full"]


class FailingStore(Store):
    """A store of which the N-th statement or commit fails, once."""

    count = 0
    fails_at = 0
    words = FAILURES[0]

    def arm(self, number: int, words: str) -> None:
        """Let the N-th call from here on fail."""
        self.fails_at, self.words = number, words
        engine = self._engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._called)
        event.listen(engine, "commit", self._called)

    def _called(self, *_: Any) -> None:
        self.count += 1
        if self.count == self.fails_at:
            raise OperationalError("", {}, sqlite3.OperationalError(self.words))


class ForgetfulStore(Store):
    """A store of which the answer to the N-th commit is lost: it is done, and nobody knows."""

    commits = 0
    loses_at = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that may write."""
        async with super().write() as conn:
            yield conn
        self.commits += 1
        if self.commits == self.loses_at:
            raise StoreUnavailable("the connection was lost at COMMIT")


async def again(work: Callable[[], Any]) -> None:
    """Do something as the programs do: a store that is out of reach is asked again."""
    while True:
        try:
            await work()
        except StoreError:
            continue
        return


async def a_life(store: Store, api: Methods, wire: Wire) -> None:
    """Tell two chats of an alert and revise it, sending in between."""
    clock = ManualClock(NOON)
    bot = Bot(TOKEN, request=wire, get_updates_request=wire)
    deliverer = Deliverer(store, bot, clock, Pacer(), render, POLICY)

    async def revise(number: int) -> None:
        async with store.write() as conn:
            await tell(conn, 1, number, loud=number > 1, now=clock.now())

    await again(deliverer.recover)
    for number in (1, 2):
        await again(lambda of=number: revise(of))  # type: ignore[misc]
        for _ in range(6):
            with suppress(StoreError):
                await deliverer.drain_once()
            clock.advance(61)


async def fail_at(template: Path, folder: Path, number: int, words: str) -> bool:
    """Live a life in which the N-th call fails, and judge it; return whether it came so far."""
    path = shutil.copy(template, folder / f"{number}.sqlite")
    store = await FailingStore.open(f"sqlite:///{path}", migrate=False)
    api = Methods()
    wire = Wire(api, random.Random(0))
    wire.calm = True
    for chat_id in (A, B):
        api.add_chat(chat_id)
    async with store.write() as conn:
        await subscribe(conn, A, B)
    store.arm(number, words)
    await a_life(store, api, wire)
    failed, store.fails_at = store.count >= number, 0
    async with store.read() as conn:
        states = set(await conn.scalars(select(table.c.state)))
    await store.close()
    for chat_id in (A, B):
        first, reply = api.shown(chat_id)
        assert [read(text)[:2] for text in first.versions] == [(1, 1), (1, 2)], number
        assert (read(reply.text), reply.reply_to) == ((1, 2, False), first.message_id), number
    assert states == {"SENT"}, number
    return failed


async def test_a_sample_of_the_calls_may_fail(sqlite_template: Path, tmp_path: Path) -> None:
    number = 1
    while await fail_at(sqlite_template, tmp_path, number, FAILURES[number % len(FAILURES)]):
        number += 17
    assert number > 100


@pytest.mark.slow
@pytest.mark.parametrize("words", FAILURES)
async def test_every_call_may_fail(sqlite_template: Path, tmp_path: Path, words: str) -> None:
    number = 1
    while await fail_at(sqlite_template, tmp_path, number, words):
        number += 1
    assert number > 100


@pytest.mark.parametrize("number", range(1, 25, 2))
async def test_the_answer_to_a_commit_is_lost(store_url: str, number: int) -> None:
    """What is owed arrives once; where the mark of a beginning was lost it says it may repeat."""
    store = await ForgetfulStore.open(store_url, migrate=False)
    world = CrashWorld(store_url, number)
    world.store, world.wire.calm = store, True  # type: ignore[assignment]
    for chat_id in CHATS:
        world.api.add_chat(chat_id, kind_of(chat_id))
    async with store.write() as conn:
        await subscribe(conn, *CHATS)
    bot = Bot(TOKEN, request=world.wire, get_updates_request=world.wire)
    world.deliverer = Deliverer(store, bot, world.clock, Pacer(), render, POLICY)
    store.loses_at = store.commits + number
    for revised in (1, 2):
        with suppress(StoreError):
            async with store.write() as conn:
                await tell(conn, 1, revised, loud=revised > 1, now=world.clock.now())
        world.revisions[1] = revised
        for _ in range(4):
            with suppress(StoreError):
                await world.deliverer.drain_once()
            await again(world.time_passes)
    await again(world.settle)
    for chat_id in CHATS:
        told = Counter(read(m.versions[0])[1] for m in world.api.shown(chat_id))
        assert set(told.values()) == {1}, told
        assert read(world.api.shown(chat_id)[0].text)[1] == 2
    await store.close()
