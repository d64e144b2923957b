"""Transitions: whether a change of the ledger is news, and why not (design, rules 2 and 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from jobs.domain.alerts import AlertKind, Facts, Level, Reason, Transition, Withheld
from jobs.domain.events import Event, EventId, EventStatus, EventType, Evidence, Grade
from jobs.ledger.dating import said_at
from jobs.ledger.identity import aim
from jobs.ledger.standings import is_in_baseline
from jobs.ledger.windows import FIRST_DENIAL, WINDOWS
from jobs.reference.cases import BaselineStanding

_CANCELS = (Reason.RETRACTED, Reason.MERGED)


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told about an event."""

    kind: AlertKind
    status: EventStatus
    grade: Grade
    on: date | None
    contested: bool = False
    retracted: bool = False

    @classmethod
    def of(cls, kind: AlertKind, facts: Facts) -> Self:
        """Return what a revision told; a signal has only one."""
        flags = (facts.contested, facts.retracted)
        return cls(kind, facts.status, facts.grade, facts.on, *flags)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside the event and its mention.

    ``freshness`` is how old an item may be; ``is_baseline`` says that the item came with
    its source's or its case's first read. ``baseline`` is where the case says that the
    actor stood before anything was read; ``told_events`` are those of the actor's events
    of which anything was told. ``is_ordered`` says that an operator changed the event.
    """

    now: datetime
    freshness: timedelta
    is_baseline: bool = False
    baseline: Sequence[BaselineStanding] = ()
    told_events: frozenset[EventId] = frozenset()
    is_ordered: bool = False


def decide(
    evidence: Evidence,
    event: Event,
    others: Sequence[Event],
    told: Told | None,
    circumstances: Circumstances,
) -> Transition | Withheld:
    """Decide whether what a mention made of its event is told, and why or why not.

    ``evidence`` is the mention just fused, ``event`` its event after fusion, ``others``
    the events of that case and actor (``event`` itself may be among them), ``told`` what
    chats were last told of the event, None if nothing. Compares with what was *told*, not
    with what was believed: what was held back once is told with the next change.
    """
    if evidence.mention.status is EventStatus.PAST:
        return Withheld(Reason.BACKGROUND)
    if circumstances.is_baseline:
        return Withheld(Reason.BASELINE)
    if told is not None:
        return _revise(event, told, is_ordered=circumstances.is_ordered)
    reason = _why_not(evidence, event, others, circumstances)
    return Withheld(reason) if reason else _tell(event, others, circumstances)


def level_of(event: Event) -> Level:
    """Return how great an event is: recognitions first, what is only considered last."""
    if event.status is EventStatus.CONSIDERED:
        return Level.SIGNAL
    is_refusal = event.status is EventStatus.DENIED and event.reverses is None
    is_major = event.type is EventType.RECOGNITION and not is_refusal
    return Level.MAJOR if is_major else Level.ALERT


def take_in(recognition: Event) -> Transition:
    """Return the quiet revision by which a recognition takes a lesser event in."""
    kind, reason = AlertKind.UPDATE, Reason.INHIBITED
    return Transition(recognition.id, kind, reason, level_of(recognition), loud=False)


def taken_back(event: Event, *, is_undone: bool) -> Transition:
    """Return the quiet revision by which an alert says that its event was taken back.

    The alert of the reversal rings, as an answer to this one. ``is_undone`` is False
    where the reversal turned out to be none.
    """
    reason = Reason.REVERSAL if is_undone else Reason.RESTORED
    return Transition(event.id, AlertKind.UPDATE, reason, level_of(event), loud=False)


def _why_not(
    evidence: Evidence, event: Event, others: Sequence[Event], circumstances: Circumstances
) -> Reason | None:
    if event.retracted:
        return Reason.RETRACTED
    if _is_stale(evidence, event, circumstances):
        return Reason.STALE
    kin = [each for each in others if each.type is event.type]
    if is_in_baseline(event, circumstances.baseline, kin):
        return Reason.ALREADY_KNOWN
    return None


def _is_stale(evidence: Evidence, event: Event, circumstances: Circumstances) -> bool:
    """Say whether the item is old, or what it tells of; a plan is as old as its day."""
    now, freshness = circumstances.now, circumstances.freshness
    if now - said_at(evidence) > freshness:
        return True
    if event.on is None:
        return False
    is_plan = event.status is EventStatus.PLANNED
    allowed = freshness if is_plan else max(freshness, WINDOWS[event.type].late)
    return now.date() - event.on > allowed


def _tell(
    event: Event, others: Sequence[Event], circumstances: Circumstances
) -> Transition | Withheld:
    is_repeat = event.status is EventStatus.DENIED and not (
        event.reverses is not None or _is_first_denial(event, others, circumstances.told_events)
    )
    if event.status is EventStatus.CONSIDERED or is_repeat:
        return Transition(event.id, AlertKind.SIGNAL, Reason.FIRST, Level.SIGNAL, loud=False)
    reason = Reason.FIRST if event.reverses is None else Reason.REVERSAL
    return Transition(event.id, AlertKind.ALERT, reason, level_of(event), loud=False)


def _is_first_denial(event: Event, others: Sequence[Event], told: frozenset[EventId]) -> bool:
    """Say whether the actor refuses for the first time in a long while.

    Only a refusal that was told counts: one held back silences none.
    """
    return not any(
        each.status is EventStatus.DENIED
        and each.type is event.type
        and aim(each.detail) is aim(event.detail)
        and each.id != event.id
        and each.id in told
        and each.on is not None
        and event.on is not None
        and abs(event.on - each.on) < FIRST_DENIAL
        for each in others
    )


def _revise(event: Event, told: Told, *, is_ordered: bool) -> Transition | Withheld:
    """Compare with what was told; the first difference that matters names the reason."""
    if told.kind is AlertKind.SIGNAL:
        return Withheld(Reason.ALREADY_KNOWN)
    loud = _loud_change(event, told)
    if is_ordered and not event.retracted and loud is not Reason.RESTORED:
        loud = Reason.ORDERED
    reason = loud or _quiet_change(event, told)
    if reason is None:
        return Withheld(Reason.ALREADY_KNOWN)
    kind = AlertKind.CANCEL if reason in _CANCELS else AlertKind.UPDATE
    return Transition(event.id, kind, reason, level_of(event), loud=loud is not None)


def _loud_change(event: Event, told: Told) -> Reason | None:
    """Return a change of which a mere edit would leave readers with a false belief."""
    if event.retracted and told.retracted:
        return None
    if event.retracted:
        return Reason.RETRACTED if event.merged_into is None else Reason.MERGED
    if told.retracted:
        return Reason.RESTORED
    if event.status is not told.status:
        return Reason.STATUS_CHANGED
    if event.contested is not told.contested:
        return Reason.DISPUTED if event.contested else Reason.SETTLED
    return Reason.GRADE_LOWERED if event.grade.rank < told.grade.rank else None


def _quiet_change(event: Event, told: Told) -> Reason | None:
    if event.retracted:
        return None
    if event.grade.rank > told.grade.rank:
        return Reason.GRADE_RAISED
    return Reason.DATE_CHANGED if event.on != told.on else None
