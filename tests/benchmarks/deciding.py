"""What one report costs to decide, as the ledger grows.

``python -m tests.benchmarks.deciding [EVENTS ITEMS]…`` (by default an empty ledger, a
tenth, and 10,000 events with 1,000,000 items). Each ledger is filled by SQL, ten reports
an event, spread over 190 actors of two cases and five years; then new reports go through
the real pipeline, detection apart. Prints milliseconds of processor time a report, from
taking the item to the end of its transaction.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import DateBasis, EventType
from jobs.store.engine import Store
from jobs.store.schema import event, item, mention
from tests.samples import NOON, a_mention
from tests.watching_world import World

SIZES = ((0, 0), (1_000, 100_000), (10_000, 1_000_000))
REPORTS = 10
ACTORS = 190
CASES = ("taliban", "palestine")
SPAN = timedelta(days=5 * 365)
CHUNK = 20_000


def actor_of(number: int) -> str:
    """Return a code that is no state's, so that no baseline holds a report back."""
    return f"X{number:03}"


async def fill(conn: AsyncConnection, events: int, items: int) -> None:
    """Store a ledger of this size: every report an item, the other items about nothing."""
    first = NOON - SPAN
    step = SPAN / max(events, 1)
    for start in range(0, events, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, events) + 1)
        await conn.execute(insert(event), [_event(n, first + n * step) for n in numbers])
    for start in range(0, items, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, items) + 1)
        rows = []
        for n in numbers:
            of = (n - 1) // REPORTS + 1
            at = first + of * step if of <= events else first + (n / items) * SPAN
            rows.append(_item(n, at))
        await conn.execute(insert(item), rows)
    for start in range(0, events * REPORTS, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, events * REPORTS) + 1)
        said = [_mention(n, first + ((n - 1) // REPORTS + 1) * step) for n in numbers]
        await conn.execute(insert(mention), said)
    await conn.execute(text("ANALYZE"))


def _key(number: int) -> dict[str, str]:
    kinds = list(EventType)
    return {
        "case_id": CASES[number % 2],
        "actor": actor_of(number % ACTORS),
        "type": kinds[(number // ACTORS) % len(kinds)],
    }


def _event(number: int, at: datetime) -> dict[str, object]:
    return {
        "id": number,
        **_key(number),
        "status": "done",
        "grade": "corroborated",
        "happened_on": at.date(),
        "first_seen_at": at,
        "changed_at": at,
        "origins": [f"o{n}.example" for n in range(REPORTS)],
        "contested": False,
        "retracted": False,
        "detail": "",
    }


def _item(number: int, at: datetime) -> dict[str, object]:
    return {
        "source_id": "bench",
        "key": str(number),
        "url": f"https://o{number % 400}.example/{number}",
        "title": f"Report {number} on what went on between the two sides that day in {number % 97}",
        "summary": "",
        "lang": "en",
        "outlet": f"o{number % 400}.example",
        "published_at": at,
        "first_seen_at": at,
        "is_baseline": False,
        "processed_at": at,
    }


def _mention(number: int, at: datetime) -> dict[str, object]:
    of = (number - 1) // REPORTS + 1
    return {
        "item_id": number,
        **_key(of),
        "status": "done",
        "happened_on": at.date(),
        "basis": "stated",
        "rule": "bench",
        "clause": f"what went on between the two sides that day in {number % 97}",
        "words": [],
        "attributions": [],
        "detail": "",
        "rules_version": "1",
        "outlet": f"o{number % 400}.example",
        "family": f"o{number % 400}.example",
        "tier": "outlet",
        "side": "third",
        "event_id": of,
        "reprint_key": f"text {number}",
        "reason": "ALREADY_KNOWN",
    }


async def measure(path: Path, events: int, items: int, reports: int) -> list[float]:
    """Return the milliseconds that each of some new reports costs on a ledger of this size."""
    store = await Store.open(f"sqlite:///{path}", migrate=True)
    async with store.write() as conn:
        await fill(conn, events, items)
    world = World(store)
    spent = []
    for number in range(reports):
        at = NOON + timedelta(minutes=number)
        said = a_mention(
            case=CASES[number % 2],
            actor=actor_of(number % ACTORS),
            type=list(EventType)[number % 7],
            on=date(2025, 7, 3),
            basis=DateBasis.STATED,
            attributions=(),
            clause="",
        )
        await world.put(f"new{number}.example", replace(said), at=at)
        started = time.process_time()
        await world.pipeline.detect(at)
        spent.append(1000 * (time.process_time() - started))
    await store.close()
    return spent


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, metavar="EVENTS ITEMS")
    parser.add_argument("--reports", type=int, default=200)
    args = parser.parse_args(argv)
    sizes = list(zip(args.sizes[::2], args.sizes[1::2], strict=True)) or list(SIZES)
    print(f"{'events':>8} {'items':>10} {'p50 ms':>8} {'p95 ms':>8}")  # noqa: T201
    for events, items in sizes:
        with tempfile.TemporaryDirectory() as folder:
            spent = sorted(
                asyncio.run(measure(Path(folder) / "bench.sqlite", events, items, args.reports))
            )
        p50, p95 = statistics.median(spent), spent[int(0.95 * (len(spent) - 1))]
        print(f"{events:8} {items:10} {p50:8.1f} {p95:8.1f}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
