"""Fusion: into which event a mention goes (design, rule 1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jobs.domain.alerts import Reason
from jobs.domain.events import Event, EventId, EventStatus, Evidence
from jobs.ledger.assessment import assess
from jobs.ledger.dating import announced_on, is_dated
from jobs.ledger.identity import aim, is_open, nearness, stands
from jobs.ledger.rulings import as_heard, reassess
from jobs.ledger.windows import WINDOWS


@dataclass(frozen=True, slots=True)
class Fused:
    """What one mention did to the ledger.

    ``before`` is None where the event is new; ``after`` is None where the mention
    belongs to no event, and then ``reason`` says why (UNDATED, BACKGROUND). ``reason``
    is ALREADY_KNOWN, and ``after`` is ``before``, where this very mention was fused
    before.
    """

    before: Event | None
    after: Event | None
    reason: Reason | None = None


def fuse(
    evidence: Evidence,
    events: Sequence[Event],
    new_id: EventId,
    opponents: Collection[str] = (),
) -> Fused:
    """Put a mention into the event it tells of, or into a new one, and assess that event.

    ``events`` are all events of the mention's case and actor, in any order; ``new_id``
    is used only where a new event begins; ``opponents`` are the case's interested
    parties on the other side (``Case.opponents``). Reads no clock.
    """
    kin = [each for each in events if each.type is evidence.mention.type]
    for each in kin:
        if any(old.mention_id == evidence.mention_id for old in each.evidence):
            return Fused(each, each, Reason.ALREADY_KNOWN)
    home = _home(evidence, kin)
    if home is not None:
        return Fused(home, reassess(home, (*home.evidence, evidence), opponents))
    if evidence.mention.status is EventStatus.PAST:
        return Fused(None, None, Reason.BACKGROUND)
    if not is_dated(evidence):
        return Fused(None, None, Reason.UNDATED)
    begun = assess(new_id, (evidence,), opponents)
    undone = _undone_by(begun, [each for each in kin if not each.retracted])
    return Fused(None, replace(begun, reverses=undone.id if undone else None))


def _home(evidence: Evidence, kin: Sequence[Event]) -> Event | None:
    """Return the event that a mention tells of: of several the nearest, then the oldest.

    What fits an event as it was before the operator corrected it, or before it was merged
    into another, is a report of that event still.
    """
    by_id = {event.id: event for event in kin}
    corrected = (event for event in kin if event.correction is not None and event.evidence)
    shapes = [*kin, *map(as_heard, corrected)]
    near = ((nearness(evidence, shape, kin), shape) for shape in shapes)
    ranked = [(*fit, shape.id) for fit, shape in near if fit is not None]
    if not ranked:
        return None
    nearest = by_id[min(ranked)[2]]
    return nearest if nearest.merged_into is None else by_id[nearest.merged_into]


def _undone_by(begun: Event, kin: Sequence[Event]) -> Event | None:
    """Return the event that a new one takes back: the latest that was still in force."""
    on = begun.on
    if on is None:
        return None
    is_lasting = WINDOWS[begun.type].lasting
    acts = [each for each in kin if each.on is not None and each.on <= on] if is_lasting else []
    if begun.status is EventStatus.DONE:
        return _latest(acts, on, EventStatus.REVERSED, kin)
    if begun.status is EventStatus.REVERSED:
        done = _latest(acts, on, EventStatus.DONE, kin)
        return done or _latest_plan(on, EventStatus.DONE, kin)
    if begun.status is EventStatus.DENIED:
        return _latest_plan(on, aim(begun.detail), kin)
    return None


def _latest(
    acts: Sequence[Event], on: date, status: EventStatus, kin: Sequence[Event]
) -> Event | None:
    standing = [each for each in acts if each.status is status and stands(each, on, kin)]
    return max(standing, key=lambda each: (each.on or date.min, each.id), default=None)


def _latest_plan(on: date, aimed: EventStatus, kin: Sequence[Event]) -> Event | None:
    plans = [each for each in kin if is_open(each, on, kin) and aim(each.detail) is aimed]
    return max(plans, key=lambda each: (announced_on(each.evidence), each.id), default=None)
