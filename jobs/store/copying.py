"""A store's rows in another store, of either engine: copied in bites, compared row by row.

Rows are read by their keys in one order on both engines, in the order in which the tables
hang on each other. What was copied is noted in the transaction that writes it, so that a copy
that was cut off goes on where it was.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.errors import InputError
from jobs.store import facts
from jobs.store.engine import Store
from jobs.store.facts import UNFINISHED
from jobs.store.schema import fact, lease, metadata, send_slot

BITE = 1000
"""Rows of one transaction."""

TABLES = tuple(table for table in metadata.sorted_tables if table not in (lease, send_slot))
"""What is copied: all but what only running programs hold."""

Say = Callable[[str, int, int], None]
"""Told how far a table is: its name, rows copied, rows in all."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and what all of them together come to."""

    rows: int
    sha256: str


async def copy(source: AsyncConnection, target: Store, origin: str, say: Say) -> None:
    """Copy everything into an empty store, or go on with a copy from the same ``origin``.

    ``source`` sees one state throughout. Nothing can run on the target before ``finish``.
    Raises ``InputError`` where the target holds anything else.
    """
    done, after, copied = await _begin(target, origin)
    for number, table in enumerate(TABLES):
        if number < done:
            continue
        if number > done:
            after, copied = None, 0
        total = await source.scalar(_counted(table)) or 0
        async for rows in _bites(source, table, after):
            copied += len(rows)
            progress = {"origin": origin, "table": number, "after": _key(rows[-1], table)}
            async with target.write() as conn:
                await conn.execute(insert(table), [_unlinked(row, table) for row in rows])
                await facts.put(conn, UNFINISHED, {**progress, "copied": copied})
            say(table.name, copied, total)
        await _link(source, target, table)


async def finish(conn: AsyncConnection) -> None:
    """Let a target be used: all of it is there, and new rows are numbered after the last."""
    await count_on(conn)
    await conn.execute(delete(fact).where(fact.c.name == UNFINISHED))


async def compare(one: AsyncConnection, other: AsyncConnection) -> str | None:
    """Compare two stores row by row; return the first difference in words, None if they agree."""
    for table in TABLES:
        async with aclosing(_rows(one, table)) as ours, aclosing(_rows(other, table)) as theirs:
            while True:
                row, same = await anext(ours, None), await anext(theirs, None)
                found = row if row is not None else same
                if found is None:
                    break
                if row is None or same is None or tuple(row) != tuple(same):
                    return f"{table.name} {_key(found, table)} is not the same in both"
    return None


async def digest(conn: AsyncConnection) -> Mapping[str, Digest]:
    """Return what each table's rows come to; equal on both engines for equal rows."""
    found = {}
    for table in TABLES:
        summed, rows = hashlib.sha256(), 0
        async for row in _rows(conn, table):
            rows += 1
            plain = [_plain(value) for value in row]
            summed.update(json.dumps(plain, sort_keys=True).encode() + b"\n")
        found[table.name] = Digest(rows, summed.hexdigest())
    return found


async def is_empty(conn: AsyncConnection) -> bool:
    """Tell whether a store holds nothing at all."""
    for table in metadata.sorted_tables:
        if (await conn.execute(select(true()).select_from(table).limit(1))).first():
            return False
    return True


async def _begin(target: Store, origin: str) -> tuple[int, Sequence[Any] | None, int]:
    """Return how many tables are done, and the key and number of the last row copied."""
    async with target.write() as conn:
        known = await facts.get(conn, UNFINISHED)
        if known is None:
            if not await is_empty(conn):
                raise InputError("the target holds data already; name an empty database")
            await facts.put(conn, UNFINISHED, {"origin": origin, "table": 0})
            return 0, None, 0
    if known["origin"] != origin:
        raise InputError(
            f"the target holds an unfinished copy of {known['origin']}; go on with that one, or "
            "name an empty database"
        )
    return known["table"], known.get("after"), known.get("copied", 0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _keys(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _key(row: Row[Any], table: Table) -> list[Any]:
    return [row._mapping[column] for column in _keys(table)]


def _ordered(table: Table, dialect: str) -> list[ColumnElement[Any]]:
    """Return the key as it sorts by bytes on both engines, whatever the server's language."""
    is_ours = dialect != "postgresql"
    return [
        column if is_ours or not isinstance(column.type, Text) else column.collate("C")
        for column in _keys(table)
    ]


def _all(table: Table) -> ColumnElement[bool]:
    return fact.c.name != UNFINISHED if table is fact else true()


def _counted(table: Table) -> Select[Any]:
    return select(func.count()).select_from(table).where(_all(table))


async def _bites(
    conn: AsyncConnection, table: Table, after: Sequence[Any] | None = None
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Yield the rows after a key; asked for anew each time, no cursor is left to be closed."""
    keys, order = _keys(table), _ordered(table, conn.dialect.name)
    ordered = select(table).where(_all(table)).order_by(*order).limit(BITE)
    rows = None
    while rows is None or len(rows) == BITE:
        wanted = ordered
        if after is not None:
            last = [literal(value, key.type) for value, key in zip(after, keys, strict=True)]
            wanted = ordered.where(tuple_(*order) > tuple_(*last))
        rows = (await conn.execute(wanted)).all()
        if rows:
            after = _key(rows[-1], table)
            yield rows


async def _rows(conn: AsyncConnection, table: Table) -> AsyncGenerator[Row[Any]]:
    async for rows in _bites(conn, table):
        for row in rows:
            yield row


def _links(table: Table) -> list[Column[Any]]:
    """Return the columns that point to rows of the same table, which may come later."""
    return [
        column
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _unlinked(row: Row[Any], table: Table) -> dict[str, Any]:
    links = {column.name for column in _links(table)}
    return {name: None if name in links else value for name, value in row._asdict().items()}


async def _link(source: AsyncConnection, target: Store, table: Table) -> None:
    links, keys = _links(table), _keys(table)
    if not links:
        return
    linked = update(table).where(and_(*(key == bindparam(f"key {key.name}") for key in keys)))
    async for rows in _bites(source, table):
        values = [
            {f"key {key.name}": row._mapping[key] for key in keys}
            | {link.name: row._mapping[link] for link in links}
            for row in rows
        ]
        async with target.write() as conn:
            await conn.execute(linked, values)


async def count_on(conn: AsyncConnection) -> None:
    """Let PostgreSQL number new rows after those that were copied; SQLite does by itself."""
    if conn.dialect.name != "postgresql":
        return
    for table in TABLES:
        [first, *_] = _keys(table)
        counter = await conn.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": first.name},
        )
        last = await conn.scalar(select(func.max(first)))
        if counter is not None and last is not None:
            moved = text("SELECT setval(CAST(:counter AS regclass), :last)")
            await conn.execute(moved, {"counter": counter, "last": last})
