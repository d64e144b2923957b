"""The ``standing`` table: where each actor stands toward each case now."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import EventId, Standing
from jobs.store.dialects import insert_into
from jobs.store.schema import standing

_PLAIN = tuple(
    field.name for field in fields(Standing) if field.name not in ("case", "actor", "events")
)
"""The fields that stand in a column of the same name."""


async def put(conn: AsyncConnection, now_stands: Standing) -> None:
    """Write where an actor stands, over what was there."""
    values = {name: getattr(now_stands, name) for name in _PLAIN}
    values["events"] = list(now_stands.events)
    row = insert_into(conn, standing).values(
        case_id=now_stands.case, actor=now_stands.actor, **values
    )
    await conn.execute(row.on_conflict_do_update(index_elements=["case_id", "actor"], set_=values))


async def get(conn: AsyncConnection, case: str, actor: str) -> Standing | None:
    """Return where one actor stands, or None if nothing is known of it."""
    row = (
        await conn.execute(
            select(standing).where(standing.c.case_id == case, standing.c.actor == actor)
        )
    ).one_or_none()
    return None if row is None else _standing(row)


async def of_case(conn: AsyncConnection, case: str) -> list[Standing]:
    """Return where every known actor stands toward a case, by actor."""
    rows = await conn.execute(
        select(standing).where(standing.c.case_id == case).order_by(standing.c.actor)
    )
    return [_standing(row) for row in rows]


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        case=row.case_id,
        actor=row.actor,
        events=tuple(EventId(number) for number in row.events),
        **{name: getattr(row, name) for name in _PLAIN},
    )
