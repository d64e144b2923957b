"""A whole copy of a store as one SQLite file, taken while programs run on the store."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import StoreDamaged, StoreError
from jobs.store import migrations
from jobs.store.copying import Digest, Say, copy, digest, finish
from jobs.store.engine import Store, file_of, place_of


@dataclass(frozen=True, slots=True)
class Described:
    """What a copy holds: the version of its tables, and their digests if it is this program's."""

    schema: str
    tables: Mapping[str, Digest]


async def take(url: str, path: Path, say: Say) -> Described:
    """Copy the store at ``url``, as it is at one moment, to a new file, and read all of it.

    Nobody has to stop or to wait for it. A file is copied whatever its version is, by
    SQLite's own backup; a PostgreSQL of this program's version only, row by row.
    """
    file = file_of(url)
    if file is not None:
        if not file.exists():
            raise StoreError(f"{file}: no database yet, so there is nothing to keep")
        await asyncio.to_thread(_copy_file, file, path)
    else:
        await _copy_rows(url, path, say)
    described = await describe(path)
    await asyncio.to_thread(_make_one_file, path)
    return described


async def describe(path: Path) -> Described:
    """Read all of a copy; raises ``StoreDamaged`` where it is none, or not whole."""
    store = await Store.open(f"sqlite:///{path}", migrate=False, as_is=True)
    try:
        async with store.read() as conn:
            schema = await conn.run_sync(migrations.version)
            if schema is None:
                raise StoreDamaged(f"{path}: holds no tables of this program")
            is_ours = schema == migrations.newest()
            return Described(schema, await digest(conn) if is_ours else {})
    finally:
        await store.close()


def _copy_file(source: Path, target: Path) -> None:
    # In one step: a backup in several begins again whenever somebody writes meanwhile. In WAL
    # mode it keeps no writer waiting.
    try:
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be copied ({error})") from None


async def _copy_rows(url: str, path: Path, say: Say) -> None:
    source = await Store.open(url, migrate=False)
    target = None
    try:
        target = await Store.open(f"sqlite:///{path}", migrate=True)
        async with source.read() as conn:
            await copy(conn, target, place_of(url), say)
        async with target.write() as conn:
            await finish(conn)
    finally:
        await source.close()
        if target is not None:
            await target.close()


def _make_one_file(path: Path) -> None:
    """Let a copy be a single file, without a log beside it."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
