"""What Telegram calls the pictures that it has."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table; no picture is known yet."""
    op.create_table(
        "upload",
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("picture", name="pk_upload"),
    )
    op.create_index("ix_upload_uploaded_at", "upload", ["uploaded_at"])
