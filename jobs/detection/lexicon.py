"""One language's words as one automaton: every name, trigger and cue found in one pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from jobs.detection.normalise import Words, fold, pattern_words
from jobs.domain.members import with_plain_members
from jobs.reference.actors import Actor, ActorKind
from jobs.reference.cases import Case
from jobs.reference.phrases import Calendar, Grammar, Phrases, Trigger

GAP = 5
"""Words that ``..`` in a pattern may stand for."""


@with_plain_members
class Kind(StrEnum):
    """What a stretch of words is."""

    ACTOR = "actor"
    SUBJECT = "subject"
    TRAP = "trap"
    CASE_TRAP = "case trap"
    CLASS = "class"
    TRIGGER = "trigger"
    FORUM = "forum"
    WIRE = "wire"
    POST = "postposition"


@with_plain_members
class Form(StrEnum):
    """Which sort of name it is."""

    NAME = "name"
    DEMONYM = "demonym"
    CAPITAL = "capital"
    CITY = "city"
    LEADER = "leader"
    SURNAME = "surname"
    ORGANISATION = "organisation"
    NONE = ""


class Entry(NamedTuple):
    """What a pattern stands for; ``weight`` is how much of it is spelt out."""

    kind: Kind
    value: str
    form: Form = Form.NONE
    capital: bool = False
    trigger: Trigger | None = None
    weight: int = 0


class Span(NamedTuple):
    """A found pattern: words ``start`` to ``end`` (exclusive), and the role its affixes give."""

    start: int
    end: int
    entry: Entry
    role: str = ""

    @property
    def kind(self) -> Trigger:
        """Return the trigger that a span is; only triggers' spans are asked."""
        if self.entry.trigger is None:
            raise TypeError(f"{self.entry.value} is no trigger")
        return self.entry.trigger


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern as it is matched: ``head`` words by the automaton, ``rest`` one by one.

    ``endings`` give roles; a ``strict`` name takes no others, but its ``own`` that the stem lost.
    ``awaited`` is the last word of the rest: a text without it ends most gaps unwalked.
    """

    head: int
    rest: tuple[str, ...]
    entry: Entry
    endings: Mapping[str, str]
    strict: bool = False
    own: str = ""
    role: str = ""
    awaited: str = ""


_start, _end = itemgetter(0), itemgetter(1)
"""A span's, read without a call of our own: they order every match of every text."""


class Lexicon:
    """Finds every known pattern of one language in a text."""

    def __init__(
        self, phrases: Phrases, actors: Mapping[str, Actor], cases: Mapping[str, Case]
    ) -> None:
        self.phrases = phrases
        self.calendar = _folded(phrases.calendar)
        self.ambiguous = frozenset(" ".join(pattern_words(w)) for w in phrases.grammar.ambiguous)
        self._gap = GAP * phrases.grammar.stretch
        keys: dict[str, list[_Pattern]] = {}
        affixes = _Affixes(phrases.grammar)
        for pattern, entry in _entries(phrases, actors, cases):
            for key, compiled in _compiled(pattern, entry, affixes):
                keys.setdefault(key, []).append(compiled)
        self._patterns = [tuple(patterns) for patterns in keys.values()]
        self._automaton = AhoCorasick(list(keys), matchkind=MatchKind.Standard)

    def find(self, words: Words) -> list[Span]:
        """Return every match in order of its first word; overlapping ones all of them."""
        spans: list[Span] = []
        at, line, patterns, gap = words.at, words.line, self._patterns, self._gap
        present = {"", *words.words}  # no word is awaited of a pattern without a rest
        for number, start, end in self._automaton.find_matches_as_indexes(line, overlapping=True):
            first = at.get(start + 1)
            if first is None:
                continue
            ending = None
            for pattern in patterns[number]:
                if pattern.awaited not in present:
                    continue
                role = pattern.role
                if pattern.endings:
                    if ending is None:
                        ending = line[end : line.find(" ", end)]
                    if ending != pattern.own:
                        found = pattern.endings.get(ending)
                        if found is None and pattern.strict:
                            continue
                        role = role if found is None else found
                last = first + pattern.head
                if pattern.rest and not (last := _continued(words.words, last, pattern.rest, gap)):
                    continue
                spans.append(Span(first, last, pattern.entry, role))
        spans.sort(key=_end, reverse=True)
        spans.sort(key=_start)
        return spans


