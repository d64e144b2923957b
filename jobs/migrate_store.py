"""``migrate-store FROM TO``: everything moved into an empty database of either engine.

What was copied is compared row by row before the new one can be used; the old one is left
as it is. One that was cut off is gone on with by the same call.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.errors import InputError, StoreError
from jobs.progress import Progress
from jobs.store.alone import alone_on
from jobs.store.copying import TABLES, compare, copy, finish
from jobs.store.engine import Store, place_of
from jobs.store.schema import lease


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``migrate-store`` takes."""
    parser.add_argument("source", help="such as sqlite:///data/recognition-watch.sqlite")
    parser.add_argument(
        "target", help="an empty database, such as postgresql://user@host/name (PGPASSWORD is read)"
    )


def main(args: argparse.Namespace) -> int:
    """Move a store and say what to do next."""
    progress = Progress()
    try:
        rows = asyncio.run(move(args.source, args.target, progress))
    finally:
        progress.close()
    print(f"{rows} rows are in {place_of(args.target)}, each compared")  # noqa: T201
    return 0


async def move(source_url: str, target_url: str, progress: Progress) -> int:
    """Copy a store into an empty one, compare them, and return how many rows there are.

    Raises ``InputError`` where a program still runs on the old one, or the new one holds
    anything else, and ``StoreError`` where the two differ in the end.
    """
    source = await Store.open(source_url, migrate=False)
    try:
        target = await Store.open(target_url, migrate=True, as_is=True)
        try:
            async with _standing_still(source) as conn:
                await copy(conn, target, place_of(source_url), progress)
                rows = await _compared(conn, target, target_url)
            async with target.write() as conn:
                await finish(conn)
        finally:
            await target.close()
    finally:
        await source.close()
    return rows


@asynccontextmanager
async def _standing_still(source: Store) -> AsyncIterator[AsyncConnection]:
    """Lend a connection to a store that nobody changes meanwhile.

    A bot on the same file is refused, and jobs on it cannot write; on a server what was
    there at the beginning is copied, if no bot asks for updates.
    """
    with alone_on(source.file):
        lent = source.write() if source.dialect == "sqlite" else source.read()
        async with lent as conn:
            until = await conn.scalar(select(func.max(lease.c.until)))
            if until is not None and until > datetime.now(UTC):
                raise InputError(
                    "a program still runs on the old database, or stopped less than a minute "
                    "ago; stop all of them first"
                )
            yield conn


async def _compared(source: AsyncConnection, target: Store, url: str) -> int:
    async with target.read() as conn:
        difference = await compare(source, conn)
        if difference is not None:
            raise StoreError(
                f"{place_of(url)}: {difference}: somebody changed one of them meanwhile; empty "
                "the new one and begin again"
            )
        counts = [await conn.scalar(select(func.count()).select_from(each)) for each in TABLES]
    return sum(count or 0 for count in counts) - 1  # the note of the copy itself
