"""Rulings: an operator's words on the ledger, kept in order beside the mentions.

Mentions and rulings together are the ledger's journal: read again from the first line,
they lead to the same events.
"""

from dataclasses import dataclass
from enum import StrEnum

from jobs.domain.events import Correction, EventId, MentionId


class RulingKind(StrEnum):
    """What an operator can say of an event."""

    CONFIRM = "confirm"
    RETRACT = "retract"
    CORRECT = "correct"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Word:
    """One ruling on one event.

    ``after`` is the last mention that stood in the ledger. ``other`` is the event that a
    merged one goes into, or the number of the new event that a split makes.
    ``mentions`` are what a split takes out, or the page that confirms.
    """

    kind: RulingKind
    event_id: EventId
    after: MentionId
    other: EventId | None = None
    mentions: tuple[MentionId, ...] = ()
    correction: Correction | None = None
