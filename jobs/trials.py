"""Trying a source once, as it would be read, and saying what came."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from jobs.domain.items import Source, SourceKind, Validators
from jobs.errors import FetchFailed, FetchRefused, SourceBlocked, SourceError
from jobs.sources.http import GuardedClient
from jobs.sources.read import read_source
from jobs.sources.reading import Means, Visit
from jobs.sources.robots import check_robots
from jobs.sources.workers import ParserPool

SHOW_ITEMS = frozenset({SourceKind.FEED, SourceKind.SITEMAP, SourceKind.PAGE, SourceKind.TELEGRAM})
"""Kinds that show what there is; the others may well have nothing to tell."""

HEAD = f"{'answer':7}{'source':34}{'kind':11}{'items':>5} {'newest item':17}{'bytes':>9}{'s':>6}"
HEAD += " robots"


@dataclass(frozen=True, slots=True)
class Trial:
    """What one source answered when it was tried.

    ``robots`` is whether its host lets programs read it: ok, no, or ? if it does not say.
    """

    source: Source
    seconds: float
    size: int = 0
    items: int = 0
    newest: datetime | None = None
    robots: str = "-"
    moved_to: str | None = None
    problem: str = ""

    def line(self) -> str:
        """Return the row of the table."""
        newest = f"{self.newest:%Y-%m-%d %H:%M}" if self.newest else "-"
        answer = "FAILED" if self.problem else "ok"
        row = f"{answer:7}{self.source.id:34}{self.source.kind:11}{self.items:5} {newest:17}"
        row += f"{self.size:9}{self.seconds:6.1f} {self.robots:6}"
        moved = f" moved to {self.moved_to}" if self.moved_to else ""
        return f"{row} {self.problem}{moved}".rstrip()


class Trier:
    """Tries sources, each host one at a time."""

    def __init__(self, client: GuardedClient, parser: ParserPool, concurrency: int) -> None:
        self._client = client
        self._parser = parser
        self._slots = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def try_source(self, source: Source, now: datetime) -> Trial:
        """Read a source once and note nothing; what fails is told in the trial."""
        if source.kind is SourceKind.PUSH:
            return Trial(source, 0.0)
        async with self._hosts[urlsplit(source.url).hostname or ""], self._slots:
            robots = await self._robots(source, now)
            start = time.monotonic()
            try:
                reading = await read_source(source, Validators(), self._client, self._parser, now)
            except SourceError as error:
                spent = time.monotonic() - start
                return Trial(source, spent, robots=robots, problem=str(error))
        dates = [item.published_at for item in reading.items if item.published_at]
        is_empty = source.kind in SHOW_ITEMS and not reading.items
        return Trial(
            source,
            time.monotonic() - start,
            reading.size,
            len(reading.items),
            max(dates, default=None),
            robots,
            reading.moved_to,
            "it is empty: nothing stands in it" if is_empty else "",
        )

    async def _robots(self, source: Source, now: datetime) -> str:
        means = Means(Visit(self._client, source.url), self._parser, now)
        try:
            await check_robots(source.url, None, means)
        except SourceBlocked:
            return "no"
        except (FetchFailed, FetchRefused):
            return "?"
        return "ok"
