"""What came of each attempt to deliver, and what a dead sender left behind.

``mark_sending`` is committed before the call is made. ``attempt_id`` is the fence: an
outcome is recorded only while the row still belongs to the attempt that made the call.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, ChatId, DeliveryId, DeliveryState, Level
from jobs.store.claims import IN_FLIGHT, Delivery
from jobs.store.outbox import promote_followers, write
from jobs.store.schema import HELD, WAITING, outbox, revision
from jobs.store.states import is_hook


async def mark_sending(
    conn: AsyncConnection,
    ids: Collection[DeliveryId],
    attempt_id: str,
    now: datetime,
    lease_until: datetime,
) -> set[DeliveryId]:
    """Note, before the calls, that they begin; return the rows that are still ours.

    A row that was cancelled, superseded or taken over since the claim is not returned
    and must not be sent.
    """
    ours = await conn.scalars(
        update(outbox)
        .where(
            outbox.c.id.in_(ids),
            outbox.c.attempt_id == attempt_id,
            outbox.c.state == DeliveryState.CLAIMED,
        )
        .values(
            state=DeliveryState.SENDING,
            started_at=now,
            lease_until=lease_until,
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox.c.id)
    )
    return {DeliveryId(row) for row in ours}


async def put_back(conn: AsyncConnection, ids: Collection[DeliveryId], attempt_id: str) -> None:
    """Let go of claimed rows for which there was no room, as if untouched."""
    await conn.execute(
        update(outbox)
        .where(
            outbox.c.id.in_(ids),
            outbox.c.attempt_id == attempt_id,
            outbox.c.state == DeliveryState.CLAIMED,
        )
        .values(state=DeliveryState.PENDING, attempt_id=None, lease_until=None)
    )


async def mark_sent(
    conn: AsyncConnection, delivery: Delivery, message_id: int | None, now: datetime
) -> bool:
    """Record that the chat has it.

    This holds whatever was thought of the row meanwhile (uncertain, cancelled), unless
    another attempt has begun; then nothing is written and False is returned.
    """
    values = {"state": DeliveryState.SENT, "sent_at": now, "cause": None}
    return await _mark(conn, delivery, None, **values, message_id=message_id)


async def mark_retry(
    conn: AsyncConnection,
    delivery: Delivery,
    not_before: datetime,
    cause: str,
    *,
    counted: bool = True,
) -> bool:
    """Put back what certainly did not arrive; ``counted`` False forgives the attempt."""
    tries = outbox.c.attempts if counted else outbox.c.attempts - 1
    values = {"state": DeliveryState.RETRY, "not_before": not_before, "cause": cause}
    return await _mark(conn, delivery, (DeliveryState.SENDING,), **values, attempts=tries)


async def put_off(
    conn: AsyncConnection, delivery: Delivery, not_before: datetime, cause: str
) -> bool:
    """Put back a claimed row that could not even be put into words; the attempt counts."""
    values = {"state": DeliveryState.RETRY, "not_before": not_before, "cause": cause}
    tries = outbox.c.attempts + 1
    return await _mark(conn, delivery, (DeliveryState.CLAIMED,), **values, attempts=tries)


async def mark_dead(conn: AsyncConnection, delivery: Delivery, cause: str) -> bool:
    """Give a row up for good; a waiting newer edit of the alert becomes the telling."""
    done = await _mark(conn, delivery, IN_FLIGHT, state=DeliveryState.DEAD, cause=cause)
    if done and delivery.action is Action.SEND:
        await promote_followers(conn, *_same_alert(delivery))
    return done


async def mark_uncertain(conn: AsyncConnection, delivery: Delivery, cause: str) -> bool:
    """Record that nobody knows whether it arrived; ``resolve_uncertain`` decides on it."""
    return await _mark(
        conn, delivery, (DeliveryState.SENDING,), state=DeliveryState.UNCERTAIN, cause=cause
    )


async def redo_as_send(conn: AsyncConnection, delivery: Delivery, cause: str) -> bool:
    """Turn an edit whose message is gone into a new message that says the same.

    The reply of the same revision is cancelled: the new message rings by itself.
    """
    done = await _mark(
        conn,
        delivery,
        IN_FLIGHT,
        action=Action.SEND,
        state=DeliveryState.PENDING,
        cause=cause,
        attempt_id=None,
    )
    if done:
        await conn.execute(
            update(outbox)
            .where(
                *_same_alert(delivery),
                outbox.c.revision == delivery.revision,
                outbox.c.action == Action.REPLY,
                WAITING,
            )
            .values(state=DeliveryState.CANCELLED, cause="said by the new message")
        )
    return done


async def count_dead(conn: AsyncConnection, chat_id: ChatId, cause: str) -> int:
    """Return how many of a chat's rows were given up for just this cause."""
    rows = await conn.execute(
        select(outbox.c.id).where(
            outbox.c.chat_id == chat_id,
            outbox.c.state == DeliveryState.DEAD,
            outbox.c.cause == cause,
        )
    )
    return len(rows.all())


