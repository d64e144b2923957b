"""What is read, and what was read there."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint

from jobs.store.schema.columns import Moment, metadata, new_id

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
    new_id(),
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
