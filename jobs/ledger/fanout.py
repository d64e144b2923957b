"""Fan-out: who wants to hear of a transition, and what its message holds."""

from collections.abc import Sequence

from jobs.domain.alerts import AlertId, Facts, Filter, Level
from jobs.domain.events import Event


def wants(chosen: Filter, facts: Facts, level: Level) -> bool:
    """Say whether a chat with this filter wants an alert of this level."""
    raise NotImplementedError


def facts_of(
    event: Event, *, reverses: AlertId | None = None, includes: Sequence[Event] = ()
) -> Facts:
    """Return an alert's facts as of now, with its best voices first.

    ``reverses`` is the alert of the event that this one takes back, ``includes`` are the
    lesser events whose ``inhibited_by`` is this one.
    """
    raise NotImplementedError


def inhibitor(event: Event, others: Sequence[Event]) -> Event | None:
    """Return the confirmed recognition in whose message a lesser event is told, if any.

    ``others`` are the events of the same case and actor.
    """
    raise NotImplementedError
