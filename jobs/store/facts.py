"""The ``fact`` table: small things the program must remember."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store.dialects import insert_into
from jobs.store.schema import fact

UNFINISHED = "unfinished copy"
"""The fact of a store that is still being copied into: how far the copy is."""


async def get(conn: AsyncConnection, name: str, *, to_change: bool = False) -> Any | None:
    """Return what was last put under ``name``, or None.

    With ``to_change`` another process that asks so waits for the end of this transaction.
    """
    wanted = select(fact.c.value).where(fact.c.name == name)
    if to_change:
        wanted = wanted.with_for_update()
    return (await conn.execute(wanted)).scalar_one_or_none()


async def put(conn: AsyncConnection, name: str, value: Any) -> None:
    """Remember a JSON value under ``name``, over what was there."""
    row = insert_into(conn, fact).values(name=name, value=value)
    await conn.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
