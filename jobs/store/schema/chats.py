"""Who is told, of what, when and where."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text

from jobs.store.schema.columns import BigId, Moment, metadata, new_id

chat = Table(
    "chat",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False, default="en"),
    Column("zone", Text, nullable=False, default="UTC"),
    # NULL while the chat can be written to; else why not.
    Column("closed_reason", Text),
    # When that was noticed, within an hour: such a chat is forgotten some day.
    Column("closed_at", Moment),
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
    Index("ix_chat_closed_at", "closed_at"),
)

filter_row = Table(
    "filter",
    metadata,
    new_id(),
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
    new_id(),
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
    # When that was noticed, within an hour: such a chat is forgotten some day.
    Column("closed_at", Moment),
    Index("ix_proposal_alert_id", "alert_id"),
    Index("ix_proposal_chat_id", "chat_id"),
    Index("ix_proposal_closed_at_created_at", "closed_at", "created_at"),
)
