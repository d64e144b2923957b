"""What is held to have happened, on which mentions, and by whose word."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, ForeignKey, Index, Table, Text

from jobs.store.schema.columns import BigId, Moment, metadata, new_id

event = Table(
    "event",
    metadata,
    new_id(),
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
    new_id(),
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
    new_id(),
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
    new_id(),
    Column("case_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("believed_at", Moment, nullable=False),
    Column("shape", JSON, nullable=False),
    Index("ix_standing_version_case_id_actor_id", "case_id", "actor", "id"),
)

ruling = Table(
    "ruling",
    metadata,
    new_id(),
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
    new_id(),
    Column("url", Text, nullable=False, unique=True),
    # Who is answered once it is worked through.
    Column("chat_id", BigInteger, nullable=False),
    Column("reported_at", Moment, nullable=False),
    # When that was noticed, within an hour: such a chat is forgotten some day.
    Column("closed_at", Moment),
    Column("outcome", Text),
)
