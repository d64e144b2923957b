"""The ``orders`` table: what an admin wants done; the bot writes it, a job carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId
from jobs.store.schema import orders


class OrderKind(StrEnum):
    """What can be ordered; the payload is ``{"alert": number, "note": words}``."""

    CONFIRM = "confirm"
    RETRACT = "retract"


@dataclass(frozen=True, slots=True)
class Order:
    """One wish of an admin, who is answered in ``chat_id``."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    ordered_by: int
    chat_id: ChatId
    created_at: datetime


async def put(
    conn: AsyncConnection,
    kind: OrderKind,
    payload: Mapping[str, Any],
    *,
    ordered_by: int,
    chat_id: ChatId,
    now: datetime,
) -> int:
    """Write an order and return its number."""
    result = await conn.execute(
        insert(orders)
        .values(
            kind=kind,
            payload=dict(payload),
            ordered_by=ordered_by,
            chat_id=chat_id,
            created_at=now,
        )
        .returning(orders.c.id)
    )
    return int(result.scalar_one())


async def pending(conn: AsyncConnection, limit: int) -> list[Order]:
    """Return orders that are not carried out, oldest first, kept from other processes."""
    waiting = (
        select(orders)
        .where(orders.c.done_at.is_(None))
        .order_by(orders.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [
        Order(row.id, row.kind, row.payload, row.ordered_by, ChatId(row.chat_id), row.created_at)
        for row in await conn.execute(waiting)
    ]


async def finish(conn: AsyncConnection, order_id: int, outcome: str, now: datetime) -> None:
    """Note that an order was carried out, or why it could not be."""
    await conn.execute(
        update(orders).where(orders.c.id == order_id).values(done_at=now, outcome=outcome)
    )
