"""Measuring how long alerts took: from the item that made them news to the chats that have them."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, DeliveryState
from jobs.domain.latency import UNMEASURED, Latencies, Latency
from jobs.store import facts
from jobs.store.schema import alert, item, mention, outbox
from jobs.store.states import is_hook

SETTLED = timedelta(minutes=5)
"""How old an alert is when it is measured: by then its first chats have it, or a fault shows."""

GIVEN_UP = timedelta(days=1)
"""When an alert that nobody got is measured no more."""

A_LOOK = 20
"""Alerts measured in one look, and chats of each that are looked at."""

_FACT = "latencies"


async def known(conn: AsyncConnection) -> Latencies:
    """Return what was measured so far."""
    kept = await facts.get(conn, _FACT)
    return Latencies.from_json(kept) if kept else UNMEASURED


async def measure(conn: AsyncConnection, now: datetime) -> Latencies:
    """Measure the alerts that have settled since the last look; return what is known then.

    Deliveries that waited because their chat wished it (quiet hours, a full hour, an editor)
    are left out, and so are alerts that no chat got at once.
    """
    before = await known(conn)
    settled = await conn.execute(
        select(alert.c.id, alert.c.event_id, alert.c.created_at)
        .where(
            alert.c.id > before.after,
            alert.c.event_id.is_not(None),
            alert.c.created_at <= now - SETTLED,
            alert.c.created_at > now - GIVEN_UP,
        )
        .order_by(alert.c.id)
        .limit(A_LOOK)
    )
    rows = settled.all()
    if not rows:
        return before
    found = [await _of_alert(conn, *row) for row in rows]
    after = before.with_more(rows[-1].id, [each for each in found if each is not None])
    await facts.put(conn, _FACT, after.to_json())
    return after


async def _of_alert(
    conn: AsyncConnection, alert_id: int, event_id: int, told_at: datetime
) -> Latency | None:
    news = (
        await conn.execute(
            select(item.c.published_at, item.c.first_seen_at)
            .select_from(mention.join(item, mention.c.item_id == item.c.id))
            .where(mention.c.event_id == event_id, item.c.first_seen_at <= told_at)
            .order_by(item.c.first_seen_at.desc(), item.c.id.desc())
            .limit(1)
        )
    ).one_or_none()
    went_at_once = or_(outbox.c.not_before <= outbox.c.created_at, outbox.c.attempts > 1)
    sent = await conn.scalars(
        select(outbox.c.sent_at)
        .where(
            outbox.c.alert_id == alert_id,
            outbox.c.revision == 1,
            outbox.c.action == Action.SEND,
            outbox.c.state == DeliveryState.SENT,
            # An editor's word makes a row anew.
            outbox.c.created_at == told_at,
            went_at_once,
            ~is_hook(outbox),
        )
        .order_by(outbox.c.id)
        .limit(A_LOOK)
    )
    sent_at = sent.all()
    return Latency.of(*news, sent_at) if news and sent_at else None
