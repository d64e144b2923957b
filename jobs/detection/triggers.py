"""Which triggers of a clause hold: with what they need, the longest first."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Entry, Form, Kind, Span
from jobs.domain.events import EventStatus, EventType
from jobs.reference.phrases import Trigger

_PRESENCE = Trigger(
    "meeting.presence", EventType.MEETING, (), detail="visit", place=True, noun=True
)
_JOINT = Trigger("meeting.together", EventType.MEETING, ())
_MEN = frozenset((Form.LEADER, Form.SURNAME))

_PASSING = 3
"""Words between who is somewhere and where: "now again in"."""
_OWNER = 3
"""Words between two owners of a mission: "Afghanistan's former London embassy"."""
_OF_BODIES = ("invited", "vetoed")
"""Where an organisation is meant as a table to sit at: "veto Palestine's entry to the UN"."""
_LITTLE = 3
"""Words that may follow where two parties are, if they are told to do no more than be there."""


def choose_triggers(
    clause: Clause, groups: Sequence[Group], last: Trigger | None, told: Collection[EventType]
) -> list[Span]:
    """Return the triggers of a clause that hold, in order; of overlapping ones the longest.

    ``last`` is the last act told of, ``told`` the types of all.
    A visit may be told without a verb, and "Pakistan did the same" repeats the last act.
    """
    repeats = clause.classes("again")
    if repeats and last:
        like = replace(last, id=f"{last.type}.again", detail="again", needs=(), noun=True)
        like = replace(like, status=EventStatus.DONE)
        return [Span(repeats[0].start, repeats[0].end, Entry(Kind.TRIGGER, like.id, trigger=like))]
    chosen = _chosen(clause, told) if clause.triggers else []
    # A delegation that is merely named may stand where it is guest: "Taliban team in Tokyo".
    merely = all(span.kind.noun and span.kind.place for span in chosen)
    if merely and (seen := _presence(clause, groups)):
        chosen = [seen]
    met = any(span.kind.type is EventType.MEETING for span in chosen)
    if not met and (joint := _together(clause, groups)):
        chosen.append(joint)
    return sorted(chosen, key=lambda span: span.start)


def _chosen(clause: Clause, told: Collection[EventType]) -> list[Span]:
    """Return the triggers that a clause's words leave standing."""
    vetoed = _vetoed_types(clause)
    forums = _forum_names(clause)
    chosen: list[Span] = []
    for span in sorted(clause.triggers, key=_priority):
        kind = span.kind
        if not _is_served(span, clause) or (kind.noun and kind.type in vetoed):
            continue
        if kind.type is not EventType.FORUM and any(map(_goes_on(span), forums)):
            continue
        if _is_covered(span, clause) or _is_attended_by_others(span, clause):
            continue
        if kind.repeats and kind.type not in told:
            continue
        if not any(_collides(span, other) for other in chosen):
            chosen.append(span)
    return _without_objects(clause, _without_forums_nouns(clause, _without_hosting(chosen)))


def _without_forums_nouns(clause: Clause, chosen: list[Span]) -> list[Span]:
    """Return the triggers but those whose words are what is attended: "consultations"."""
    if not any(span.kind.type is EventType.FORUM for span in chosen):
        return chosen
    nouns = {(span.start, span.end) for span in clause.classes("forum")}
    return [s for s in chosen if s.kind.type is EventType.FORUM or (s.start, s.end) not in nouns]


def _without_hosting(chosen: list[Span]) -> list[Span]:
    """Return the triggers but a forum's mere holding where somebody is said to be kept out."""
    ends = (EventStatus.DENIED, EventStatus.REVERSED)
    kept_out = any(s.kind.type is EventType.FORUM and s.kind.status in ends for s in chosen)
    return [s for s in chosen if not (kept_out and s.kind.detail == "admitted")]


def _is_covered(span: Span, clause: Clause) -> bool:
    """Say whether a trigger's word is part of a phrase of other sense: "does not exclude"."""
    return any(
        c.start < span.start and span.end <= c.end for c in clause.classes("consider", "affirmed")
    )


def _is_attended_by_others(span: Span, clause: Clause) -> bool:
    """Say whether a forum is attended by no state's people: "activists take part"."""
    attended = span.kind.type is EventType.FORUM and span.kind.detail == "attended"
    return attended and any(c.end == span.start for c in clause.classes("nonstate"))


def _without_objects(clause: Clause, chosen: list[Span]) -> list[Span]:
    """Return the triggers but those that another of their type acts on: "calls off the visit"."""
    silent: set[int] = set()
    for span in chosen:
        if span.kind.needs:
            objects = {o.start for o in _objects(span, clause)}
            silent |= {
                other.start
                for other in chosen
                if other is not span
                and other.kind.type is span.kind.type
                and other.start in objects
            }
    return [span for span in chosen if span.start not in silent]


def _vetoed_types(clause: Clause) -> set[EventType]:
    """Return the types of which a verb stands with what it must not: its nouns go with it."""
    return {
        span.kind.type
        for span in clause.triggers
        if not span.kind.noun and any(map(clause.has, span.kind.without))
    }


def _goes_on(span: Span) -> Callable[[Span], bool]:
    """Return whether a trigger is a forum's own: in its name, a noun behind it, "meets"."""
    behind = span.kind.noun or span.kind.type is EventType.MEETING
    return lambda forum: forum.start <= span.start < forum.end + behind


