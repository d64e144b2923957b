"""Who does it: for each event type, the rules that find the acting states of a trigger.

Each rule looks at groups by their place, marker and head, most certain first, and returns
the codes with the name of the rule that found them. None found is an answer too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Form, Kind, Span
from jobs.domain.events import EventType

_PARTIES = frozenset(("", "person", "organ", "ambassador", "charge", "firm", "deal"))
_ACTS = frozenset(("", "person", "organ", "ambassador", "charge", "firm"))
_SIDE = 12


@dataclass(frozen=True, slots=True)
class Found:
    """The actors of a trigger and the rule that found them; or none and why."""

    codes: tuple[str, ...]
    rule: str


@dataclass(slots=True)
class Scene:
    """A trigger's surroundings: its clause, the groups there and before, the topic.

    ``topic`` are the actors last spoken of, ``hosts`` those where the title is set;
    ``subject_near`` says how surely the text is about the case.
    """

    clause: Clause
    groups: Sequence[Group]
    earlier: Sequence[Group]
    topic: tuple[str, ...]
    hosts: tuple[str, ...]
    subject_near: Strength


NOTHING = Found((), "")


def find_actors(trigger: Span, scene: Scene) -> Found:
    """Return who does what a trigger tells."""
    kind = trigger.entry.trigger
    assert kind is not None
    if kind.actor:
        return Found((kind.actor,), "its own")
    if kind.strict:
        return _face_to_face(trigger, scene)
    return _RULES[kind.type](trigger, scene)


def _face_to_face(trigger: Span, scene: Scene) -> Found:
    """Return the party of an act that one does to the other in person: "told Muttaqi"."""
    before, after = _before(trigger, scene.groups), _after(trigger, scene.groups)
    near = after[0] if after and after[0].start - trigger.end <= 1 else None
    if not before or near is None or before[0].marker or near.marker not in ("", "goal"):
        return Found((), "not face to face")
    one, other = before[0], near
    if _is_person(other) and other.subject is Strength.NAMED and not other.codes:
        codes = one.codes if _acts(one) else scene.topic if one.unnamed in ("pronoun", "collective") else ()
        return Found(codes, "face to face")
    if _is_person(other) and other.codes and one.subject is Strength.NAMED and _is_person(one):
        return Found(other.codes, "face to face")
    return Found((), "not face to face")


def _is_person(group: Group) -> bool:
    return bool(group.forms & {Form.LEADER, Form.SURNAME}) or group.head in ("person", "ambassador", "charge")


def _before(trigger: Span, groups: Sequence[Group]) -> list[Group]:
    """Return the groups before a trigger, nearest first."""
    return [g for g in reversed(groups) if g.end <= trigger.start]


def _after(trigger: Span, groups: Sequence[Group]) -> list[Group]:
    return [g for g in groups if g.start >= trigger.end]


def _acts(group: Group) -> bool:
    """Say whether a group can act for its state."""
    return bool(group.codes) and group.head in _ACTS and Form.CITY not in group.forms


def _takes_part(group: Group) -> bool:
    """Say whether a group can be a party: as those who act, and "the US-Taliban deal"."""
    return bool(group.codes) and group.head in _PARTIES and Form.CITY not in group.forms


def _is_subject(group: Group) -> bool:
    return group.subject > Strength.NOT and group.head != "nonstate"


# -- recognition ----------------------------------------------------------------------------


def _recogniser(trigger: Span, scene: Scene) -> Found:
    if _other_object(trigger, scene):
        return Found((), "other object")
    before, after = _before(trigger, scene.groups), _after(trigger, scene.groups)
    passive = any(g.marker == "by" for g in after) or _is_passive(trigger, scene.clause)
    if found := _by(trigger, scene.groups):
        return found
    if before and before[0].possessive and trigger.start - before[0].end <= 3 and _acts(before[0]):
        return Found(before[0].codes, "possessor")
    if not passive and _reverses(trigger, scene, before, after):
        return Found((), "subject acts")
    for group in before:
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if group.unnamed and not group.marker:
            return Found(scene.topic, "pronoun")
        if _acts(group) and group.marker in ("", "by", "goal") or (group.codes and group.head == "person"):
            return Found(group.codes, "agent")
    if passive and any(g.unnamed == "unnamed" for g in scene.groups):
        return Found((), "unnamed")
    return _shared(scene) or _apposed(after) or Found(scene.topic, "topic")


def _other_object(trigger: Span, scene: Scene) -> bool:
    """Say whether something else than the subject is recognised."""
    if any(_is_subject(g) for g in scene.groups):
        later = [g for g in _after(trigger, scene.groups)]
        near = later[0] if later else None
        if near and near.codes and not near.subject and near.marker in ("", "of") and not near.possessive:
            return near.start - trigger.end <= 2 and near.head in ("", "embassy") and Form.DEMONYM not in near.forms and not any(
                _is_subject(g) for g in later
            ) and near.marker == "of"
        return False
    return any(
        g.codes and g.marker in ("", "of") and g.start - trigger.end <= 2 and Form.LEADER not in g.forms
        for g in _after(trigger, scene.groups)
    )


def _is_passive(trigger: Span, clause: Clause) -> bool:
    return any(trigger.start - 4 <= c.start < trigger.start for c in clause.classes("passive"))


def _reverses(
    trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> bool:
    """Say whether the subject is the one who recognises."""
    if not before or not _is_subject(before[0]) or before[0].codes or before[0].marker:
        return False
    if trigger.entry.trigger and trigger.entry.trigger.noun:
        return False
    return bool(after) and not _is_subject(after[0]) and after[0].marker == "" and bool(after[0].codes)


def _by(trigger: Span, groups: Sequence[Group]) -> Found | None:
    after = _after(trigger, groups)
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


def _apposed(after: Sequence[Group]) -> Found | None:
    for group in after:
        if _acts(group) and group.marker == "":
            return Found(group.codes, "after")
    return None


def _shared(scene: Scene) -> Found | None:
    """Return the subject of an earlier clause of the sentence, if it can act."""
    for group in reversed(scene.earlier):
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if _acts(group) and group.marker in ("", "by"):
            return Found(group.codes, "shared")
    return None


# -- credentials and missions ---------------------------------------------------------------


def _host(trigger: Span, scene: Scene) -> Found:
    groups = scene.groups
    before, after = _before(trigger, groups), _after(trigger, groups)
    owners = [g for g in groups if g.codes and g.head in ("embassy", "ambassador", "charge") and g.marker != "topic"]
    agents = [g for g in before if _acts(g) and g.marker in ("", "by")]
    if agents:
        return Found(agents[0].codes, "agent")
    if owners:
        return Found(owners[0].codes, "owner")
    places = [g for g in [*after, *before] if g.codes and g.marker in ("place", "goal", "of", "by")]
    for group in places:
        if group.head != "nonstate":
            return Found(group.codes, "host")
    plain = [g for g in [*after, *before] if g.codes and g.marker in ("", "with") and g.head != "nonstate"]
    if plain:
        return Found(plain[0].codes, "plain")
    if any(g.unnamed == "unnamed" and not g.marker for g in before[:1]):
        return Found((), "unnamed")
    return _shared(scene) or _hosted_earlier(scene) or Found(scene.topic, "topic")


def _hosted_earlier(scene: Scene) -> Found | None:
    for group in reversed(scene.earlier):
        if group.codes and group.marker in ("place", "goal") and group.head != "nonstate":
            return Found(group.codes, "host")
    return None


# -- meetings and agreements ----------------------------------------------------------------


def _partner(trigger: Span, scene: Scene) -> Found:
    groups = scene.groups
    if not _subject_is_party(trigger, scene):
        return Found((), "subject no party")
    before, after = _before(trigger, groups), _after(trigger, groups)
    codes: list[str] = []
    rule = "party"
    agent = next((g for g in before if g.marker in ("", "between", "with", "by") or g.office), None)
    if agent and _takes_part(agent):
        codes += agent.codes
    for group in after:
        if _takes_part(group) and group.marker in ("", "with", "between", "by", "of") and group.start - trigger.end <= _SIDE:
            codes += group.codes
            if group.marker in ("", "of"):
                break
    for group in before:
        if _takes_part(group) and group.marker in ("with", "between"):
            codes += group.codes
    if not codes:
        inside = [g for g in groups if _takes_part(g) and g.start < trigger.end and g.end > trigger.start]
        codes += [c for g in inside for c in g.codes]
    if not codes:
        codes, rule = _destination(trigger, scene, before, after)
    if not codes:
        possessors = [g for g in before if g.codes and g.head not in ("nonstate", "embassy", "list")
                      and g.marker not in ("place", "topic")]
        codes, rule = (list(possessors[0].codes), "adjective") if possessors else ([], rule)
    if not codes and not any(g.unnamed == "unnamed" for g in before[:1]):
        shared = _shared(scene)
        if shared:
            codes, rule = list(shared.codes), "shared"
        elif _has_pronoun(scene):
            codes, rule = list(scene.topic), "topic"
    return Found(tuple(dict.fromkeys(codes)), rule)


def _has_pronoun(scene: Scene) -> bool:
    return any(g.unnamed in ("pronoun", "collective") for g in scene.groups)


def _destination(
    trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> tuple[list[str], str]:
    """Return the state the subject goes to, or is received in, for want of any other."""
    if not any(_is_subject(g) and g.marker == "" for g in scene.groups):
        return [], "party"
    for group in [*after, *before]:
        if group.codes and group.marker in ("place", "goal", "") and group.head in _ACTS:
            return list(group.codes), "destination"
    return [], "party"


def _subject_is_party(trigger: Span, scene: Scene) -> bool:
    for group in scene.groups:
        if _is_subject(group) and group.marker not in ("topic",) and group.head in {*_ACTS, "deal"}:
            return True
        if group.subject and group.marker == "place":
            return True
    if _has_pronoun(scene) or trigger.entry.trigger and trigger.entry.trigger.type is EventType.AGREEMENT:
        return scene.subject_near >= Strength.SEAT
    return any(_is_subject(g) and g.marker not in ("topic", "place") for g in scene.earlier)


# -- lists and forums -----------------------------------------------------------------------


def _lister(trigger: Span, scene: Scene) -> Found:
    groups = scene.groups
    before, after = _before(trigger, groups), _after(trigger, groups)
    if found := _by(trigger, groups):
        return found
    for group in before:
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if _acts(group) and group.marker == "":
            return Found(group.codes, "agent")
    for group in [*before, *after]:
        if group.codes and (group.head in ("list", "organ") or group.marker in ("by", "goal")):
            return Found(group.codes, "list")
    for group in [*before, *after]:
        if group.codes and group.head != "nonstate":
            return Found(group.codes, "near")
    return _shared(scene) or Found(scene.topic, "topic")


def _seat(trigger: Span, scene: Scene) -> Found:
    if trigger.entry.trigger and trigger.entry.trigger.detail == "vetoed":
        return _recogniser(trigger, scene)
    forums = [s for s in scene.clause.spans if s.entry.kind is Kind.FORUM]
    if forums:
        return Found((forums[0].entry.value,), "forum")
    for group in scene.groups:
        if Form.ORGANISATION in group.forms:
            return Found(group.codes, "organisation")
    for group in scene.groups:
        if group.codes and group.head == "forum":
            return Found(group.codes, "forum's")
    for group in scene.groups:
        if group.codes and group.marker in ("place", "by"):
            return Found(group.codes, "place")
    agents = [g for g in _before(trigger, scene.groups) if _acts(g) and not g.marker]
    if agents:
        return Found(agents[0].codes, "agent")
    return _hosted_earlier(scene) or Found(scene.hosts or scene.topic, "topic")


_RULES: dict[EventType, Callable[[Span, Scene], Found]] = {
    EventType.RECOGNITION: _recogniser,
    EventType.CREDENTIALS: _host,
    EventType.MISSION: _host,
    EventType.MEETING: _partner,
    EventType.AGREEMENT: _partner,
    EventType.DELISTING: _lister,
    EventType.FORUM: _seat,
}
