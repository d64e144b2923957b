"""A text's clauses with who is named in each, and what is asked of a clause's sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jobs.detection.clauses import Clause
from jobs.detection.dates import When, find_date, says_since
from jobs.detection.groups import Group
from jobs.detection.lexicon import Span
from jobs.detection.normalise import Words
from jobs.reference.phrases import Calendar

_DATED = 2
"""Words behind a verb of saying that tell when it was said: "said on Friday"."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Clauses in order; ``named`` are the groups that begin in each."""

    words: Words
    clauses: Sequence[Clause]
    named: Sequence[Sequence[Group]]
    calendar: Calendar
    following: frozenset[str]
    published: date | None

    def sentence(self, place: int) -> range:
        """Return the places of the clauses that share a clause's sentence."""
        number = self.clauses[place].sentence
        first = last = place
        while first and self.clauses[first - 1].sentence == number:
            first -= 1
        while last + 1 < len(self.clauses) and self.clauses[last + 1].sentence == number:
            last += 1
        return range(first, last + 1)

    def _part(self, place: int) -> range:
        """Return the places of a clause's sentence between semicolons, which part what is told."""
        sentence = self.sentence(place)
        parts = [at for at in sentence if self.clauses[at].opener == ";"]
        first = max((at for at in parts if at <= place), default=sentence[0])
        return range(first, min((at for at in parts if at > place), default=sentence[-1] + 1))

    def is_spoken(self, place: int) -> bool:
        """Say whether a verb of saying stands in a clause, or in those that it hangs on."""
        sentence = self.clauses[place].sentence
        for at in range(place, -1, -1):
            clause = self.clauses[at]
            if clause.sentence != sentence:
                return False
            if clause.has("speech"):
                return True
            if clause.opener in (";", "–", ""):
                return False
        return False

    def answers(self, place: int) -> Sequence[Group]:
        """Return who is named behind a headline's colon or dash: "'No recognition': Berlin"."""
        after = place + 1
        if after >= len(self.clauses) or not self.clauses[after].is_title:
            return ()
        return self.named[after] if self.clauses[after].opener in (":", "–") else ()

    def is_answered(self, place: int) -> bool:
        """Say whether a headline's question has its answer, a no, right behind it."""
        if place + 1 >= len(self.clauses) or not self.clauses[place].asks:
            return False
        answer = self.clauses[place + 1]
        return answer.is_title and not answer.asks and answer.has("answer")

    def when(self, place: int, *, ahead: bool = False) -> When | None:
        """Return the day or period that a clause names, or else its sentence."""
        clause, sentence = self.clauses[place], self._part(place)
        start = self.clauses[sentence[0]].start
        words = self._dating(sentence, start, ahead=ahead)
        own = words[clause.start - start : clause.end - start]
        found = find_date(own, self.published, self.calendar, ahead=ahead)
        if found or clause.has("past") or clause.opener in self.following:
            return found
        found = find_date(words, self.published, self.calendar, ahead=ahead)
        if found and found.on is None and clause.start > start:
            return found
        return found if found and found.on else None

    def since(self, place: int) -> str:
        """Return the words right behind a name that say since which year a clause holds."""
        clause, words = self.clauses[place], self.words.words
        for name in clause.names:
            if says_since(words[name.end : min(name.end + 3, clause.end)], self.calendar):
                return " ".join(words[name.end : name.end + 2])
        return ""

    def _dating(self, sentence: range, start: int, *, ahead: bool) -> Sequence[str]:
        """Return a sentence's words; for what is to come those that date a speech are blank."""
        words = list(self.words.words[start : self.clauses[sentence[-1]].end])
        if not ahead:
            return words
        for at in sentence:
            for span in self.clauses[at].classes("speech"):
                for index in range(span.end - start, min(span.end - start + _DATED, len(words))):
                    words[index] = ""
        return words

    def said(self, span: Span) -> str:
        """Return a span's words."""
        return " ".join(self.words.words[span.start : span.end])

    def text(self, clause: Clause) -> str:
        """Return a clause as it was written."""
        return self.words.text[self.words.starts[clause.start] : self.words.ends[clause.end - 1]]


def by_clause(clauses: Sequence[Clause], groups: Sequence[Group]) -> list[list[Group]]:
    """Return the groups that begin in each clause; both are in order."""
    named: list[list[Group]] = [[] for _ in clauses]
    place = 0
    for group in groups:
        while place < len(clauses) and group.start >= clauses[place].end:
            place += 1
        if place < len(clauses) and group.start >= clauses[place].start:
            named[place].append(group)
            if group.marker and group.marked_at < clauses[place].start:
                group.marker = ""  # what opens a clause marks the clause, not its first name
    return named
