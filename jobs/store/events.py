"""The ``event`` table: what is believed to have happened, with its evidence."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import (
    Correction,
    Event,
    EventId,
    EventStatus,
    EventType,
    Evidence,
    Grade,
    MentionId,
    Ruling,
)
from jobs.store import mentions
from jobs.store.dialects import insert_into
from jobs.store.schema import event, event_version


async def next_id(conn: AsyncConnection) -> EventId:
    """Return the number of the next event; the caller holds ``engine.lock_ledger``."""
    greatest = (await conn.execute(select(func.max(event.c.id)))).scalar_one()
    return EventId((greatest or 0) + 1)


async def put(conn: AsyncConnection, believed: Event, now: datetime) -> None:
    """Insert an event or bring its row up to date, and keep what was believed before.

    Its evidence is not written here: each mention says itself which event it is of.
    Writes nothing where nothing has changed.
    """
    values = _columns(believed)
    known = (await conn.execute(select(event).where(event.c.id == believed.id))).one_or_none()
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return
    row = insert_into(conn, event).values(id=believed.id, **values, changed_at=now)
    changed = {**values, "changed_at": now}
    await conn.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
    await conn.execute(
        insert(event_version).values(
            event_id=believed.id,
            case_id=believed.case,
            actor=believed.actor,
            believed_at=now,
            shape={name: _plain(value) for name, value in values.items()},
        )
    )


async def as_of(
    conn: AsyncConnection, at: datetime, *, case: str, actor: str | None = None
) -> list[Event]:
    """Return the events of a case as they were believed at a past moment, without evidence."""
    then = [event_version.c.case_id == case, event_version.c.believed_at <= at]
    if actor is not None:
        then.append(event_version.c.actor == actor)
    last = select(func.max(event_version.c.id)).where(*then).group_by(event_version.c.event_id)
    rows = await conn.execute(
        select(event_version).where(event_version.c.id.in_(last)).order_by(event_version.c.event_id)
    )
    return [_event_then(row.event_id, row.shape) for row in rows]


async def of_actor(
    conn: AsyncConnection,
    case: str,
    actor: str,
    *,
    since: date | None = None,
    also: Collection[EventId] = (),
) -> list[Event]:
    """Return all that an actor did toward a case, by number, with the evidence.

    With ``since``, only events that are dated or changed no earlier, and ``also`` these,
    come with their evidence: a report is decided as fast after ten years as after one.
    """
    wanted = select(event).where(event.c.case_id == case, event.c.actor == actor)
    rows = (await conn.execute(wanted.order_by(event.c.id))).all()
    near = [
        EventId(row.id)
        for row in rows
        if since is None
        or row.id in also
        or row.happened_on is None
        or max(row.happened_on, row.changed_at.date()) >= since
    ]
    evidence = await mentions.evidence_of(conn, near) if near else {}
    return [event_from(row, evidence.get(EventId(row.id), ())) for row in rows]


async def actors_of(conn: AsyncConnection, case: str) -> set[str]:
    """Return the actors of whom the ledger knows anything toward a case."""
    return set(await conn.scalars(select(event.c.actor).where(event.c.case_id == case).distinct()))


async def get(conn: AsyncConnection, event_id: EventId) -> Event | None:
    """Return one event with its evidence, or None."""
    found = await _load(conn, select(event).where(event.c.id == event_id))
    return found[0] if found else None


async def since(conn: AsyncConnection, case: str, at: datetime) -> list[Event]:
    """Return the events of a case that changed since a moment, by number, with the evidence."""
    changed = select(event).where(event.c.case_id == case, event.c.changed_at >= at)
    return await _load(conn, changed.order_by(event.c.id))


async def every(conn: AsyncConnection) -> list[Event]:
    """Return the whole ledger, by number, with the evidence."""
    return await _load(conn, select(event).order_by(event.c.id))


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


async def last_recognitions(conn: AsyncConnection, since: date) -> dict[str, date]:
    """Return the day of each case's last recognition since a day, as far as it is believed."""
    rows = await conn.execute(
        select(event.c.case_id, func.max(event.c.happened_on))
        .where(
            event.c.changed_at >= datetime.combine(since, time(), UTC),
            event.c.type == EventType.RECOGNITION,
            event.c.status == EventStatus.DONE,
            event.c.retracted.is_(False),
            event.c.happened_on >= since,
        )
        .group_by(event.c.case_id)
    )
    return {row[0]: row[1] for row in rows}


async def _load(conn: AsyncConnection, wanted: Select[Any]) -> list[Event]:
    rows: Sequence[Row[Any]] = (await conn.execute(wanted)).all()
    evidence = await mentions.evidence_of(conn, [EventId(row.id) for row in rows])
    return [event_from(row, evidence.get(EventId(row.id), ())) for row in rows]


def _columns(believed: Event) -> dict[str, Any]:
    correction = believed.correction
    return {
        "case_id": believed.case,
        "actor": believed.actor,
        "type": believed.type,
        "status": believed.status,
        "grade": believed.grade,
        "happened_on": believed.on,
        "first_seen_at": believed.first_seen_at,
        "origins": list(believed.origins),
        "contested": believed.contested,
        "retracted": believed.retracted,
        "detail": believed.detail,
        "reverses": believed.reverses,
        "inhibited_by": believed.inhibited_by,
        "ruling": believed.ruling,
        "correction": None if correction is None else correction_to_json(correction),
        "merged_into": believed.merged_into,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def correction_to_json(correction: Correction) -> dict[str, Any]:
    """Return what ``correction_from_json`` reads."""
    return {
        "until": correction.until,
        "status": correction.status,
        "on": correction.on and correction.on.isoformat(),
        "detail": correction.detail,
    }


def correction_from_json(data: dict[str, Any] | None) -> Correction | None:
    """Return the correction that ``correction_to_json`` wrote, None if there is none."""
    if data is None:
        return None
    return Correction(
        until=MentionId(data["until"]),
        status=None if data["status"] is None else EventStatus(data["status"]),
        on=None if data["on"] is None else date.fromisoformat(data["on"]),
        detail=data["detail"],
    )


def _event_then(event_id: int, shape: dict[str, Any]) -> Event:
    on = shape["happened_on"]
    dated = {
        "happened_on": None if on is None else date.fromisoformat(on),
        "first_seen_at": datetime.fromisoformat(shape["first_seen_at"]),
    }
    return _of_columns(event_id, {**shape, **dated}, ())


def event_from(row: Row[Any], evidence: tuple[Evidence, ...] = ()) -> Event:
    """Return one row of the table as an event, with the evidence given."""
    return _of_columns(row.id, row._asdict(), evidence)


def _of_columns(event_id: int, row: dict[str, Any], evidence: tuple[Evidence, ...]) -> Event:
    return Event(
        id=EventId(event_id),
        case=row["case_id"],
        actor=row["actor"],
        type=EventType(row["type"]),
        status=EventStatus(row["status"]),
        grade=Grade(row["grade"]),
        on=row["happened_on"],
        first_seen_at=row["first_seen_at"],
        evidence=evidence,
        origins=tuple(row["origins"]),
        contested=row["contested"],
        retracted=row["retracted"],
        detail=row["detail"],
        reverses=_id(row["reverses"]),
        inhibited_by=_id(row["inhibited_by"]),
        ruling=None if row["ruling"] is None else Ruling(row["ruling"]),
        correction=correction_from_json(row["correction"]),
        merged_into=_id(row["merged_into"]),
    )


def _id(number: int | None) -> EventId | None:
    return None if number is None else EventId(number)
