"""The ``alert`` and ``revision`` tables: what was told of each event, time after time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, AlertKind, Digest, Level, Notice, Proposal, Reason
from jobs.domain.events import Event, EventId, Evidence, Grade
from jobs.store import events, mentions
from jobs.store.contents import Content, facts_from_json, facts_to_json
from jobs.store.schema import alert, event, outbox, proposal, revision


@dataclass(frozen=True, slots=True)
class Revision:
    """One telling of an alert; ``event_id`` is None for a notice and a digest."""

    alert_id: AlertId
    event_id: EventId | None
    revision: int
    kind: AlertKind
    level: Level
    reason: Reason
    facts: Content
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """What one source said, and why that was told or was not."""

    evidence: Evidence
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Why:
    """Everything behind an alert."""

    alert_id: AlertId
    event: Event
    revisions: tuple[Revision, ...]
    accounts: tuple[Account, ...]


async def of_events(
    conn: AsyncConnection, event_ids: Collection[EventId]
) -> dict[EventId, AlertId]:
    """Return the alert that tells of each event; events of which none does are left out."""
    rows = await conn.execute(
        select(alert.c.event_id, alert.c.id).where(alert.c.event_id.in_(event_ids))
    )
    return {EventId(row.event_id): AlertId(row.id) for row in rows}


async def create(conn: AsyncConnection, event_id: EventId | None, now: datetime) -> AlertId:
    """Begin an alert (or, without an event, a notice); its first revision must follow."""
    told = event.c.id == event_id
    whose = {
        "case_id": select(event.c.case_id).where(told).scalar_subquery(),
        "actor": select(event.c.actor).where(told).scalar_subquery(),
    }
    result = await conn.execute(
        insert(alert)
        .values(event_id=event_id, created_at=now, **(whose if event_id is not None else {}))
        .returning(alert.c.id)
    )
    return AlertId(result.scalar_one())


async def add_revision(
    conn: AsyncConnection,
    alert_id: AlertId,
    *,
    kind: AlertKind,
    level: Level,
    reason: Reason,
    facts: Content,
    now: datetime,
) -> int:
    """Write an alert's next revision and return its number, the first being 1."""
    last = await conn.execute(
        select(func.max(revision.c.revision)).where(revision.c.alert_id == alert_id)
    )
    number = (last.scalar_one() or 0) + 1
    await conn.execute(
        insert(revision).values(
            alert_id=alert_id,
            revision=number,
            kind=kind,
            level=level,
            reason=reason,
            facts=facts_to_json(facts),
            created_at=now,
        )
    )
    return int(number)


async def add_notice(
    conn: AsyncConnection, notice: Notice | Digest | Proposal, now: datetime
) -> AlertId:
    """Write what is no alert itself as one of one revision; the caller puts it into the outbox."""
    alert_id = await create(conn, None, now)
    await add_revision(
        conn,
        alert_id,
        kind=AlertKind.ALERT,
        level=Level.ALERT,
        reason=Reason.ORDERED,
        facts=notice,
        now=now,
    )
    return alert_id


