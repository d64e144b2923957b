"""The tables, as the newest migration leaves them (a test compares the two)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so it is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only a column declared INTEGER PRIMARY KEY."""


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    # How far a source that is read in steps has been read.
    Column("cursor", Text),
    Column("next_due_at", Moment, nullable=False),
    # NULL until the first read, which is the source's silent baseline.
    Column("baseline_at", Moment),
    Column("last_ok_at", Moment),
    Column("last_new_at", Moment),
    # When the whole was last asked for, whatever the host believes has changed.
    Column("whole_at", Moment),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_error", Text),
    # When the operator was told that it fails or is silent; NULL when all is well.
    Column("alarmed_at", Moment),
    Column("listed", Boolean, nullable=False, default=True),
    # Where it is read since its host moved it for good; NULL: at ``url``.
    Column("current_url", Text),
    # Where the last so many readings were sent for good.
    Column("moved_to", Text),
    Column("moved_times", Integer, nullable=False, default=0),
    # What is wrong while ``failures`` are counted.
    Column("trouble", Text),
    # The usual time from news to news.
    Column("gap_seconds", Float),
    Column("paused_at", Moment),
    Index("ix_source_next_due_at", "next_due_at"),
)

added_source = Table(
    "added_source",
    metadata,
    Column("id", Text, primary_key=True),
    # A source's keys as in the list of sources.
    Column("definition", JSON, nullable=False),
    Column("added_at", Moment, nullable=False),
)
"""Sources added at run time, beside those of the list."""

