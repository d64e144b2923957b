"""Which of the found patterns hold: traps cover what is inside them, longer names win."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from jobs.detection.groups import HEADS
from jobs.detection.lexicon import Form, Kind, Lexicon, Span
from jobs.detection.normalise import Words
from jobs.reference.phrases import Calendar

NAMES = (Kind.ACTOR, Kind.SUBJECT)
_TRAPS = (Kind.TRAP, Kind.CASE_TRAP)
_WEAK = (Form.SURNAME, Form.LEADER)
_HEADS = frozenset(HEADS)


def settle(words: Words, spans: Sequence[Span], lexicon: Lexicon, title_end: int) -> list[Span]:
    """Return the spans that hold, in order of their first word."""
    shown = not lexicon.phrases.grammar.cased or _mixed(words, title_end)
    unshown_end = 0 if shown else title_end
    held = [
        span
        for span in spans
        if span.entry.kind not in NAMES or _is_written(words, span, lexicon, unshown_end)
    ]
    held = _without_trapped(words, held)
    if not lexicon.calendar.ambiguous.isdisjoint(words.words):
        held = [span for span in held if not _is_month(words, span, lexicon.calendar)]
    names, others = _parted(held)
    names = _without_lone_signs(words, _longest(names), lexicon.ambiguous)
    rest = _without_parts(others)
    return sorted(dict.fromkeys([*names, *rest]), key=lambda span: (span.start, -span.end))


def _parted(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """Return the names, and what is no name."""
    names: list[Span] = []
    others: list[Span] = []
    for span in spans:
        (names if span.entry.kind in NAMES else others).append(span)
    return names, others


def _without_parts(spans: Sequence[Span]) -> list[Span]:
    """Return the spans but nouns that are part of a longer noun: "envoy" in "special envoy"."""
    covered = _covered(span for span in spans if span.end - span.start > 1 and _is_noun(span))
    if not covered:
        return list(spans)
    return [span for span in spans if not _is_part(span) or not _is_inside(span, covered)]


def _is_noun(span: Span) -> bool:
    return span.entry.kind is Kind.CLASS and span.entry.value in _HEADS


def _is_part(span: Span) -> bool:
    """Say whether a span can be but part of a noun: "a state" in "minister of state"."""
    return _is_noun(span) or (span.entry.kind is Kind.CLASS and span.entry.value == "unnamed")


def _is_month(words: Words, span: Span, calendar: Calendar) -> bool:
    """Say whether a cue is but a month's name beside a number: "28 May"."""
    if span.end - span.start != 1 or words.words[span.start] not in calendar.ambiguous:
        return False
    beside = words.words[max(span.start - 1, 0)], words.words[min(span.end, len(words.words) - 1)]
    return any(word.isdigit() for word in beside)


def _mixed(words: Words, title_end: int) -> bool:
    """Say whether a title's capitals tell names from words."""
    title = words.text[: words.ends[title_end - 1]] if title_end else ""
    return any(c.isupper() for c in title) and any(c.islower() for c in title)


def _is_written(words: Words, span: Span, lexicon: Lexicon, unshown_end: int) -> bool:
    """Say whether a name is written as one; without capitals only the unambiguous are.

    Before ``unshown_end``, and in a script without capitals, nothing shows it.
    """
    if span.entry.capital and span.start >= unshown_end:
        return words.capital[span.start]
    if lexicon.phrases.grammar.cased and not span.entry.capital:
        return True
    said = " ".join(words.words[span.start : span.end])
    return said not in lexicon.ambiguous or _is_sign(said)


def _is_sign(said: str) -> bool:
    """Say whether a name is written with one sign, as Chinese shortens them: 俄, 阿."""
    return len(said) == 1


