"""Reading the sources that are due: many hosts at once, each host one at a time."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.health import STAYS, Move, Trouble
from jobs.domain.items import Source, SourceId
from jobs.errors import FetchFailed, NotAFeed, SourceBlocked, SourceError
from jobs.reference import Reference
from jobs.sources.due import next_due
from jobs.sources.http import GuardedClient
from jobs.sources.moves import is_to_follow, seen
from jobs.sources.pace import CLOSED, open_windows, own_pace
from jobs.sources.read import read_source
from jobs.sources.reading import Reading
from jobs.sources.workers import ParserPool
from jobs.store import events, facts, items, sources
from jobs.store.engine import Store
from jobs.store.sources import Due, Unchanged

log = logging.getLogger(__name__)

MOST_LOGGED = 5
"""Failures of one poll that are logged each for itself."""

LEASE = timedelta(seconds=30)
"""When a source is read again whose reading a crash cut off; each poll prolongs it."""
POLLS_A_LEASE = 3
"""Where polls are far apart, so many of them."""

WINDOWS_EVERY = timedelta(minutes=1)
"""How often it is looked whether watched sources are to be read more often."""

WINDOWS_OPEN = "reading windows"
"""The fact that remembers which windows are open, and how much faster they are."""

BLOCKED = frozenset({401, 403, 429, 451})
GONE = 410


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll did: sources read, sources that failed, items not seen before."""

    read: int = 0
    failed: int = 0
    new_items: int = 0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What reading one source gave, and whether it is still to be noted in the store."""

    source: Source
    due: Due
    read_at: datetime
    new_items: int = 0
    unchanged: Unchanged | None = None
    error: SourceError | None = None


class Poller:
    """Reads due sources and stores what they bring.

    ``at_once`` are the sources that one poll takes up, so that many that are due together
    (after a start) are spread; ``concurrency`` those read at the same moment. A poll waits
    for its readings no longer than ``patience_seconds`` (None: for all): what a slow host
    holds up is noted by a later poll, and holds up nobody else.
    """

    def __init__(
        self,
        store: Store,
        reference: Reference,
        client: GuardedClient,
        parser: ParserPool,
        *,
        concurrency: int,
        at_once: int = 64,
        patience_seconds: float | None = None,
    ) -> None:
        self._store = store
        self._reference = reference
        self._client = client
        self._parser = parser
        self._slots = asyncio.Semaphore(concurrency)
        self._at_once = at_once
        self._patience_seconds = patience_seconds
        self._lease = max(LEASE, POLLS_A_LEASE * timedelta(seconds=patience_seconds or 0))
        self._hosts: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._in_hand: dict[SourceId, asyncio.Task[_Outcome]] = {}
        self._windows = CLOSED
        self._looked_at: datetime | None = None
        self._claimed_at = datetime.min.replace(tzinfo=UTC)

    def follow(self, reference: Reference) -> None:
        """Read these sources from the next poll on."""
        self._reference = reference

    async def poll(self, now: datetime) -> Polled:
        """Read the sources that are due ``now``.

        A source that cannot be read is put off and keeps no other from being read. Any
        other error is raised once the rest is noted; its source is read again after the
        lease.
        """
        self._claimed_at = now
        async with self._store.write() as conn:
            await self._look_at_windows(conn, now)
            await sources.hold(conn, self._in_hand.keys(), now + self._lease)
            claimed = await sources.claim_due(conn, now, self._at_once, self._lease)
        for due in claimed:
            source = self._reference.sources.get(due.source_id)
            if source is not None and source.id not in self._in_hand:
                reading = self._read(replace(source, url=due.current_url or source.url), due, now)
                self._in_hand[source.id] = asyncio.create_task(reading, name=f"read {source.id}")
        if not self._in_hand:
            return Polled()
        done, _ = await asyncio.wait(self._in_hand.values(), timeout=self._patience_seconds)
        return await self._note(done, now)

    async def close(self) -> None:
        """Give up the readings in hand; their sources are due again at once."""
        given_up = dict(self._in_hand)
        self._in_hand.clear()
        for task in given_up.values():
            task.cancel()
        await asyncio.gather(*given_up.values(), return_exceptions=True)
        if given_up:
            async with self._store.write() as conn:
                await sources.hasten(conn, given_up.keys(), self._claimed_at)

    async def _look_at_windows(self, conn: AsyncConnection, now: datetime) -> None:
        """See which windows are open; what they hasten is read within a minute."""
        if self._looked_at is not None and timedelta() <= now - self._looked_at < WINDOWS_EVERY:
            return
        self._looked_at = now
        cadence = self._reference.cadence
        longest = max((step.span for step in cadence.ripple), default=timedelta())
        recognised = await events.last_recognitions(conn, (now - longest).date())
        windows = open_windows(self._reference.cases.values(), recognised, cadence, now.date())
        self._windows = windows
        # Remembered in the store: a restart within a window hastens nothing again.
        known = await facts.get(conn, WINDOWS_OPEN) or {}
        if windows.factors == known:
            return
        await facts.put(conn, WINDOWS_OPEN, dict(windows.factors))
        if any(factor < known.get(case, 1.0) for case, factor in windows.factors.items()):
            log.info("read more often from now on: %s", ", ".join(sorted(windows.factors)))
            hastened = [s.id for s in self._reference.polled() if windows.factor(s) < 1]
            await sources.draw_near(conn, hastened, now + WINDOWS_EVERY)

    async def _read(self, source: Source, due: Due, now: datetime) -> _Outcome:
        try:
            # The host's turn first: who waits for it must not hold up the others.
            async with self._hosts[urlsplit(source.url).hostname or ""], self._slots:
                reading = await read_source(source, due.validators, self._client, self._parser, now)
            if reading.changed and not reading.items and due.had_items:
                raise NotAFeed("the feed is empty, though it had items before")
        except SourceError as error:
            return _Outcome(source, due, now, error=error)
        move = seen(due.move, reading.moved_to)
        if is_to_follow(move, source.url) or (due.is_first or reading.changed):
            return await self._keep(source, due, reading, now, move)
        unchanged = Unchanged(due, reading.validators, self._next(source, due, reading, now), move)
        return _Outcome(source, due, now, unchanged=unchanged)

    async def _keep(
        self, source: Source, due: Due, reading: Reading, now: datetime, move: Move
    ) -> _Outcome:
        follows = is_to_follow(move, source.url)
        async with self._store.write() as conn:
            new = await items.put_items(conn, reading.items, baseline=due.is_first)
            await sources.record_reading(
                conn,
                due,
                reading.validators,
                now=now,
                next_due_at=self._next(source, due, reading, now, new),
                new_items=new,
                move=STAYS if follows else move,
            )
            if follows and move.to is not None:
                log.info("source %s: read at its new address from now on", source.id)
                await sources.move(conn, source.id, move.to)
        return _Outcome(source, due, now, new_items=new)

    def _next(
        self, source: Source, due: Due, reading: Reading, now: datetime, new: int = 0
    ) -> datetime:
        cadence = self._reference.cadence
        pace = own_pace(
            source,
            cadence,
            last_new_at=due.last_new_at,
            new=0 if due.is_first else new,
            shown=len(reading.items),
            now=now,
        )
        window = self._windows.factor(source)
        # In a window nothing is asked less often than always, however quiet it has been.
        factor = min(pace, 1.0) * window if window < 1 else pace
        asked = min(reading.fresh_seconds, cadence.fresh_most.total_seconds())
        return next_due(source, now, factor=factor, asked=asked or None)

    async def _note(self, done: set[asyncio.Task[_Outcome]], now: datetime) -> Polled:
        """Note in one transaction what brought nothing: one each would cost more than the GET."""
        self._in_hand = {id_: task for id_, task in self._in_hand.items() if task not in done}
        broken = [task for task in done if task.exception() is not None]
        outcomes = [task.result() for task in done if task not in broken]
        unchanged = [each.unchanged for each in outcomes if each.unchanged is not None]
        failed = [each for each in outcomes if each.error is not None]
        if unchanged or failed:
            async with self._store.write() as conn:
                await sources.record_unchanged(conn, unchanged, now)
                failures = [await _put_off(conn, each) for each in failed]
            _log_failures(failures, len(done))
        for task in broken:
            await task  # raises
        return Polled(
            read=len(outcomes) - len(failed),
            failed=len(failed),
            new_items=sum(each.new_items for each in outcomes),
        )


async def _put_off(conn: AsyncConnection, outcome: _Outcome) -> str:
    """Put a source off that could not be read; return what is to be said of it."""
    source, due, error = outcome.source, outcome.due, outcome.error
    asked = error.retry_after if isinstance(error, FetchFailed) else None
    trouble = trouble_of(error, due)
    until = next_due(
        source,
        outcome.read_at,
        failures=due.failures + 1,
        asked=asked,
        is_gone=trouble is Trouble.GONE,
    )
    await sources.record_failure(conn, source.id, str(error), next_due_at=until, trouble=trouble)
    return f"source {source.id}: {error}; next try {until:%Y-%m-%d %H:%M} UTC"


def trouble_of(error: SourceError | None, due: Due) -> Trouble:
    """Return what is wrong with a source that could not be read."""
    status = error.status if isinstance(error, FetchFailed) else None
    if status == GONE:
        return Trouble.GONE
    if isinstance(error, SourceBlocked) or status in BLOCKED:
        return Trouble.BLOCKED
    if isinstance(error, NotAFeed) and not due.is_first:
        return Trouble.CHANGED
    return Trouble.FAILING


def _log_failures(failures: Sequence[str], asked: int) -> None:
    """Log what failed; when much fails at once the fault is ours, and one line says so."""
    for words in failures[:MOST_LOGGED]:
        log.warning("%s", words)
    if len(failures) > MOST_LOGGED:
        log.warning(
            "%d of %d sources could not be read at this look; `check sources` tries each",
            len(failures),
            asked,
        )
