"""Until when a place has had its hour's most messages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column and its index; no place is full."""
    op.add_column("subscription", sa.Column("full_until", sa.DateTime(timezone=True)))
    op.create_index("ix_subscription_full_until", "subscription", ["full_until"])


def downgrade() -> None:
    """Drop both; no place waits for room any more."""
    op.drop_index("ix_subscription_full_until", "subscription")
    op.drop_column("subscription", "full_until")
