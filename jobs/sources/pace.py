"""How much faster or slower than its interval a source is read, and when that is more.

The watched actors' sources are read more often around a forum of the calendar and for
days after a recognition; ``data/cadence.toml`` says how much and why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jobs.domain.items import Source, Tier
from jobs.reference.cadence import Cadence
from jobs.reference.cases import Case, Forum
from jobs.reference.voices import belongs, voices_of


@dataclass(frozen=True, slots=True)
class Windows:
    """The factors in force now, by case; a case with none is as always."""

    factors: Mapping[str, float]
    sides: Mapping[str, frozenset[str]]
    """Whose voices belong to a case: its seat's and those of the actors it watches."""

    def factor(self, source: Source) -> float:
        """Return the smallest factor of the cases that a source belongs to, else 1."""
        factors = (
            factor
            for case, factor in self.factors.items()
            if belongs(source, case, self.sides.get(case, frozenset()))
        )
        return min(factors, default=1.0)


CLOSED = Windows({}, {})


def open_windows(
    cases: Iterable[Case],
    recognised_on: Mapping[str, date],
    cadence: Cadence,
    today: date,
) -> Windows:
    """Return the windows open today; ``recognised_on`` is each case's last recognition."""
    factors: dict[str, float] = {}
    sides: dict[str, frozenset[str]] = {}
    for case in cases:
        since = recognised_on.get(case.id)
        found = [step.factor for step in cadence.ripple if since and today - since <= step.span][:1]
        if any(_is_near(forum, cadence, today) for forum in case.forums):
            found.append(cadence.forum_factor)
        if found:
            factors[case.id] = min(found)
            sides[case.id] = voices_of(case)
    return Windows(factors, sides)


def _is_near(forum: Forum, cadence: Cadence, today: date) -> bool:
    if forum.ends_on - forum.starts_on > cadence.forum_longest:
        return False
    return forum.starts_on - cadence.forum_before <= today <= forum.ends_on + cadence.forum_after


def own_pace(
    source: Source,
    cadence: Cadence,
    *,
    last_new_at: datetime | None,
    new: int,
    shown: int,
    now: datetime,
) -> float:
    """Return a source's factor by how often it publishes.

    ``new`` of the ``shown`` items were new at this reading.
    """
    if new and new >= cadence.busy_share * shown:
        return cadence.busy_factor
    if new or last_new_at is None or source.tier is Tier.OFFICIAL:
        return 1.0
    idle = [step.factor for step in cadence.idle if now - last_new_at >= step.span]
    return idle[-1] if idle else 1.0
