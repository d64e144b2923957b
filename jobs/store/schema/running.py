"""What the program must remember of itself: turns, orders, updates, uploads."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text

from jobs.store.schema.columns import BigId, Moment, metadata, new_id

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
    new_id(),
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
