"""What the statements that write the outbox ask of a place: may it ring now, what does it know."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, literal

from jobs.domain.alerts import AlertId, Level
from jobs.store.schema import chat, digest_line, outbox


def after_quiet_hours(level: Level, now: datetime) -> ColumnElement[datetime]:
    """Return when what rings may go to a chat of the statement: now, or after its night."""
    is_night = and_(chat.c.quiet_begins_at <= now, chat.c.quiet_ends_at > now)
    if level is Level.MAJOR:
        is_night = and_(is_night, ~chat.c.quiet_lets_major)
    return case((is_night, chat.c.quiet_ends_at), else_=literal(now, chat.c.quiet_ends_at.type))


def is_held_by_night() -> ColumnElement[bool]:
    """Tell whether a row of the outbox waits for the end of its chat's quiet hours."""
    return exists().where(
        chat.c.id == outbox.c.chat_id, chat.c.quiet_ends_at == outbox.c.not_before
    )


def is_in_digest(
    alert_id: AlertId, chat_id: ColumnElement[int], thread_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Tell whether a place knows an alert from a digest: it hears then of what matters only."""
    return exists().where(
        digest_line.c.alert_id == alert_id,
        digest_line.c.chat_id == chat_id,
        digest_line.c.thread_id == thread_id,
    )
