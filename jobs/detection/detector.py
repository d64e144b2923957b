"""Text in, mentions out: pure, total, and able to say why."""

import gc
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import lru_cache

from jobs.detection.datelines import without_dateline
from jobs.detection.findings import Finding, Read
from jobs.detection.homes import home_of
from jobs.detection.languages import Languages
from jobs.detection.lexicon import Form, Kind, Lexicon
from jobs.detection.marks import NAMES, settle
from jobs.detection.merging import settle_mentions
from jobs.detection.normalise import clean, split_words
from jobs.detection.reading import CaseReading
from jobs.detection.texts import Text
from jobs.domain.events import Mention
from jobs.reference import Reference

_HOSTS = 4096
"""Hosts whose side is remembered; more than any list of sources has."""


class Detector:
    """Finds what a text says of any configured case; built once, then pure."""

    def __init__(self, reference: Reference, cases: Collection[str] | None = None) -> None:
        chosen = {
            name: case for name, case in reference.cases.items() if cases is None or name in cases
        }
        self._cases = chosen
        self._reference = reference
        self._lexicons: dict[str, Lexicon] = {}
        self._languages = Languages(reference.phrases)
        self._side_of = lru_cache(maxsize=_HOSTS)(self._look_up_side)

    def detect(self, text: Text) -> list[Mention]:
        """Return the mentions of every case, each (case, actor, type, status) once."""
        return settle_mentions(self.explain(text))

    def explain(self, text: Text) -> list[Finding]:
        """Return every trigger that was looked at, with its mentions or why there are none."""
        language = text.lang.partition("-")[0].lower()
        if not language:
            language = self._languages.of(f"{text.title} {text.summary}")
        if language not in self._reference.phrases:
            return []
        lexicon = self._lexicon(language)
        reading = _read(text, lexicon)
        entries = {s.entry for s in reading.spans if s.entry.kind in NAMES}
        named = {e.value for e in entries if e.kind is Kind.SUBJECT and e.form is not Form.SURNAME}
        seats = {e.value for e in entries if e.kind is Kind.ACTOR}
        side = self._side_of(text.outlet)
        home = home_of(text.outlet, side, lexicon.phrases.grammar)
        return [
            finding
            for case in self._cases.values()
            if case.id in named or case.seat in seats or case.seat == side
            for finding in CaseReading(
                reading, case, at_home=case.seat == side, home=home if case.seat != side else ""
            ).findings()
        ]

    def _look_up_side(self, outlet: str) -> str:
        """Return whose press a host is; what is no host is nobody's."""
        try:
            return self._reference.outlet_of(outlet).side if outlet else ""
        except ValueError:
            return ""

    def _lexicon(self, language: str) -> Lexicon:
        """Return a language's tables, made when its first text comes.

        Sixteen at once would cost every start most of a second, for languages that may
        never come.
        """
        if language not in self._lexicons:
            phrases = self._reference.phrases[language]
            self._lexicons[language] = Lexicon(phrases, self._reference.actors, self._cases)
            gc.freeze()  # they stay: sixteen cost the garbage collector 0.15 s each time
        return self._lexicons[language]


def _read(text: Text, lexicon: Lexicon) -> Read:
    title = clean(text.title)
    _, lead = without_dateline(clean(text.summary))
    _, head = without_dateline(title, is_title=True)
    # The full stop keeps a name at the headline's end apart from the lead's first.
    words = split_words(f"{head} . {lead}")
    title_end = sum(1 for start in words.starts if start < len(head))
    found = lexicon.find(words)
    spans = settle(words, found, lexicon, title_end)
    trapped = frozenset(s.entry.value for s in found if s.entry.kind is Kind.CASE_TRAP)
    published = _day(text.published_at)
    return Read(words, tuple(spans), title_end, lexicon, published, trapped)


def _day(at: datetime | None) -> date | None:
    """Return the day in UTC; a time near the calendar's ends is no time of publication."""
    return at.astimezone(UTC).date() if at and 1900 <= at.year <= 2200 else None
