"""Identity: whether a mention and an event are one occurrence (design, rule 1).

Acts (done, reversed) and statements (considered, denied) are separate events. A plan
and the act it announces are one event; a denial joins an act only to dispute it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from jobs.domain.events import TAKES_BACK, Event, EventStatus, Evidence, Grade
from jobs.ledger.dating import Day, announced_on, day_of, event_day, gap, is_dated, said_on
from jobs.ledger.origins import bare_words, corrects, text_of
from jobs.ledger.windows import DISPUTE, PLAN_OPEN, PLAN_SLIP, STATEMENT, WINDOWS, Window

REACH = PLAN_OPEN + timedelta(days=30)
"""How far back an event's evidence matters to a new report; further back, only its shape."""

REPRINT_WORDS = 10
"""From this many different words on, an equal text is the same text, not a stock phrase."""

ACTS = (EventStatus.DONE, EventStatus.REVERSED)
_OPPOSITE = {
    EventStatus.DONE: EventStatus.REVERSED,
    EventStatus.REVERSED: EventStatus.DONE,
}
_ORGANISATIONS = frozenset({"EU", "UN"})
"""Organisations whose codes look like a state's; the other codes are longer."""

Nearness = tuple[int, timedelta]
"""How well a mention fits an event: first the rank of the fit, then the days between."""


def nearness(evidence: Evidence, event: Event, kin: Sequence[Event]) -> Nearness | None:
    """Return how near a mention is to an event of its type, None where it is another's.

    ``kin`` are all events of that case, actor and type: what lies between two days
    decides whether they can belong together. Events older than ``REACH`` may come without
    their evidence.
    """
    status = evidence.mention.status
    if event.status is EventStatus.PLANNED and not event.evidence:
        return None  # so old that its evidence was not loaded: it lapsed
    if is_dated(evidence) and _is_reprint(evidence, event):
        return 0, timedelta(0)
    if corrects(evidence, event.evidence):
        return 0, timedelta(0)
    if status is EventStatus.PLANNED:
        return _plan_to_any(evidence, event, kin) if is_dated(evidence) else None
    day = day_of(evidence)
    if day is None:
        return None
    if status is EventStatus.PAST:
        return _background_to_act(day, event)
    if status in ACTS:
        return _act_to_any(day, status, event, kin)
    return _statement_to_any(day, evidence, event, kin)


def aim(detail: str) -> EventStatus:
    """Return which act a plan, thought or denial with this detail is about."""
    return EventStatus.REVERSED if detail == TAKES_BACK else EventStatus.DONE


def is_open(plan: Event, on: date, kin: Sequence[Event]) -> bool:
    """Say whether a plan was still to be carried out on a day: not overtaken, not dropped."""
    if plan.status is not EventStatus.PLANNED or not plan.evidence:
        return False
    if announced_on(plan.evidence) > on:
        return False
    if any(each.reverses == plan.id and each.on and each.on <= on for each in kin):
        return False
    last = announced_on(plan.evidence) + PLAN_OPEN if plan.on is None else plan.on + PLAN_SLIP
    return on <= last


def stands(event: Event, on: date, kin: Sequence[Event]) -> bool:
    """Say whether an act was still in force just before a day: nothing undid it since.

    What undoes it must be as sure as the act itself, or corroborated: one doubtful
    report of a withdrawal does not make every later reprint a new recognition.
    """
    least = min(event.grade.rank, Grade.CORROBORATED.rank)
    return not any(
        each.status is _OPPOSITE[event.status]
        and each.grade.rank >= least
        and not each.retracted
        and event.on is not None
        and each.on is not None
        and event.on <= each.on < on
        for each in kin
    )


def is_once(event: Event) -> bool:
    """Say whether the actor does such a thing once, until it takes it back.

    An organisation lists and waives again and again; a state leaves its list once.
    """
    is_state = len(event.actor) == 2 and event.actor not in _ORGANISATIONS
    return WINDOWS[event.type].once and is_state


def _is_firm(event: Event) -> bool:
    """Say whether an act is sure enough to be what every later report speaks of.

    A single premature report must not swallow the true act that comes months later.
    """
    is_sure = event.grade.rank >= Grade.CORROBORATED.rank and not event.contested
    return is_once(event) and is_sure


def _is_behind(act: Event, since: timedelta) -> bool:
    """Say whether a plan that names no day, told so long after an act, still means that act.

    What leaves a standing is not planned anew while its news is being told.
    """
    window = WINDOWS[act.type]
    is_sure = act.grade.rank >= Grade.CORROBORATED.rank and not act.contested
    return _is_firm(act) or (window.lasting and is_sure and since <= window.lag)


