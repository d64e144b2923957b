"""Events as people leaf through them: without their evidence, by index, a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    extract,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId
from jobs.domain.events import Event, EventId, EventStatus, EventType
from jobs.store import mentions
from jobs.store.alerts import Account, account_from
from jobs.store.events import event_from
from jobs.store.schema import alert, event, item, mention, revision, source


@dataclass(frozen=True, slots=True)
class Listed:
    """One event, without evidence, and the number of the alert that tells of it, if any."""

    event: Event
    alert_id: AlertId | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as a table has it: without evidence, but with its pages, oldest first."""

    event: Event
    alert_id: AlertId | None
    urls: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How many sources were read since a time, of how many, and when the last one was."""

    fresh: int
    all: int
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was read and told; ``*_lately`` since a time, the others ever."""

    items: int
    items_lately: int
    events: int
    alerts_lately: int
    retracted_lately: int


async def by_ids(conn: AsyncConnection, ids: Sequence[EventId]) -> list[Listed]:
    """Return events by number, the highest first."""
    return await _listed(conn, _events().where(event.c.id.in_(ids)).order_by(event.c.id.desc()))


async def of_actor(
    conn: AsyncConnection, case: str, actor: str, *, limit: int, offset: int = 0
) -> list[Listed]:
    """Return what an actor did toward a case, the newest day first; undated comes last."""
    of_them = and_(event.c.case_id == case, event.c.actor == actor)
    dated = and_(of_them, event.c.happened_on.is_not(None))
    found = await _page(conn, dated, limit=limit, offset=offset)
    if len(found) == limit or (offset and not found):
        return found
    undated = _events().where(of_them, event.c.happened_on.is_(None)).order_by(event.c.id.desc())
    return found + await _listed(conn, undated.limit(limit - len(found)))


async def newest_of(
    conn: AsyncConnection, case: str, actors: Collection[str], *, since: date, each: int
) -> list[Listed]:
    """Return the newest few of what each of some actors did since a day, mixed."""
    parts = [
        _events()
        .where(event.c.case_id == case, event.c.actor == actor, event.c.happened_on >= since)
        .order_by(event.c.happened_on.desc(), event.c.id.desc())
        .limit(each)
        .subquery()
        for actor in actors
    ]
    if not parts:
        return []
    return await _listed(conn, union_all(*(select(part) for part in parts)))


async def of_type(
    conn: AsyncConnection,
    event_type: EventType,
    statuses: Collection[EventStatus],
    *,
    since: date,
    limit: int,
    actor: str | None = None,
    offset: int = 0,
) -> list[Listed]:
    """Return the events of one type since a day, the newest day first, none retracted."""
    wanted = and_(
        event.c.type == event_type,
        event.c.happened_on >= since,
        event.c.status.in_(statuses),
        event.c.retracted.is_(False),
    )
    if actor is not None:
        wanted = and_(wanted, event.c.actor == actor)
    return await _page(conn, wanted, limit=limit, offset=offset)


async def recorded(
    conn: AsyncConnection,
    cases: Collection[str],
    *,
    limit: int,
    after: EventId | None = None,
) -> list[Recorded]:
    """Return the newest events of some cases, newest first, none retracted.

    With ``after``, the next ones behind that number instead, oldest first.
    """
    wanted = _events().where(event.c.retracted.is_(False), event.c.case_id.in_(cases))
    if after is None:
        wanted = wanted.order_by(event.c.id.desc())
    else:
        wanted = wanted.where(event.c.id > after).order_by(event.c.id)
    found = await _listed(conn, wanted.limit(limit))
    pages: dict[int, list[str]] = {each.event.id: [] for each in found}
    rows = await conn.execute(
        select(mention.c.event_id, item.c.url)
        .join(item, item.c.id == mention.c.item_id)
        .where(mention.c.event_id.in_(pages))
        .order_by(mention.c.id)
    )
    for event_id, url in rows:
        pages[event_id].append(url)
    return [Recorded(each.event, each.alert_id, pages[each.event.id]) for each in found]


