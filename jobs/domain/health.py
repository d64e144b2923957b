"""How a source is doing, by its own history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jobs.domain.items import SourceId

MOST_FAILURES = 5
"""In a row, until a person is told; with the growing waits that is some hours."""

DEAD_AFTER = 35
"""Failures in a row; the last thirty or so are a day apart."""

MOST_MOVES = 5
"""Readings in a row that were sent to the same new address, until that is believed."""

SILENCE = timedelta(days=14)
"""A source that is read well and brings nothing for so long has probably moved."""

QUIET_AFTER = timedelta(days=1)
USUAL_GAPS = 5
"""So many times its usual gap between news makes a source quiet, or silent."""


class Trouble(StrEnum):
    """What is wrong where a source could not be read."""

    FAILING = "failing"
    """No answer, an error, or what our own rules refuse."""
    BLOCKED = "blocked"
    """It answers, and keeps programs out."""
    CHANGED = "changed"
    """It was read before, and sends something else now, or nothing at all."""
    GONE = "gone"
    """Its host says that it is gone for good (410)."""


class State(StrEnum):
    """How a source is, in one word; the worst come last."""

    FRESH = "fresh"
    QUIET = "quiet"
    NEW = "new"
    """Not read yet."""
    PAUSED = "paused"
    FAILING = "failing"
    BLOCKED = "blocked"
    CHANGED = "changed"
    DEAD = "dead"
    """Gone, or not read for a month of tries; it is still tried now and then."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where permanent redirects lead, in how many readings in a row."""

    to: str | None = None
    times: int = 0


STAYS = Move()


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source has been doing; ``alarmed_at`` is when its operator was told.

    ``gap_seconds`` is its usual time from news to news. ``moved_to`` is where its host
    says it has moved for good, in the last ``moved_times`` readings.
    """

    source_id: SourceId
    failures: int
    last_error: str | None
    baseline_at: datetime | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    next_due_at: datetime
    alarmed_at: datetime | None
    trouble: Trouble | None = None
    gap_seconds: float | None = None
    paused_at: datetime | None = None
    moved_to: str | None = None
    moved_times: int = 0

    @property
    def spoke_at(self) -> datetime | None:
        """Return when it last brought something, or began to be read."""
        return self.last_new_at or self.baseline_at

    @property
    def has_moved(self) -> bool:
        """Tell whether it is known to have moved where a person must decide."""
        return self.moved_to is not None and self.moved_times >= MOST_MOVES


def state_of(health: SourceHealth, now: datetime) -> State:
    """Return a source's state."""
    if health.paused_at is not None:
        return State.PAUSED
    if health.failures:
        if health.trouble is Trouble.GONE or health.failures >= DEAD_AFTER:
            return State.DEAD
        return State(health.trouble or Trouble.FAILING)
    if health.spoke_at is None:
        return State.NEW
    return State.QUIET if _is_silent_for(health, QUIET_AFTER, now) else State.FRESH


def needs_a_person(health: SourceHealth, now: datetime) -> bool:
    """Tell whether the operator is to look: it fails, is gone, has moved or fell silent."""
    if health.paused_at is not None:
        return False
    if health.failures:
        return health.failures >= MOST_FAILURES or health.trouble is Trouble.GONE
    return health.has_moved or _is_silent_for(health, SILENCE, now)


def _is_silent_for(health: SourceHealth, least: timedelta, now: datetime) -> bool:
    if health.spoke_at is None:
        return False
    usual = timedelta(seconds=USUAL_GAPS * (health.gap_seconds or 0.0))
    return now - health.spoke_at > max(least, usual)


def usual_gap(known: float | None, last: timedelta) -> float:
    """Return the usual gap in seconds after one more, of which the newest count most."""
    seconds = max(0.0, last.total_seconds())
    return seconds if known is None else 0.8 * known + 0.2 * seconds
