"""The sender's side of the outbox: claim, say that a call begins, record what came of it.

::

    PENDING|RETRY ─claim→ CLAIMED ─mark_sending→ SENDING ─→ SENT | RETRY | DEAD | UNCERTAIN
    after a crash: CLAIMED → PENDING, SENDING → UNCERTAIN (never PENDING)

``mark_sending`` is committed before the call is made. ``attempt_id`` is the fence: an
outcome is recorded only while the row still belongs to the attempt that made the call.
A row waits for all earlier ones of its alert in its chat, and only one row of a chat is
in flight at a time, so that what a reader sees never goes backwards.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, AlertKind, ChatId, DeliveryId, DeliveryState
from jobs.settings import UncertainPolicy
from jobs.store.outbox import OPEN, promote_followers, write
from jobs.store.schema import WAITING, chat, outbox, revision

IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.SENDING)

ORDER_OF_ACTIONS = {Action.SEND: 0, Action.EDIT: 1, Action.REPLY: 2}
"""Within one revision a reply comes after the edit that it points to."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One claimed row, with what is needed to put it into words.

    ``facts`` is the revision's stored JSON. ``target`` is the message that an edit
    changes or a reply answers, None where its id is not known. ``possibly_repeated``
    says that the chat may have had this already, which the text must admit.
    """

    id: DeliveryId
    alert_id: AlertId
    chat_id: ChatId
    revision: int
    action: Action
    attempt_id: str
    attempts: int
    possibly_repeated: bool
    created_at: datetime
    kind: AlertKind
    facts: Mapping[str, Any]
    chat_kind: str
    language: str
    zone: str
    target: int | None


async def claim(
    conn: AsyncConnection,
    now: datetime,
    *,
    limit: int,
    lease_until: datetime,
    attempt_id: str,
    except_chats: Collection[ChatId] = (),
) -> list[Delivery]:
    """Take up to ``limit`` rows that may go now, best first, at most one of each chat.

    Rows held by another sender are passed over, not waited for. ``except_chats`` are
    chats whose pace allows nothing at the moment.
    """
    candidates = (
        select(outbox.c.id)
        .join(chat, chat.c.id == outbox.c.chat_id)
        .where(
            WAITING,
            outbox.c.not_before <= now,
            chat.c.closed_reason.is_(None),
            or_(chat.c.not_before.is_(None), chat.c.not_before <= now),
            outbox.c.chat_id.not_in(except_chats),
            ~_waits_for_earlier(outbox),
            ~_chat_is_busy(now),
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
    )
    taken = await conn.scalars(
        update(outbox)
        .where(outbox.c.id.in_(candidates))
        .values(state=DeliveryState.CLAIMED, lease_until=lease_until, attempt_id=attempt_id)
        .returning(outbox.c.id)
    )
    return await _load(conn, taken.all())


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


async def recover(conn: AsyncConnection, now: datetime, *, alone: bool) -> int:
    """Take back what a dead sender held; return the number of rows now uncertain.

    ``alone`` says that no other sender can be alive, so that leases need not run out
    first. A claimed row goes back as if untouched. A row that was being sent becomes
    uncertain: its call may have reached Telegram.
    """
    lapsed = () if alone else (outbox.c.lease_until < now,)
    await conn.execute(
        update(outbox)
        .where(outbox.c.state == DeliveryState.CLAIMED, *lapsed)
        .values(state=DeliveryState.PENDING, attempt_id=None, lease_until=None)
    )
    return await write(
        conn,
        update(outbox)
        .where(outbox.c.state == DeliveryState.SENDING, *lapsed)
        .values(state=DeliveryState.UNCERTAIN, cause="the sender stopped during the call"),
    )


async def resolve_uncertain(
    conn: AsyncConnection, policy: UncertainPolicy, not_before: datetime
) -> int:
    """Decide what becomes of the uncertain rows; return how many were given up.

    An edit is done again, which changes nothing if it had arrived. A message is sent
    again once, marked, or closed, as the policy says; after a second doubt it is
    closed in any case, so that a chat gets at most one repeat.
    """
    doubtful = outbox.c.state == DeliveryState.UNCERTAIN
    again = {"state": DeliveryState.RETRY, "not_before": not_before}
    is_edit = outbox.c.action == Action.EDIT
    await conn.execute(update(outbox).where(doubtful, is_edit).values(**again))
    if policy is UncertainPolicy.RESEND:
        await conn.execute(
            update(outbox)
            .where(doubtful, ~outbox.c.possibly_repeated)
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
            conn, outbox.c.alert_id == row.alert_id, outbox.c.chat_id == row.chat_id
        )
    return len(rows)


def _same_alert(delivery: Delivery) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return outbox.c.alert_id == delivery.alert_id, outbox.c.chat_id == delivery.chat_id


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


def _waits_for_earlier(row: Any) -> ColumnElement[bool]:
    """Whether an earlier row of the same alert and chat is still open."""
    earlier = outbox.alias()
    return exists().where(
        earlier.c.alert_id == row.c.alert_id,
        earlier.c.chat_id == row.c.chat_id,
        earlier.c.state.in_(OPEN),
        or_(
            earlier.c.revision < row.c.revision,
            and_(
                earlier.c.revision == row.c.revision,
                _action_rank(earlier.c.action) < _action_rank(row.c.action),
            ),
        ),
    )


def _action_rank(action: ColumnElement[str]) -> ColumnElement[int]:
    return case(ORDER_OF_ACTIONS, value=action)


def _chat_is_busy(now: datetime) -> ColumnElement[bool]:
    """Whether a row of the same chat is in flight, or may go now and goes first."""
    other = outbox.alias("other")
    goes_first = or_(
        other.c.priority < outbox.c.priority,
        and_(other.c.priority == outbox.c.priority, other.c.id < outbox.c.id),
    )
    return exists().where(
        other.c.chat_id == outbox.c.chat_id,
        or_(
            other.c.state.in_(IN_FLIGHT),
            and_(
                other.c.state.in_((DeliveryState.PENDING, DeliveryState.RETRY)),
                other.c.not_before <= now,
                goes_first,
                ~_waits_for_earlier(other),
            ),
        ),
    )


async def _load(conn: AsyncConnection, ids: Collection[int]) -> list[Delivery]:
    told = outbox.alias("told")
    target = (
        select(told.c.message_id)
        .where(
            told.c.alert_id == outbox.c.alert_id,
            told.c.chat_id == outbox.c.chat_id,
            told.c.action == Action.SEND,
            told.c.state == DeliveryState.SENT,
        )
        .order_by(told.c.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    same_revision = and_(
        revision.c.alert_id == outbox.c.alert_id, revision.c.revision == outbox.c.revision
    )
    rows = await conn.execute(
        select(outbox, revision.c.kind, revision.c.facts, target.label("target"))
        .add_columns(chat.c.kind.label("chat_kind"), chat.c.language, chat.c.zone)
        .join(revision, same_revision)
        .join(chat, chat.c.id == outbox.c.chat_id)
        .where(outbox.c.id.in_(ids))
        .order_by(outbox.c.priority, outbox.c.id)
    )
    return [_delivery(row) for row in rows]


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        chat_id=row.chat_id,
        revision=row.revision,
        action=Action(row.action),
        attempt_id=row.attempt_id,
        attempts=row.attempts,
        possibly_repeated=row.possibly_repeated,
        created_at=row.created_at,
        kind=AlertKind(row.kind),
        facts=row.facts,
        chat_kind=row.chat_kind,
        language=row.language,
        zone=row.zone,
        target=row.target,
    )
