"""What is told, to whom it is still to be told, and how far that has come."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from jobs.store.schema.columns import BigId, Moment, metadata, new_id

alert = Table(
    "alert",
    metadata,
    new_id(),
    # NULL for a notice: an answer to an order, a word to the operator.
    Column("event_id", BigId, ForeignKey("event.id"), unique=True),
    # The event's own, repeated: the newest alerts of a country are looked up by them.
    Column("case_id", Text),
    Column("actor", Text),
    Column("created_at", Moment, nullable=False),
    Index("ix_alert_case_id_id", "case_id", "id"),
    Index("ix_alert_case_id_actor_id", "case_id", "actor", "id"),
)

revision = Table(
    "revision",
    metadata,
    Column("alert_id", BigId, ForeignKey("alert.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_revision_created_at", "created_at"),
)

WAITING = text("state IN ('PENDING', 'RETRY')")
"""The part of the outbox that can be claimed, as literals: a partial index needs them."""

HELD = text("state IN ('CLAIMED', 'SENDING', 'UNCERTAIN')")
"""The few rows that a sender holds or held; found without reading the years of SENT ones."""

STARTED = text("started_at IS NOT NULL")
"""The rows of which a call was made: the pace of a chat is read from them."""

outbox = Table(
    "outbox",
    metadata,
    new_id(),
    Column("alert_id", BigId, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, default=0),
    # True where the topic refused it and it goes to the chat's General instead.
    Column("in_general", Boolean, nullable=False, default=False),
    Column("revision", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Lower goes first: corrections before alerts, alerts before notices.
    Column("priority", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
    # The fence: an outcome is recorded only for the attempt that made it.
    Column("attempt_id", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("started_at", Moment),
    Column("sent_at", Moment),
    Column("message_id", BigInteger),
    Column("cause", Text),
    # True where the text must say that it may be a repeat.
    Column("possibly_repeated", Boolean, nullable=False, default=False),
    UniqueConstraint("alert_id", "chat_id", "thread_id", "revision", "action"),
    # The claim walks this in order and stops at its limit, however long the queue is.
    Index("ix_outbox_waiting", "priority", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_outbox_held", "state", sqlite_where=HELD, postgresql_where=HELD),
    Index("ix_outbox_chat_id_state", "chat_id", "state"),
    Index(
        "ix_outbox_chat_id_started_at",
        "chat_id",
        "started_at",
        sqlite_where=STARTED,
        postgresql_where=STARTED,
    ),
)

send_slot = Table(
    "send_slot",
    metadata,
    Column("id", Text, primary_key=True),
    # Until then the call counts in the window that all processes of the bot share.
    Column("until", Moment, nullable=False),
)
