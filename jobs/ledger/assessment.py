"""Assessment: what an event's evidence amounts to (design, rule 3)."""

from collections.abc import Collection, Sequence

from jobs.domain.events import Event, EventId, Evidence


def assess(
    event_id: EventId,
    evidence: Sequence[Evidence],
    opponents: Collection[str] = (),
    reverses: EventId | None = None,
) -> Event:
    """Return the event that follows from its evidence (at least one), in any order.

    Status, grade, date, origins, detail and the flags are all derived here, so that the
    ledger can be rebuilt; ``reverses`` is kept as given.
    """
    raise NotImplementedError
