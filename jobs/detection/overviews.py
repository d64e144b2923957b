"""What a whole text or clause gives: forums, the one state named, who stands side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group
from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.scenes import can_act
from jobs.domain.events import EventType
from jobs.reference.phrases import Trigger


@dataclass(frozen=True, slots=True)
class Overview:
    """What a whole text names, before any of it is judged.

    ``first`` is who is named first that can act, ``pair`` who first stands beside the
    subject, ``sole`` the state that alone is named; ``forums`` are the codes of the forums
    named, ``gathers`` says that some forum is, ``recognises`` that recognition is spoken of,
    ``others`` that the headline is about several states and at most speaks of the subject.
    """

    first: tuple[str, ...]
    pair: tuple[str, ...]
    sole: tuple[str, ...]
    forums: tuple[str, ...]
    gathers: bool
    recognises: bool
    others: bool


def look_over(
    spans: Sequence[Span],
    clauses: Sequence[Clause],
    named: Sequence[Sequence[Group]],
    title_end: int,
) -> Overview:
    """Return what a text's words and its clauses with their groups give as a whole."""
    groups = [group for each in named for group in each]
    return Overview(
        next((g.codes for g in groups if can_act(g) and not g.marker), ()),
        next(filter(None, map(paired, named)), ()),
        _sole_state(groups),
        _named_forums(spans),
        any(clause.has("forum") for clause in clauses),
        any(_names_recognition(t.kind) for clause in clauses for t in clause.triggers),
        _is_of_others([g for g in groups if g.start < title_end]),
    )


def _named_forums(spans: Sequence[Span]) -> tuple[str, ...]:
    """Return the codes of the forums and organisations that a text names, in order."""
    named = [s for s in spans if s.entry.kind is Kind.FORUM or s.entry.form is Form.ORGANISATION]
    return tuple(dict.fromkeys(span.entry.value for span in named))


def _sole_state(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the one state that a text names, if its people may act; none if there are more."""
    codes = {code for group in groups for code in group.codes}
    if any(Form.ORGANISATION in group.forms for group in groups):
        return ()
    acts = any(can_act(g) or g.head == "deal" for g in groups if g.codes)
    return tuple(codes) if len(codes) == 1 and acts else ()


def paired(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return who is named side by side with the subject: "A with the subject and B" too."""
    both = next((g for g in groups if g.codes and g.subject and g.marker != "place"), None)
    if both is None:
        return ()
    agents = [g.codes for g in groups if can_act(g) and not g.marker and g.end <= both.start]
    return (*agents[0], *both.codes) if agents and both.marker == "with" else both.codes


def _is_of_others(title: Sequence[Group]) -> bool:
    """Say whether a headline names several states, and the subject at most as a topic."""
    codes = {c for g in title if can_act(g) for c in g.codes}
    return len(codes) > 1 and not any(
        g.subject and (g.marker not in ("topic", "of") or g.head) for g in title
    )


def _names_recognition(kind: Trigger) -> bool:
    """Say whether a word means recognition by itself, as "Moscow's step" does not."""
    named = kind.type is EventType.RECOGNITION
    return named and not kind.repeats and kind.detail != "step"
