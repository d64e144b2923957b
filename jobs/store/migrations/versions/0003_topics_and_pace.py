"""Forum topics as destinations; what several senders of one outbox share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WAITING = sa.text("state IN ('PENDING', 'RETRY')")
STARTED = sa.text("started_at IS NOT NULL")
MOMENT = sa.DateTime(timezone=True)
HELD = sa.text("state IN ('CLAIMED', 'SENDING', 'UNCERTAIN')")


def upgrade() -> None:
    """Add columns and tables; what there is belongs to no topic."""
    _subscriptions()
    _outbox()
    op.add_column("chat", sa.Column("owner_id", sa.BigInteger()))
    op.add_column("chat", sa.Column("owner_told_at", MOMENT))
    op.create_table(
        "send_slot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_slot")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _subscriptions() -> None:
    with op.batch_alter_table("subscription") as table:
        table.add_column(_zero("thread_id"))
        table.add_column(_false("may_leave_topic"))
        table.add_column(sa.Column("paused_reason", sa.Text()))
        table.drop_constraint(op.f("pk_subscription"), type_="primary")
        table.create_primary_key(op.f("pk_subscription"), ["chat_id", "thread_id"])
    with op.batch_alter_table("subscription") as table:
        table.alter_column("thread_id", server_default=None)
        table.alter_column("may_leave_topic", server_default=None)


def _outbox() -> None:
    # SQLite makes the table anew, and would make its partial indexes whole ones.
    for name in ("ix_outbox_waiting", "ix_outbox_held"):
        op.drop_index(name, "outbox")
    with op.batch_alter_table("outbox") as table:
        table.add_column(_zero("thread_id"))
        table.add_column(_false("in_general"))
        table.drop_constraint(op.f("uq_outbox_alert_id_chat_id_revision_action"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_outbox_alert_id_chat_id_thread_id_revision_action"),
            ["alert_id", "chat_id", "thread_id", "revision", "action"],
        )
    with op.batch_alter_table("outbox") as table:
        table.alter_column("thread_id", server_default=None)
        table.alter_column("in_general", server_default=None)
    _partial("ix_outbox_waiting", ["priority", "id"], WAITING)
    _partial("ix_outbox_held", ["state"], HELD)
    _partial("ix_outbox_chat_id_started_at", ["chat_id", "started_at"], STARTED)


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)


def _zero(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _false(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