def reprint_key(title: str, clause: str) -> str | None:
    """Return what all reprints of a text have in common; None for a mere stock phrase."""
    text = bare_words(title, clause)
    if text.count(" ") + 1 < REPRINT_WORDS:
        return None
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _is_reprint(evidence: Evidence, event: Event) -> bool:
    """Say whether the same words were read of this event before, however long ago.

    An old story under a new address and date is as old as its text.
    """
    text = text_of(evidence)
    return text.count(" ") + 1 >= REPRINT_WORDS and any(
        each.mention.status is evidence.mention.status and text_of(each) == text
        for each in event.evidence
    )


def _act_to_any(
    day: Day, status: EventStatus, event: Event, kin: Sequence[Event]
) -> Nearness | None:
    known = event_day(event)
    if event.status is status and known is not None:
        return _act_to_act(day, event, known, kin)
    if event.status is EventStatus.PLANNED and aim(event.detail) is status:
        return _act_to_plan(day, event, kin)
    return None


def _act_to_act(day: Day, event: Event, known: Day, kin: Sequence[Event]) -> Nearness | None:
    window = WINDOWS[event.type]
    distance, since = gap(day, known, window), day.on - known.on
    # Whatever day a text seems to name: a state does not do again what still stands.
    if distance is None and since > timedelta(0) and _is_firm(event):
        distance = since
    if distance is None or not stands(event, day.on, kin):
        return None
    return 0, distance


def _act_to_plan(day: Day, plan: Event, kin: Sequence[Event]) -> Nearness | None:
    window = WINDOWS[plan.type]
    if plan.on is None:
        waited = day.on - announced_on(plan.evidence)
        fits = -window.apart <= waited <= PLAN_OPEN
        is_dropped = any(each.reverses == plan.id for each in kin)
        return (2, abs(waited)) if fits and not is_dropped else None
    slip = _slip(day, plan.on, window)
    return None if slip is None else (1, slip)


def _slip(act: Day, named_on: date, window: Window) -> timedelta | None:
    """Return how far an act lies from the day named for it, None where it is another act."""
    latest = PLAN_SLIP if act.stated else max(PLAN_SLIP, window.lag)
    slip = act.on - named_on
    return abs(slip) if -PLAN_SLIP <= slip <= latest else None


def _plan_to_any(evidence: Evidence, event: Event, kin: Sequence[Event]) -> Nearness | None:
    aimed, named, told_on = aim(evidence.mention.detail), day_of(evidence), said_on(evidence)
    done = event_day(event)
    if event.status is aimed and done is not None:
        return _plan_to_act(named, told_on, event, done, kin)
    if event.status is not EventStatus.PLANNED or aim(event.detail) is not aimed:
        return None
    if named is not None and event.on is not None:
        slip = abs(named.on - event.on)
        return (0, slip) if slip <= PLAN_SLIP else None
    return _plan_to_open_plan(named, told_on, event)


def _plan_to_act(
    named: Day | None, told_on: date, act: Event, done: Day, kin: Sequence[Event]
) -> Nearness | None:
    if named is not None:
        slip = _slip(done, named.on, WINDOWS[act.type])
        return None if slip is None else (0, slip)
    waited = done.on - told_on
    if -WINDOWS[act.type].apart <= waited <= PLAN_OPEN:
        return 1, abs(waited)
    is_late_word = waited < timedelta(0) and _is_behind(act, -waited) and stands(act, told_on, kin)
    return (2, -waited) if is_late_word else None


def _plan_to_open_plan(named: Day | None, told_on: date, plan: Event) -> Nearness | None:
    """Compare two tellings of a plan of which at least one names no day."""
    first_on = announced_on(plan.evidence)
    apart = abs(told_on - first_on)
    expected = named.on if named is not None else plan.on
    heard = min(told_on, first_on)
    within = expected is None or -PLAN_SLIP <= expected - heard <= PLAN_OPEN
    return (1, apart) if apart <= PLAN_OPEN and within else None


def _statement_to_any(
    day: Day, evidence: Evidence, event: Event, kin: Sequence[Event]
) -> Nearness | None:
    if event.on is None:
        return None
    status, aimed = evidence.mention.status, aim(evidence.mention.detail)
    since = day.on - event.on
    if status is EventStatus.DENIED and event.status is aimed:
        is_dispute = timedelta(0) <= since <= DISPUTE and stands(event, day.on, kin)
        return (0, since) if is_dispute else None
    is_same = event.status is status and aim(event.detail) is aimed
    return (1, abs(since)) if is_same and abs(since) <= STATEMENT else None


def _background_to_act(day: Day, event: Event) -> Nearness | None:
    known = event_day(event)
    if not day.stated or event.status not in ACTS or known is None:
        return None
    distance = gap(day, known, WINDOWS[event.type])
    return None if distance is None else (0, distance)
