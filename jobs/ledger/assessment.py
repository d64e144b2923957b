"""Assessment: what an event's evidence amounts to (design, rule 3)."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from jobs.domain.events import TAKES_BACK, Event, EventId, EventStatus, Evidence, Grade, MentionId
from jobs.domain.items import SUBJECT, Tier
from jobs.ledger.dating import day_of, said_at
from jobs.ledger.origins import EMBASSY, ORGAN, in_order, trace, withdrawn

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
    if _own_words(support, voices, actor):
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


class Rank(IntEnum):
    """How much an organ's word weighs; the greater one's stands."""

    EMBASSY = 1
    CAPITAL = 2
    """Head of state or of government, foreign ministry."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One time at which an organ of the actor spoke, by itself or quoted."""

    rank: Rank
    at: datetime


def _quoted_rank(evidence: Evidence, actor: str) -> Rank | None:
    named = evidence.mention.attributions
    if f"{ORGAN}{actor}" in named:
        return Rank.CAPITAL
    return Rank.EMBASSY if f"{EMBASSY}{actor}" in named else None


def _own_words(
    evidence: Sequence[Evidence], voices: Mapping[MentionId, str], actor: str
) -> list[_Word]:
    """Return when the actor gave its own word; one quotation alone may be mistaken.

    Quotations in two voices count, at the lesser of their ranks if they differ.
    """
    quoted = [(rank, each) for each in evidence if (rank := _quoted_rank(each, actor)) is not None]
    words = [
        _Word(_own_rank(each), said_at(each)) for each in evidence if is_own_organ(each, actor)
    ]
    for rank in Rank:
        of_rank = [each for found, each in quoted if found >= rank]
        if len(_distinct(of_rank, voices)) > 1:
            words += [_Word(rank, said_at(each)) for each in of_rank]
    return words


def _own_rank(evidence: Evidence) -> Rank:
    is_embassy = re.search("embass|emb[.-]|ambasciat|botschaft", evidence.outlet.host)
    return Rank.EMBASSY if is_embassy else Rank.CAPITAL


def _is_disputed(
    support: Sequence[Evidence],
    denials: Sequence[Evidence],
    voices: Mapping[MentionId, str],
    actor: str,
) -> bool:
    """Say whether a denial stands against an act.

    Only the actor's own word for the act settles the matter, and only where no organ of
    its own, as great or greater, has spoken against it since. Against it, one quotation is
    enough: doubt is cheap.
    """
    if not denials:
        return False
    affirmed = _own_words(support, voices, actor)
    denied = [
        _Word(rank, said_at(each))
        for each in denials
        if (rank := _rank_of(each, actor)) is not None
    ]
    overruled = all(any(_outweighs(word, against) for word in affirmed) for against in denied)
    return not (affirmed and overruled)


def _rank_of(evidence: Evidence, actor: str) -> Rank | None:
    return _own_rank(evidence) if is_own_organ(evidence, actor) else _quoted_rank(evidence, actor)


def _outweighs(word: _Word, against: _Word) -> bool:
    is_later = word.rank is against.rank and word.at >= against.at
    return word.rank > against.rank or is_later


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
