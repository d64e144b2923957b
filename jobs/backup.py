"""``backup``: the store in one file, made while everything runs, read back, and kept for a while.

The file is a whole SQLite database whichever engine the store is of, packed and, with
``BACKUP_KEY``, encrypted; ``restore`` puts it into either.
"""

import argparse
import asyncio
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from jobs.errors import InputError, StoreError, StoreUnavailable
from jobs.sealing import seal, unseal
from jobs.settings import Settings
from jobs.store import facts, snapshot
from jobs.store.engine import Store, file_of
from jobs.store.snapshot import Described

NAME = "recognition-watch-{:%Y%m%dT%H%M%SZ}.backup"
PATTERN = "recognition-watch-*.backup"

LAST = "backup"
"""The fact that remembers the last backup: when, where, how large."""

ROOM = 2.5
"""How often a database's size must be free: for the copy, for the packed one, and some air."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and read back."""

    path: Path
    rows: int
    size: int
    seconds: float
    is_encrypted: bool


class Sum:
    """Takes what is written, and keeps only how much it was and what it comes to."""

    def __init__(self) -> None:
        self.bytes = 0
        self._sum = hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Take some."""
        self.bytes += len(content)
        self._sum.update(content)
        return len(content)

    def shown(self) -> Mapping[str, Any]:
        """Return what a backup says of its database."""
        return {"bytes": self.bytes, "sha256": self._sum.hexdigest()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``backup`` takes."""
    parser.add_argument("--to", type=Path, help="a folder instead of BACKUP_DIR")


def main(args: argparse.Namespace) -> int:
    """Make one backup and say where it is."""
    settings = Settings.load()
    # What runs meanwhile goes first.
    os.nice(10)
    made = asyncio.run(make(settings, args.to or settings.backup_folder(), datetime.now(UTC)))
    kind = "encrypted" if made.is_encrypted else "NOT encrypted (BACKUP_KEY is not set)"
    size = f"{made.rows} rows, {made.size / 1e6:.1f} MB"
    print(made.path)  # noqa: T201 - the verb's result
    print(f"{size}, {kind}, read back whole; {made.seconds:.1f} s", file=sys.stderr)  # noqa: T201
    return 0


async def make(settings: Settings, folder: Path, now: datetime) -> Made:
    """Make a backup in ``folder``, read it back, and delete the oldest beyond those kept.

    Raises a ``StoreError`` where the store cannot be read or there is no room; the
    backups of before are then all still there.
    """
    begun = monotonic()
    path = folder / NAME.format(now)
    with workshop(settings.data_dir) as place, named(folder):
        _make_ready(settings, folder, place)
        copy = place / "copy.sqlite"
        described = await snapshot.take(settings.database_url(), copy, lambda *_: None)
        about = {"made_at": now.isoformat(), **_about(described), **sum_of(copy)}
        await asyncio.to_thread(_write, copy, path, about, settings.backup_word())
    rotate(folder, settings.backup_keep)
    rows = sum(each.rows for each in described.tables.values())
    made = Made(path, rows, path.stat().st_size, monotonic() - begun, bool(settings.backup_word()))
    await _remember(settings, made, now)
    return made


def kept(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def rotate(folder: Path, keep: int) -> None:
    """Delete all but the newest backups of a folder, and what was left unfinished there."""
    for each in (*kept(folder)[keep:], *folder.glob(f"{PATTERN}.part")):
        each.unlink(missing_ok=True)


def _about(described: Described) -> Mapping[str, Any]:
    tables = {name: [each.rows, each.sha256] for name, each in described.tables.items()}
    return {"schema": described.schema, "tables": tables}


def sum_of(path: Path) -> Mapping[str, Any]:
    """Return how long a file is, and what it comes to."""
    summed = Sum()
    with path.open("rb") as file:
        while content := file.read(1 << 20):
            summed.write(content)
    return summed.shown()


def _write(copy: Path, path: Path, about: Mapping[str, Any], key: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    # Nobody else may read it, not even for the moment before its mode could be changed.
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as sealed:
        with copy.open("rb") as plain:
            seal(plain, sealed, about, key)
        sealed.flush()
        os.fsync(sealed.fileno())
    read_back = Sum()
    with part.open("rb") as file:
        unseal(file, read_back, key, part.name)
    if not read_back.shown().items() <= about.items():
        raise StoreError(f"{part}: is not what was written to it; the disk is not to be trusted")
    part.replace(path)
    _settle_folder(path.parent)


def _settle_folder(folder: Path) -> None:
    """Let a file's new name outlive a loss of power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def workshop(data_dir: Path) -> Iterator[Path]:
    """Lend an empty folder beside the database, to one at a time: what is in it is readable.

    What a crash left there is deleted first. Raises ``InputError`` while another has it.
    """
    folder = data_dir / "backup.part"
    with named(folder):
        data_dir.mkdir(parents=True, exist_ok=True)
        number = os.open(data_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError("another backup is being made or restored at this moment") from None
        shutil.rmtree(folder, ignore_errors=True)
        with named(folder):
            folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(number)


@contextmanager
def named(folder: Path) -> Iterator[None]:
    """Let the disk's refusals name the folder, and what can be done."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"{error.filename or folder}: {error.strerror}; make room, make it writable, or set "
            "BACKUP_DIR to another folder"
        ) from None


def _make_ready(settings: Settings, folder: Path, place: Path) -> None:
    """Make the folder, and see that there is room in it and where the copy is made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = file_of(settings.database_url())
    size = file.stat().st_size if file is not None and file.exists() else 0
    for each in (place, folder):
        free = shutil.disk_usage(each).free
        if free < ROOM * size:
            raise StoreUnavailable(
                f"{each}: {free / 1e6:.0f} MB are free, and {ROOM * size / 1e6:.0f} are needed"
            )


async def _remember(settings: Settings, made: Made, now: datetime) -> None:
    store = await Store.open(settings.database_url(), migrate=False, as_is=True)
    try:
        async with store.write() as conn:
            values = {"at": now.isoformat(), "path": str(made.path), "size": made.size}
            await facts.put(conn, LAST, values)
    finally:
        await store.close()
