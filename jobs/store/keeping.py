"""Everything that is kept of one chat, for whoever asks what that is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId
from jobs.store.schema import chat, filter_row, metadata

_IDS = frozenset({"chat_id", "user_id", "owner_id", "ordered_by"})
"""The columns that hold a chat's number; a person's is that of their private chat."""


async def everything_of(
    conn: AsyncConnection, chat_id: ChatId
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return every row that holds the chat's number, by table; tables without any are left out.

    Found by the names of columns, so that a new table cannot be forgotten here.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    wishes: set[int] = set()
    for table in metadata.sorted_tables:
        ids = _ids_of(table)
        if not ids:
            continue
        rows = await conn.execute(select(table).where(or_(*(each == chat_id for each in ids))))
        kept = [dict(row._mapping) for row in rows]
        wishes |= {row["filter_id"] for row in kept if "filter_id" in row}
        if kept:
            found[table.name] = [_plain(row) for row in kept]
    if wishes:
        rows = await conn.execute(select(filter_row).where(filter_row.c.id.in_(wishes)))
        found["filter"] = [_plain(dict(row._mapping)) for row in rows]
    return found


def _ids_of(table: Table) -> list[ColumnElement[Any]]:
    if table is chat:
        return [chat.c.id, chat.c.owner_id]
    return [column for column in table.columns if column.name in _IDS]


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()
    }
