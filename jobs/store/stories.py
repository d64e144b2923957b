"""Alerts with all their tellings, for feeds and pages; signals and notices are left out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, AlertKind, Facts, Story, Telling
from jobs.store.contents import facts_from_json
from jobs.store.schema import alert, event, revision


async def one(conn: AsyncConnection, alert_id: AlertId) -> Story | None:
    """Return one alert, or None if none of that number was told."""
    found = await _stories(conn, [alert_id], await _tellings(conn, [alert_id]))
    return found[0] if found else None


async def newest(
    conn: AsyncConnection, *, limit: int, cases: Collection[str], before_id: AlertId | None = None
) -> list[Story]:
    """Return the newest alerts of some cases, newest first.

    One told within the message of a greater one is left out. ``before_id`` asks for the
    next page. Takes as long whatever the ledger holds.
    """
    ids = await _newest(conn, limit, cases, before_id)
    return await _stories(conn, ids, await _tellings(conn, ids))


async def lately(conn: AsyncConnection, *, limit: int, cases: Collection[str]) -> list[Story]:
    """Return the alerts that changed last: the newest, and older ones that were revised.

    Only the events that changed last are looked through for the older ones.
    """
    fresh = await _newest(conn, limit, cases)
    # In two steps: in one, the planner goes through all events there are.
    wanted = select(event.c.id).order_by(event.c.changed_at.desc()).limit(2 * limit)
    changed = (await conn.scalars(wanted)).all()
    # Asked for by event alone: named beside, a case would have all its alerts looked through.
    revised = _told().add_columns(alert.c.case_id).where(alert.c.event_id.in_(changed))
    older = {row.id for row in await conn.execute(revised) if row.case_id in cases}
    both = await _tellings(conn, older.union(fresh))
    changed_last = sorted(both, key=lambda id_: (both[id_][-1].made_at, id_), reverse=True)
    return await _stories(conn, changed_last[:limit], both)


async def _newest(
    conn: AsyncConnection, limit: int, cases: Collection[str], before_id: AlertId | None = None
) -> list[int]:
    ids: list[int] = []
    # Case by case: an index gives the newest of one case, but not of two together.
    for case in cases:
        wanted = _told().where(alert.c.case_id == case)
        if before_id is not None:
            wanted = wanted.where(alert.c.id < before_id)
        ids += (await conn.scalars(wanted.order_by(alert.c.id.desc()).limit(limit))).all()
    return sorted(ids, reverse=True)[:limit]


def _told() -> Select[Any]:
    """Select the numbers of the alerts that stand by themselves and are no mere signal."""
    is_told = exists().where(revision.c.alert_id == alert.c.id, revision.c.kind != AlertKind.SIGNAL)
    return (
        select(alert.c.id)
        .join(event, event.c.id == alert.c.event_id)
        .where(event.c.inhibited_by.is_(None), is_told)
    )


async def _stories(
    conn: AsyncConnection, ids: Collection[int], tellings: Mapping[int, Sequence[Telling]]
) -> list[Story]:
    """Return alerts in the order of their numbers as given; ``tellings`` may be of more."""
    facts = await _last_facts(conn, (number for number in ids if number in tellings))
    return [
        Story(AlertId(number), facts[number], tuple(tellings[number]))
        for number in ids
        if number in facts
    ]


async def _tellings(conn: AsyncConnection, ids: Collection[int]) -> dict[int, list[Telling]]:
    """Return how often each alert was told, oldest first."""
    told = await conn.execute(
        select(revision.c.alert_id, revision.c.revision, revision.c.kind, revision.c.created_at)
        .where(revision.c.alert_id.in_(ids), revision.c.kind != AlertKind.SIGNAL)
        .order_by(revision.c.revision)
    )
    tellings: dict[int, list[Telling]] = defaultdict(list)
    for row in told:
        tellings[row.alert_id].append(Telling(row.revision, AlertKind(row.kind), row.created_at))
    return tellings


async def _last_facts(conn: AsyncConnection, ids: Iterable[int]) -> dict[int, Facts]:
    each = revision.alias()
    last = select(func.max(each.c.revision)).where(each.c.alert_id == revision.c.alert_id)
    rows = await conn.execute(
        select(revision.c.alert_id, revision.c.facts).where(
            revision.c.alert_id.in_(list(ids)), revision.c.revision == last.scalar_subquery()
        )
    )
    read = ((row.alert_id, facts_from_json(row.facts)) for row in rows)
    return {number: facts for number, facts in read if isinstance(facts, Facts)}
