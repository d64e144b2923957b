"""The ``added_source`` table: sources that an operator added at run time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.items import SourceId
from jobs.store.dialects import insert_into
from jobs.store.schema import added_source

Definition = Mapping[str, Any]
"""A source's keys and values as in the list of sources, ``id`` apart."""


async def added(conn: AsyncConnection) -> dict[SourceId, Definition]:
    """Return the sources that were added, in the order of their ids."""
    rows = await conn.execute(select(added_source).order_by(added_source.c.id))
    return {SourceId(row.id): row.definition for row in rows}


async def add(
    conn: AsyncConnection, source_id: SourceId, definition: Definition, now: datetime
) -> None:
    """Keep a source, in the place of one of the same id."""
    row = insert_into(conn, added_source).values(
        id=source_id, definition=dict(definition), added_at=now
    )
    kept = {"definition": row.excluded.definition}
    await conn.execute(row.on_conflict_do_update(index_elements=["id"], set_=kept))


async def remove(conn: AsyncConnection, source_id: SourceId) -> bool:
    """Drop a source that was added; return False if there is none of that id."""
    result = await conn.execute(delete(added_source).where(added_source.c.id == source_id))
    return result.rowcount == 1
