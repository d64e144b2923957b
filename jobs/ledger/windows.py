"""How far apart two reports may lie and still tell of one event: data, with reasons."""

from dataclasses import dataclass
from datetime import timedelta

from jobs.domain.events import EventType


@dataclass(frozen=True, slots=True)
class Window:
    """One event type's measures.

    ``apart``: two days that texts name may differ by this much. ``lag``: a report that
    names no day may come this long after the event (never less than ``apart``).
    ``late``: an event first heard of this long after its day is still news. ``once``: a
    state does it once until it takes it back, so that a later report tells of the same
    act. ``lasting``: it leaves a standing, which can be taken back long after.
    """

    apart: timedelta
    lag: timedelta
    late: timedelta
    once: bool
    lasting: bool
    reason: str


def _window(apart: int, lag: int, late: int, reason: str, **nature: bool) -> Window:
    days = (timedelta(days=apart), timedelta(days=lag), timedelta(days=late))
    return Window(*days, nature.get("once", False), nature.get("lasting", False), reason)


WINDOWS: dict[EventType, Window] = {
    EventType.RECOGNITION: _window(
        1,
        30,
        14,
        "An act of one day, named a day apart across time zones; written about for weeks.",
        once=True,
        lasting=True,
    ),
    EventType.CREDENTIALS: _window(
        1,
        7,
        10,
        "A ceremony of one day, but its steps (agrément, arrival, handing over) may follow "
        "each other within days and are events of their own.",
        lasting=True,
    ),
    EventType.MISSION: _window(
        1,
        7,
        10,
        "Opened, handed over or closed on one day; told within the week. Embassy and "
        "consulate, or opening and flag, can lie a fortnight apart.",
        lasting=True,
    ),
    EventType.MEETING: _window(
        2,
        3,
        7,
        "A visit lasts a day or two, and the next may come in the same week.",
    ),
    EventType.DELISTING: _window(
        1,
        30,
        14,
        "A decision of one day that may be published weeks later; a state's list is left "
        "once, whereas an organisation lists and waives again and again.",
        once=True,
        lasting=True,
    ),
    EventType.AGREEMENT: _window(
        1,
        7,
        7,
        "Signed on one day, written about within the week; a paper that another visit brings "
        "a few days on is told with its own day.",
    ),
    EventType.FORUM: _window(
        3,
        10,
        7,
        "A gathering lasts up to four days and is written about for a week after its end.",
    ),
}

PLAN_SLIP = timedelta(days=3)
"""An act this far from the day named for it is the planned one."""

PLAN_OPEN = timedelta(days=90)
"""A plan without a named day is fulfilled by an act within this time, else it lapsed."""

STATEMENT = timedelta(days=7)
"""Statements of one kind within a week are one position, said again."""

DISPUTE = timedelta(days=14)
"""How long a denial can still dispute an act: foreign ministries answer within days
(Liberia 2018: two), and a later refusal speaks of something else."""

FIRST_DENIAL = timedelta(days=90)
"""A refusal is news again when the actor has been silent this long."""

DAY_SLACK = timedelta(days=1)
"""How far in the future an act may be dated: it is tomorrow already in the east."""
