"""Whose word it is: the wires a text credits, and organs of states quoted by name."""

from collections.abc import Sequence

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group
from jobs.detection.lexicon import Form, Kind, Span

_EMBASSIES = frozenset(("ambassador", "embassy"))
_ORGANS = _EMBASSIES | {"organ"}
_LEAD = 6
"""Words between a name and the verb of saying that belongs to it."""


def find_attributions(
    spans: Sequence[Span], clauses: Sequence[Clause], groups: Sequence[Sequence[Group]]
) -> tuple[str, ...]:
    """Return wire ids, ``organ:XX`` and ``embassy:XX`` once each, in order.

    ``groups`` are each clause's. An embassy is an organ of lesser rank.
    """
    found = [(span.start, span.entry.value) for span in spans if span.entry.kind is Kind.WIRE]
    for clause, named in zip(clauses, groups, strict=True):
        speech = clause.classes("speech")
        found += [
            (group.start, f"{_rank(group)}:{group.codes[0]}")
            for group in named
            if _speaks(group, speech)
        ]
    return tuple(dict.fromkeys(voice for _, voice in sorted(found)))


def _rank(group: Group) -> str:
    return "embassy" if group.head in _EMBASSIES else "organ"


def _speaks(group: Group, speech: Sequence[Span]) -> bool:
    official = group.head in _ORGANS or Form.LEADER in group.forms or group.head == "person"
    if len(group.codes) != 1 or not official:
        return False
    end = max(group.end, group.head_end)
    return any(
        0 <= verb.start - end <= _LEAD or 0 <= group.start - verb.end <= 3 for verb in speech
    )
