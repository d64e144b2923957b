"""After a restore: tellings of which nobody knows whether they are new to a chat.

They are held for some minutes, in which every source is read once, and then told in one
message a place, which says that it may tell of what is known.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState
from jobs.store.digests import Where
from jobs.store.joining import Held
from jobs.store.places import is_unsure
from jobs.store.schema import WAITING, alert, outbox
from jobs.store.states import UNSURE, is_hook

SPAN = timedelta(minutes=10)
"""How long what is unsure is gathered; sources are due at once after a restore."""

SPARE = timedelta(seconds=45)
"""What is held would go by itself so long after; the job runs several times in it."""


async def hold(conn: AsyncConnection, alert_id: AlertId, revision: int, now: datetime) -> None:
    """Keep back what was just fanned out of a revision, but for edits, which repeat nothing."""
    await conn.execute(
        update(outbox)
        .where(
            outbox.c.alert_id == alert_id,
            outbox.c.revision == revision,
            outbox.c.action != Action.EDIT,
            outbox.c.state == DeliveryState.PENDING,
            ~is_hook(outbox),
        )
        .values(cause=UNSURE, not_before=now + SPAN + SPARE)
    )


async def begin(conn: AsyncConnection, now: datetime) -> None:
    """Let what was waiting in the copy be gathered from now on."""
    waiting = update(outbox).where(WAITING, is_unsure())
    await conn.execute(waiting.values(not_before=now + SPAN + SPARE))


async def held(conn: AsyncConnection, since: datetime, now: datetime) -> list[Held]:
    """Return what each place is to be told, once the first of it has waited long enough."""
    first = await conn.scalar(select(func.min(outbox.c.not_before)).where(WAITING, is_unsure()))
    if first is None or first > now + SPARE:
        return []
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.thread_id, outbox.c.alert_id, outbox.c.action)
        .join(alert, alert.c.id == outbox.c.alert_id)
        .where(WAITING, is_unsure(), alert.c.event_id.is_not(None))
        .order_by(outbox.c.id)
    )
    found: dict[Where, list[Any]] = defaultdict(list)
    for row in rows:
        found[ChatId(row.chat_id), row.thread_id].append(row)
    return [
        Held(
            *where,
            since,
            tuple(dict.fromkeys(AlertId(row.alert_id) for row in mine)),
            frozenset(AlertId(row.alert_id) for row in mine if row.action == Action.REPLY),
        )
        for where, mine in found.items()
    ]
