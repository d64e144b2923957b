"""Which waiting row goes next, and the delivery it becomes.

::

    PENDING|RETRY ─claim→ CLAIMED ─mark_sending→ SENDING ─→ SENT | RETRY | DEAD | UNCERTAIN
    after a crash: CLAIMED → PENDING, SENDING → UNCERTAIN (never PENDING)

A row waits for all earlier ones of its alert in its chat and topic, and only one row of a
chat is in flight at a time, so that what a reader sees never goes backwards.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, AlertKind, ChatId, DeliveryId, DeliveryState, Reason
from jobs.store.pauses import Hold
from jobs.store.schema import WAITING, chat, outbox, revision
from jobs.store.states import OPEN, is_hook

PRIVATE_MOST, PRIVATE_SECONDS = 3, 3.0
GROUP_MOST, GROUP_SECONDS = 18, 60.0

GO_ON = Hold()
"""Nothing is kept back."""

IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.SENDING)

ORDER_OF_ACTIONS = {Action.SEND: 0, Action.EDIT: 1, Action.REPLY: 2}
"""Within one revision a reply comes after the edit that it points to."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One claimed row, with what is needed to put it into words.

    ``facts`` is the revision's stored JSON. ``target`` is the message that an edit
    changes or a reply answers, None where its id is not known; a first telling of a
    reversal answers the alert that it takes back. ``possibly_repeated`` says that the
    chat may have had this already, which the text must admit. ``topic`` is the forum
    topic to write in, None for a chat's only or General thread.
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
    reason: Reason
    facts: Mapping[str, Any]
    chat_kind: str
    language: str
    zone: str
    target: int | None
    thread_id: int = 0
    topic: int | None = None


async def claim(
    conn: AsyncConnection,
    now: datetime,
    *,
    limit: int,
    lease_until: datetime,
    attempt_id: str,
    except_chats: Collection[ChatId] = (),
    hold: Hold = GO_ON,
    hooks: bool = False,
) -> list[Delivery]:
    """Take up to ``limit`` rows that may go now, best first, at most one of each chat.

    Rows held by another sender are passed over, not waited for. ``except_chats`` are
    chats whose pace allows nothing at the moment; what ``hold`` keeps back stays as it is.
    Either the webhooks' rows are claimed (``hooks``), which no pace of Telegram's holds, or
    the chats'.
    """
    ours = is_hook(outbox) if hooks else and_(~is_hook(outbox), ~_chat_is_paced(now))
    candidates = (
        select(outbox.c.id)
        .join(chat, chat.c.id == outbox.c.chat_id)
        .where(
            WAITING,
            outbox.c.not_before <= now,
            chat.c.closed_reason.is_(None),
            or_(chat.c.not_before.is_(None), chat.c.not_before <= now),
            outbox.c.chat_id.not_in(except_chats),
            hold.lets_go(outbox),
            ~_waits_for_earlier(outbox),
            ~_chat_is_busy(now, hold),
            ours,
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


def _waits_for_earlier(row: Any) -> ColumnElement[bool]:
    """Whether an earlier row of the same alert and chat is still open."""
    earlier = outbox.alias()
    return exists().where(
        earlier.c.alert_id == row.c.alert_id,
        earlier.c.chat_id == row.c.chat_id,
        earlier.c.thread_id == row.c.thread_id,
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


def _chat_is_busy(now: datetime, hold: Hold) -> ColumnElement[bool]:
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
                hold.lets_go(other),
                ~_waits_for_earlier(other),
            ),
        ),
    )


def _chat_is_paced(now: datetime) -> ColumnElement[bool]:
    """Whether the chat has had as many calls lately as it may, whichever process made them.

    The sender's own gates are finer, but know nothing of other senders nor of what was
    before a restart. A start in the future is one before the clock was put back.
    """
    recent = outbox.alias("recent")

    def at_least(most: int, seconds: float) -> ColumnElement[bool]:
        since = now - timedelta(seconds=seconds)
        started = select(func.count()).where(
            recent.c.chat_id == outbox.c.chat_id,
            recent.c.started_at.is_not(None),
            recent.c.started_at > since,
            recent.c.started_at <= now,
        )
        return started.scalar_subquery() >= most

    return case(
        (chat.c.kind == "private", at_least(PRIVATE_MOST, PRIVATE_SECONDS)),
        else_=at_least(GROUP_MOST, GROUP_SECONDS),
    )


async def _load(conn: AsyncConnection, ids: Collection[int]) -> list[Delivery]:
    told = outbox.alias("told")
    taken_back = revision.c.facts["reverses"].as_integer()
    answered = case((outbox.c.action == Action.SEND, taken_back), else_=outbox.c.alert_id)
    target = (
        select(told.c.message_id)
        .where(
            told.c.alert_id == answered,
            told.c.chat_id == outbox.c.chat_id,
            told.c.thread_id == outbox.c.thread_id,
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
        select(outbox, revision.c.kind, revision.c.reason, revision.c.facts, target.label("target"))
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
        reason=Reason(row.reason),
        facts=row.facts,
        chat_kind=row.chat_kind,
        language=row.language,
        zone=row.zone,
        target=row.target,
        thread_id=row.thread_id,
        topic=None if row.in_general or not row.thread_id else row.thread_id,
    )