def _forum_names(clause: Clause) -> list[Span]:
    """Return the names of forums, within which a word like "meeting" tells of no other act."""
    aliases = [span for span in clause.spans if span.entry.kind is Kind.FORUM]
    return aliases + [span for span in clause.classes("forum") if span.end - span.start > 1]


def _collides(one: Span, other: Span) -> bool:
    same = one.kind.type is other.kind.type
    return same and one.start < other.end and other.start < one.end


def _priority(span: Span) -> tuple[int, int, bool, bool]:
    """Order longer words first, what is spelt out more, a noun as one, then what needs others."""
    kind = span.kind
    return span.start - span.end, -span.entry.weight, not kind.noun, not kind.needs


def as_host_closes(trigger: Span, clause: Clause, groups: Sequence[Group]) -> Span:
    """Return a closing of the subject's own (or the former regime's) mission as the host's act."""
    kind = trigger.kind
    if kind.detail != "closed" or kind.status is not EventStatus.REVERSED:
        return trigger
    own = any(
        g.subject is Strength.SEAT and not g.codes and Form.CAPITAL not in g.forms and mission
        for g, mission in zip(groups, _missions(groups), strict=True)
    )
    own = own or any(
        one.subject and not one.codes and other.marker == "place" and other.head == "embassy"
        for one, other in pairwise(groups)
        if other.start - one.end <= 1
    )
    if not own and not clause.has("old_regime"):
        return trigger
    done = replace(kind, status=EventStatus.DONE)
    return trigger._replace(entry=trigger.entry._replace(trigger=done))


def _missions(groups: Sequence[Group]) -> list[bool]:
    """Say of each group whether a mission is its own: "Afghanistan's London embassy" too."""
    heads = [g.head == "embassy" for g in groups]
    beyond = [
        one.possessive and other.head == "embassy" and other.start - one.end <= _OWNER
        for one, other in pairwise(groups)
    ]
    return [one or two for one, two in zip(heads, [*beyond, False][: len(heads)], strict=True)]


def _is_served(span: Span, clause: Clause) -> bool:
    trigger = span.kind
    if any(_stands_in_way(clause, name) for name in trigger.without):
        return False
    if not trigger.needs or trigger.afar:
        return True
    return bool(_objects(span, clause))


def _stands_in_way(clause: Clause, name: str) -> bool:
    """Say whether a clause holds a word of a class, not as who says it: "…, embassy says"."""
    speech = [c.start for c in clause.classes("speech")]
    return any(not any(0 <= s - c.end <= 1 for s in speech) for c in clause.classes(name))


def _objects(span: Span, clause: Clause) -> list[Span]:
    """Return the words that a trigger needs and finds in its clause."""
    trigger = span.kind
    objects = [*clause.classes(*trigger.needs)]
    if "forum" in trigger.needs:
        bodies = trigger.detail in _OF_BODIES and not clause.has("encounter")
        objects += [
            s
            for s in clause.spans
            if s.entry.kind is Kind.FORUM or (bodies and s.entry.form is Form.ORGANISATION)
        ]
    if trigger.after and not _is_passive(span, clause):
        objects = [o for o in objects if o.start >= span.start]
    if not trigger.near:
        return objects
    near = trigger.near
    return [o for o in objects if o.start - span.end <= near and span.start - o.end <= near]


def _presence(clause: Clause, groups: Sequence[Group]) -> Span | None:
    """Return a visit told without a verb: "Iranian minister in Kabul", "Muttaqi in Moscow"."""
    for one, other in pairwise(groups):
        here, there = max(one.end, one.head_end), other.marked_at
        if there - here > _PASSING or any(here < c.end == there for c in clause.classes("embassy")):
            continue
        if any(here <= c.start < there for c in clause.classes("elsewise")):
            continue
        if one.marker or other.marker != "place" or not (one.codes or other.codes):
            continue
        together = bool(one.codes and one.subject) and clause.end - other.end <= _LITTLE
        if together or (_is_guest(one) and bool(one.subject) != bool(other.subject)):
            entry = Entry(Kind.TRIGGER, _PRESENCE.id, trigger=_PRESENCE)
            reached = min(other.start, other.marked_at + 1)
            return Span(one.end, max(one.end + 1, reached), entry)
    return None


def _together(clause: Clause, groups: Sequence[Group]) -> Span | None:
    """Return a meeting told by what men of both sides do jointly: "Dar and Muttaqi agreed"."""
    spoken = {c.start for c in clause.classes("speech", "joiner", "with")}
    meant = {c.start: c.end for c in clause.classes("plan", "plan_to", "consider", "negation")}
    for group in groups:
        end = max(group.end, group.head_end)
        men = group.forms & _MEN and Form.NAME not in group.forms
        both = men and group.codes and group.subject is Strength.NAMED
        if both and not group.marker and end < clause.end and end not in spoken:
            start = meant.get(end, group.end)
            return Span(start, start + 1, Entry(Kind.TRIGGER, _JOINT.id, trigger=_JOINT))
    return None


def _is_guest(group: Group) -> bool:
    return group.head in ("person", "organ") or bool(group.forms & {Form.LEADER, Form.SURNAME})


def _is_passive(span: Span, clause: Clause) -> bool:
    """Say whether a verb's object stands before it: "was named", "named by Beijing"."""
    return any(span.start - 4 <= c.start < span.start for c in clause.classes("passive")) or any(
        span.end <= c.start <= span.end + 3 for c in clause.classes("by")
    )
