"""Transitions: whether a change of the ledger is news, and why not (design, rules 2 and 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.domain.alerts import AlertKind, Facts, Transition, Withheld
from jobs.domain.events import Event, EventStatus, Evidence, Grade
from jobs.reference.cases import BaselineStanding


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told about an event; the kind is that of its first revision."""

    kind: AlertKind
    status: EventStatus
    grade: Grade
    on: date | None
    contested: bool = False
    retracted: bool = False

    @classmethod
    def of(cls, kind: AlertKind, facts: Facts) -> "Told":
        """Return what the latest revision's facts told; ``kind`` is the first revision's."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside the event itself.

    ``freshness`` is how old an item may be; ``is_baseline`` says that the item came with
    its source's (or its case's) first read; ``known`` is where the actor stood before
    the bot read anything, if the case says so.
    """

    now: datetime
    freshness: timedelta
    is_baseline: bool = False
    known: BaselineStanding | None = None


def decide(
    evidence: Evidence,
    event: Event,
    others: Sequence[Event],
    told: Told | None,
    circumstances: Circumstances,
) -> Transition | Withheld:
    """Decide whether what a mention made of its event is told, and why or why not.

    ``evidence`` is the mention just fused, ``event`` its event after fusion, ``others``
    the other events of that case and actor (``event`` itself may be among them),
    ``told`` what chats were last told of the event, None if nothing. Compares with what was *told*,
    not with what was believed: a change that was held back once is told with the next.
    """
    raise NotImplementedError