async def recover(
    conn: AsyncConnection,
    now: datetime,
    *,
    alone: bool = False,
    except_ids: Collection[DeliveryId] = (),
) -> int:
    """Take back what a dead sender held; return the number of rows now uncertain.

    ``alone`` says that no other sender can be alive, so that leases need not run out
    first. ``except_ids`` are the caller's own calls, which it will hear of whatever the
    clock says. A claimed row goes back as if untouched. A row that was being sent becomes
    uncertain: its call may have reached Telegram. What is posted to a webhook is no concern
    of a sender to Telegram (``hooks.take_back``).
    """
    lapsed = [~is_hook(outbox)]
    if not alone:
        lapsed += [outbox.c.lease_until < now, outbox.c.id.not_in(except_ids)]
    await conn.execute(
        update(outbox)
        .where(HELD, outbox.c.state == DeliveryState.CLAIMED, *lapsed)
        .values(state=DeliveryState.PENDING, attempt_id=None, lease_until=None)
    )
    return await write(
        conn,
        update(outbox)
        .where(HELD, outbox.c.state == DeliveryState.SENDING, *lapsed)
        .values(state=DeliveryState.UNCERTAIN, cause="the sender stopped during the call"),
    )


async def resolve_uncertain(
    conn: AsyncConnection, resent: Collection[Level], not_before: datetime
) -> int:
    """Decide what becomes of the uncertain rows; return how many were given up.

    An edit is done again, which changes nothing if it had arrived. A message of a level
    in ``resent`` is sent again once, marked; any other is closed. After a second doubt it
    is closed in any case, so that a chat gets at most one repeat.
    """
    doubtful = and_(HELD, outbox.c.state == DeliveryState.UNCERTAIN)
    again = {"state": DeliveryState.RETRY, "not_before": not_before}
    is_edit = outbox.c.action == Action.EDIT
    await conn.execute(update(outbox).where(doubtful, is_edit).values(**again))
    wanted = exists().where(
        revision.c.alert_id == outbox.c.alert_id,
        revision.c.revision == outbox.c.revision,
        revision.c.level.in_(resent),
    )
    await conn.execute(
        update(outbox)
        .where(doubtful, ~outbox.c.possibly_repeated, wanted)
        .values(**again, possibly_repeated=True)
    )
    return await _close_uncertain(conn, doubtful)


async def _close_uncertain(conn: AsyncConnection, doubtful: ColumnElement[bool]) -> int:
    rows = (await conn.execute(select(outbox).where(doubtful))).all()
    for row in rows:
        await conn.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state=DeliveryState.DEAD, cause=f"arrival unknown: {row.cause}")
        )
        await promote_followers(
            conn,
            outbox.c.alert_id == row.alert_id,
            outbox.c.chat_id == row.chat_id,
            outbox.c.thread_id == row.thread_id,
        )
    return len(rows)


def _same_alert(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.alert_id == delivery.alert_id,
        outbox.c.chat_id == delivery.chat_id,
        outbox.c.thread_id == delivery.thread_id,
    )


async def _mark(
    conn: AsyncConnection,
    delivery: Delivery,
    states: Collection[DeliveryState] | None,
    **values: Any,
) -> bool:
    fence = [outbox.c.id == delivery.id, outbox.c.attempt_id == delivery.attempt_id]
    if states is not None:
        fence.append(outbox.c.state.in_(states))
    values.setdefault("lease_until", None)
    return await write(conn, update(outbox).where(*fence).values(**values)) == 1
