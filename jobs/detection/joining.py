"""Which names make one group: an enumeration, a people with its authority, a holder of office."""

from collections.abc import Mapping, Sequence

from jobs.detection.classed import Classed
from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.normalise import Words
from jobs.reference.phrases import Grammar

_MARKED = frozenset(("object", "goal", "with", "by"))
"""Endings and postpositions that show who is no agent."""
_GLUE = ("joiner", "article", "possessive", "modifier", "of", "with")


class Joiner:
    """Says of a text's names whether one goes on with those before it."""

    def __init__(
        self,
        words: Words,
        classed: Classed,
        seat: str,
        grammar: Grammar,
        behind: Mapping[int, Span],
    ) -> None:
        """``behind`` are the nouns of office and postpositions that may follow a name."""
        self._words = words
        self._behind = behind
        self._seat = seat
        self._grammar = grammar
        self._glue = classed.by_start(*_GLUE)
        self._speech = classed.by_start("speech")
        self._topics = classed.by_end("topic")

    def joins(self, block: Sequence[Span], span: Span) -> bool:
        """Say whether a name continues the block: nothing but joining words in between."""
        if _names_seat(block[-1], span, self._seat):
            return True
        if self._is_aside(block, span):
            return False
        if self._acts_on(block[-1], span):
            return False
        return _joins(self._words, block, span, self._glue, self._speech, self._grammar)

    def _acts_on(self, last: Span, span: Span) -> bool:
        """Say whether what follows a name shows it as acted on: "Rusya, Taliban yönetimini"."""
        behind = self._behind.get(span.end)
        if behind is None or span.entry.kind is last.entry.kind:
            return False
        marked = behind.role if behind.entry.kind is Kind.CLASS else behind.entry.value
        return marked in _MARKED and self._words.words[last.end : span.start] == (",",)

    def _is_aside(self, block: Sequence[Span], span: Span) -> bool:
        """Say whether the block only opens the sentence: "After Paris, Ankara talks to"."""
        topic = self._topics.get(block[0].start)
        if topic is None or len(block) > 1 or span.start - block[0].end != 1:
            return False
        opens = topic.start == 0 or not self._words.words[topic.start - 1].isalnum()
        return opens and self._words.words[block[0].end] == ","


def _joins(
    words: Words,
    block: Sequence[Span],
    span: Span,
    glue: Mapping[int, Span],
    speech: Mapping[int, Span],
    grammar: Grammar,
) -> bool:
    """Say whether a name continues the block: nothing but joining words in between."""
    last = block[-1]
    if span.start < last.end:
        return True
    if span.entry.kind is Kind.CLASS or last.entry.kind is Kind.CLASS:
        return False
    if span.start == last.end:
        return (
            span.start in words.glued
            or span.role == "joiner"
            or (_same(last, span) and last.role != "place")
            or (_is_sign(words, last) and _is_sign(words, span))
            or (grammar.adjectives_after and last.entry.form is span.entry.form is Form.DEMONYM)
            or (grammar.order == "svo" and _apposed(last, span))
        )
    between, place, joined = [], last.end, span.role == "joiner"
    while place < span.start:
        found = glue.get(place)
        if found is None:
            return False
        between.append(words.words[place])
        joined = joined or found.entry.value == "joiner"
        if found.entry.value in ("of", "with") and not joined:
            return False
        place = found.end
    if between == ["'s"] or between == ["'"]:
        return _same(last, span) or span.entry.form in (Form.LEADER, Form.SURNAME)
    if not joined or set(between) == {","}:
        return joined and _alike(last, span) and span.end not in speech
    return True


def _names_seat(last: Span, span: Span, seat: str) -> bool:
    """Say whether a name only tells where the subject before it is from: "talibanes afganos"."""
    bare = span.entry.form is Form.DEMONYM or span.role in ("", "of")
    is_subject = last.entry.kind is Kind.SUBJECT
    return is_subject and bare and span.entry.value == seat and span.start == last.end


def _is_sign(words: Words, span: Span) -> bool:
    """Say whether a name is one sign long, as Chinese writes states in a row: 中阿巴."""
    return span.end - span.start == 1 and len(words.words[span.start]) == 1


def _alike(one: Span, other: Span) -> bool:
    """Say whether a bare comma can join two names: states with states only.

    Nor does it join who acts with whom the ending shows to be acted on: "Moskova, Taliban'ı".
    """
    if other.role and other.entry.kind is not one.entry.kind:
        return False
    odd = (Form.SURNAME, Form.CITY)
    bodies = (one.entry.form is Form.ORGANISATION) + (other.entry.form is Form.ORGANISATION)
    return bodies != 1 and one.entry.form not in odd and other.entry.form not in odd


def _same(one: Span, other: Span) -> bool:
    return one.entry.value == other.entry.value


def _apposed(one: Span, other: Span) -> bool:
    """Say whether two names in a row are one: Afghan Taliban, China's Wang Yi."""
    return other.entry.kind is Kind.SUBJECT or other.entry.form is Form.LEADER
