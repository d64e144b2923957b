"""``check config | sources | store | doctor``: look, and say what is wrong and what to do.

Findings are printed on stdout and make the exit code 1; progress goes to stderr.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from jobs.doctor import Finding, Sign, examine
from jobs.domain.clock import SystemClock
from jobs.errors import StoreError
from jobs.means import load_all, means_of_reading
from jobs.rebuild import rebuild
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.sourcing import in_force
from jobs.store import sources as source_table
from jobs.store.engine import Store, lock_ledger
from jobs.trials import HEAD, Trial, Trier

CHECKS = ("config", "sources", "store", "doctor")


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
    if args.what == "doctor":
        return asyncio.run(report(examine(settings, SystemClock())))
    if args.rebuild:
        return asyncio.run(_rebuild_store(settings))
    return asyncio.run(_check_store(settings))


async def report(findings: AsyncIterator[Finding]) -> int:
    """Print findings as they come; return 1 if anything is to be done."""
    ill = 0
    async for finding in findings:
        _say(finding.line())
        ill += finding.sign is Sign.ILL
    _say(f"{ill} to be mended" if ill else "all is well")
    return 1 if ill else 0


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the verb's result


def _check_config(settings: Settings) -> int:
    reference = load_all(settings)
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


async def _check_sources(settings: Settings) -> int:
    listed = load_all(settings)
    reference = await _with_added(settings, listed)
    trials: list[Trial] = []
    total = len(reference.sources)
    _say(HEAD)
    async with means_of_reading(settings) as (client, parser):
        trier = Trier(client, parser, settings.fetch_concurrency)
        now = datetime.now(UTC)
        tried = [trier.try_source(each, now) for each in reference.sources.values()]
        for done in asyncio.as_completed(tried):
            trials.append(await done)
            _progress(f"{len(trials)} of {total} tried")
            _say(trials[-1].line())
    _progress("")
    _say_summary(trials)
    return 1 if any(trial.problem for trial in trials) else 0


async def _with_added(settings: Settings, listed: Reference) -> Reference:
    """Return the reference with what was added, if there is a store yet."""
    try:
        store = await Store.open(settings.database_url(), migrate=False)
    except StoreError:
        return listed
    try:
        async with store.read() as conn:
            return await in_force(conn, listed)
    finally:
        await store.close()


def _progress(words: str) -> None:
    """Keep one line of words up to date on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)  # noqa: T201


def _say_summary(trials: Sequence[Trial]) -> None:
    failed = [trial for trial in trials if trial.problem]
    kinds = Counter(trial.source.kind for trial in failed)
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    _say(f"{len(trials) - len(failed)} of {len(trials)} sources answer as they should")
    if failed:
        _say(f"failed: {listed}; mend or drop them, or `source pause` them")
    forbidden = sum(trial.robots == "no" for trial in trials)
    if forbidden:
        _say(f"{forbidden} stand where robots.txt asks programs not to look")


async def _check_store(settings: Settings) -> int:
    reference = load_all(settings)
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
    listed = load_all(settings)
    store = await Store.open(settings.database_url(), migrate=False)
    try:
        async with store.write() as conn:
            await lock_ledger(conn)
            reference = await in_force(conn, listed)
            rebuilt = await rebuild(conn, reference, datetime.now(UTC))
    finally:
        await store.close()
    for line in rebuilt.differences:
        _say(line)
    made = f"{rebuilt.events} events and {rebuilt.standings} standings made anew"
    _say(f"{made}, {len(rebuilt.differences)} differences from the stored ledger")
    return 1 if rebuilt.differences else 0
