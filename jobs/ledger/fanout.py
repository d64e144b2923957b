"""Fan-out: who wants to hear of a transition, and what its message holds."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from jobs.domain.alerts import AlertId, Facts, Filter, Level, Voice
from jobs.domain.events import Event, EventStatus, EventType, Evidence, Grade
from jobs.domain.items import Tier
from jobs.ledger.assessment import is_own_organ
from jobs.ledger.origins import trace, withdrawn
from jobs.reference import Reference

MOST_VOICES = 4

_LESSER = frozenset({EventType.CREDENTIALS, EventType.MISSION})
_SAME_DAYS = timedelta(days=1)
"""Russia, July 2025: recognised on the 3rd, flag and credentials the same evening."""

_TIERS = (Tier.OFFICIAL, Tier.WIRE, Tier.OUTLET, Tier.CHANNEL, Tier.AGGREGATOR)
"""Best first: nearest to who acts or who was there."""


def wants(chosen: Filter, facts: Facts, level: Level, reference: Reference) -> bool:
    """Say whether a chat with this filter wants an alert of this level.

    Nobody hears of an event for the first time by its retraction.
    """
    return (
        not facts.retracted
        and (not chosen.cases or facts.case in chosen.cases)
        and (not chosen.types or facts.type in chosen.types)
        and (not chosen.statuses or facts.status in chosen.statuses)
        and facts.grade.rank >= chosen.grade.rank
        and level.rank <= chosen.level.rank
        and _is_theirs(chosen, facts, reference)
    )


def _is_theirs(chosen: Filter, facts: Facts, reference: Reference) -> bool:
    if not chosen.actors and not chosen.groups:
        return True
    return facts.actor in chosen.actors or any(
        reference.is_in(group, facts.actor, facts.case) for group in chosen.groups
    )


def facts_of(
    event: Event,
    *,
    reverses: AlertId | None = None,
    reversed_by: AlertId | None = None,
    same_as: AlertId | None = None,
    includes: Sequence[Event] = (),
    recognises: bool = False,
) -> Facts:
    """Return an alert's facts as of now, with its best voices first.

    ``reverses`` is the alert of the event that this one takes back, ``reversed_by`` of the
    one that takes this one back, ``same_as`` of the one that it is merged into;
    ``includes`` are the lesser events whose ``inhibited_by`` is this one,
    ``recognises`` says that the actor recognises the case already.
    """
    lesser = sorted(includes, key=lambda each: each.id)
    return Facts(
        case=event.case,
        actor=event.actor,
        type=event.type,
        status=event.status,
        grade=event.grade,
        on=event.on,
        first_seen_at=event.first_seen_at,
        origins=len(event.origins),
        voices=_voices(event),
        detail=event.detail,
        contested=event.contested,
        retracted=event.retracted,
        reverses=reverses,
        reversed_by=reversed_by,
        same_as=same_as,
        includes=tuple((each.type, each.detail) for each in lesser),
        recognises=recognises,
    )


def inhibitor(event: Event, others: Iterable[Event]) -> Event | None:
    """Return the confirmed recognition in whose message a lesser event is told, if any.

    ``others`` are the events of the same case and actor.
    """
    if event.type not in _LESSER or event.status is not EventStatus.DONE or event.on is None:
        return None
    greater = [each for each in others if _is_sure_recognition(each)]
    near = [each for each in greater if each.on and abs(each.on - event.on) <= _SAME_DAYS]
    return min(near, key=lambda each: each.id, default=None)


def _is_sure_recognition(event: Event) -> bool:
    is_done = event.type is EventType.RECOGNITION and event.status is EventStatus.DONE
    is_doubtful = event.contested or event.retracted
    return is_done and event.grade is Grade.CONFIRMED and not is_doubtful


def _voices(event: Event) -> tuple[Voice, ...]:
    """Return the best few voices, one of each origin; of a contested event both sides'."""
    for_it = _best(event, event.status)
    if not event.contested:
        return tuple(_voice(each, denies=False) for each in for_it[:MOST_VOICES])
    against = _best(event, EventStatus.DENIED)[: MOST_VOICES // 2]
    heard = for_it[: MOST_VOICES - len(against)]
    return (
        *(_voice(each, denies=False) for each in heard),
        *(_voice(each, denies=True) for each in against),
    )


def _best(event: Event, status: EventStatus) -> list[Evidence]:
    origins = trace(event.evidence)
    fallen = set() if event.retracted else withdrawn(event.evidence, origins)
    first: dict[str, Evidence] = {}
    told = (each for each in event.evidence if each.mention.status is status)
    for each in sorted(told, key=lambda each: _rank(each, event.actor)):
        if each.mention_id not in fallen:
            first.setdefault(origins[each.mention_id], each)
    return list(first.values())


def _rank(evidence: Evidence, actor: str) -> tuple[bool, int]:
    return not is_own_organ(evidence, actor), _TIERS.index(evidence.outlet.tier)


def _voice(evidence: Evidence, *, denies: bool) -> Voice:
    name, at = evidence.outlet.host, evidence.published_at
    return Voice(name, evidence.url, evidence.title, at, denies)
