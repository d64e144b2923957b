"""``check doctor``: tries what the program stands on, and says what to do where it gives way.

Nothing is changed; what is tried is what the running program does: a write that is taken
back, a file that is deleted again, one tick of the heartbeat.
"""

import os
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

import httpx
from sqlalchemy import text

from jobs.domain.clock import Clock
from jobs.errors import RecognitionWatchError, StoreError
from jobs.heartbeat import is_heard
from jobs.means import load_all
from jobs.measuring import free_bytes
from jobs.settings import Settings
from jobs.store import census
from jobs.store.engine import Store, moment

LEAST_FREE, GOOD_FREE = 500_000_000, 2_000_000_000
"""Bytes of room below which the doctor warns, and asks to make some."""

OFF_SECONDS = 30.0
"""How far a clock may be off; leases, quiet hours and freshness go by it."""

SLOW_SECONDS = 1.0
WAITED = timedelta(minutes=5)
ASK_SECONDS = 10.0


class Sign(StrEnum):
    """How a thing was found."""

    WELL = "ok"
    NOTE = "note"
    """Fit to be known; nothing need be done."""
    ILL = "FAILED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was tried, how it was found, and what to do."""

    subject: str
    sign: Sign
    words: str
    advice: str = ""

    def line(self) -> str:
        """Return it as a line of the verb's result."""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.sign.value:<6} {self.subject}: {self.words}{advice}"


async def examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Try everything but Telegram, one after the other."""
    yield _tables(settings)
    yield _room(settings)
    if settings.store_url is None:
        yield _writing(settings.data_dir)
    async for finding in _database(settings, clock):
        yield finding
    yield await _running(settings)
    if settings.heartbeat_url is not None:
        yield await _heartbeat(settings.heartbeat_url.get_secret_value())


def clock_off(subject: str, ours: datetime, theirs: datetime) -> Finding:
    """Compare our clock with another."""
    off = (ours - theirs).total_seconds()
    if abs(off) <= OFF_SECONDS:
        return Finding(subject, Sign.WELL, "the clocks agree")
    words = f"this machine's clock is {abs(off):.0f} s {'ahead' if off > 0 else 'behind'}"
    return Finding(subject, Sign.ILL, words, "let it be set by NTP (timedatectl set-ntp true)")


def _tables(settings: Settings) -> Finding:
    try:
        reference = load_all(settings)
    except RecognitionWatchError as error:
        return Finding("tables", Sign.ILL, str(error))
    words = f"{len(reference.cases)} cases, {len(reference.sources)} sources"
    if not settings.operator_contact:
        return Finding(
            *("tables", Sign.NOTE, words),
            "set OPERATOR_CONTACT, so that hosts can reach you: some refuse without",
        )
    return Finding("tables", Sign.WELL, words)


def _room(settings: Settings) -> Finding:
    free = free_bytes(settings.data_dir)
    words = f"{free / 1e9:.1f} GB free where DATA_DIR is"
    if free >= GOOD_FREE:
        return Finding("disk", Sign.WELL, words)
    sign = Sign.NOTE if free >= LEAST_FREE else Sign.ILL
    advice = "make room, or lower KEEP_ITEMS_DAYS and KEEP_OUTBOX_DAYS"
    return Finding("disk", sign, words, advice)


def _writing(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("data folder", Sign.NOTE, f"{folder} is not there yet; the start makes it")
    began = time.monotonic()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1 << 20))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        words = f"{folder} cannot be written ({error.strerror})"
        return Finding("data folder", Sign.ILL, words, "let it belong to who runs the program")
    took = time.monotonic() - began
    words = f"a megabyte is safe on the disk after {took * 1000:.0f} ms"
    if took > SLOW_SECONDS:
        return Finding("data folder", Sign.NOTE, words, "a faster disk sends sooner")
    return Finding("data folder", Sign.WELL, words)


async def _database(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    path = settings.data_dir / "recognition-watch.sqlite"
    if settings.store_url is None and not path.exists():
        yield Finding("database", Sign.NOTE, f"{path} is not there yet; the first start makes it")
        return
    try:
        store = await Store.open(settings.database_url(), migrate=False)
    except RecognitionWatchError as error:
        yield Finding("database", Sign.ILL, str(error))
        return
    try:
        async for finding in _open_database(store, clock):
            yield finding
    except StoreError as error:
        yield Finding("database", Sign.ILL, str(error))
    finally:
        await store.close()


async def _open_database(store: Store, clock: Clock) -> AsyncIterator[Finding]:
    began = time.monotonic()
    async with store.write() as conn:
        await conn.execute(text("UPDATE fact SET value = value WHERE 1 = 0"))
    took = time.monotonic() - began
    async with store.read() as conn:
        size, theirs = await census.of_database(conn), await moment(conn, clock)
        queue = await census.of_queue(conn, theirs)
    words = f"{store.dialect}, of this version, whole, {size.whole / 1e6:.1f} MB"
    slow = Sign.NOTE if took > SLOW_SECONDS else Sign.WELL
    yield Finding("database", slow, f"{words}; the lock to write came after {took * 1000:.0f} ms")
    if store.dialect == "postgresql":
        yield clock_off("database clock", clock.now(), theirs)
    waits = theirs - queue.oldest if queue.oldest else timedelta()
    words = f"{queue.waiting} wait, {queue.uncertain} of unknown arrival"
    if waits > WAITED:
        words += f"; the oldest for {waits.total_seconds() / 60:.0f} minutes"
        yield Finding("outbox", Sign.ILL, words, "does the bot run, and has it been stopped?")
    else:
        yield Finding("outbox", Sign.WELL, words)


async def _running(settings: Settings) -> Finding:
    if not settings.http_port:
        return Finding("running program", Sign.NOTE, "HTTP_PORT is 0, so it cannot be asked")
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask, not to listen
    host = anywhere.get(settings.http_host, settings.http_host)
    host = f"[{host}]" if ":" in host else host
    where = f"{host}:{settings.http_port}"
    try:
        async with httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False) as client:
            answer = await client.get(f"http://{where}/healthz")
            told = answer.json()
    except (httpx.HTTPError, ValueError):
        return Finding("running program", Sign.NOTE, f"none answers at {where}; it does not run")
    if answer.is_success:
        return Finding("running program", Sign.WELL, f"says at {where} that all is well")
    causes = [*told.get("late", []), told.get("sending_halted")]
    named = ", ".join(str(cause) for cause in causes if cause) or "Telegram is not heard"
    return Finding("running program", Sign.ILL, f"is not well: {named}", "its log says why")


async def _heartbeat(url: str) -> Finding:
    async with httpx.AsyncClient(timeout=ASK_SECONDS) as client:
        if await is_heard(client, url):
            return Finding("heartbeat", Sign.WELL, "HEARTBEAT_URL answers")
    words = "HEARTBEAT_URL does not answer as it should"
    return Finding("heartbeat", Sign.ILL, words, "compare it with what its service gives")


def now_from(header: str) -> datetime | None:
    """Return the time that an HTTP Date header names, or None."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None
