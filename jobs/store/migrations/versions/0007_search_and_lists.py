"""What people ask for is looked up by index: alerts by country, events by day, words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_INDEXES = (
    ("ix_event_case_id_actor_happened_on", ["case_id", "actor", "happened_on"]),
    ("ix_event_type_happened_on", ["type", "happened_on"]),
    ("ix_event_actor_type_happened_on", ["actor", "type", "happened_on"]),
)


def upgrade() -> None:
    """Add indexes and the table of words; tell each alert whose act it is of."""
    for name, columns in _INDEXES:
        op.create_index(name, "event", columns)
    op.add_column("alert", sa.Column("case_id", sa.Text()))
    op.add_column("alert", sa.Column("actor", sa.Text()))
    op.execute(
        "UPDATE alert SET "
        "case_id = (SELECT case_id FROM event WHERE event.id = alert.event_id), "
        "actor = (SELECT actor FROM event WHERE event.id = alert.event_id)"
    )
    op.create_index("ix_alert_case_id_id", "alert", ["case_id", "id"])
    op.create_index("ix_alert_case_id_actor_id", "alert", ["case_id", "actor", "id"])
    op.create_table(
        "search_word",
        sa.Column("word", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "event_id", name=op.f("pk_search_word")),
        sqlite_with_rowid=False,
    )
