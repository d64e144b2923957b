"""Since when a chat cannot be written to, so that it can be forgotten in the end."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column and its index; the next pruning notes which chats are closed already."""
    op.add_column("chat", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.create_index("ix_chat_closed_at", "chat", ["closed_at"])


def downgrade() -> None:
    """Drop both; nothing else hangs on them."""
    op.drop_index("ix_chat_closed_at", "chat")
    op.drop_column("chat", "closed_at")
