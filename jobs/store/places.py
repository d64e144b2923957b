"""The places that a row of the outbox is written for, as parts of the statements that do.

A place is a chat and one of its topics; each SELECT gives the two numbers, of open chats only,
and joins ``chat``, so that quiet hours can be told.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Level
from jobs.domain.rhythm import Pace
from jobs.store.schema import chat, digest_line, outbox, subscription
from jobs.store.states import CLOSED, UNSURE


def wanting(alert_id: AlertId, revision: int, filter_ids: Collection[int]) -> Select[Any]:
    """Return who wants an alert by its filter, hears at once, and was not told of it."""
    there = (subscription.c.chat_id, subscription.c.thread_id)
    return (
        select(*there)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .where(
            subscription.c.filter_id.in_(filter_ids),
            subscription.c.paused_reason.is_(None),
            # Where an editor is asked, each alert comes by itself, whatever the pace.
            or_(subscription.c.pace == Pace.AT_ONCE, subscription.c.needs_approval),
            chat.c.closed_reason.is_(None),
            ~_is_told(alert_id, revision, *there),
            ~_is_in_digest(alert_id, *there),
        )
    )


def following(alert_id: AlertId, revision: int, action: Action) -> Select[Any]:
    """Return who was told of an alert, or is about to be, and has no such row of a revision."""
    told, mine = outbox.alias("told"), outbox.alias("mine")
    return (
        select(told.c.chat_id, told.c.thread_id)
        .distinct()
        .join(chat, chat.c.id == told.c.chat_id)
        .where(
            told.c.alert_id == alert_id,
            told.c.action == Action.SEND,
            told.c.revision < revision,
            told.c.state.not_in((*CLOSED, DeliveryState.UNAPPROVED)),
            chat.c.closed_reason.is_(None),
            ~exists().where(
                mine.c.alert_id == alert_id,
                mine.c.chat_id == told.c.chat_id,
                mine.c.thread_id == told.c.thread_id,
                mine.c.revision == revision,
                mine.c.action.in_((action, Action.SEND)),
            ),
        )
    )


def named(alert_id: AlertId, thread_id: int, chat_ids: Collection[ChatId]) -> Select[Any]:
    """Return just these chats, as far as they were not told of a notice."""
    thread = literal(thread_id, outbox.c.thread_id.type)
    return select(chat.c.id, thread).where(
        chat.c.id.in_(chat_ids),
        chat.c.closed_reason.is_(None),
        ~_is_told(alert_id, 1, chat.c.id, thread),
    )


def in_digests(alert_id: AlertId, revision: int) -> Select[Any]:
    """Return who knows an alert from a digest, as it stood before a revision."""
    there = (digest_line.c.chat_id, digest_line.c.thread_id)
    return (
        select(*there)
        .join(chat, chat.c.id == digest_line.c.chat_id)
        .where(
            digest_line.c.alert_id == alert_id,
            digest_line.c.revision < revision,
            chat.c.closed_reason.is_(None),
            ~_is_told(alert_id, revision, *there),
        )
    )


def knowing(answers: AlertId, alert_id: AlertId, revision: int) -> Select[Any]:
    """Return who knows of ``answers``, by a message or a digest, and not of the alert."""
    told = outbox.alias("told")
    alone = select(told.c.chat_id, told.c.thread_id).where(
        told.c.alert_id == answers,
        told.c.action == Action.SEND,
        told.c.state.not_in((*CLOSED, DeliveryState.UNAPPROVED)),
    )
    gathered = select(digest_line.c.chat_id, digest_line.c.thread_id).where(
        digest_line.c.alert_id == answers
    )
    known = alone.union(gathered).subquery()
    there = (known.c.chat_id, known.c.thread_id)
    return (
        select(*there)
        .join(chat, chat.c.id == known.c.chat_id)
        .where(chat.c.closed_reason.is_(None), ~_is_told(alert_id, revision, *there))
    )


def after_quiet_hours(level: Level, now: datetime) -> ColumnElement[datetime]:
    """Return when what rings may go to a chat of the statement: now, or after its night."""
    return case((_is_night(level, now), chat.c.quiet_ends_at), else_=_moment(now))


def when_there_is_room(level: Level, now: datetime) -> ColumnElement[datetime]:
    """Return when a first telling may go to a subscription of the statement.

    Beyond its hour's most messages a place waits for room; what is major never does.
    """
    if level is Level.MAJOR:
        return after_quiet_hours(level, now)
    return case(
        (_is_night(level, now), chat.c.quiet_ends_at),
        (subscription.c.full_until > now, subscription.c.full_until),
        else_=_moment(now),
    )


def is_asleep(now: datetime) -> ColumnElement[bool]:
    """Tell whether a chat of the statement has its quiet hours."""
    return and_(chat.c.quiet_begins_at <= now, chat.c.quiet_ends_at > now)


def _is_night(level: Level, now: datetime) -> ColumnElement[bool]:
    """Tell whether what is of this level must let a chat of the statement sleep."""
    asleep = is_asleep(now)
    return and_(asleep, ~chat.c.quiet_lets_major) if level is Level.MAJOR else asleep


def _moment(now: datetime) -> ColumnElement[datetime]:
    return literal(now, chat.c.quiet_ends_at.type)


def is_held() -> ColumnElement[bool]:
    """Tell whether a row of the outbox waits to be joined with others, or for a night's end."""
    by_night = exists().where(
        chat.c.id == outbox.c.chat_id, chat.c.quiet_ends_at == outbox.c.not_before
    )
    return by_night | waits_for_room() | is_unsure()


def is_unsure() -> ColumnElement[bool]:
    """Tell whether a row of the outbox waits to be told in one message after a restore."""
    return func.coalesce(outbox.c.cause, "") == UNSURE


def waits_for_room() -> ColumnElement[bool]:
    """Tell whether a row of the outbox waits until its place has room for a message."""
    return exists().where(
        subscription.c.chat_id == outbox.c.chat_id,
        subscription.c.thread_id == outbox.c.thread_id,
        subscription.c.full_until == outbox.c.not_before,
    )


def _is_in_digest(
    alert_id: AlertId, chat_id: ColumnElement[int], thread_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Tell whether a place knows an alert from a digest: it hears then of what matters only."""
    return exists().where(
        digest_line.c.alert_id == alert_id,
        digest_line.c.chat_id == chat_id,
        digest_line.c.thread_id == thread_id,
    )


def _is_told(
    alert_id: AlertId,
    revision: int,
    chat_id: ColumnElement[int],
    thread_id: ColumnElement[int],
) -> ColumnElement[bool]:
    own = outbox.alias("own")
    return exists().where(
        own.c.alert_id == alert_id,
        own.c.chat_id == chat_id,
        own.c.thread_id == thread_id,
        own.c.action == Action.SEND,
        own.c.state.not_in(CLOSED) | (own.c.revision == revision),
    )