async def around(
    conn: AsyncConnection, case: str, *, since: date, until: date, each: int
) -> list[Event]:
    """Return what was done toward a case between two days, the last one left out, mixed.

    Of each type at most the first ``each``; none retracted.
    """
    parts = [
        _events()
        .where(
            event.c.type == kind,
            event.c.case_id == case,
            event.c.happened_on >= since,
            event.c.happened_on < until,
            event.c.status == EventStatus.DONE,
            event.c.retracted.is_(False),
        )
        .order_by(event.c.happened_on, event.c.id)
        .limit(each)
        .subquery()
        for kind in EventType
    ]
    listed = await _listed(conn, union_all(*(select(part) for part in parts)))
    return [one.event for one in listed]


async def meetings_by_month(
    conn: AsyncConnection, case: str, *, since: date
) -> dict[tuple[str, date], int]:
    """Return how many meetings each actor had with a case since a day, by the month's first."""
    year, month = (extract(part, event.c.happened_on) for part in ("year", "month"))
    rows = await conn.execute(
        select(event.c.actor, year, month, func.count())
        .where(
            event.c.type == EventType.MEETING,
            event.c.happened_on >= since,
            event.c.case_id == case,
            event.c.status == EventStatus.DONE,
            event.c.retracted.is_(False),
            event.c.merged_into.is_(None),
        )
        .group_by(event.c.actor, year, month)
    )
    return {(actor, date(int(y), int(m), 1)): count for actor, y, m, count in rows}


async def accounts(
    conn: AsyncConnection, event_id: EventId, *, limit: int, offset: int = 0
) -> tuple[list[Account], int]:
    """Return what sources said of an event, in the order they came, and how many there are."""
    # What was merged into it speaks of it, too. Of one event the index gives them in order.
    merged = or_(event.c.id == event_id, event.c.merged_into == event_id)
    ids = (await conn.execute(select(event.c.id).where(merged))).scalars().all()
    one = mention.c.event_id == event_id
    of_event = one if len(ids) == 1 else mention.c.event_id.in_(ids)
    total = await conn.scalar(select(func.count()).select_from(mention).where(of_event))
    rows = await conn.execute(mentions.with_items().where(of_event).limit(limit).offset(offset))
    return [account_from(row) for row in rows], total or 0


async def freshness(conn: AsyncConnection, since: datetime) -> Reading:
    """Return how many of the listed sources were read since a time."""
    row = (
        await conn.execute(
            select(
                func.count(),
                func.count().filter(source.c.last_ok_at >= since),
                func.max(source.c.last_ok_at),
            ).where(source.c.listed)
        )
    ).one()
    return Reading(row[1], row[0], row[2])


async def counts(conn: AsyncConnection, since: datetime) -> Counts:
    """Count what was read and told; totals are the highest numbers given, so nothing is counted."""
    lately = revision.c.created_at >= since
    first = (
        select(func.count())
        .select_from(revision.join(alert))
        .where(lately, revision.c.revision == 1, alert.c.event_id.is_not(None))
    )
    cancelled = select(func.count()).where(lately, revision.c.kind == "cancel")
    return Counts(
        items=await conn.scalar(select(func.max(item.c.id))) or 0,
        items_lately=await conn.scalar(select(func.count()).where(item.c.first_seen_at >= since))
        or 0,
        events=await conn.scalar(select(func.max(event.c.id))) or 0,
        alerts_lately=await conn.scalar(first) or 0,
        retracted_lately=await conn.scalar(cancelled) or 0,
    )


def _events() -> Select[Any]:
    """Select events, but not those that turned out to be another one."""
    with_alerts = event.outerjoin(alert, alert.c.event_id == event.c.id)
    own = event.c.merged_into.is_(None)
    return select(event, alert.c.id.label("alert_id")).select_from(with_alerts).where(own)


async def _page(
    conn: AsyncConnection, wanted: ColumnElement[bool], *, limit: int, offset: int
) -> list[Listed]:
    newest = event.c.happened_on.desc(), event.c.id.desc()
    return await _listed(
        conn, _events().where(wanted).order_by(*newest).limit(limit).offset(offset)
    )


async def _listed(conn: AsyncConnection, wanted: Select[Any] | CompoundSelect[Any]) -> list[Listed]:
    return [
        Listed(event_from(row), None if row.alert_id is None else AlertId(row.alert_id))
        for row in await conn.execute(wanted)
    ]
