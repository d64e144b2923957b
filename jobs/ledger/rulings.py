"""Rulings: an operator's words, laid over what the evidence amounts to."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from jobs.domain.events import (
    Correction,
    Event,
    EventId,
    EventStatus,
    Evidence,
    Grade,
    MentionId,
    Ruling,
)
from jobs.domain.rulings import RulingKind, Word
from jobs.ledger.assessment import assess, grade_of
from jobs.ledger.identity import ACTS
from jobs.ledger.origins import trace

_STATEMENTS = (EventStatus.PLANNED, EventStatus.CONSIDERED)


def reassess(event: Event, evidence: Sequence[Evidence], opponents: Collection[str] = ()) -> Event:
    """Return an event as its evidence now has it, with all that was ruled on it before."""
    anew = assess(event.id, evidence, opponents, event.reverses)
    anew = replace(anew, inhibited_by=event.inhibited_by)
    return lay_over(anew, event.ruling, event.correction, event.merged_into, opponents)


def lay_over(
    event: Event,
    ruling: Ruling | None,
    correction: Correction | None = None,
    merged_into: EventId | None = None,
    opponents: Collection[str] = (),
) -> Event:
    """Return an assessed event as the operator wants it believed.

    Later evidence does not undo a ruling, only another ruling does; but a plan is carried
    out whatever it was corrected to.
    """
    if correction is not None:
        event = _correct(event, correction, opponents)
    if merged_into is not None:
        event = replace(event, merged_into=merged_into, retracted=True)
    if ruling is Ruling.CONFIRMED:
        sure = replace(event, ruling=ruling, grade=Grade.CONFIRMED, contested=False)
        return replace(sure, retracted=merged_into is not None)
    if ruling is Ruling.RETRACTED:
        return replace(event, ruling=ruling, retracted=True)
    return event


def as_heard(event: Event) -> Event:
    """Return a corrected event in the shape that its own evidence gives it.

    Late copies of a mistake are still reports of the same event.
    """
    heard = assess(event.id, event.evidence)
    return replace(event, status=heard.status, on=heard.on, detail=heard.detail)


def carry_out(
    word: Word,
    events: Sequence[Event],
    opponents: Collection[str] = (),
    pages: Sequence[Evidence] = (),
) -> list[Event]:
    """Return the events that a ruling changes, as they are after it, the named one first.

    ``events`` are those of its case and actor; the word's own events must be among them.
    ``pages`` are what the operator read that confirms.
    """
    by_id = {event.id: event for event in events}
    event = by_id[word.event_id]
    match word.kind:
        case RulingKind.CONFIRM:
            sure = replace(event, ruling=Ruling.CONFIRMED)
            return [reassess(sure, (*event.evidence, *pages), opponents)]
        case RulingKind.RETRACT:
            return [lay_over(event, Ruling.RETRACTED)]
        case RulingKind.CORRECT:
            corrected = replace(event, correction=_joined(event.correction, word.correction))
            return [reassess(corrected, event.evidence, opponents)]
        case RulingKind.MERGE:
            assert word.other is not None  # noqa: S101 - a merge names where it goes
            return _merge(event, by_id[word.other], events, opponents)
        case RulingKind.SPLIT:
            assert word.other is not None  # noqa: S101 - a split names what it makes
            return _split(event, word.other, word.mentions, opponents)


def _correct(event: Event, correction: Correction, opponents: Collection[str]) -> Event:
    changed = replace(event, correction=correction)
    if _is_carried_out(event, correction, opponents):
        return changed
    status = correction.status or event.status
    return replace(
        changed,
        status=status,
        on=correction.on or event.on,
        detail=event.detail if correction.detail is None else correction.detail,
        contested=event.contested and status is event.status,
    )


def _is_carried_out(event: Event, correction: Correction, opponents: Collection[str]) -> bool:
    """Say whether a corrected plan has been carried out since, as two voices or its organ say."""
    if correction.status not in _STATEMENTS or event.status not in ACTS:
        return False
    later = [
        each
        for each in event.evidence
        if each.mention_id > correction.until and each.mention.status is event.status
    ]
    grade = grade_of(later, trace(event.evidence), event.actor, opponents)
    return bool(later) and grade.rank >= Grade.CORROBORATED.rank


def _joined(before: Correction | None, now: Correction | None) -> Correction | None:
    """Return a correction that keeps what an earlier one said and this one leaves open."""
    if before is None or now is None:
        return now
    return Correction(
        now.until,
        now.status or before.status,
        now.on or before.on,
        before.detail if now.detail is None else now.detail,
    )


def _merge(
    event: Event, into: Event, events: Sequence[Event], opponents: Collection[str]
) -> list[Event]:
    moved = [each for each in events if each.merged_into == event.id]
    parts = (*into.evidence, *event.evidence)
    whole = reassess(into, parts, opponents)
    gone = lay_over(event, event.ruling, event.correction, into.id, opponents)
    return [gone, *(replace(each, merged_into=into.id) for each in moved), whole]


def _split(
    event: Event, new_id: EventId, mentions: Collection[MentionId], opponents: Collection[str]
) -> list[Event]:
    taken = [each for each in event.evidence if each.mention_id in mentions]
    left = [each for each in event.evidence if each.mention_id not in mentions]
    return [reassess(event, left, opponents), assess(new_id, taken, opponents)]
