"""``check config | sources | store``: look, and say what is wrong and what to do.

Findings are printed on stdout and make the exit code 1; progress goes to stderr.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.domain.items import Source, Validators
from jobs.errors import SourceError
from jobs.rebuild import rebuild
from jobs.reference import Reference, load_reference
from jobs.settings import Settings
from jobs.sources.http import GuardedClient, NotModified
from jobs.sources.workers import ParserPool
from jobs.store import sources as source_table
from jobs.store.engine import Store, lock_ledger

CHECKS = ("config", "sources", "store")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``check`` takes."""
    parser.add_argument("what", choices=CHECKS, help="what to look at")
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="with store: make the ledger anew from its mentions, and say what differs",
    )


def main(args: argparse.Namespace) -> int:
    """Run one check; return 0 if all is well, 1 if there is something to do."""
    settings = Settings.load()
    if args.what == "config":
        return _check_config(settings)
    if args.what == "sources":
        return asyncio.run(_check_sources(settings))
    if args.rebuild:
        return asyncio.run(_rebuild_store(settings))
    return asyncio.run(_check_store(settings))


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the verb's result


def _check_config(settings: Settings) -> int:
    reference = load_reference(
        settings.cases_dir, settings.sources_file, telegram_channels=settings.telegram_channels
    )
    _say(f"settings: {len(settings.model_fields_set)} set, the rest by default")
    _say(f"cases: {', '.join(sorted(reference.cases))}")
    _say(f"sources: {len(reference.sources)}")
    notes = {
        "BOT_TOKEN is not set: the bot will answer in the terminal": settings.bot_token is None,
        "OPERATOR_CONTACT is not set: hosts cannot reach you, and some refuse": (
            not settings.operator_contact
        ),
        "FETCH_ALLOW_LOOPBACK is on: a source may read this machine": settings.fetch_allow_loopback,
    }
    for note, holds in notes.items():
        if holds:
            _say(f"note: {note}")
    if settings.webhook_url and settings.webhook_secret is None:
        _say("WEBHOOK_SECRET: needed where WEBHOOK_URL is set; choose a long word")
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What one source answered when it was tried."""

    source: Source
    seconds: float
    size: int = 0
    items: int = 0
    newest: datetime | None = None
    problem: str = ""

    def line(self) -> str:
        """Return the row of the table."""
        newest = f"{self.newest:%Y-%m-%d %H:%M}" if self.newest else "-"
        answer = "ok" if not self.problem else "FAILED"
        row = f"{answer:6} {self.source.id:32} {self.items:5} {newest:16} {self.size:9} "
        return f"{row}{self.seconds:6.1f}  {self.problem}".rstrip()


async def _try(source: Source, client: GuardedClient, parser: ParserPool) -> Trial:
    start = time.monotonic()
    try:
        answer = await client.get(source.url, Validators())
        if isinstance(answer, NotModified):
            raise SourceError("answered 304 to a request without validators")
        feed = await parser.parse(answer.body, answer.content_type, answer.url)
    except SourceError as error:
        return Trial(source, time.monotonic() - start, problem=str(error))
    dates = [item.published_at for item in feed.items if item.published_at]
    problem = "" if feed.items else "the feed is empty"
    return Trial(
        source,
        time.monotonic() - start,
        len(answer.body),
        len(feed.items),
        max(dates, default=None),
        problem,
    )


async def _check_sources(settings: Settings) -> int:
    reference = load_reference(
        settings.cases_dir, settings.sources_file, telegram_channels=settings.telegram_channels
    )
    client = GuardedClient(
        deadline_seconds=settings.fetch_deadline_seconds,
        max_bytes=settings.fetch_max_bytes,
        allow_loopback=settings.fetch_allow_loopback,
        contact=settings.operator_contact,
    )
    parser = ParserPool(
        deadline_seconds=settings.parser_deadline_seconds, memory_mb=settings.parser_memory_mb
    )
    slots = asyncio.Semaphore(settings.fetch_concurrency)

    async def one(source: Source) -> Trial:
        async with slots:
            return await _try(source, client, parser)

    trials: list[Trial] = []
    total = len(reference.sources)
    _say(f"{'answer':6} {'source':32} {'items':>5} {'newest item':16} {'bytes':>9} {'s':>6}")
    try:
        for done in asyncio.as_completed([one(s) for s in reference.sources.values()]):
            trials.append(await done)
            _say(trials[-1].line())
            if sys.stderr.isatty():
                print(f"\r{len(trials)} of {total} tried ", end="", file=sys.stderr)  # noqa: T201
    finally:
        await client.aclose()
        await parser.close()
    failed = sum(bool(trial.problem) for trial in trials)
    _say(f"{total - failed} of {total} sources answer with items")
    return 1 if failed else 0


async def _check_store(settings: Settings) -> int:
    reference: Reference = load_reference(
        settings.cases_dir, settings.sources_file, telegram_channels=settings.telegram_channels
    )
    store = await Store.open(settings.database_url(), migrate=False)
    try:
        async with store.read() as conn:
            health = await source_table.health(conn)
    finally:
        await store.close()
    read = [row for row in health if row.last_ok_at]
    _say(f"store: {store.dialect}, of this version, whole")
    _say(f"sources: {len(reference.sources)} configured, {len(read)} read so far")
    failing = [row for row in health if row.failures]
    for row in failing:
        _say(f"failing: {row.source_id}, {row.failures} times in a row: {row.last_error}")
    return 1 if failing else 0


async def _rebuild_store(settings: Settings) -> int:
    reference = load_reference(
        settings.cases_dir, settings.sources_file, telegram_channels=settings.telegram_channels
    )
    store = await Store.open(settings.database_url(), migrate=False)
    try:
        async with store.write() as conn:
            await lock_ledger(conn)
            rebuilt = await rebuild(conn, reference, datetime.now(UTC))
    finally:
        await store.close()
    for line in rebuilt.differences:
        _say(line)
    made = f"{rebuilt.events} events and {rebuilt.standings} standings made anew"
    _say(f"{made}, {len(rebuilt.differences)} differences from the stored ledger")
    return 1 if rebuilt.differences else 0
