"""Fusion: into which event a mention goes (design, rule 1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobs.domain.alerts import Reason
from jobs.domain.events import Event, EventId, Evidence


@dataclass(frozen=True, slots=True)
class Fused:
    """What one mention did to the ledger.

    ``before`` is None where the event is new; ``after`` is None where the mention
    belongs to no event, and then ``reason`` says why (UNDATED, BACKGROUND). ``reason``
    is ALREADY_KNOWN, and ``after`` is ``before``, where this very mention was fused before.
    """

    before: Event | None
    after: Event | None
    reason: Reason | None = None


def fuse(
    evidence: Evidence,
    events: Sequence[Event],
    new_id: EventId,
    opponents: Collection[str] = (),
) -> Fused:
    """Put a mention into the event it tells of, or into a new one, and assess that event.

    ``events`` are all events of the mention's case and actor, in any order; ``new_id``
    is used only where a new event begins; ``opponents`` are the case's interested
    parties on the other side (``Case.opponents``). Reads no clock.
    """
    raise NotImplementedError
