"""Reading the sources that are due: many hosts at once, each host one at a time."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jobs.domain.items import Source
from jobs.errors import FetchFailed, NotAFeed, SourceError
from jobs.reference import Reference
from jobs.sources.due import next_due
from jobs.sources.http import GuardedClient
from jobs.sources.read import read_source
from jobs.sources.reading import Reading
from jobs.sources.workers import ParserPool
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.store.sources import Due

log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
"""Sources claimed by one poll."""

MOST_LOGGED = 5
"""Failures of one poll that are logged each for itself."""

LEASE = timedelta(minutes=10)
"""Longer than a poll of the most sources takes, one bad host with many of them apart."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll did: sources read, sources that failed, items not seen before."""

    read: int = 0
    failed: int = 0
    new_items: int = 0


@dataclass(frozen=True, slots=True)
class _HostRead:
    """What reading one host's sources gave; what was unchanged is still to be noted."""

    polled: list[Polled] = field(default_factory=list)
    unchanged: list[tuple[Source, Due, Reading]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Poller:
    """Reads due sources and stores what they bring, each in a transaction of its own."""

    def __init__(
        self,
        store: Store,
        reference: Reference,
        client: GuardedClient,
        parser: ParserPool,
        *,
        concurrency: int,
    ) -> None:
        self._store = store
        self._reference = reference
        self._client = client
        self._parser = parser
        self._slots = asyncio.Semaphore(concurrency)

    async def poll(self, now: datetime) -> Polled:
        """Read every source that is due ``now``.

        A source that cannot be read is put off and keeps no other from being read. Any
        other error is raised once all are done; its source is read again after the lease.
        """
        async with self._store.write() as conn:
            claimed = await sources.claim_due(conn, now, MOST_AT_ONCE, LEASE)
        due = [
            (self._reference.sources[each.source_id], each)
            for each in claimed
            if each.source_id in self._reference.sources
        ]
        hosts = [self._read_host(host, now) for host in _by_host(due)]
        results: list[Polled] = []
        unchanged: list[tuple[Source, Due, Reading]] = []
        failures: list[str] = []
        for outcome in await asyncio.gather(*hosts, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
            results.extend(outcome.polled)
            unchanged.extend(outcome.unchanged)
            failures.extend(outcome.failures)
        _log_failures(failures, len(due))
        await self._keep_unchanged(unchanged, now)
        return Polled(
            read=sum(each.read for each in results),
            failed=sum(each.failed for each in results),
            new_items=sum(each.new_items for each in results),
        )

    async def _read_host(self, due: Sequence[tuple[Source, Due]], now: datetime) -> _HostRead:
        read = _HostRead()
        for source, state in due:
            read.polled.append(await self._read_one(source, state, now, read))
        return read

    async def _read_one(self, source: Source, due: Due, now: datetime, host: _HostRead) -> Polled:
        try:
            async with self._slots:
                reading = await read_source(source, due.validators, self._client, self._parser, now)
            if reading.changed and not reading.items and due.had_items:
                raise NotAFeed("the feed is empty, though it had items before")
        except SourceError as error:
            await self._put_off(source, due, error, now, host)
            return Polled(failed=1)
        if not reading.changed and not due.is_first:
            host.unchanged.append((source, due, reading))
            return Polled(read=1)
        return Polled(read=1, new_items=await self._keep(source, due, reading, now))

    async def _keep_unchanged(
        self, unchanged: Sequence[tuple[Source, Due, Reading]], now: datetime
    ) -> None:
        """Note in one transaction what had nothing new: one each would cost more than the GET."""
        if not unchanged:
            return
        async with self._store.write() as conn:
            for source, due, reading in unchanged:
                await sources.record_reading(
                    conn,
                    due,
                    reading.validators,
                    now=now,
                    next_due_at=next_due(source, now, 0, None),
                    new_items=0,
                )

    async def _keep(self, source: Source, due: Due, reading: Reading, now: datetime) -> int:
        async with self._store.write() as conn:
            new = await items.put_items(conn, reading.items, baseline=due.is_first)
            await sources.record_reading(
                conn,
                due,
                reading.validators,
                now=now,
                next_due_at=next_due(source, now, 0, None),
                new_items=new,
            )
        return new

    async def _put_off(
        self, source: Source, due: Due, error: SourceError, now: datetime, host: _HostRead
    ) -> None:
        asked = error.retry_after if isinstance(error, FetchFailed) else None
        until = next_due(source, now, due.failures + 1, asked)
        words = f"source {source.id}: {error}; next try {until:%Y-%m-%d %H:%M} UTC"
        host.failures.append(words)
        async with self._store.write() as conn:
            await sources.record_failure(conn, source.id, str(error), next_due_at=until)


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


def _by_host(due: Iterable[tuple[Source, Due]]) -> list[list[tuple[Source, Due]]]:
    hosts: dict[str, list[tuple[Source, Due]]] = defaultdict(list)
    for source, state in due:
        hosts[urlsplit(source.url).hostname or ""].append((source, state))
    return list(hosts.values())
