"""What waits in the outbox until its place may be told: after quiet hours, or with room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState
from jobs.store.outbox import cancel
from jobs.store.schema import alert, outbox
from jobs.store.states import UNSENT

IS_HELD_ALERT = (
    outbox.c.state == DeliveryState.PENDING,
    outbox.c.action == Action.SEND,
    alert.c.event_id.is_not(None),
)
"""Which rows, joined with ``alert``, may be joined in one message if they are held."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one place is to be told of, oldest first, and since when it has been held."""

    chat_id: ChatId
    thread_id: int
    since: datetime
    alert_ids: tuple[AlertId, ...]


async def drop(
    conn: AsyncConnection, places: Sequence[Held], alert_ids: Collection[AlertId]
) -> None:
    """Cancel what places hold of alerts that are told in one message instead."""
    for thread_id in sorted({each.thread_id for each in places}):
        await cancel(
            conn,
            "joined in one message",
            outbox.c.chat_id.in_([each.chat_id for each in places if each.thread_id == thread_id]),
            outbox.c.thread_id == thread_id,
            outbox.c.alert_id.in_(alert_ids),
            outbox.c.state.in_(UNSENT),
        )
