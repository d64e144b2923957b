"""Outgoing webhooks: chats of a kind of their own, and where each is called."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table; there is no webhook yet."""
    op.create_table(
        "hook",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_hook"),
        sa.UniqueConstraint("url", name="uq_hook_url"),
    )
