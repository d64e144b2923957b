"""A trigger's surroundings, and what several rules ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Form, Span
from jobs.domain.events import EventType
from jobs.reference.phrases import Grammar, Trigger

ACTS = frozenset(("", "person", "organ", "ambassador", "charge", "firm"))


PARTIES = ACTS | {"deal"}


@dataclass(frozen=True, slots=True)
class Found:
    """The actors of a trigger and the rule that found them; or none and why."""

    codes: tuple[str, ...]
    rule: str


@dataclass(slots=True)
class Scene:
    """A trigger's surroundings: its clause, the groups there and before, the topic.

    ``topic`` are the actors last spoken of (``is_body``: an organisation), ``pair`` those
    last named side by side with the subject, ``hosts`` those where the title is set;
    ``subject_near`` says how surely the text is about the case; ``last`` is the type last
    told of; ``speaks`` that the clause before only says who says this one; ``forums`` are
    the codes of the forums that the text names, ``answers`` who is named behind a colon,
    ``disavowed`` that somebody is quoted as denying something in the clause, ``hero`` that
    the subject, and no state, was last spoken of, ``gathers`` that some forum is named, ``at_home``
    that the subject's own press writes, ``home`` the state whose press does, if known,
    ``others`` that the headline is about several states and of the subject at most speaks,
    ``sole`` the state that alone is named in the text.
    """

    clause: Clause
    groups: Sequence[Group]
    earlier: Sequence[Group]
    topic: tuple[str, ...]
    pair: tuple[str, ...]
    is_body: bool
    hosts: tuple[str, ...]
    subject_near: Strength
    last: EventType | None
    speaks: bool
    grammar: Grammar
    forums: tuple[str, ...] = ()
    answers: Sequence[Group] = ()
    disavowed: bool = False
    hero: bool = False
    gathers: bool = False
    at_home: bool = False
    home: str = ""
    others: bool = False
    sole: tuple[str, ...] = ()


def agents(trigger: Span, scene: Scene) -> list[Group]:
    """Return the groups among which who acts is looked for, likeliest first.

    Behind the verb one stands where the verb comes first, or where endings tell who acts.
    """
    before, after = groups_before(trigger, scene.groups), groups_after(trigger, scene.groups)
    if scene.grammar.order == "vso":  # a noun's own, right behind it, is who acts too
        reach = 0 if trigger.kind.noun else _VERB_TO_AGENT
        return [g for g in after[:1] if g.start - trigger.end <= reach] + before
    if scene.grammar.order == "free":
        return before + [g for g in after if not g.marker]
    return before


_VERB_TO_AGENT = 5


def groups_before(trigger: Span, groups: Sequence[Group]) -> list[Group]:
    """Return the groups before a trigger, nearest first."""
    return [g for g in reversed(groups) if g.end <= trigger.start]


def groups_after(trigger: Span, groups: Sequence[Group]) -> list[Group]:
    """Return the groups after a trigger, nearest first."""
    return [g for g in groups if g.start >= trigger.end]


def can_act(group: Group) -> bool:
    """Say whether a group can act for its state."""
    seated = Form.CITY not in group.forms or group.head == "person"  # a city's governor
    return bool(group.codes) and group.head in ACTS and seated


def takes_part(group: Group, kind: Trigger) -> bool:
    """Say whether a group can be a party: as those who act, and "the US-Taliban deal".

    A firm's deal is its state's, its talks are not.
    """
    if kind.type is EventType.MEETING and group.head == "firm":
        return False
    if group.head == "deal" and not group.possessive and group.forms == {Form.CAPITAL}:
        return False
    return bool(group.codes) and group.head in PARTIES and Form.CITY not in group.forms


def is_subject(group: Group) -> bool:
    """Say whether a group is the case's subject, surely or by its territory's name."""
    return group.subject > Strength.NOT and group.head != "nonstate"


def is_person(group: Group) -> bool:
    """Say whether a group names or describes a person."""
    return bool(group.forms & {Form.LEADER, Form.SURNAME}) or group.head in (
        "person",
        "ambassador",
        "charge",
    )


def has_unnamed(scene: Scene, *unnamed: str) -> bool:
    """Say whether a pronoun or a collective of the given sort stands in the clause."""
    return any(g.unnamed in unnamed for g in scene.groups)


def is_recognised(group: Group, clause: Clause) -> bool:
    """Say whether a group is what is recognised, and so no party to what else is told."""
    return any(
        s.kind.type is EventType.RECOGNITION
        and (0 <= group.start - s.end <= 3 or 0 <= s.start - group.end <= 1)
        and not s.kind.needs
        for s in clause.triggers
    )


def takes_envoy(trigger: Span, scene: Scene) -> bool:
    """Say whether a state, not one of its men, receives an ambassador: it takes him in."""
    before = groups_before(trigger, scene.groups)
    if not before or not before[0].codes or before[0].head or before[0].marker:
        return False
    if before[0].forms & {Form.LEADER, Form.SURNAME}:
        return False
    return any(s.start == trigger.start and _takes(s, scene.clause) for s in scene.clause.triggers)


def _takes(span: Span, clause: Clause) -> bool:
    """Say whether "receives a first" is said of an ambassador."""
    return span.kind.detail == "taken" and any(
        0 <= c.start - span.end <= span.kind.near for c in clause.classes(*span.kind.needs)
    )


def by_whom(trigger: Span, scene: Scene) -> Found | None:
    """Return who does it where the text says by whom; "by a first state, Russia" too."""
    after = groups_after(trigger, scene.groups)
    if scene.grammar.order in ("sov", "free"):
        after = after + groups_before(trigger, scene.groups)
    for index, group in enumerate(after):
        if group.marker != "by":
            continue
        if group.codes and group.head != "nonstate":
            return Found(group.codes, "by")
        follower = after[index + 1] if index + 1 < len(after) else None
        if follower and follower.codes and follower.start - group.end <= 3:
            return Found(follower.codes, "by")
        if group.unnamed == "unnamed":
            return Found((), "unnamed")
    return None


def apposed(after: Sequence[Group]) -> Found | None:
    """Return who is named behind, as a headline's "…, Tokyo says" does."""
    for group in after:
        if can_act(group) and group.marker == "":
            return Found(group.codes, "after")
    return None


def shared_subject(scene: Scene) -> Found | None:
    """Return the subject of an earlier clause of the sentence, if it can act.

    Where the sentence names others that cannot, the topic must not step in for them.
    """
    for group in reversed(scene.earlier):
        if group.unnamed == "unnamed" and not group.marker and not group.ranked:
            return Found((), "unnamed")
        if can_act(group) and group.marker in ("", "by"):
            return Found(group.codes, "shared")
    if any(g.codes and not g.marker for g in scene.earlier):
        return Found((), "others act")
    return None


def hosted_earlier(scene: Scene) -> Found | None:
    """Return where an earlier clause of the sentence sets the scene."""
    for group in reversed(scene.earlier):
        if group.codes and group.marker in ("place", "goal") and group.head != "nonstate":
            return Found(group.codes, "host")
    return None
