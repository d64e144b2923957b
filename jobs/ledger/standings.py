"""Standings: where an actor stands toward a case, rebuilt from its events."""

from collections.abc import Sequence

from jobs.domain.events import Event, Standing
from jobs.reference.cases import BaselineStanding


def stand(
    case: str, actor: str, events: Sequence[Event], baseline: BaselineStanding | None = None
) -> Standing:
    """Return the standing that a baseline and then the events, by day, lead to."""
    raise NotImplementedError
