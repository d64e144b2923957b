"""``export FORMAT``: the ledger as CSV or JSON, alerts as Atom or CAP, forums as a calendar."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from jobs.domain.alerts import AlertId, Story
from jobs.domain.events import EventId
from jobs.errors import InputError
from jobs.exports.atom import write_atom
from jobs.exports.bulletins import Bulletin, Publisher
from jobs.exports.calendar import write_calendar
from jobs.exports.cap import CapStatus, write_cap
from jobs.exports.tables import CSV, JSON, Row, TableFormat, row_of
from jobs.means import load_all
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store import gatherings, listing, stories
from jobs.store.engine import Store
from jobs.store.installation import installation
from jobs.wording import describe

FORMATS = ("csv", "json", "atom", "cap", "calendar")
_A_PAGE = 500
_MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class _Wish:
    format: str
    cases: tuple[str, ...]
    alert_id: AlertId | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``export`` takes."""
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("--case", help="of one case only")
    parser.add_argument("--alert", type=int, help="the alert that cap is made of")
    parser.add_argument("--output", type=Path, help="a file instead of stdout")


def main(args: argparse.Namespace) -> int:
    """Write one export; return 0."""
    settings = Settings.load()
    reference = load_all(settings)
    cases = tuple(reference.cases) if args.case is None else (args.case,)
    if not set(cases) <= set(reference.cases):
        raise InputError(f"--case: no case {args.case}; there are {', '.join(reference.cases)}")
    if (args.format == "cap") != (args.alert is not None):
        raise InputError("--alert: give the number of one alert with cap, and with nothing else")
    wish = _Wish(args.format, cases, args.alert and AlertId(args.alert))
    with _opened(args.output) as out:
        asyncio.run(_export(wish, settings, reference, out))
    return 0


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        # A table ends its lines as its format says, whatever this machine's way is.
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


async def _export(wish: _Wish, settings: Settings, reference: Reference, out: TextIO) -> None:
    store = await Store.open(settings.database_url(), migrate=True)
    try:
        if wish.format in ("csv", "json"):
            table = CSV if wish.format == "csv" else JSON
            await _write_table(store, reference, wish.cases, table, out)
        else:
            out.write(await _document(store, settings, reference, wish))
    finally:
        await store.close()


async def _write_table(
    store: Store, reference: Reference, cases: tuple[str, ...], table: TableFormat, out: TextIO
) -> None:
    between = ""
    out.write(table.head)
    async for row in _rows(store, reference, cases):
        out.write(between + table.line(row))
        between = table.between
    out.write(table.tail)


async def _rows(store: Store, reference: Reference, cases: tuple[str, ...]) -> AsyncIterator[Row]:
    last = EventId(0)
    async with store.read() as conn:
        while page := await listing.recorded(conn, cases, limit=_A_PAGE, after=last):
            last = page[-1].event.id
            for each in page:
                seat = reference.cases[each.event.case].seat
                yield row_of(each.event, each.urls, seat, each.alert_id)


async def _document(store: Store, settings: Settings, reference: Reference, wish: _Wish) -> str:
    now = datetime.now(UTC)
    publisher = Publisher(await installation(store), settings.page_url)
    async with store.read() as conn:
        if wish.format == "calendar":
            entries = [e for e in await gatherings.read(conn) if e.case in wish.cases]
            titles = {case.id: case.title for case in reference.cases.values()}
            return write_calendar(entries, publisher.installation, titles, {}, now)
        if wish.alert_id is None:
            lately = await stories.lately(conn, limit=_MOST_ENTRIES, cases=wish.cases)
            return write_atom([bulletin_of(each, reference) for each in lately], publisher, now)
        story = await stories.one(conn, wish.alert_id)
    if story is None:
        raise InputError(f"--alert: there is no alert {wish.alert_id}")
    return write_cap(bulletin_of(story, reference), publisher, CapStatus(settings.cap_status))


def bulletin_of(story: Story, reference: Reference) -> Bulletin:
    """Return an alert in plain English."""
    facts = story.facts
    actor, case = reference.actors.get(facts.actor), reference.cases.get(facts.case)
    sources = "1 source" if facts.origins == 1 else f"{facts.origins} independent sources"
    return Bulletin(
        story,
        headline=describe(facts, reference),
        surety=f"{facts.grade}, {sources}",
        actor_name=actor.name("en") if actor else facts.actor,
        case_title=case.title if case else facts.case,
    )
