"""One line of text that says what a chat wants to hear: ``uz kz meeting+ confirmed``.

::

    line      = "all" | word { [","] word }
    word      = country | group | case | kind["+"] | status | grade["+"] | level
    country   = a name, a people's name or an ISO code; of several words if need be
    group     = neighbours, sco, eu, gulf …            case  = the id or short name of a case
    kind      = recognition, credentials, mission, delisting, agreement, meeting, forum
    status    = done, planned, considered, denied, reversed
    grade     = claimed, reported, corroborated, confirmed: the least that is told
    level     = major, important, signals

``meeting+`` is a meeting and every kind that weighs more. What a line does not narrow stays
wide, so each line says the whole wish. The pattern language ends here: a regular expression
would be somebody's mistake, or somebody's attack.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from rapidfuzz import fuzz, process

from bot.commands.countries import Gazetteer, folded
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.reference import Reference

BY_WEIGHT: tuple[EventType, ...] = (
    EventType.FORUM,
    EventType.MEETING,
    EventType.AGREEMENT,
    EventType.DELISTING,
    EventType.MISSION,
    EventType.CREDENTIALS,
    EventType.RECOGNITION,
)
"""The kinds by how far they go toward recognition, the least first."""

_KINDS: Mapping[EventType, str] = {
    EventType.RECOGNITION: "recognition recognitions recognise recognize",
    EventType.CREDENTIALS: "credentials ambassador ambassadors",
    EventType.MISSION: "mission missions embassy embassies consulate consulates",
    EventType.MEETING: "meeting meetings talks visit visits",
    EventType.DELISTING: "delisting delistings ban bans sanction sanctions",
    EventType.AGREEMENT: "agreement agreements deal deals",
    EventType.FORUM: "forum forums summit summits",
}
_LEVELS: Mapping[Level, str] = {
    Level.MAJOR: "major",
    Level.ALERT: "important alerts",
    Level.SIGNAL: "signals signal",
}
_STATUSES: Mapping[EventStatus, str] = {
    EventStatus.DONE: "done happened",
    EventStatus.PLANNED: "planned plans",
    EventStatus.CONSIDERED: "considered considering",
    EventStatus.DENIED: "denied denials",
    EventStatus.REVERSED: "reversed withdrawn",
}
_FILLERS = frozenset({"and", "or", "the", "from", "of"})
_ALL = frozenset({"all", "everything"})
# A pattern or an exclusion: folded to plain letters, it would mean what was not meant.
_ODD = re.compile(r"^[-!~]|[\^$*?\[\](){}|\\<>=]")
_LONGEST_NAME = 6
_POSSIBLE = 60
_MOST_GUESSES = 3

Meaning = EventType | EventStatus | Grade | Level


class Why(Enum):
    """What is wrong with a line."""

    UNKNOWN = auto()
    NO_PLUS = auto()
    """A plus behind something of which there is no more."""
    NOTHING_LEFT = auto()
    """The level lets through only what the kinds or statuses leave out."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """The word that cannot be read, and what may have been meant, nearest first."""

    why: Why
    word: str
    guesses: tuple[str, ...] = ()


class FilterGrammar:
    """Reads lines; built once from the reference."""

    def __init__(self, reference: Reference, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._meanings = _meanings()
        self._groups: dict[str, str] = {}
        for group in reference.groups.values():
            for name in (group.id, group.title, *group.names):
                self._groups.setdefault(folded(name), group.id)
        self._cases: dict[str, str] = {}
        for case in reference.cases.values():
            for name in case.answers_to():
                self._cases.setdefault(folded(name), case.id)

    def read(self, line: str) -> Filter | Mistake:
        """Return the whole wish that a line says, or what in it cannot be read."""
        words = [word for word in re.split(r"[\s,;]+", line) if word]
        if words and all(folded(word) in _ALL for word in words):
            return Filter()
        odd = next((word for word in words if _ODD.search(word)), None)
        if odd is not None:
            return Mistake(Why.UNKNOWN, odd, self._guesses(odd))
        wanted = Filter()
        while words:
            taken, found = self._next(wanted, words)
            if isinstance(found, Mistake):
                return found
            wanted, words = found, words[taken:]
        return _checked(wanted)

    def _next(self, wanted: Filter, words: list[str]) -> tuple[int, Filter | Mistake]:
        """Take the longest run of words that means something; return how many they were."""
        for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
            phrase = " ".join(words[:count])
            plain, plus = phrase.removesuffix("+"), phrase.endswith("+")
            name = folded(plain)
            if count == 1 and name in _FILLERS:
                return 1, wanted
            changed = self._with(wanted, name, plain)
            if changed is None:
                continue
            if not plus:
                return count, changed
            meaning = self._meanings.get(name)
            if isinstance(meaning, EventType):
                heavier = BY_WEIGHT[BY_WEIGHT.index(meaning) :]
                return count, replace(wanted, types=wanted.types | {*heavier})
            if isinstance(meaning, Grade):
                return count, changed
            return count, Mistake(Why.NO_PLUS, phrase)
        return 1, Mistake(Why.UNKNOWN, words[0], self._guesses(words[0]))

    def _with(self, wanted: Filter, name: str, plain: str) -> Filter | None:
        """Return the wish narrowed to what a name means, or None if it means nothing."""
        meaning = self._meanings.get(name)
        if meaning is not None:
            return _narrowed(wanted, meaning)
        if name in self._groups:
            return replace(wanted, groups=wanted.groups | {self._groups[name]})
        if name in self._cases:
            return replace(wanted, cases=wanted.cases | {self._cases[name]})
        code = self._gazetteer.named(plain)
        return None if code is None else replace(wanted, actors=wanted.actors | {code})

    def _guesses(self, word: str) -> tuple[str, ...]:
        known = [*self._meanings, *self._groups, *self._cases, *sorted(_ALL)]
        near = process.extract(
            folded(word), known, scorer=fuzz.ratio, score_cutoff=_POSSIBLE, limit=_MOST_GUESSES
        )
        ours = [(score, name) for name, score, _ in near]
        theirs = self._gazetteer.nearest(word, _POSSIBLE, _MOST_GUESSES)
        best = sorted([*ours, *theirs], key=lambda each: -each[0])
        return tuple(dict.fromkeys(name for _, name in best))[:_MOST_GUESSES]


def _meanings() -> dict[str, Meaning]:
    tables: list[Mapping[EventType, str] | Mapping[EventStatus, str] | Mapping[Level, str]] = [
        _KINDS,
        _STATUSES,
        _LEVELS,
    ]
    found: dict[str, Meaning] = {grade.value: grade for grade in Grade}
    for table in tables:
        for meaning, words in table.items():
            found.update(dict.fromkeys(words.split(), meaning))
    return found


def _narrowed(wanted: Filter, meaning: Meaning) -> Filter:
    match meaning:
        case EventType():
            return replace(wanted, types=wanted.types | {meaning})
        case EventStatus():
            return replace(wanted, statuses=wanted.statuses | {meaning})
        case Grade():
            return replace(wanted, grade=meaning)
        case Level():
            return replace(wanted, level=meaning)


def _checked(wanted: Filter) -> Filter | Mistake:
    """Return the wish, unless nothing could ever pass it."""
    # What is considered is told as a signal only: to name it is to want signals.
    if EventStatus.CONSIDERED in wanted.statuses and wanted.level is Level.ALERT:
        wanted = replace(wanted, level=Level.SIGNAL)
    if wanted.level is Level.MAJOR:
        if wanted.types and EventType.RECOGNITION not in wanted.types:
            return Mistake(Why.NOTHING_LEFT, Level.MAJOR.value)
        if wanted.statuses == {EventStatus.CONSIDERED}:
            return Mistake(Why.NOTHING_LEFT, Level.MAJOR.value)
    return wanted
