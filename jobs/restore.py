"""``restore``: a backup put back, where there is no database yet, and made fit to go on from."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.backup import kept, named, sum_of, workshop
from jobs.domain.alerts import ChatId
from jobs.errors import InputError, StoreError
from jobs.progress import Progress
from jobs.sealing import unseal
from jobs.settings import Settings
from jobs.store import migrations, restoring, snapshot
from jobs.store.copying import compare, copy, finish
from jobs.store.engine import Store, file_of, place_of
from jobs.store.restoring import Settled


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a store was put back, of when it is, and what waits in it."""

    place: str
    copied_at: datetime
    settled: Settled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``restore`` takes."""
    parser.add_argument("file", type=Path, nargs="?", help="the newest of BACKUP_DIR if left out")
    parser.add_argument(
        "--check", action="store_true", help="only read it through, and say whether it is whole"
    )


def main(args: argparse.Namespace) -> int:
    """Put a backup back, or only read it through."""
    settings = Settings.load()
    backup = args.file or _newest(settings.backup_folder())
    if args.check:
        copied_at = asyncio.run(check(settings, backup))
        print(f"{backup} is whole, as of {copied_at:%Y-%m-%d %H:%M:%S} UTC")  # noqa: T201
        return 0
    done = asyncio.run(restore(settings, backup, datetime.now(UTC)))
    print(f"{done.place} is as of {done.copied_at:%Y-%m-%d %H:%M:%S} UTC")  # noqa: T201
    print(  # noqa: T201
        f"{done.settled.unsure} alerts that were waiting come with what is read again, in one "
        "message a chat; start the program as usual",
        file=sys.stderr,
    )
    return 0


async def check(settings: Settings, backup: Path) -> datetime:
    """Read a backup through and return of when it is; raises where it is not whole."""
    with workshop(settings.data_dir) as place, named(place):
        return _made_at(await _unpack(settings, backup, place / "copy.sqlite"))


async def restore(settings: Settings, backup: Path, now: datetime) -> Restored:
    """Put a backup where the settings say that the database is.

    Raises ``InputError`` where there is one already, or the backup is not whole.
    """
    url = settings.database_url()
    with workshop(settings.data_dir) as place, named(place):
        path = place / "copy.sqlite"
        file = file_of(url)
        if file is not None:
            _see_that_there_is_none(file)
        about = await _unpack(settings, backup, path)
        copied_at = _made_at(about)
        operators = [ChatId(person) for person in settings.operators()]

        async def settle(conn: AsyncConnection) -> Settled:
            return await restoring.settle(conn, copied_at, operators, now)

        source = await Store.open(f"sqlite:///{path}", migrate=True)
        try:
            if file is None:
                origin = f"the backup {about['sha256'][:12]} of {copied_at:%Y-%m-%d %H:%M}"
                settled = await _into_server(source, url, origin, settle)
            else:
                async with source.write() as conn:
                    settled = await settle(conn)
        finally:
            await source.close()
        if file is not None:
            _into_file(path, file)
    return Restored(place_of(url), copied_at, settled)


def _newest(folder: Path) -> Path:
    found = kept(folder)
    if not found:
        raise InputError(f"{folder}: there is no backup; name the file to restore")
    return found[0]


def _see_that_there_is_none(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        there = file.with_name(name)
        if there.exists():
            raise InputError(
                f"{there}: is there already; stop the program, move it away (do not delete it "
                "yet), or set DATA_DIR to a fresh folder"
            )


async def _unpack(settings: Settings, backup: Path, path: Path) -> Mapping[str, Any]:
    """Write a backup's database to ``path``, and see that it is the one that was kept."""
    about = await asyncio.to_thread(_unseal, backup, path, settings.backup_word())
    described = await snapshot.describe(path)
    tables = {name: [each.rows, each.sha256] for name, each in described.tables.items()}
    if about["schema"] == migrations.newest() and about["tables"] != tables:
        raise InputError(f"{backup}: its rows are not those that were kept; take another one")
    return about


def _unseal(backup: Path, path: Path, key: str) -> Mapping[str, Any]:
    try:
        with backup.open("rb") as sealed, path.open("wb") as plain:
            about = unseal(sealed, plain, key, str(backup))
    except FileNotFoundError:
        raise InputError(f"{backup}: there is no such file") from None
    if "schema" not in about or not sum_of(path).items() <= about.items():
        raise InputError(f"{backup}: is no backup of a database")
    return about


def _made_at(about: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(about["made_at"])


async def _into_server(
    source: Store, url: str, origin: str, settle: Callable[[AsyncConnection], Awaitable[Settled]]
) -> Settled:
    """Copy a store into an empty database of a server; one that was cut off is gone on with."""
    target = await Store.open(url, migrate=True, as_is=True)
    try:
        async with source.read() as conn:
            await copy(conn, target, origin, Progress())
            async with target.read() as copied:
                difference = await compare(conn, copied)
        if difference is not None:
            raise StoreError(f"{place_of(url)}: {difference}; empty it and begin anew")
        async with target.write() as conn:
            settled = await settle(conn)
            await finish(conn)
    finally:
        await target.close()
    return settled


def _into_file(path: Path, file: Path) -> None:
    part = file.with_name(f"{file.name}.part")
    with named(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
