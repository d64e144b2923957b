"""The ``mention`` table: what each item says, with the rule that heard it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Reason
from jobs.domain.events import (
    DateBasis,
    EventId,
    EventStatus,
    EventType,
    Evidence,
    Mention,
    MentionId,
)
from jobs.domain.items import ItemId, Outlet, Tier
from jobs.store.schema import event, item, mention


async def put(
    conn: AsyncConnection,
    item_id: ItemId,
    said: Mention,
    outlet: Outlet,
    reprint_key: str | None = None,
) -> MentionId:
    """Store one mention and who published it, as known today."""
    result = await conn.execute(
        insert(mention)
        .values(
            item_id=item_id,
            case_id=said.case,
            actor=said.actor,
            type=said.type,
            status=said.status,
            happened_on=said.on,
            basis=said.basis,
            rule=said.rule,
            clause=said.clause,
            words=list(said.words),
            attributions=list(said.attributions),
            detail=said.detail,
            rules_version=said.rules_version,
            outlet=outlet.host,
            family=outlet.family,
            tier=outlet.tier,
            side=outlet.side,
            reprint_key=reprint_key,
        )
        .returning(mention.c.id)
    )
    return MentionId(result.scalar_one())


async def settle(
    conn: AsyncConnection, mention_id: MentionId, event_id: EventId | None, reason: Reason | None
) -> None:
    """Note which event a mention became part of, and why it was told or was not."""
    await conn.execute(
        update(mention).where(mention.c.id == mention_id).values(event_id=event_id, reason=reason)
    )


async def evidence_of(
    conn: AsyncConnection, event_ids: Collection[EventId]
) -> dict[EventId, tuple[Evidence, ...]]:
    """Return each event's evidence, first stored first; an event without any is left out.

    What speaks of an event that was merged into another is evidence of both.
    """
    merged = select(event.c.id, event.c.merged_into).where(event.c.merged_into.in_(event_ids))
    into = {row.id: row.merged_into for row in await conn.execute(merged)}
    found: dict[EventId, list[Evidence]] = defaultdict(list)
    wanted = with_items().where(mention.c.event_id.in_([*event_ids, *into]))
    for row in await conn.execute(wanted):
        evidence = evidence_from(row)
        found[EventId(row.event_id)].append(evidence)
        if row.event_id in into:
            found[EventId(into[row.event_id])].append(evidence)
    return {event_id: tuple(found[event_id]) for event_id in event_ids if event_id in found}


def is_of(event_id: EventId) -> ColumnElement[bool]:
    """Say of a row of ``with_items`` whether it is evidence of an event, or of one merged in."""
    same = or_(event.c.id == event_id, event.c.merged_into == event_id)
    return mention.c.event_id.in_(select(event.c.id).where(same))


async def recent_of(conn: AsyncConnection, family: str, since: datetime) -> list[Evidence]:
    """Return what an owner's outlets were read to say since, as far as it is evidence."""
    recent = with_items().where(
        item.c.first_seen_at >= since,
        mention.c.family == family,
        mention.c.event_id.is_not(None),
    )
    return [evidence_from(row) for row in await conn.execute(recent)]


async def events_with(conn: AsyncConnection, reprint_key: str) -> list[EventId]:
    """Return the events of which the same text was read before."""
    # One condition, so that SQLite has but one index to choose.
    found = await conn.scalars(
        select(mention.c.event_id).where(mention.c.reprint_key == reprint_key)
    )
    return [EventId(number) for number in dict.fromkeys(found) if number is not None]


async def last_id(conn: AsyncConnection) -> MentionId:
    """Return the number of the newest mention, 0 if there is none."""
    return MentionId((await conn.scalar(select(func.max(mention.c.id)))) or 0)


async def move(conn: AsyncConnection, ids: Collection[MentionId], event_id: EventId | None) -> None:
    """Make mentions evidence of another event than before, or of none."""
    await conn.execute(update(mention).where(mention.c.id.in_(ids)).values(event_id=event_id))


@dataclass(frozen=True, slots=True)
class Entered:
    """One stored mention: of which event it is evidence, and why it was told or was not."""

    evidence: Evidence
    event_id: EventId | None
    reason: Reason | None


async def journal(conn: AsyncConnection) -> list[Entered]:
    """Return every mention, in the order in which they came."""
    return [
        Entered(
            evidence_from(row),
            None if row.event_id is None else EventId(row.event_id),
            None if row.reason is None else Reason(row.reason),
        )
        for row in await conn.execute(with_items())
    ]


async def reasons(conn: AsyncConnection) -> dict[str, int]:
    """Count the mentions by the reason they were told for, or were not."""
    rows = await conn.execute(
        select(mention.c.reason, func.count())
        .where(mention.c.reason.is_not(None))
        .group_by(mention.c.reason)
        .order_by(mention.c.reason)
    )
    return {row[0]: row[1] for row in rows}


def with_items() -> Select[Any]:
    """Select mentions beside the items they stand in, for ``evidence_from``."""
    return (
        select(mention, item.c.url, item.c.title, item.c.published_at, item.c.first_seen_at)
        .join(item, item.c.id == mention.c.item_id)
        .order_by(mention.c.id)
    )


def evidence_from(row: Row[Any]) -> Evidence:
    """Return one row of ``with_items`` as evidence."""
    said = Mention(
        case=row.case_id,
        actor=row.actor,
        type=EventType(row.type),
        status=EventStatus(row.status),
        on=row.happened_on,
        basis=DateBasis(row.basis),
        rule=row.rule,
        clause=row.clause,
        words=tuple(row.words),
        attributions=tuple(row.attributions),
        detail=row.detail,
        rules_version=row.rules_version,
    )
    return Evidence(
        mention_id=MentionId(row.id),
        item_id=ItemId(row.item_id),
        mention=said,
        outlet=Outlet(row.outlet, row.family, Tier(row.tier), row.side),
        url=row.url,
        title=row.title,
        published_at=row.published_at,
        seen_at=row.first_seen_at,
    )
