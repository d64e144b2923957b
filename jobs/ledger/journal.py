"""The journal read again: mentions and rulings, in their order, make the ledger anew.

Pure, and blind to what was told: the same journal gives the same ledger, whenever and
wherever it is read, as long as the rules of ``ledger`` are the same.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jobs.domain.events import Event, EventId, Evidence, MentionId
from jobs.domain.rulings import RulingKind, Word
from jobs.ledger.fusion import fuse
from jobs.ledger.rulings import carry_out


@dataclass
class Ledger:
    """Events by number, and which event each mention is evidence of."""

    events: dict[EventId, Event] = field(default_factory=dict)
    homes: dict[MentionId, EventId] = field(default_factory=dict)


def read_journal(
    mentions: Iterable[Evidence],
    rulings: Sequence[Word],
    opponents: Mapping[str, Collection[str]],
    homes: Mapping[MentionId, EventId],
    unheard: Collection[MentionId] = (),
) -> Ledger:
    """Return the ledger that mentions (by number) and rulings (in order) lead to.

    ``opponents`` are each case's interested parties; ``homes`` say which events the
    rulings mean; ``unheard`` are the mentions of sources that were told not to speak of
    their case. The events bear the numbers that ``homes`` give them.
    """
    founders = {event_id: mention for mention, event_id in sorted(homes.items(), reverse=True)}
    reader = _Reader(opponents, founders)
    waiting = list(rulings)
    # What confirms belongs to the event it confirms, and what it is, only its word says.
    confirming = {
        mention for word in rulings if word.kind is RulingKind.CONFIRM for mention in word.mentions
    }
    for evidence in mentions:
        while waiting and waiting[0].after < evidence.mention_id:
            reader.rule(waiting.pop(0))
        reader.known[evidence.mention_id] = evidence
        if evidence.mention_id not in confirming and evidence.mention_id not in unheard:
            reader.enter(evidence)
    for word in waiting:
        reader.rule(word)
    return _renumber(reader.ledger, homes)


def _renumber(ledger: Ledger, homes: Mapping[MentionId, EventId]) -> Ledger:
    """Return a ledger whose events bear the numbers that alerts know them by.

    An event takes the number under which the first of its mentions was stored; one that
    no alert can know gets a number beyond all others.
    """
    own: dict[EventId, list[MentionId]] = defaultdict(list)
    for mention, home in sorted(ledger.homes.items()):
        own[home].append(mention)
    numbers: dict[EventId, EventId] = {}
    taken: set[EventId] = set()
    free = max([0, *homes.values(), *ledger.events]) + 1
    for event in ledger.events.values():
        wanted = (homes[mention] for mention in own[event.id] if mention in homes)
        number = next((each for each in wanted if each not in taken), None)
        if number is None:
            number, free = EventId(free), free + 1
        taken.add(number)
        numbers[event.id] = number

    def named(event_id: EventId | None) -> EventId | None:
        return None if event_id is None else numbers[event_id]

    return Ledger(
        {numbers[each.id]: _renamed(each, named) for each in ledger.events.values()},
        {mention: numbers[home] for mention, home in ledger.homes.items()},
    )


def _renamed(event: Event, named: Callable[[EventId | None], EventId | None]) -> Event:
    number = named(event.id)
    assert number is not None  # noqa: S101 - an event has a number
    return replace(
        event, id=number, reverses=named(event.reverses), merged_into=named(event.merged_into)
    )


class _Reader:
    def __init__(
        self,
        opponents: Mapping[str, Collection[str]],
        founders: Mapping[EventId, MentionId],
    ) -> None:
        self.ledger = Ledger()
        self._founders = founders
        self.known: dict[MentionId, Evidence] = {}
        self._opponents = opponents
        self._pages: dict[tuple[str, str], set[EventId]] = {}

    def enter(self, evidence: Evidence) -> None:
        case, actor = evidence.mention.case, evidence.mention.actor
        page = [self.ledger.events[each] for each in sorted(self._pages.get((case, actor), ()))]
        new_id = EventId(len(self.ledger.events) + 1)
        fused = fuse(evidence, page, new_id, self._opponents.get(case, ()))
        if fused.after is not None:
            self._keep(fused.after)
            self.ledger.homes[evidence.mention_id] = fused.after.id

    def rule(self, word: Word) -> None:
        word = self._as_numbered(word)
        event = self.ledger.events.get(word.event_id)
        if event is None:
            return  # newer rules make no such event
        page = [self.ledger.events[each] for each in sorted(self._pages[event.case, event.actor])]
        if word.kind is RulingKind.MERGE and word.other not in {each.id for each in page}:
            return
        pages = [self.known[each] for each in word.mentions if each in self.known]
        for each in carry_out(word, page, self._opponents.get(event.case, ()), pages):
            self._keep(each)
        if word.kind is RulingKind.SPLIT and word.other is not None:
            self.ledger.homes.update(dict.fromkeys(word.mentions, word.other))
        if word.kind is RulingKind.CONFIRM:
            self.ledger.homes.update(dict.fromkeys(word.mentions, event.id))

    def _as_numbered(self, word: Word) -> Word:
        """Return a ruling in the numbers of this reading, which newer rules may change."""
        other = word.other
        if word.kind is RulingKind.SPLIT:
            other = EventId(len(self.ledger.events) + 1)
        elif other is not None:
            other = self._number_of(other)
        return replace(word, event_id=self._number_of(word.event_id), other=other)

    def _number_of(self, event_id: EventId) -> EventId:
        founder = self._founders.get(event_id)
        return event_id if founder is None else self.ledger.homes.get(founder, event_id)

    def _keep(self, event: Event) -> None:
        self.ledger.events[event.id] = event
        self._pages.setdefault((event.case, event.actor), set()).add(event.id)
