"""Which rows of the outbox are alike: by state, and by who carries them."""

from typing import Any

from sqlalchemy import ColumnElement

from jobs.domain.alerts import DeliveryState

OPEN = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
    DeliveryState.RETRY,
    DeliveryState.UNCERTAIN,
    DeliveryState.UNAPPROVED,
)
"""The states in which something is still to become of a row."""

UNSENT = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.RETRY,
    DeliveryState.UNCERTAIN,
    DeliveryState.UNAPPROVED,
)
"""The open states in which no call is being made."""

UNSURE = "perhaps known since before a restore"
"""The cause of a row that waits since nobody knows whether its chat was told already."""

CLOSED = (DeliveryState.DEAD, DeliveryState.CANCELLED)
"""The states in which a row ended without the chat being told for certain."""

HOOKS_BELOW = -(1 << 60)
"""Chats below are outgoing webhooks: Telegram's numbers have no more than 52 bits."""


def is_hook(row: Any) -> ColumnElement[bool]:
    """Tell whether a row (a table or an alias with a chat's number) is a webhook's."""
    found: ColumnElement[bool] = row.c.chat_id < HOOKS_BELOW
    return found