def _without_lone_signs(
    words: Words, names: Sequence[Span], ambiguous: Collection[str]
) -> list[Span]:
    """Return the names but ambiguous ones of one sign that stand in no row of such: 中阿巴."""
    longer = {i for s in names if s.end - s.start > 1 for i in range(s.start, s.end)}
    signs = {s.start for s in names if s.end - s.start == 1 and _is_sign(words.words[s.start])}
    signs -= longer

    def in_row(place: int) -> bool:
        return any(
            place + step in signs
            or (place + 2 * step in signs and words.words[place + step] == _LISTED)
            for step in (-1, 1)
        )

    return [
        name
        for name in names
        if name.end - name.start > 1
        or not _is_sign(words.words[name.start])
        or words.words[name.start] not in ambiguous
        or (name.start in signs and in_row(name.start))
    ]


_LISTED = "、"


def _without_trapped(words: Words, spans: Sequence[Span]) -> list[Span]:
    """Return the spans without traps and what they cover.

    A case's trap takes its subject's name wherever they meet, and states' names inside it.
    """
    if all(span.entry.kind not in _TRAPS for span in spans):
        return list(spans)
    states = {span.start for span in spans if span.entry.kind is Kind.ACTOR}
    traps = _covered(span for span in spans if span.entry.kind is Kind.TRAP)
    case_traps = _covered(
        span
        for span in spans
        if span.entry.kind is Kind.CASE_TRAP and not _is_pair(words, span, states)
    )
    rest = [span for span in spans if span.entry.kind not in _TRAPS]
    if not traps and not case_traps:
        return rest
    return [span for span in rest if not _is_trapped(span, traps, case_traps)]


def _is_pair(words: Words, span: Span, states: Collection[int]) -> bool:
    """Say whether a trap is but two parties that a hyphen joins: "Pakistan-Taliban talks"."""
    glued = span.end - span.start == 2 and span.start + 1 in words.glued
    return glued and span.start in states


def _is_trapped(span: Span, traps: Mapping[int, int], case_traps: Mapping[int, int]) -> bool:
    kind = span.entry.kind
    if kind is Kind.SUBJECT and any(i in case_traps for i in range(span.start, span.end)):
        return True
    if kind is Kind.ACTOR and _is_inside(span, case_traps):
        return True
    is_frame = kind is Kind.CLASS and span.entry.value in _FRAME
    return not is_frame and _is_inside(span, traps)


_FRAME = frozenset(("break", "complement", "joiner", "negation", "plan", "plan_to", "past", "urge"))


def _covered(traps: Iterable[Span]) -> dict[int, int]:
    """Return for each word in a trap the length of the longest trap over it."""
    covered: dict[int, int] = {}
    for trap in traps:
        for index in range(trap.start, trap.end):
            covered[index] = max(covered.get(index, 0), trap.end - trap.start)
    return covered


def _is_inside(span: Span, traps: Mapping[int, int]) -> bool:
    """Say whether a span meets a trap that is longer than it."""
    length = span.end - span.start
    return bool(traps) and any(traps.get(i, 0) > length for i in range(span.start, span.end))


def _longest(names: Iterable[Span]) -> list[Span]:
    """Return names of which none overlaps a longer one of its own sort.

    A state's name within the name of a case's subject stays beside it: which of the two
    counts depends on the case that is read for.
    """
    chosen: list[Span] = []
    taken: dict[str, set[int]] = {}
    order = sorted(
        names,
        key=lambda s: (
            s.start - s.end,
            s.role not in ("", "joiner"),  # "Кабулов": the envoy, then Kabul in the genitive
            s.entry.form in _WEAK,
            s.entry.form is Form.DEMONYM,  # "بريطانيا": Britain, then British with an ending
            s.start,
            s.entry.form is Form.CAPITAL,  # "عمان": Oman, then Amman
            s.entry.value,
        ),
    )
    for span in order:
        sort = "" if span.entry.kind is Kind.ACTOR else span.entry.value
        mine = taken.setdefault(sort, set())
        if not any(index in mine for index in range(span.start, span.end)):
            chosen.append(span)
            mine.update(range(span.start, span.end))
    return chosen
