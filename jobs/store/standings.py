"""The ``standing`` table: where each actor stands toward each case now."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import EventId, Standing
from jobs.store.dialects import insert_into
from jobs.store.schema import standing, standing_version

_PLAIN = tuple(
    field.name for field in fields(Standing) if field.name not in ("case", "actor", "events")
)
"""The fields that stand in a column of the same name."""


async def put(conn: AsyncConnection, now_stands: Standing, now: datetime) -> None:
    """Write where an actor stands, and keep where it stood before; nothing if all is the same."""
    if await get(conn, now_stands.case, now_stands.actor) == now_stands:
        return
    values = {name: getattr(now_stands, name) for name in _PLAIN}
    values["events"] = list(now_stands.events)
    key = {"case_id": now_stands.case, "actor": now_stands.actor}
    row = insert_into(conn, standing).values(**key, **values)
    await conn.execute(row.on_conflict_do_update(index_elements=["case_id", "actor"], set_=values))
    shape = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }
    await conn.execute(insert(standing_version).values(**key, believed_at=now, shape=shape))


async def as_of(
    conn: AsyncConnection, at: datetime, case: str, actor: str | None = None
) -> list[Standing]:
    """Return where actors were believed to stand toward a case at a past moment, by actor."""
    then = [standing_version.c.case_id == case, standing_version.c.believed_at <= at]
    if actor is not None:
        then.append(standing_version.c.actor == actor)
    last = select(func.max(standing_version.c.id)).where(*then).group_by(standing_version.c.actor)
    rows = await conn.execute(
        select(standing_version)
        .where(standing_version.c.id.in_(last))
        .order_by(standing_version.c.actor)
    )
    return [_standing_then(row) for row in rows]


async def get(conn: AsyncConnection, case: str, actor: str) -> Standing | None:
    """Return where one actor stands, or None if nothing is known of it."""
    row = (
        await conn.execute(
            select(standing).where(standing.c.case_id == case, standing.c.actor == actor)
        )
    ).one_or_none()
    return None if row is None else _standing(row)


async def of_actors(
    conn: AsyncConnection, case: str, actors: Collection[str]
) -> dict[str, Standing]:
    """Return where some actors stand toward a case; those that stand nowhere are left out."""
    wanted = select(standing).where(standing.c.case_id == case, standing.c.actor.in_(actors))
    return {row.actor: _standing(row) for row in await conn.execute(wanted)}


async def of_actor(conn: AsyncConnection, actor: str) -> dict[str, Standing]:
    """Return where one actor stands, by case."""
    rows = await conn.execute(select(standing).where(standing.c.actor == actor))
    return {row.case_id: _standing(row) for row in rows}


async def of_case(conn: AsyncConnection, case: str) -> list[Standing]:
    """Return where every known actor stands toward a case, by actor."""
    rows = await conn.execute(
        select(standing).where(standing.c.case_id == case).order_by(standing.c.actor)
    )
    return [_standing(row) for row in rows]


def _standing_then(row: Row[Any]) -> Standing:
    shape: dict[str, Any] = {
        name: date.fromisoformat(value) if name.endswith("_on") and value else value
        for name, value in row.shape.items()
        if name != "events"
    }
    events = tuple(EventId(number) for number in row.shape["events"])
    return Standing(case=row.case_id, actor=row.actor, events=events, **shape)


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        case=row.case_id,
        actor=row.actor,
        events=tuple(EventId(number) for number in row.events),
        **{name: getattr(row, name) for name in _PLAIN},
    )
