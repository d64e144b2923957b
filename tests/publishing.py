"""Alerts put straight into a store, as feeds, pages and hooks find them there."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, AlertKind, Level, Reason
from jobs.domain.events import EventId
from jobs.store import alerts, events
from tests.samples import an_event
from tests.small_world import EVENING, some_facts

SHAPE = frozenset({"case", "actor", "type", "status", "grade", "on", "retracted", "contested"})


async def tell_of(
    conn: AsyncConnection,
    number: int,
    *kinds: AlertKind,
    at: datetime = EVENING,
    inhibited_by: EventId | None = None,
    **changes: Any,
) -> AlertId:
    """Store an event with an alert of so many revisions, an hour apart."""
    facts = some_facts(**changes)
    shape = {name: getattr(facts, name) for name in SHAPE}
    tellings = kinds or (AlertKind.ALERT,)
    last = at + timedelta(hours=len(tellings) - 1)
    event = replace(an_event(number), **shape, inhibited_by=inhibited_by)
    await events.put(conn, event, last)
    alert_id = await alerts.create(conn, event.id, at)
    for hours, kind in enumerate(tellings):
        is_last = hours == len(tellings) - 1
        await alerts.add_revision(
            conn,
            alert_id,
            kind=kind,
            level=Level.MAJOR,
            reason=Reason.FIRST,
            facts=facts if is_last else replace(facts, retracted=False),
            now=at + timedelta(hours=hours),
        )
    return alert_id
