"""The ``orders`` table: what an admin wants done; the bot writes it, a job carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, ChatId
from jobs.domain.orders import OrderKind
from jobs.store.schema import orders, ruling


@dataclass(frozen=True, slots=True)
class Order:
    """One wish of an admin, who is answered in ``chat_id``."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    ordered_by: int
    chat_id: ChatId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was carried out, and the alert's revision that it made, if any."""

    order: Order
    done_at: datetime
    outcome: str
    alert_id: AlertId | None
    revision: int | None


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
    return [_order(row) for row in await conn.execute(waiting)]


async def finish(
    conn: AsyncConnection,
    order_id: int,
    outcome: str,
    now: datetime,
    made: tuple[AlertId, int] | None = None,
) -> None:
    """Note that an order was carried out, or why it could not be, and what revision it made."""
    alert_id, revision = made or (None, None)
    await conn.execute(
        update(orders)
        .where(orders.c.id == order_id)
        .values(done_at=now, outcome=outcome, alert_id=alert_id, revision=revision)
    )


async def count_since(
    conn: AsyncConnection, kind: OrderKind, since: datetime, ordered_by: int | None = None
) -> int:
    """Return how many orders of a kind were given since then, by one person or by anybody."""
    given = [orders.c.kind == kind, orders.c.created_at > since]
    if ordered_by is not None:
        given.append(orders.c.ordered_by == ordered_by)
    return int(await conn.scalar(select(func.count()).select_from(orders).where(*given)) or 0)


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` orders that were done before ``before``; return how many.

    One that ruled on the ledger stays, since a rebuilding goes by it, but not who gave it.
    """
    lasting = exists().where(ruling.c.order_id == orders.c.id)
    old = orders.c.done_at < before
    await conn.execute(
        update(orders).where(old, lasting, orders.c.ordered_by != 0).values(chat_id=0, ordered_by=0)
    )
    bite = select(orders.c.id).where(old, ~lasting).order_by(orders.c.id).limit(limit)
    result = await conn.execute(delete(orders).where(orders.c.id.in_(bite)))
    return int(result.rowcount)


async def audit(conn: AsyncConnection, limit: int) -> list[Done]:
    """Return the operators' last orders, newest first: who, what, and what came of it.

    Reports are anybody's, and left out.
    """
    rows = await conn.execute(
        select(orders)
        .where(orders.c.done_at.is_not(None), orders.c.kind != OrderKind.REPORT)
        .order_by(orders.c.id.desc())
        .limit(limit)
    )
    return [
        Done(
            _order(row),
            row.done_at,
            row.outcome,
            None if row.alert_id is None else AlertId(row.alert_id),
            row.revision,
        )
        for row in rows
    ]


def _order(row: Row[Any]) -> Order:
    return Order(row.id, row.kind, row.payload, row.ordered_by, ChatId(row.chat_id), row.created_at)