class _Affixes:
    """What a language writes onto its words, folded as the words are."""

    def __init__(self, grammar: Grammar) -> None:
        self.suffixes = {fold(affix): role for affix, role in grammar.suffixes.items()}
        self.heads = {fold(affix): role for affix, role in grammar.head_endings.items()}
        self.prefixes = {fold(affix): role for affix, role in grammar.prefixes.items()}
        self.drops = sorted(map(fold, grammar.drops), key=len, reverse=True)

    def stem(self, word: str) -> tuple[str, str]:
        """Return a name's stem, and the letters that it loses before a suffix."""
        for drop in self.drops:
            if word.endswith(drop) and len(word) - len(drop) >= _SHORTEST:
                return word[: -len(drop)], drop
        return word, ""


_SHORTEST = 3
"""Letters of a stem, and of a word that can have a prefix."""


def _compiled(pattern: str, entry: Entry, affixes: _Affixes) -> Iterable[tuple[str, _Pattern]]:
    """Yield the keys of a pattern: its first words up to a star or a gap, as blanks cut them.

    A name is keyed without its closing blank where the language lets endings follow it.
    """
    joined = "\u200c" in pattern
    for spelling in (pattern, pattern.replace("\u200c", " ")) if joined else (pattern,):
        parts = pattern_words(spelling)
        if parts:
            yield from _keys(parts, entry._replace(weight=len(spelling)), affixes)


def _keys(parts: Sequence[str], entry: Entry, affixes: _Affixes) -> Iterable[tuple[str, _Pattern]]:
    cut = next((i for i, part in enumerate(parts) if part == ".." or part.endswith("*")), None)
    head = len(parts) if cut is None else cut + (parts[cut] != "..")
    text = " ".join(parts[:head])
    starred = text.endswith("*")
    text = text.rstrip("*")
    is_name = entry.kind in (Kind.ACTOR, Kind.SUBJECT)
    suffixed = is_name and bool(affixes.suffixes) and head == len(parts)
    strict, own = suffixed and not starred, ""
    if strict:
        text, own = affixes.stem(text)
    endings = affixes.suffixes if suffixed else affixes.heads if starred else {}
    if entry.kind is not Kind.CLASS and not is_name:
        endings = {}
    closing = "" if starred or strict else " "
    rest = tuple(parts[head:])
    awaited = rest[-1] if rest and not rest[-1].endswith("*") else ""
    compiled = _Pattern(head, rest, entry, endings, strict, own, awaited=awaited)
    yield f" {text}{closing}", compiled
    if len(parts[0].rstrip("*")) >= _SHORTEST or is_name:
        roles = {role: replace(compiled, role=role) for role in set(affixes.prefixes.values())}
        for prefix, role in affixes.prefixes.items():
            yield f" {prefix}{text}{closing}", roles[role]


def _continued(words: Sequence[str], place: int, rest: Sequence[str], wide: int) -> int:
    """Return the place after the rest of a pattern if it follows here, else 0."""
    gap = wide if rest[0] == ".." else 0
    part, tail = (rest[1], rest[2:]) if gap else (rest[0], rest[1:])
    first = place
    while (found := _next(words, first, place + gap, part)) >= 0:
        if not tail:
            return found + 1
        if end := _continued(words, found + 1, tail, wide):
            return end
        first = found + 1  # the word may stand again within the gap
    return 0


