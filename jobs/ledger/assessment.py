"""Assessment: what an event's evidence amounts to (design, rule 3)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from jobs.domain.events import TAKES_BACK, Event, EventId, EventStatus, Evidence, Grade, MentionId
from jobs.domain.items import SUBJECT, Tier
from jobs.ledger.dating import day_of, said_at
from jobs.ledger.origins import ORGAN, in_order, trace, withdrawn

_PRECEDENCE = (
    EventStatus.DONE,
    EventStatus.REVERSED,
    EventStatus.PLANNED,
    EventStatus.DENIED,
    EventStatus.CONSIDERED,
)
"""Which status an event has whose mentions differ: what happened outdoes what was said."""


def assess(
    event_id: EventId,
    evidence: Sequence[Evidence],
    opponents: Collection[str] = (),
    reverses: EventId | None = None,
) -> Event:
    """Return the event that follows from its evidence, in whatever order that is given.

    Status, grade, date, origins, detail and the flags are all derived here, so that the
    ledger can be rebuilt; ``reverses`` is kept as given. At least one mention must be
    other than background. What its origin withdrew counts no longer; an event is
    retracted once nothing else is left of it, and then keeps its last shape.
    """
    ordered = in_order(evidence)
    actor = ordered[0].mention.actor
    voices = trace(ordered)
    fallen = withdrawn(ordered, voices)
    told = [each for each in ordered if each.mention.status is not EventStatus.PAST]
    alive = [each for each in told if each.mention_id not in fallen]
    status = _status(alive or told)
    support = [each for each in alive or told if each.mention.status is status]
    denials = [each for each in alive if _denies(each, status)]
    return Event(
        id=event_id,
        case=ordered[0].mention.case,
        actor=actor,
        type=ordered[0].mention.type,
        status=status,
        grade=grade_of(support, voices, actor, opponents),
        on=_on(support, voices),
        first_seen_at=min(each.seen_at for each in ordered),
        evidence=tuple(ordered),
        origins=_distinct(support, voices),
        contested=_is_disputed(support, denials, voices, actor),
        retracted=not alive,
        detail=_detail(support),
        reverses=reverses,
    )


def grade_of(
    support: Sequence[Evidence],
    voices: Mapping[MentionId, str],
    actor: str,
    opponents: Collection[str] = (),
) -> Grade:
    """Return how sure an event is by the mentions that support it.

    ``voices`` are their origins. An aggregator passes on what others wrote: it can
    report an event, not corroborate it.
    """
    if _own_word_at(support, voices, actor) is not None:
        return Grade.CONFIRMED
    impartial = [each for each in support if not _is_interested(each, opponents)]
    if not impartial:
        return Grade.CLAIMED
    own = [each for each in impartial if each.outlet.tier is not Tier.AGGREGATOR]
    return Grade.CORROBORATED if len(_distinct(own, voices)) > 1 else Grade.REPORTED


def _status(evidence: Iterable[Evidence]) -> EventStatus:
    return min((each.mention.status for each in evidence), key=_PRECEDENCE.index)


def _denies(evidence: Evidence, status: EventStatus) -> bool:
    """Say whether a mention denies that an act was done, or that it was taken back."""
    mention = evidence.mention
    aimed = EventStatus.REVERSED if mention.detail == TAKES_BACK else EventStatus.DONE
    return mention.status is EventStatus.DENIED and aimed is status


def _distinct(evidence: Iterable[Evidence], voices: Mapping[MentionId, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(voices[each.mention_id] for each in evidence))


def _is_interested(evidence: Evidence, opponents: Collection[str]) -> bool:
    return evidence.outlet.side == SUBJECT or evidence.outlet.side in opponents


def is_own_organ(evidence: Evidence, actor: str) -> bool:
    """Say whether an outlet is the acting state's own official site or channel."""
    return evidence.outlet.tier is Tier.OFFICIAL and evidence.outlet.side == actor


def _quotes_organ(evidence: Evidence, actor: str) -> bool:
    return f"{ORGAN}{actor}" in evidence.mention.attributions


def _own_word_at(
    evidence: Sequence[Evidence], voices: Mapping[MentionId, str], actor: str
) -> datetime | None:
    """Return when the actor last gave its own word; one quotation alone may be mistaken."""
    quoted = [each for each in evidence if _quotes_organ(each, actor)]
    if len(_distinct(quoted, voices)) < 2:
        quoted = []
    own = [each for each in evidence if is_own_organ(each, actor)]
    return max((said_at(each) for each in own + quoted), default=None)


def _is_disputed(
    support: Sequence[Evidence],
    denials: Sequence[Evidence],
    voices: Mapping[MentionId, str],
    actor: str,
) -> bool:
    """Say whether a denial stands against an act.

    Only the actor's own word for the act, given no earlier than its own word against it,
    settles the matter. Against it, one quotation is enough: doubt is cheap.
    """
    if not denials:
        return False
    affirmed_at = _own_word_at(support, voices, actor)
    own = (each for each in denials if is_own_organ(each, actor) or _quotes_organ(each, actor))
    denied_at = max((said_at(each) for each in own), default=None)
    return affirmed_at is None or (denied_at is not None and denied_at > affirmed_at)


def _on(support: Sequence[Evidence], voices: Mapping[MentionId, str]) -> date | None:
    """Return the day that most independent voices name, else the earliest latest day.

    Of equals the one named first stays, so that a date does not waver.
    """
    days = [(day, voices[each.mention_id]) for each in support if (day := day_of(each))]
    named = dict.fromkeys((day.on, voice) for day, voice in days if day.stated)
    if named:
        return Counter(on for on, _ in named).most_common(1)[0][0]
    return min((day.on for day, _ in days), default=None)


def _detail(support: Sequence[Evidence]) -> str:
    details = Counter(each.mention.detail for each in support if each.mention.detail)
    return details.most_common(1)[0][0] if details else ""