async def prune_notices(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` notices of before ``before`` that no chat has a row of.

    Returns how many. Alerts of events stay, whatever their age.
    """
    is_sent = exists().where(outbox.c.alert_id == alert.c.id)
    is_shown = exists().where(proposal.c.notice_id == alert.c.id, proposal.c.closed_at.is_(None))
    old = (
        select(alert.c.id)
        .where(alert.c.event_id.is_(None), alert.c.created_at < before, ~is_sent, ~is_shown)
        .order_by(alert.c.id)
        .limit(limit)
    )
    ids = (await conn.scalars(old)).all()
    for table, column in (
        (proposal, proposal.c.notice_id),
        (revision, revision.c.alert_id),
        (alert, alert.c.id),
    ):
        await conn.execute(delete(table).where(column.in_(ids)))
    return len(ids)


async def get_revision(conn: AsyncConnection, alert_id: AlertId, number: int) -> Revision | None:
    """Return one revision of an alert, or None."""
    row = (
        await conn.execute(
            _revisions().where(revision.c.alert_id == alert_id, revision.c.revision == number)
        )
    ).one_or_none()
    return None if row is None else _revision(row)


async def last_of(conn: AsyncConnection, alert_id: AlertId) -> Revision | None:
    """Return the last revision of an alert or notice, or None."""
    found = await _load(conn, alert.c.id == alert_id)
    return found[-1] if found else None


async def event_of(conn: AsyncConnection, alert_id: AlertId) -> Event | None:
    """Return the event that an alert tells of; None for a notice or an unknown number."""
    event_id = await conn.scalar(select(alert.c.event_id).where(alert.c.id == alert_id))
    return None if event_id is None else await events.get(conn, EventId(event_id))


async def revisions_of(conn: AsyncConnection, event_id: EventId) -> list[Revision]:
    """Return all that was told of an event, in order."""
    return await _load(conn, alert.c.event_id == event_id)


async def revisions(conn: AsyncConnection, alert_id: AlertId) -> list[Revision]:
    """Return all that was told under an alert's number, in order; empty if there is none."""
    return await _load(conn, alert.c.id == alert_id)


async def latest(
    conn: AsyncConnection,
    *,
    limit: int,
    cases: Collection[str] = (),
    actor: str | None = None,
    before_id: AlertId | None = None,
) -> list[Revision]:
    """Return the newest alerts, each as last told; no notices.

    ``cases`` empty means all, ``actor`` asks for one actor's, which needs cases;
    ``before_id`` asks for the next page. Takes as long whatever the ledger holds.
    """
    told: list[ColumnElement[bool]] = [alert.c.event_id.is_not(None)] if not cases else []
    if actor is not None:
        told.append(alert.c.actor == actor)
    if before_id is not None:
        told.append(alert.c.id < before_id)
    newest: list[Revision] = []
    # Case by case: an index gives the newest of one case, but not of two together.
    for case in cases or (None,):
        of_case = [alert.c.case_id == case] if case is not None else []
        ids = select(alert.c.id).where(*told, *of_case).order_by(alert.c.id.desc()).limit(limit)
        newest += await _last_told(conn, ids)
    newest.sort(key=lambda each: each.alert_id, reverse=True)
    return newest[:limit]


async def last_told(conn: AsyncConnection, alert_id: AlertId) -> Revision | None:
    """Return an alert as last told, or None if there is none of that number."""
    found = await _last_told(conn, select(alert.c.id).where(alert.c.id == alert_id))
    return found[0] if found else None


async def revised_since(conn: AsyncConnection, since: datetime) -> list[Revision]:
    """Return each alert that was told or revised later than ``since``, as it stands now.

    Alerts told within the message of a greater one are left out, and so are notices.
    """
    recent = select(revision.c.alert_id).where(revision.c.created_at > since)
    return await _newest(conn, alert.c.id.in_(recent), event.c.inhibited_by.is_(None))


async def newest(conn: AsyncConnection, alert_ids: Collection[AlertId]) -> list[Revision]:
    """Return alerts as they stand now; notices are left out."""
    return await _newest(conn, alert.c.id.in_(alert_ids))


async def doubtful(conn: AsyncConnection, *, among: int, limit: int) -> list[Revision]:
    """Return which alerts an operator should look at, newest first.

    Those that are disputed, that only an interested party claims, or that are grave and
    have one source yet. Only the ``among`` events that changed last are looked through.
    """
    # In two steps: in one, the planner goes through all events there are.
    last = select(event.c.id).order_by(event.c.changed_at.desc()).limit(among)
    recent = (await conn.scalars(last)).all()
    grave = and_(event.c.grade == Grade.REPORTED, revision.c.level == Level.MAJOR)
    found = await _newest(
        conn,
        alert.c.event_id.in_(recent),
        ~event.c.retracted,
        event.c.merged_into.is_(None),
        or_(event.c.contested, event.c.grade == Grade.CLAIMED, grave),
    )
    return sorted(found, key=lambda one: one.alert_id, reverse=True)[:limit]


async def why(conn: AsyncConnection, alert_id: AlertId) -> Why | None:
    """Return everything behind an alert; None for a notice or an unknown number."""
    told = await _load(conn, alert.c.id == alert_id)
    event_id = told[0].event_id if told else None
    believed = None if event_id is None else await events.get(conn, event_id)
    if believed is None:
        return None
    rows = await conn.execute(mentions.with_items().where(mentions.is_of(believed.id)))
    return Why(alert_id, believed, tuple(told), tuple(account_from(row) for row in rows))


def account_from(row: Row[Any]) -> Account:
    """Return one row of ``mentions.with_items`` with the reason that was given for it."""
    return Account(mentions.evidence_from(row), None if row.reason is None else Reason(row.reason))


def _revisions() -> Select[Any]:
    return (
        select(revision, alert.c.event_id)
        .join(alert, alert.c.id == revision.c.alert_id)
        .order_by(revision.c.revision)
    )


async def _newest(conn: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Revision]:
    each = revision.alias()
    last = select(func.max(each.c.revision)).where(each.c.alert_id == alert.c.id)
    rows = await conn.execute(
        _revisions()
        .join(event, event.c.id == alert.c.event_id)
        .where(*conditions, revision.c.revision == last.scalar_subquery())
    )
    return [_revision(row) for row in rows]


async def _load(conn: AsyncConnection, condition: ColumnElement[bool]) -> list[Revision]:
    return [_revision(row) for row in await conn.execute(_revisions().where(condition))]


async def _last_told(conn: AsyncConnection, ids: Select[Any]) -> list[Revision]:
    each = revision.alias()
    last = select(func.max(each.c.revision)).where(each.c.alert_id == alert.c.id)
    told = _revisions().where(alert.c.id.in_(ids), revision.c.revision == last.scalar_subquery())
    return [_revision(row) for row in await conn.execute(told)]


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        alert_id=AlertId(row.alert_id),
        event_id=None if row.event_id is None else EventId(row.event_id),
        revision=row.revision,
        kind=AlertKind(row.kind),
        level=Level(row.level),
        reason=Reason(row.reason),
        facts=facts_from_json(row.facts),
        created_at=row.created_at,
    )