def _next(words: Sequence[str], first: int, last: int, part: str) -> int:
    stem = part[:-1] if part.endswith("*") else ""
    for index in range(first, min(last + 1, len(words))):
        word = words[index]
        if word == part or (stem and word.startswith(stem)):
            return index
        if word in _STOPS:
            return -1
    return -1


def _folded(calendar: Calendar) -> Calendar:
    """Return a calendar whose words are cut and folded as those of texts are."""

    def keys(numbers: Mapping[str, int]) -> dict[str, int]:
        return {" ".join(pattern_words(word)): number for word, number in numbers.items()}

    def all_of(words: Iterable[str]) -> frozenset[str]:
        return frozenset(map(fold, words))

    return replace(
        calendar,
        months=keys(calendar.months),
        weekdays=keys(calendar.weekdays),
        days=keys(calendar.days),
        next=all_of(calendar.next),
        ambiguous=all_of(calendar.ambiguous),
        month_marks=all_of(calendar.month_marks),
        last=all_of(calendar.last),
        since=all_of(calendar.since),
        until=all_of(calendar.until),
    )


_STOPS = frozenset((".", ";", "!", "?", "–", "\n", "。", "।", "۔"))


def _entries(
    phrases: Phrases, actors: Mapping[str, Actor], cases: Mapping[str, Case]
) -> Iterable[tuple[str, Entry]]:
    language = phrases.language
    for actor in actors.values():
        yield from _actor_entries(actor, language)
    for case in cases.values():
        yield from _case_entries(case, language)
    yield from ((words, Entry(Kind.TRAP, words)) for words in phrases.traps)
    for name, patterns in phrases.classes.items():
        yield from ((words, Entry(Kind.CLASS, name)) for words in patterns)
    for role, patterns in phrases.postpositions.items():
        yield from ((words, Entry(Kind.POST, role)) for words in patterns)
    for trigger in phrases.triggers:
        entry = Entry(Kind.TRIGGER, trigger.id, trigger=trigger)
        yield from ((words, entry) for words in trigger.words)
    for code, patterns in phrases.forums.items():
        yield from ((words, Entry(Kind.FORUM, code)) for words in patterns)
    for wire, patterns in phrases.wires.items():
        yield from ((words, Entry(Kind.WIRE, wire)) for words in patterns)


def _actor_entries(actor: Actor, language: str) -> Iterable[tuple[str, Entry]]:
    name_form = Form.NAME if actor.kind is ActorKind.STATE else Form.ORGANISATION
    for form, by_language in (
        (name_form, actor.names),
        (Form.DEMONYM, actor.demonyms),
        (Form.CAPITAL, actor.capitals),
        (Form.CITY, actor.cities),
        (Form.LEADER, actor.leaders),
    ):
        for name in by_language.get(language, ()):
            yield name, Entry(Kind.ACTOR, actor.code, form, name[0].isupper())


def _case_entries(case: Case, language: str) -> Iterable[tuple[str, Entry]]:
    for name in case.names.get(language, ()):
        yield name, Entry(Kind.SUBJECT, case.id, Form.NAME, name[0].isupper())
    for trap in case.traps.get(language, ()):
        yield trap, Entry(Kind.CASE_TRAP, case.id)
    surnames: set[str] = set()
    for official in case.officials:
        for spelling in (official.name, *official.spellings):
            yield spelling, Entry(Kind.SUBJECT, case.id, Form.LEADER, spelling[0].isupper())
        surnames |= _surnames((official.name, *official.spellings))
    for surname in sorted(surnames):
        yield surname, Entry(Kind.SUBJECT, case.id, Form.SURNAME, surname[0].isupper())


def _surnames(spellings: Iterable[str]) -> set[str]:
    """Return last names that stand alone in the news; short ones are too many people's."""
    lasts = {spelling.split()[-1] for spelling in spellings if " " in spelling}
    return {last for last in lasts if len(last) >= 5}
