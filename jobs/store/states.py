"""Which states of an outbox row are alike."""

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
