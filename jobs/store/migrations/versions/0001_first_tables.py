"""The first tables.

Written by hand against the schema of its day; later steps must not edit it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    _incoming()
    _events()
    _mentions()
    _alerts()
    _outbox()
    _chats()
    _rest()


def _incoming() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("next_due_at", MOMENT, nullable=False),
        sa.Column("baseline_at", MOMENT),
        sa.Column("last_ok_at", MOMENT),
        sa.Column("last_new_at", MOMENT),
        sa.Column("whole_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("alarmed_at", MOMENT),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index("ix_source_next_due_at", "source", ["next_due_at"])
    op.create_table(
        "item",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("is_baseline", sa.Boolean(), nullable=False),
        sa.Column("processed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_item_source_id_key")),
    )
    op.create_index("ix_item_first_seen_at", "item", ["first_seen_at"])
    op.create_index("ix_item_processed_at_id", "item", ["processed_at", "id"])


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date()),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reverses", BIG_ID),
        sa.Column("inhibited_by", BIG_ID),
        sa.Column("ruling", sa.Text()),
        sa.ForeignKeyConstraint(["inhibited_by"], ["event.id"], name=op.f("fk_event_inhibited_by")),
        sa.ForeignKeyConstraint(["reverses"], ["event.id"], name=op.f("fk_event_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_case_id_actor_type", "event", ["case_id", "actor", "type"])
    op.create_index("ix_event_changed_at", "event", ["changed_at"])


def _mentions() -> None:
    op.create_table(
        "mention",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date()),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("attributions", sa.JSON(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("event_id", BIG_ID),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_mention_event_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_mention_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_event_id", "mention", ["event_id"])
    op.create_index("ix_mention_item_id", "mention", ["item_id"])
    op.create_table(
        "standing",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recognition", sa.Text(), nullable=False),
        sa.Column("recognised_on", sa.Date()),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("mission_on", sa.Date()),
        sa.Column("head_of_mission", sa.Text(), nullable=False),
        sa.Column("head_on", sa.Date()),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("listing_on", sa.Date()),
        sa.Column("last_meeting_on", sa.Date()),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "actor", name=op.f("pk_standing")),
    )


def _alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_alert_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("event_id", name=op.f("uq_alert_event_id")),
    )
    op.create_table(
        "revision",
        sa.Column("alert_id", BIG_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_revision_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "revision", name=op.f("pk_revision")),
    )
    op.create_index("ix_revision_created_at", "revision", ["created_at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", BIG_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("attempt_id", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("cause", sa.Text()),
        sa.Column("possibly_repeated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "alert_id",
            "chat_id",
            "revision",
            "action",
            name=op.f("uq_outbox_alert_id_chat_id_revision_action"),
        ),
    )
    op.create_index("ix_outbox_chat_id_state", "outbox", ["chat_id", "state"])
    held = sa.text("state IN ('CLAIMED', 'SENDING', 'UNCERTAIN')")
    op.create_index("ix_outbox_held", "outbox", ["state"], sqlite_where=held, postgresql_where=held)
    waiting = sa.text("state IN ('PENDING', 'RETRY')")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["priority", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _chats() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("closed_reason", sa.Text()),
        sa.Column("not_before", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
    )
    op.create_table(
        "filter",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter")),
        sa.UniqueConstraint("definition", name=op.f("uq_filter_definition")),
    )
    op.create_table(
        "subscription",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("filter_id", BIG_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_subscription_chat_id")),
        sa.ForeignKeyConstraint(
            ["filter_id"], ["filter.id"], name=op.f("fk_subscription_filter_id")
        ),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_filter_id", "subscription", ["filter_id"])


def _rest() -> None:
    op.create_table(
        "orders",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("ordered_by", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_table(
        "seen_update",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_seen_update")),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact")),
    )
