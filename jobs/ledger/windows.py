"""How far apart two reports may lie and still tell of one event: data, with reasons."""

from dataclasses import dataclass
from datetime import timedelta

from jobs.domain.events import EventType


@dataclass(frozen=True, slots=True)
class Window:
    """One event type's measures, in days.

    ``apart``: two days that texts name themselves may differ by this much. ``lag``: a
    report that names no day may come this long after the event. ``late``: an event
    first heard of this long after its day is still news. ``once``: an actor can do it
    only once until it is taken back.
    """

    apart: int
    lag: int
    late: int
    once: bool
    reason: str


WINDOWS: dict[EventType, Window] = {}

PLAN_SLIP = timedelta(days=3)
PLAN_OPEN = timedelta(days=90)
STATEMENT = timedelta(days=7)
DISPUTE = timedelta(days=14)
FIRST_DENIAL = timedelta(days=90)
