"""A text as sentences and clauses of marked words."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jobs.detection.classed import Classed
from jobs.detection.lexicon import Kind, Span
from jobs.detection.normalise import Words
from jobs.reference.phrases import Grammar

_ENDS = frozenset((".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "\n"))
_LONGEST = 150
"""Words of a sentence; a longer one is cut, so that no input costs more than its length."""
_HOLDING = frozenset(("refusal", "refusal_after", "consider", "past", "condition", "role"))
"""Cues of several words, in which no clause breaks; nor does one in a trigger. What one is
named *as* belongs to the verb from its first word on."""
_ASKING = frozenset(("?", "？", "؟"))
_UNREAD = Classed()


@dataclass(slots=True)
class Clause:
    """Words ``start`` to ``end`` (exclusive), and how they hang on the clause before.

    ``opener`` is the break that opens it, ``complement`` says that the clause before
    governs it ("denied that …"); ``asks`` that its sentence is a question.
    """

    start: int
    end: int
    sentence: int
    is_title: bool
    opener: str = ""
    complement: bool = False
    asks: bool = False
    spans: Sequence[Span] = ()
    classed: Classed = _UNREAD

    @property
    def triggers(self) -> Sequence[Span]:
        """The clause's triggers, in order."""
        return self.classed.triggers

    @property
    def names(self) -> Sequence[Span]:
        """The clause's names of actors and of the subject, in order."""
        return self.classed.names

    def classes(self, *names: str) -> Sequence[Span]:
        """Return the spans of the given word classes, in order."""
        return self.classed.of(*names)

    def has(self, name: str) -> bool:
        """Say whether a word of a class stands in the clause."""
        return self.classed.has(name)


def cut_clauses(
    words: Words, spans: Sequence[Span], title_end: int, grammar: Grammar, joined: Iterable[range]
) -> list[Clause]:
    """Return the clauses in order; breaks inside an enumeration (``joined``) do not count."""
    inside = {index for block in joined for index in block}
    acts = {s.start for s in spans if s.entry.trigger and not s.entry.trigger.noun}
    covered = {
        index
        for span in spans
        if span.entry.kind is Kind.TRIGGER or _holds(span, acts)
        for index in range(span.start + (span.entry.value != "role"), span.end)
    }
    breaks = {
        span.start: span
        for span in reversed(spans)
        if span.entry.kind is Kind.CLASS
        and span.entry.value in ("break", "complement")
        and span.start not in inside
        and span.start not in covered
    }
    for deal in spans:  # "the accord that Moscow signed" is one clause
        found = breaks.get(deal.end)
        related = found is not None and found.entry.value == "complement"
        if deal.entry.value == "deal" and related and words.words[deal.end] != ":":
            del breaks[deal.end]
    clauses: list[Clause] = []
    openers = [breaks[place] for place in sorted(breaks)]
    for number, (start, end, asks) in enumerate(_sentences(words, title_end, grammar)):
        in_title = start < title_end
        current = Clause(start, end, number, in_title, asks=asks)
        clauses.append(current)
        reached = start + 1  # what opens a sentence breaks nothing
        for found in openers[bisect_left(openers, start + 1, key=_start) :]:
            if found.start >= end:
                break
            if found.start < reached:
                continue
            current.end, reached = found.start, max(found.end, found.start + 1)
            said = " ".join(words.words[found.start : found.end])
            governed = found.entry.value == "complement"
            current = Clause(found.end, end, number, in_title, said, governed, asks)
            clauses.append(current)
    kept = [clause for clause in clauses if clause.end > clause.start]
    _share_out(kept, spans)
    return kept


def _start(span: Span) -> int:
    return span.start


def _holds(span: Span, acts: Collection[int]) -> bool:
    """Say whether a cue keeps its clause whole: "as Moscow's ambassador", without an act in it."""
    if span.entry.value not in _HOLDING:
        return False
    return span.entry.value != "role" or not any(i in acts for i in range(span.start + 1, span.end))


def _sentences(words: Words, title_end: int, grammar: Grammar) -> Iterable[tuple[int, int, bool]]:
    start = 0
    for index, word in enumerate(words.words):
        if index == title_end and start < index:
            yield start, index, False
            start = index
        if index - start >= _LONGEST:
            yield start, index, False
            start = index
        if word in _ENDS and not _abbreviates(words, index, grammar):
            if index > start:
                yield start, index, word in _ASKING
            start = index + 1
    if start < len(words.words):
        yield start, len(words.words), False


def _abbreviates(words: Words, index: int, grammar: Grammar) -> bool:
    if words.words[index] != "." or index == 0:
        return False
    before = words.words[index - 1]
    return before in grammar.abbreviations or (len(before) == 1 and words.capital[index - 1])


def _share_out(clauses: Sequence[Clause], spans: Sequence[Span]) -> None:
    """Give each clause the spans that begin in it; both are in order."""
    starts = [span.start for span in spans]
    for clause in clauses:
        first = bisect_left(starts, clause.start)
        clause.spans = spans[first : bisect_left(starts, clause.end, first)]
        clause.classed = Classed(clause.spans)
