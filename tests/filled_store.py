"""A store with rows in every table, each column used: what a copy must carry over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    Table,
    insert,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store.copying import count_on
from jobs.store.schema import Moment, metadata

WORDS = ('Zürich\'s "O‘zbekiston"', "a", "Б", "б", "Z", "پښتو\n", "🇦🇫", "é", "_", "É", "")
MOMENT = datetime(2025, 7, 3, 12, 0, 0, 123456, tzinfo=UTC)


async def fill(conn: AsyncConnection, rows: int = 7) -> None:
    """Write rows into every table; some point to rows of their own table that come later."""
    for table in metadata.sorted_tables:
        values = [_row(table, number, rows) for number in range(1, rows + 1)]
        links = [column.name for column in table.columns if _points_to(column) is table]
        bare = [{**row, **dict.fromkeys(links)} for row in values]
        await conn.execute(insert(table), bare)
        for row in values:
            if links:
                await conn.execute(
                    update(table)
                    .where(table.c.id == row["id"])
                    .values({link: row[link] for link in links})
                )
    await count_on(conn)


def _points_to(column: Column[Any]) -> Table | None:
    return next((key.column.table for key in column.foreign_keys), None)


def _row(table: Table, number: int, rows: int) -> dict[str, Any]:
    return {column.name: _value(column, number, rows) for column in table.columns}


def _value(column: Column[Any], number: int, rows: int) -> Any:
    if column.foreign_keys:
        # The first row points to the last one.
        return rows + 1 - number if _points_to(column) is column.table else number
    if column.nullable and number == 3:
        return None
    if isinstance(column.type, Moment):
        return MOMENT + timedelta(days=number)
    if isinstance(column.type, Date):
        return date(2025, 7, number)
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, JSON):
        return {"б": [number, 1.5, None, True, WORDS[number % len(WORDS)]], "a": {}}
    if isinstance(column.type, Float):
        return number / 3
    if isinstance(column.type, Integer):
        is_large = isinstance(column.type, BigInteger) and not column.primary_key
        return (-1) ** number * 10**12 * number if is_large else number
    return f"{WORDS[number % len(WORDS)]}{number}"
