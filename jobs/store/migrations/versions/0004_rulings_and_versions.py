"""The operator's rulings, the ledger's past, and the queue of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("event", sa.Column("correction", sa.JSON()))
    op.add_column("event", sa.Column("merged_into", BIG_ID))
    op.create_index("ix_event_merged_into", "event", ["merged_into"])
    op.add_column("mention", sa.Column("reprint_key", sa.Text()))
    op.create_index("ix_mention_reprint_key", "mention", ["reprint_key"])
    op.add_column("orders", sa.Column("alert_id", BIG_ID))
    op.add_column("orders", sa.Column("revision", sa.Integer()))
    op.create_index("ix_orders_kind_created_at", "orders", ["kind", "created_at"])
    _create_versions()
    _create_rulings()


def _create_versions() -> None:
    op.create_table(
        "event_version",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("event_id", BIG_ID, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("believed_at", MOMENT, nullable=False),
        sa.Column("shape", sa.JSON(), nullable=False),
    )
    op.create_index("ix_event_version_event_id_id", "event_version", ["event_id", "id"])
    op.create_index(
        "ix_event_version_case_id_actor_believed_at",
        "event_version",
        ["case_id", "actor", "believed_at"],
    )
    op.create_table(
        "standing_version",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("believed_at", MOMENT, nullable=False),
        sa.Column("shape", sa.JSON(), nullable=False),
    )
    op.create_index(
        "ix_standing_version_case_id_actor_id", "standing_version", ["case_id", "actor", "id"]
    )


def _create_rulings() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("order_id", BIG_ID, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", BIG_ID, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("after_mention", BIG_ID, nullable=False),
        sa.Column("other_id", BIG_ID, sa.ForeignKey("event.id")),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("correction", sa.JSON()),
        sa.Column("ruled_at", MOMENT, nullable=False),
    )
    op.create_index("ix_ruling_event_id", "ruling", ["event_id"])
    op.create_table(
        "report",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("url", sa.Text(), nullable=False, unique=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("outcome", sa.Text()),
    )
