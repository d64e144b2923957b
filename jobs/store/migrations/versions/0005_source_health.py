"""Sources that are paused, moved or added at run time, and what ails the others."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table."""
    for column in (
        sa.Column("current_url", sa.Text()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("moved_times", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("trouble", sa.Text()),
        sa.Column("gap_seconds", sa.Float()),
        sa.Column("paused_at", MOMENT),
    ):
        op.add_column("source", column)
    op.create_table(
        "added_source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_added_source")),
    )
