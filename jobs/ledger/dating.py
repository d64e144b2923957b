"""Days: when a mention says that a thing happened, and when it said so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.domain.events import DateBasis, Event, EventStatus, Evidence
from jobs.ledger.windows import DAY_SLACK, Window


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text names, or else only the latest day on which it can have been."""

    on: date
    stated: bool


def said_at(evidence: Evidence) -> datetime:
    """Return when an item spoke: when it was published, at the latest when it was read."""
    published = evidence.published_at
    return evidence.seen_at if published is None else min(published, evidence.seen_at)


def said_on(evidence: Evidence) -> date:
    """Return the day on which an item spoke."""
    return said_at(evidence).date()


def day_of(evidence: Evidence) -> Day | None:
    """Return the day a mention names or bounds; for a plan, the day named for the act.

    What has happened cannot lie ahead: a day beyond tomorrow is a wrong clock or a
    wrong reading, and only tells that it was over when the item was read.
    """
    mention = evidence.mention
    if mention.on is None or mention.basis is DateBasis.UNKNOWN:
        return None
    if mention.status is EventStatus.PLANNED:
        return Day(mention.on, stated=True)
    read_on = evidence.seen_at.date()
    if mention.on > read_on + DAY_SLACK:
        return Day(read_on, stated=False)
    return Day(mention.on, mention.basis is DateBasis.STATED)


def is_dated(evidence: Evidence) -> bool:
    """Say whether a mention can be placed in time: no date is not now."""
    if evidence.mention.status is EventStatus.PLANNED and evidence.published_at is not None:
        return True
    return day_of(evidence) is not None


def event_day(event: Event) -> Day | None:
    """Return an event's day, and whether a text names it."""
    if event.on is None:
        return None
    own = (day_of(each) for each in event.evidence if each.mention.status is event.status)
    return Day(event.on, Day(event.on, stated=True) in own)


def announced_on(evidence: Iterable[Evidence]) -> date:
    """Return the day on which a plan was first told of (at least one mention is a plan)."""
    return min(said_on(each) for each in evidence if each.mention.status is EventStatus.PLANNED)


def gap(mention: Day, event: Day, window: Window) -> timedelta | None:
    """Return how far a mention's day lies from an event's, or None where it is too far.

    A day that is only a latest possible one leaves room before it: a report without a
    day may follow the event by the type's lag, and an event dated by such a report may
    have been that much earlier.
    """
    distance = mention.on - event.on
    after = window.apart if mention.stated else window.lag
    before = window.apart if event.stated else window.lag
    return abs(distance) if -before <= distance <= after else None
