"""Making a copy fit to go on from: nobody runs on it, and what it had still to send may be sent.

``settle`` is done once, before anything runs on the copy; ``begin`` at the first start.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    Action,
    AlertId,
    AlertKind,
    ChatId,
    DeliveryState,
    Level,
    Notice,
    Reason,
)
from jobs.domain.orders import OrderKind
from jobs.domain.restored import Restored
from jobs.store import alerts, catching_up, facts, outbox, rhythms
from jobs.store.outbox import write
from jobs.store.schema import alert, lease, orders, revision, send_slot
from jobs.store.schema import outbox as rows
from jobs.store.states import OPEN, UNSURE, is_hook

RESTORED = "restored"
"""The fact that a store was put back to a copy, and when work on it began anew."""

MISSING = 10_000
"""So many numbers of alerts are left out: those that were given after the copy are in chats,
and must lead to nothing rather than to another alert."""

NOT_BEGUN = timedelta(days=3650)
"""What is unsure waits for ``begin``."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many tellings wait to be joined, and how many old words were dropped."""

    unsure: int
    dropped: int


async def settle(
    conn: AsyncConnection, copied_at: datetime, operators: Collection[ChatId], now: datetime
) -> Settled:
    """Make a copy of ``copied_at`` fit to go on from, and tell the operators at the next start."""
    for held in (lease, send_slot):
        await conn.execute(delete(held))
    await conn.execute(
        update(orders)
        .where(orders.c.kind == OrderKind.BROADCAST, orders.c.done_at.is_(None))
        .values(done_at=now, outcome=RESTORED)
    )
    dropped = await _settle_words(conn)
    unsure = await _settle_alerts(conn, now)
    await facts.put(conn, RESTORED, {"copied_at": copied_at.isoformat(), "began_at": None})
    copied = f"{copied_at:%Y-%m-%d %H:%M} UTC"
    told = Notice("restored", {"copied": copied, "count": unsure})
    await _tell_operators(conn, told, operators, now)
    return Settled(unsure, dropped)


async def begin(conn: AsyncConnection, now: datetime) -> Restored | None:
    """Return of when the store is a copy, None if it is none; the first call begins the work.

    A digest that is due was perhaps sent: its lines come with the place's next one.
    """
    known = await facts.get(conn, RESTORED, to_change=True)
    if known is None:
        return None
    if known["began_at"] is None:
        known["began_at"] = now.isoformat()
        await facts.put(conn, RESTORED, known)
        await catching_up.begin(conn, now)
        await rhythms.leave_out_due(conn, now)
    moments = (datetime.fromisoformat(known[name]) for name in ("copied_at", "began_at"))
    return Restored(*moments)


async def _settle_words(conn: AsyncConnection) -> int:
    """Drop answers and alarms of then; a digest, or an alert to be approved, is sent marked."""
    of_event = exists().where(alert.c.id == rows.c.alert_id, alert.c.event_id.is_not(None))
    is_notice = exists().where(
        revision.c.alert_id == rows.c.alert_id,
        revision.c.facts["notice"].as_string().is_not(None),
    )
    wordy = (rows.c.state.in_(OPEN), ~of_event)
    dropped = await outbox.cancel(conn, "restored from a copy", *wordy, is_notice)
    await conn.execute(
        update(rows)
        .where(*wordy)
        .values(
            state=DeliveryState.PENDING, possibly_repeated=True, attempt_id=None, lease_until=None
        )
    )
    return dropped


async def _settle_alerts(conn: AsyncConnection, now: datetime) -> int:
    """Let edits be made again, which repeats nothing, and hold what else was to be sent.

    Nor does it harm a webhook to be posted a thing twice.
    """
    of_event = exists().where(alert.c.id == rows.c.alert_id, alert.c.event_id.is_not(None))
    going = (
        rows.c.state.in_(OPEN),
        rows.c.state != DeliveryState.UNAPPROVED,
        of_event,
    )
    anew = {
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "attempt_id": None,
        "lease_until": None,
        "created_at": now,
    }
    harmless = or_(rows.c.action == Action.EDIT, is_hook(rows))
    await conn.execute(update(rows).where(*going, harmless).values(**anew, not_before=now))
    later = now + NOT_BEGUN
    return await write(
        conn,
        update(rows).where(*going, ~harmless).values(**anew, cause=UNSURE, not_before=later),
    )


async def _tell_operators(
    conn: AsyncConnection, notice: Notice, operators: Collection[ChatId], now: datetime
) -> None:
    last = await conn.scalar(select(func.max(alert.c.id))) or 0
    number = AlertId(last + MISSING)
    await conn.execute(insert(alert).values(id=number, created_at=now))
    await alerts.add_revision(
        conn,
        number,
        kind=AlertKind.ALERT,
        level=Level.ALERT,
        reason=Reason.ORDERED,
        facts=notice,
        now=now,
    )
    await outbox.put_notices(conn, number, operators, now)
