"""One language's words as one automaton: every name, trigger and cue found in one pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from jobs.detection.normalise import Words, pattern_words
from jobs.reference.actors import Actor, ActorKind
from jobs.reference.cases import Case
from jobs.reference.phrases import Phrases, Trigger

GAP = 5
"""Words that ``..`` in a pattern may stand for."""


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
    """What a pattern stands for."""

    kind: Kind
    value: str
    form: Form = Form.NONE
    capital: bool = False
    trigger: Trigger | None = None


class Span(NamedTuple):
    """A found pattern: words ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    entry: Entry

    @property
    def kind(self) -> Trigger:
        """Return the trigger that a span is; only triggers' spans are asked."""
        if self.entry.trigger is None:
            raise TypeError(f"{self.entry.value} is no trigger")
        return self.entry.trigger


@dataclass(frozen=True, slots=True)
class _Pattern:
    head: int
    rest: tuple[str, ...]
    entry: Entry
    suffixed: bool


class Lexicon:
    """Finds every known pattern of one language in a text."""

    def __init__(
        self, phrases: Phrases, actors: Mapping[str, Actor], cases: Mapping[str, Case]
    ) -> None:
        self.phrases = phrases
        keys: dict[str, list[_Pattern]] = {}
        for pattern, entry in _entries(phrases, actors, cases):
            for key, compiled in _compiled(pattern, entry, phrases):
                keys.setdefault(key, []).append(compiled)
        self._patterns = list(keys.values())
        self._automaton = AhoCorasick(list(keys), matchkind=MatchKind.Standard)

    def find(self, words: Words) -> list[Span]:
        """Return every match in order of its first word; overlapping ones all of them."""
        spans: list[Span] = []
        at = words.at
        suffixes = self.phrases.grammar.suffixes
        for number, start, end in self._automaton.find_matches_as_indexes(
            words.line, overlapping=True
        ):
            first = at.get(start + 1)
            if first is None:
                continue
            for pattern in self._patterns[number]:
                if pattern.suffixed and not _suffix_fits(words.line, end, suffixes):
                    continue
                last = _continued(words.words, first + pattern.head, pattern.rest)
                if last:
                    spans.append(Span(first, last, pattern.entry))
        spans.sort(key=lambda span: (span.start, -span.end))
        return spans


def _compiled(pattern: str, entry: Entry, phrases: Phrases) -> Iterable[tuple[str, _Pattern]]:
    """Yield the keys of a pattern: its first words up to a star or a gap, as blanks cut them.

    A name is keyed without its closing blank where the language lets endings follow it.
    """
    parts = pattern_words(pattern)
    if not parts:
        return
    head = 0
    for part in parts:
        if part == "..":
            break
        head += 1
        if part.endswith("*"):
            break
    key = " " + " ".join(part.rstrip("*") for part in parts[:head])
    starred = parts[head - 1].endswith("*")
    is_name = entry.kind in (Kind.ACTOR, Kind.SUBJECT)
    suffixed = is_name and not starred and bool(phrases.grammar.suffixes) and head == len(parts)
    if not starred and not suffixed:
        key += " "
    compiled = _Pattern(head, parts[head:], entry, suffixed)
    yield key, compiled
    if is_name:
        for prefix in phrases.grammar.prefixes:
            yield f" {prefix}{key[1:]}", compiled


def _suffix_fits(line: str, end: int, suffixes: Sequence[str]) -> bool:
    """Say whether what follows the match within its last word is nothing or a suffix."""
    rest = line[end : line.find(" ", end)]
    return not rest or rest in suffixes


def _continued(words: Sequence[str], place: int, rest: Sequence[str]) -> int:
    """Return the place after the rest of a pattern if it follows here, else 0."""
    gap = 0
    for part in rest:
        if part == "..":
            gap = GAP
            continue
        found = _next(words, place, place + gap, part)
        if found < 0:
            return 0
        place, gap = found + 1, 0
    return place


def _next(words: Sequence[str], first: int, last: int, part: str) -> int:
    stem = part[:-1] if part.endswith("*") else ""
    for index in range(first, min(last + 1, len(words))):
        word = words[index]
        if word == part or (stem and word.startswith(stem)):
            return index
        if word in _STOPS:
            return -1
    return -1


_STOPS = frozenset((".", ";", "!", "?", "–", "\n"))


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
    for surname in surnames:
        yield surname, Entry(Kind.SUBJECT, case.id, Form.SURNAME, surname[0].isupper())


def _surnames(spellings: Iterable[str]) -> set[str]:
    """Return last names that stand alone in the news; short ones are too many people's."""
    lasts = {spelling.split()[-1] for spelling in spellings if " " in spelling}
    return {last for last in lasts if len(last) >= 5}