item = Table(
    "item",
    metadata,
    _id(),
    Column("source_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("published_at", Moment),
    Column("first_seen_at", Moment, nullable=False),
    # True for the items of a source's first read: they alert nobody.
    Column("is_baseline", Boolean, nullable=False, default=False),
    Column("processed_at", Moment),
    UniqueConstraint("source_id", "key"),
    Index("ix_item_processed_at_id", "processed_at", "id"),
    Index("ix_item_first_seen_at", "first_seen_at"),
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("case_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("happened_on", Date),
    Column("first_seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("contested", Boolean, nullable=False, default=False),
    Column("retracted", Boolean, nullable=False, default=False),
    Column("detail", Text, nullable=False, default=""),
    Column("reverses", BigId, ForeignKey("event.id")),
    Column("inhibited_by", BigId, ForeignKey("event.id")),
    # An operator's words, which outlive every new assessment.
    Column("ruling", Text),
    Column("correction", JSON(none_as_null=True)),
    # An event of this table; SQLite can add no foreign key to a table that has rows.
    Column("merged_into", BigId),
    Index("ix_event_case_id_actor_type", "case_id", "actor", "type"),
    Index("ix_event_changed_at", "changed_at"),
    Index("ix_event_merged_into", "merged_into"),
    # What people ask for, newest first: one country's acts, a kind's, a country's of a kind.
    Index("ix_event_case_id_actor_happened_on", "case_id", "actor", "happened_on"),
    Index("ix_event_type_happened_on", "type", "happened_on"),
    Index("ix_event_actor_type_happened_on", "actor", "type", "happened_on"),
)

event_version = Table(
    "event_version",
    metadata,
    _id(),
    Column("event_id", BigId, ForeignKey("event.id"), nullable=False),
    Column("case_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("believed_at", Moment, nullable=False),
    # The other columns of ``event``, as they were from then on.
    Column("shape", JSON, nullable=False),
    Index("ix_event_version_event_id_id", "event_id", "id"),
    Index("ix_event_version_case_id_actor_believed_at", "case_id", "actor", "believed_at"),
)
"""What was believed of each event, and from when on; written with each change."""

search_word = Table(
    "search_word",
    metadata,
    # A word's number (see jobs.domain.search), so that one table serves every language.
    Column("word", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    # The key is the whole row: without a row number besides, it is half as large.
    sqlite_with_rowid=False,
)
"""Which words lead to which event; the newest event of a word is found at once."""

mention = Table(
    "mention",
    metadata,
    _id(),
    Column("item_id", BigId, ForeignKey("item.id"), nullable=False),
    Column("case_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("happened_on", Date),
    Column("basis", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("words", JSON, nullable=False),
    Column("attributions", JSON, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("rules_version", Text, nullable=False),
    # Who published it, as known on that day: a later list does not change the past.
    Column("outlet", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("event_id", BigId, ForeignKey("event.id")),
    # Why it was told, or why not.
    Column("reason", Text),
    # What all reprints of its text have in common; NULL for a mere stock phrase.
    Column("reprint_key", Text),
    Index("ix_mention_reprint_key", "reprint_key"),
    Index("ix_mention_item_id", "item_id"),
    Index("ix_mention_event_id", "event_id"),
)

standing = Table(
    "standing",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("recognition", Text, nullable=False),
    Column("recognised_on", Date),
    Column("mission", Text, nullable=False),
    Column("mission_on", Date),
    Column("head_of_mission", Text, nullable=False),
    Column("head_on", Date),
    Column("listing", Text, nullable=False),
    Column("listing_on", Date),
    Column("last_meeting_on", Date),
    Column("certain", Boolean, nullable=False),
    Column("events", JSON, nullable=False),
)

standing_version = Table(
    "standing_version",
    metadata,
    _id(),
    Column("case_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("believed_at", Moment, nullable=False),
    Column("shape", JSON, nullable=False),
    Index("ix_standing_version_case_id_actor_id", "case_id", "actor", "id"),
)

ruling = Table(
    "ruling",
    metadata,
    _id(),
    Column("order_id", BigId, ForeignKey("orders.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("event_id", BigId, ForeignKey("event.id"), nullable=False),
    # Its place in the journal: the last mention that was in the ledger.
    Column("after_mention", BigId, nullable=False),
    Column("other_id", BigId, ForeignKey("event.id")),
    Column("mentions", JSON, nullable=False),
    Column("correction", JSON(none_as_null=True)),
    Column("ruled_at", Moment, nullable=False),
    Index("ix_ruling_event_id", "event_id"),
)
"""An operator's words on events: with the mentions they are what the ledger follows from."""

report = Table(
    "report",
    metadata,
    _id(),
    Column("url", Text, nullable=False, unique=True),
    # Who is answered once it is worked through.
    Column("chat_id", BigInteger, nullable=False),
    Column("reported_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("outcome", Text),
)

alert = Table(
    "alert",
    metadata,
    _id(),
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

chat = Table(
    "chat",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False, default="en"),
    Column("zone", Text, nullable=False, default="UTC"),
    # NULL while the chat can be written to; else why not.
    Column("closed_reason", Text),
    # Telegram asked for silence in this chat until then (retry_after).
    Column("not_before", Moment),
    Column("created_at", Moment, nullable=False),
    # Quiet hours, in minutes after the chat's own midnight; NULL where there are none.
    Column("quiet_from", Integer),
    Column("quiet_to", Integer),
    # Whether recognitions are let through them.
    Column("quiet_lets_major", Boolean, nullable=False, default=False),
    # The night that is or comes next, as the zone has it: SQL knows no zones.
    Column("quiet_begins_at", Moment),
    Column("quiet_ends_at", Moment),
    # Who turned the alerts on in a group or channel: told where the bot may speak no more.
    Column("owner_id", BigInteger),
    Column("owner_told_at", Moment),
    Index("ix_chat_quiet_ends_at", "quiet_ends_at"),
)

filter_row = Table(
    "filter",
    metadata,
    _id(),
    # Canonical JSON: equal wishes share one row, so fan-out decides once for all of them.
    Column("definition", Text, nullable=False, unique=True),
)

subscription = Table(
    "subscription",
    metadata,
    Column("chat_id", BigInteger, ForeignKey("chat.id"), primary_key=True),
    # The topic of a forum group; 0 is a chat without topics, and a forum's General.
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False, default=0),
    Column("filter_id", BigId, ForeignKey("filter.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    # Whether General will do where the topic is closed or gone.
    Column("may_leave_topic", Boolean, nullable=False, default=False),
    # NULL while it is served; else why Telegram does not let us into the topic.
    Column("paused_reason", Text),
    Column("pace", Text, nullable=False, default="at_once"),
    Column("digest_hour", Integer, nullable=False, default=9),
    # Monday is 0; counts for a weekly digest only.
    Column("digest_weekday", Integer, nullable=False, default=0),
    # When the next digest is due; NULL where none is.
    Column("digest_at", Moment),
    # The local date of the last one: there is one a date, whatever the clocks do.
    Column("digest_on", Date),
    # What came later than this is in the next one.
    Column("digest_since", Moment),
    # Whether an editor must let an alert through before it is published here.
    Column("needs_approval", Boolean, nullable=False, default=False),
    # Until when it has had its hour's most messages; what is held waits for just this time.
    Column("full_until", Moment),
    Index("ix_subscription_filter_id", "filter_id"),
    Index("ix_subscription_full_until", "full_until"),
    Index("ix_subscription_digest_at", "digest_at"),
)

digest_line = Table(
    "digest_line",
    metadata,
    # What of which alert a place was told by a digest: a correction is owed to it.
    Column("alert_id", BigId, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("told_at", Moment, nullable=False),
    Index("ix_digest_line_chat_id", "chat_id"),
    Index("ix_digest_line_told_at", "told_at"),
)

hook = Table(
    "hook",
    metadata,
    # A chat of kind "hook", below every number that Telegram gives.
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)
"""Outgoing webhooks: where what is told to such a chat is posted."""

silence = Table(
    "silence",
    metadata,
    _id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, default=0),
    # Each NULL matches everything; one that is set must be equal.
    Column("case_id", Text),
    Column("actor", Text),
    Column("type", Text),
    Column("alert_id", BigId),
    Column("until", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_silence_chat_id", "chat_id"),
    Index("ix_silence_until", "until"),
)

steward = Table(
    "steward",
    metadata,
    # Who manages which chat from a private one; what they may do is asked at each action.
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    # Whether this person is shown what waits for approval.
    Column("is_editor", Boolean, nullable=False, default=False),
    Column("since", Moment, nullable=False),
    Index("ix_steward_user_id", "user_id"),
)

proposal = Table(
    "proposal",
    metadata,
    # The notice that shows it to the editors.
    Column("notice_id", BigId, primary_key=True, autoincrement=False),
    Column("alert_id", BigId, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Index("ix_proposal_alert_id", "alert_id"),
    Index("ix_proposal_chat_id", "chat_id"),
    Index("ix_proposal_closed_at_created_at", "closed_at", "created_at"),
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
    _id(),
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

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
)
"""What only one process at a time may do."""

orders = Table(
    "orders",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("ordered_by", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("outcome", Text),
    # The revision that it made, if any.
    Column("alert_id", BigId),
    Column("revision", Integer),
    Index("ix_orders_kind_created_at", "kind", "created_at"),
)

seen_update = Table(
    "seen_update",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_at", Moment, nullable=False),
)

upload = Table(
    "upload",
    metadata,
    # SHA-256 of the picture's bytes.
    Column("picture", Text, primary_key=True),
    Column("file_id", Text, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Index("ix_upload_uploaded_at", "uploaded_at"),
)
"""What Telegram calls each picture that it has: to be sent again without its bytes."""

fact = Table(
    "fact",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", JSON, nullable=False),
)
"""Small things the program must remember: windows open, momenta, latencies."""
