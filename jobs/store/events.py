"""The ``event`` table: what is believed to have happened, with its evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import Event, EventId, EventStatus, EventType, Evidence, Grade, Ruling
from jobs.store import mentions
from jobs.store.dialects import insert_into
from jobs.store.schema import event


async def next_id(conn: AsyncConnection) -> EventId:
    """Return the number of the next event; the caller holds ``engine.lock_ledger``."""
    greatest = (await conn.execute(select(func.max(event.c.id)))).scalar_one()
    return EventId((greatest or 0) + 1)


async def put(conn: AsyncConnection, believed: Event, now: datetime) -> None:
    """Insert an event, or bring its row up to date.

    Its evidence is not written here: each mention says itself which event it is of.
    """
    values = {
        "case_id": believed.case,
        "actor": believed.actor,
        "type": believed.type,
        "status": believed.status,
        "grade": believed.grade,
        "happened_on": believed.on,
        "first_seen_at": believed.first_seen_at,
        "changed_at": now,
        "origins": list(believed.origins),
        "contested": believed.contested,
        "retracted": believed.retracted,
        "detail": believed.detail,
        "reverses": believed.reverses,
        "inhibited_by": believed.inhibited_by,
        "ruling": believed.ruling,
    }
    row = insert_into(conn, event).values(id=believed.id, **values)
    await conn.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


async def of_actor(conn: AsyncConnection, case: str, actor: str) -> list[Event]:
    """Return all that an actor did toward a case, by number, with the evidence."""
    return await _load(
        conn,
        select(event).where(event.c.case_id == case, event.c.actor == actor).order_by(event.c.id),
    )


async def get(conn: AsyncConnection, event_id: EventId) -> Event | None:
    """Return one event with its evidence, or None."""
    found = await _load(conn, select(event).where(event.c.id == event_id))
    return found[0] if found else None


async def recent(
    conn: AsyncConnection,
    *,
    limit: int,
    case: str | None = None,
    actor: str | None = None,
    before_id: EventId | None = None,
) -> list[Event]:
    """Return the newest events by number; ``before_id`` asks for the next page."""
    wanted = select(event).order_by(event.c.id.desc()).limit(limit)
    if case is not None:
        wanted = wanted.where(event.c.case_id == case)
    if actor is not None:
        wanted = wanted.where(event.c.actor == actor)
    if before_id is not None:
        wanted = wanted.where(event.c.id < before_id)
    return await _load(conn, wanted)


async def _load(conn: AsyncConnection, wanted: Select[Any]) -> list[Event]:
    rows: Sequence[Row[Any]] = (await conn.execute(wanted)).all()
    evidence = await mentions.evidence_of(conn, [EventId(row.id) for row in rows])
    return [_event(row, evidence.get(EventId(row.id), ())) for row in rows]


def _event(row: Row[Any], evidence: tuple[Evidence, ...]) -> Event:
    return Event(
        id=EventId(row.id),
        case=row.case_id,
        actor=row.actor,
        type=EventType(row.type),
        status=EventStatus(row.status),
        grade=Grade(row.grade),
        on=row.happened_on,
        first_seen_at=row.first_seen_at,
        evidence=evidence,
        origins=tuple(row.origins),
        contested=row.contested,
        retracted=row.retracted,
        detail=row.detail,
        reverses=None if row.reverses is None else EventId(row.reverses),
        inhibited_by=None if row.inhibited_by is None else EventId(row.inhibited_by),
        ruling=None if row.ruling is None else Ruling(row.ruling),
    )
