"""Which of the found patterns hold: traps cover what is inside them, longer names win."""

from collections.abc import Collection, Iterable, Sequence

from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.normalise import Words
from jobs.reference.phrases import Grammar

_NAMES = (Kind.ACTOR, Kind.SUBJECT)
_WEAK = (Form.SURNAME, Form.LEADER)


def settle(
    words: Words, spans: Sequence[Span], grammar: Grammar, title_end: int
) -> list[Span]:
    """Return the spans that hold, in order of their first word."""
    shown = _written_as_names(words, title_end) if grammar.cased else (True, True)
    held = [
        span
        for span in spans
        if span.entry.kind not in _NAMES or _is_written(words, span, grammar, shown, title_end)
    ]
    held = _without_trapped(held)
    names = _longest(span for span in held if span.entry.kind in _NAMES)
    rest = [span for span in held if span.entry.kind not in _NAMES]
    return sorted({*names, *rest}, key=lambda span: (span.start, -span.end))


def _written_as_names(words: Words, title_end: int) -> tuple[bool, bool]:
    """Say for title and summary whether capitals tell names from words."""
    return _mixed(words.text, 0, words, title_end), True


def _mixed(text: str, first: int, words: Words, title_end: int) -> bool:
    title = text[: words.ends[title_end - 1]] if title_end else ""
    return any(c.isupper() for c in title) and any(c.islower() for c in title)


def _is_written(
    words: Words, span: Span, grammar: Grammar, shown: tuple[bool, bool], title_end: int
) -> bool:
    """Say whether a name is written as one; without capitals only the unambiguous are."""
    if not span.entry.capital:
        return True
    if shown[0] if span.start < title_end else shown[1]:
        return words.capital[span.start]
    return " ".join(words.words[span.start : span.end]) not in grammar.ambiguous


def _without_trapped(spans: Sequence[Span]) -> list[Span]:
    traps = [span for span in spans if span.entry.kind is Kind.TRAP]
    case_traps = [span for span in spans if span.entry.kind is Kind.CASE_TRAP]
    covered = _covered(traps)
    case_covered = _covered(case_traps)
    kept = []
    for span in spans:
        kind = span.entry.kind
        if kind in (Kind.TRAP, Kind.CASE_TRAP):
            continue
        if kind is not Kind.CLASS or span.entry.value not in _FRAME:
            if _overlaps(span, covered) and not _exceeds(span, traps):
                continue
        if kind is Kind.SUBJECT and _overlaps(span, case_covered):
            continue
        if kind is Kind.ACTOR and _overlaps(span, case_covered) and not _exceeds(span, case_traps):
            continue
        kept.append(span)
    return kept


_FRAME = frozenset(("break", "complement", "joiner", "negation", "plan", "plan_to", "past", "urge"))


def _covered(spans: Iterable[Span]) -> Collection[int]:
    return {index for span in spans for index in range(span.start, span.end)}


def _overlaps(span: Span, covered: Collection[int]) -> bool:
    return bool(covered) and any(index in covered for index in range(span.start, span.end))


def _exceeds(span: Span, traps: Sequence[Span]) -> bool:
    """Say whether a span is at least as long as each trap that it meets."""
    return all(
        span.end - span.start >= trap.end - trap.start
        for trap in traps
        if trap.start < span.end and span.start < trap.end
    )


def _longest(names: Iterable[Span]) -> list[Span]:
    """Return names of which none overlaps a longer one of its own sort.

    A state's name within the name of a case's subject stays beside it: which of the two
    counts depends on the case that is read for.
    """
    chosen: list[Span] = []
    taken: dict[str, set[int]] = {}
    order = sorted(
        names, key=lambda s: (s.start - s.end, s.entry.form in _WEAK, s.start, s.entry.value)
    )
    for span in order:
        sort = "" if span.entry.kind is Kind.ACTOR else span.entry.value
        mine = taken.setdefault(sort, set())
        if not any(index in mine for index in range(span.start, span.end)):
            chosen.append(span)
            mine.update(range(span.start, span.end))
    return chosen
