"""Which words an event is found by: our own sentence on it, and those of its sources."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from jobs.domain.alerts import Facts
from jobs.domain.events import Event, EventType, Evidence
from jobs.domain.search import actor_word, folded, person_word, words_of
from jobs.reference import Reference
from jobs.wording import describe

RULES = 1
"""Raise it when other words than before lead to an event: all are then indexed anew."""
MOST_SOURCES = 20
"""Reprints bring no new words; the first sources say what there is to say."""

_KINDS: Mapping[EventType, str] = {
    EventType.RECOGNITION: "recognition",
    EventType.CREDENTIALS: "credentials ambassador envoy",
    EventType.MISSION: "mission embassy consulate diplomats",
    EventType.MEETING: "meeting talks visit officials",
    EventType.DELISTING: "delisting ban sanctions list",
    EventType.AGREEMENT: "agreement deal",
    EventType.FORUM: "forum summit",
}
"""What people call each kind, where our sentence need not."""


def words_of_event(event: Event, newest: Evidence, reference: Reference) -> set[str]:
    """Return the words by which an event is found, as far as ``newest`` adds to them.

    Countries and officials are found by words of their own, so that any name of theirs, in
    any language, leads to all that they did.
    """
    words = {actor_word(event.actor), *words_of(_own_words(event, reference))}
    if len(event.evidence) <= MOST_SOURCES:
        said = f"{newest.title} {newest.mention.clause}"
        words.update(words_of(said), words_of(newest.outlet.host))
        words.update(_people(event.case, said, reference))
    return words


def all_words_of(event: Event, reference: Reference) -> set[str]:
    """Return every word by which an event is found, of its first sources as of our sentence."""
    first = replace(event, evidence=event.evidence[:MOST_SOURCES])
    words = {actor_word(event.actor), *words_of(_own_words(event, reference))}
    return words.union(*(words_of_event(first, each, reference) for each in first.evidence))


def _own_words(event: Event, reference: Reference) -> str:
    facts = Facts(
        case=event.case,
        actor=event.actor,
        type=event.type,
        status=event.status,
        grade=event.grade,
        on=event.on,
        first_seen_at=event.first_seen_at,
        origins=len(event.origins),
    )
    case = reference.cases[event.case]
    return (
        f"{describe(facts, reference)} {_KINDS[event.type]} {event.status} {event.detail} "
        f"{case.id} {case.short}"
    )


def _people(case: str, said: str, reference: Reference) -> Iterator[str]:
    text = f" {' '.join(folded(said).split())} "
    for official in reference.cases[case].officials:
        if any(folded(name) in text for name in (official.name, *official.spellings)):
            yield person_word(case, official.name)
