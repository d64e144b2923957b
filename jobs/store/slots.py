"""The ``send_slot`` table: the window of calls that all processes of one bot share.

A slot is taken before its call, in the transaction that says that the call begins, and
shortened once the call has ended. One process needs none of this: its memory is enough.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store.schema import send_slot

SLOTS_LOCK = 7_203_502
"""PostgreSQL's advisory lock for whoever takes slots; the number means nothing."""


async def take(
    conn: AsyncConnection, ids: Sequence[str], most: int, now: datetime, until: datetime
) -> list[str]:
    """Take a slot for as many of ``ids`` as there is room for, the first ones first.

    Never more than ``most`` are taken at a time, whoever took them. ``ids`` name calls,
    each for ever.
    """
    await conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SLOTS_LOCK})
    await conn.execute(delete(send_slot).where(send_slot.c.until <= now))
    taken = await conn.scalar(select(func.count()).select_from(send_slot)) or 0
    given = list(ids)[: max(0, most - taken)]
    if given:
        await conn.execute(insert(send_slot), [{"id": each, "until": until} for each in given])
    return given


async def end(conn: AsyncConnection, id_: str, until: datetime) -> None:
    """Note that a call has ended: its slot counts until ``until``, if not less long."""
    await conn.execute(
        update(send_slot)
        .where(send_slot.c.id == id_, send_slot.c.until > until)
        .values(until=until)
    )
