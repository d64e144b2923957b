"""When and where a chat is told: digests, quiet hours, silences, stewards, approval."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables; every chat goes on being told of everything at once."""
    _chat()
    _subscription()
    _digest_line()
    _silence()
    _steward()
    _proposal()


def _chat() -> None:
    op.add_column("chat", sa.Column("quiet_from", sa.Integer()))
    op.add_column("chat", sa.Column("quiet_to", sa.Integer()))
    _add("chat", "quiet_lets_major", sa.Boolean(), sa.false())
    op.add_column("chat", sa.Column("quiet_begins_at", MOMENT))
    op.add_column("chat", sa.Column("quiet_ends_at", MOMENT))
    op.create_index("ix_chat_quiet_ends_at", "chat", ["quiet_ends_at"])


def _subscription() -> None:
    _add("subscription", "pace", sa.Text(), "at_once")
    _add("subscription", "digest_hour", sa.Integer(), "9")
    _add("subscription", "digest_weekday", sa.Integer(), "0")
    op.add_column("subscription", sa.Column("digest_at", MOMENT))
    op.add_column("subscription", sa.Column("digest_on", sa.Date()))
    op.add_column("subscription", sa.Column("digest_since", MOMENT))
    _add("subscription", "needs_approval", sa.Boolean(), sa.false())
    op.create_index("ix_subscription_digest_at", "subscription", ["digest_at"])


def _digest_line() -> None:
    op.create_table(
        "digest_line",
        _alert("alert_id"),
        _key("chat_id"),
        _key("thread_id"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "chat_id", "thread_id", name="pk_digest_line"),
    )
    op.create_index("ix_digest_line_chat_id", "digest_line", ["chat_id"])
    op.create_index("ix_digest_line_told_at", "digest_line", ["told_at"])


def _silence() -> None:
    op.create_table(
        "silence",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        _key("chat_id"),
        _key("thread_id"),
        *(sa.Column(name, sa.Text()) for name in ("case_id", "actor", "type")),
        sa.Column("alert_id", BIG_ID),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
    )
    op.create_index("ix_silence_chat_id", "silence", ["chat_id"])
    op.create_index("ix_silence_until", "silence", ["until"])


def _steward() -> None:
    op.create_table(
        "steward",
        _key("chat_id"),
        _key("user_id"),
        sa.Column("is_editor", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name="pk_steward"),
    )
    op.create_index("ix_steward_user_id", "steward", ["user_id"])


def _proposal() -> None:
    op.create_table(
        "proposal",
        _alert("notice_id"),
        _alert("alert_id"),
        _key("chat_id"),
        _key("thread_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("notice_id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_alert_id", "proposal", ["alert_id"])
    op.create_index("ix_proposal_chat_id", "proposal", ["chat_id"])
    op.create_index("ix_proposal_closed_at_created_at", "proposal", ["closed_at", "created_at"])


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def _alert(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG_ID, nullable=False, autoincrement=False)


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], default: Any) -> None:
    """Add a column that must be filled; the default is for the rows there are, not for new ones."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, server_default=None)
