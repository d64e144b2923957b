"""The tables, as the newest migration leaves them (a test compares the two)."""

from jobs.store.schema.chats import (
    chat,
    digest_line,
    filter_row,
    hook,
    proposal,
    silence,
    steward,
    subscription,
)
from jobs.store.schema.columns import BigId, Moment, metadata
from jobs.store.schema.ledger import (
    event,
    event_version,
    mention,
    report,
    ruling,
    search_word,
    standing,
    standing_version,
)
from jobs.store.schema.reading import added_source, item, source
from jobs.store.schema.running import fact, lease, orders, seen_update, upload
from jobs.store.schema.telling import HELD, STARTED, WAITING, alert, outbox, revision, send_slot

__all__ = [
    "HELD",
    "STARTED",
    "WAITING",
    "BigId",
    "Moment",
    "added_source",
    "alert",
    "chat",
    "digest_line",
    "event",
    "event_version",
    "fact",
    "filter_row",
    "hook",
    "item",
    "lease",
    "mention",
    "metadata",
    "orders",
    "outbox",
    "proposal",
    "report",
    "revision",
    "ruling",
    "search_word",
    "seen_update",
    "send_slot",
    "silence",
    "source",
    "standing",
    "standing_version",
    "steward",
    "subscription",
    "upload",
]
