"""How far a source that is read in steps has been read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("source", sa.Column("cursor", sa.Text()))
