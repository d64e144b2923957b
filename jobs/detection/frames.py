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

    ``topic`` are the actors last spoken of (``is_body``: an organisation), ``pair`` those
    last named side by side with the subject, ``hosts`` those where the title is set;
    ``subject_near`` says how surely the text is about the case; ``last`` is the type last
    told of; ``speaks`` that the clause before only says who says this one.
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


NOTHING = Found((), "")


def find_actors(trigger: Span, scene: Scene) -> Found:
    """Return who does what a trigger tells."""
    kind = trigger.entry.trigger
    assert kind is not None
    if kind.actor:
        return Found((kind.actor,), "its own")
    if kind.type is EventType.FORUM and kind.strict and not _attends(trigger, scene):
        return Found((), "not the subject's presence")
    if kind.strict and kind.type is EventType.MEETING:
        return _face_to_face(trigger, scene)
    return _RULES[kind.type](trigger, scene)


def _attends(trigger: Span, scene: Scene) -> bool:
    """Say whether the subject's name stands right before: "Taliban at the forum"."""
    before = _before(trigger, scene.groups)
    if not before or before[0].subject is not Strength.NAMED or _bound(before[0], scene.clause):
        return False
    return trigger.start - max(before[0].end, before[0].head_end) <= 1


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
    if group.head == "deal" and not group.possessive and group.forms == {Form.CAPITAL}:
        return False
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
    if before and _acts(before[0]) and _owns(before[0], trigger):
        return Found(before[0].codes, "possessor")
    if not passive and _reverses(trigger, scene, before, after):
        return Found((), "subject acts")
    for group in before:
        if group.unnamed == "unnamed" and _is_ranked(group, scene.clause):
            continue
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if group.unnamed and not group.marker:
            return Found(scene.topic, "pronoun")
        if _recognises(group, trigger):
            return Found(group.codes, "agent")
    if passive and any(g.unnamed == "unnamed" for g in scene.groups):
        return Found((), "unnamed")
    if trigger.entry.trigger and trigger.entry.trigger.noun and not scene.clause.is_title and scene.last is not EventType.RECOGNITION:
        return _shared(scene) or _apposed(after) or Found((), "topic elsewhere")
    return _shared(scene) or _apposed(after) or Found(scene.topic, "topic")


def _is_ranked(group: Group, clause: Clause) -> bool:
    """Say whether the unnamed is a named one's rank: "becomes the second country to"."""
    return any(0 <= group.start - c.end <= 1 for c in clause.classes("first"))


def _owns(group: Group, trigger: Span) -> bool:
    gap = trigger.start - group.end
    return gap <= 3 if group.possessive else gap <= 1 and Form.DEMONYM in group.forms


def _recognises(group: Group, trigger: Span) -> bool:
    """Say whether a group before the trigger is who recognises; a bloc only close by."""
    if Form.ORGANISATION in group.forms and trigger.start - group.end > 6:
        return False
    return _acts(group) and group.marker in ("", "by", "goal") or bool(group.codes and group.head == "person")


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
    """Return the subject of an earlier clause of the sentence, if it can act.

    Where the sentence names others that cannot, the topic must not step in for them.
    """
    for group in reversed(scene.earlier):
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if _acts(group) and group.marker in ("", "by"):
            return Found(group.codes, "shared")
    if any(g.codes and not g.marker for g in scene.earlier):
        return Found((), "others act")
    return None


# -- credentials and missions ---------------------------------------------------------------


def _host(trigger: Span, scene: Scene) -> Found:
    groups = scene.groups
    before, after = _before(trigger, groups), _after(trigger, groups)
    owners = [g for g in groups if g.codes and g.head in ("embassy", "ambassador", "charge") and g.marker != "topic"]
    agents = [g for g in before if _acts(g) and not g.marker]
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
    return _shared(scene) or _hosted_earlier(scene) or Found(scene.topic or scene.hosts, "topic")


def _hosted_earlier(scene: Scene) -> Found | None:
    for group in reversed(scene.earlier):
        if group.codes and group.marker in ("place", "goal") and group.head != "nonstate":
            return Found(group.codes, "host")
    return None


# -- meetings and agreements ----------------------------------------------------------------


def _partner(trigger: Span, scene: Scene) -> Found:
    """Return who meets or agrees with the subject; the subject itself must take part."""
    before, after = _before(trigger, scene.groups), _after(trigger, scene.groups)
    if _is_internal(before, after):
        return Found((), "among themselves")
    if trigger.entry.trigger and trigger.entry.trigger.detail == "host" and not _is_guest(trigger, scene, after):
        return Found((), "no guest")
    if _is_aim(trigger, scene, before):
        return Found((), "only an aim")
    direct = _direct_parties(trigger, scene, before, after)
    if not direct and not any(g.codes or g.subject for g in before):
        both = [g for g in scene.earlier if g.codes and g.subject and not g.marker]
        if both:
            return Found(both[-1].codes, "both")
    if not _subject_is_party(trigger, scene, bool(direct)):
        return Found((), "subject no party")
    if direct:
        return Found(tuple(dict.fromkeys(direct)), "party")
    if codes := _destination(scene, before, after):
        return Found(codes, "destination")
    for group in before:
        if group.codes and group.head not in ("nonstate", "embassy", "list", "deal") and group.marker not in ("place", "topic"):
            return Found(group.codes, "adjective")
    named = any(_is_subject(g) for g in scene.groups)
    if any(g.unnamed == "unnamed" for g in before[:1]) or not (named or _has(scene, "collective")):
        return Found((), "unnamed")
    if found := None if scene.speaks else _shared(scene):
        return found
    together = _has(scene, "collective")
    if scene.is_body or (trigger.entry.trigger and trigger.entry.trigger.place and not together):
        return Found((), "party")
    return Found((scene.pair if together else ()) or scene.topic, "topic")


def _is_guest(trigger: Span, scene: Scene, after: Sequence[Group]) -> bool:
    """Say whether somebody is received: not a step, nor a recognition, nor reports."""
    if not after:
        return False
    near = after[0].start - trigger.end <= 3
    if after[0].marker == "by":
        return near
    return near and (_is_person(after[0]) or after[0].subject is Strength.NAMED and not after[0].possessive)


def _is_aim(trigger: Span, scene: Scene, before: Sequence[Group]) -> bool:
    """Say whether an act is named only as what something is for: "visas for a delegation"."""
    kind = trigger.entry.trigger
    if kind is None or not kind.noun:
        return False
    if kind.place:
        return bool(before) and before[0].marker in ("goal", "topic")
    cues = scene.clause.classes("consider", "plan")
    markers = [m for m in scene.clause.classes("goal", "topic") if not any(c.end == m.end for c in cues)]
    return any(0 <= trigger.start - m.end <= 1 for m in markers)


def _is_internal(before: Sequence[Group], after: Sequence[Group]) -> bool:
    """Say whether the subject's own people meet each other."""
    if not before or not after or before[0].marker or after[0].marker:
        return False
    return all(g.subject is Strength.NAMED and not g.codes for g in (before[0], after[0]))


def _direct_parties(
    trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> list[str]:
    codes: list[str] = []
    agent = next((g for g in before if g.marker in ("", "between", "with") or g.office), None)
    if agent and _takes_part(agent) and not _busy(agent, trigger, scene.clause):
        codes += agent.codes
    for group in after:
        near = group.start - trigger.end
        if group.marker == "by" and near > 2:
            continue
        if _takes_part(group) and group.marker in ("", "with", "between", "by", "of") and near <= _SIDE:
            codes += group.codes
            if group.marker in ("", "of"):
                break
    for group in before:
        if _takes_part(group) and group.marker in ("with", "between"):
            codes += group.codes
    if not codes:
        inside = [g for g in scene.groups if _takes_part(g) and g.start < trigger.end and g.end > trigger.start]
        codes += [c for g in inside for c in g.codes]
    return codes


def _busy(agent: Group, trigger: Span, clause: Clause) -> bool:
    """Say whether an agent does something else: "the Council exempted him for talks with"."""
    kind = trigger.entry.trigger
    return any(
        s.entry.trigger is not None
        and kind is not None
        and s.entry.trigger.type not in (kind.type, EventType.MEETING, EventType.AGREEMENT)
        and not s.entry.trigger.noun
        and agent.end <= s.start
        and s.end <= trigger.start
        and (not s.entry.trigger.needs or any(map(clause.has, s.entry.trigger.needs)))
        for s in clause.spans
    )


def _bound(group: Group, clause: Clause) -> bool:
    """Say whether a group is what is recognised, and so no party to what else is told."""
    return any(
        s.entry.trigger is not None
        and s.entry.trigger.type is EventType.RECOGNITION
        and (0 <= group.start - s.end <= 3 or 0 <= s.start - group.end <= 1)
        and not s.entry.trigger.needs
        for s in clause.spans
    )


def _has(scene: Scene, *unnamed: str) -> bool:
    return any(g.unnamed in unnamed for g in scene.groups)


def _destination(
    scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> tuple[str, ...]:
    """Return the state the subject goes to, or is received in, for want of any other."""
    if not any(_is_subject(g) and g.marker == "" for g in scene.groups):
        return ()
    for group in [*after, *before]:
        if group.codes and group.marker in ("place", "goal", "") and group.head in _ACTS:
            return group.codes
    return ()


def _subject_is_party(trigger: Span, scene: Scene, has_partner: bool) -> bool:
    for group in scene.groups:
        if _bound(group, scene.clause):
            continue
        if group.subject is Strength.NAMED and group.head in _PARTIES and group.marker != "topic":
            return not _is_topic(group, trigger)
        if group.subject and (group.marker == "place" or _seat_acts(group, trigger)):
            return True
    if _has(scene, "collective") or scene.last is EventType.AGREEMENT:
        return scene.subject_near >= Strength.SEAT
    if _has(scene, "pronoun"):
        return has_partner and scene.subject_near >= Strength.SEAT
    return any(_is_subject(g) and g.marker not in ("topic", "place") for g in scene.earlier)


def _is_topic(group: Group, trigger: Span) -> bool:
    """Say whether the subject is only what is talked about: "discusses the Taliban with"."""
    topical = trigger.entry.trigger is not None and trigger.entry.trigger.topical
    return topical and 0 <= group.start - trigger.end <= 2 and not group.marker


def _seat_acts(group: Group, trigger: Span) -> bool:
    """Say whether the territory's mere name stands for its authority here."""
    if group.marker == "topic" or group.head == "nonstate" or _is_topic(group, trigger):
        return False
    if group.head in ("person", "organ", "ambassador", "charge") or group.codes:
        return True
    return group.marker in ("with", "between", "goal") or (not group.marker and group.head in ("", "deal"))


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
    return _shared(scene) or Found(scene.topic or scene.hosts, "topic")


def _seat(trigger: Span, scene: Scene) -> Found:
    detail = trigger.entry.trigger.detail if trigger.entry.trigger else ""
    if detail == "vetoed":
        return _recogniser(trigger, scene)
    forums = [s for s in scene.clause.spans if s.entry.kind is Kind.FORUM]
    if forums:
        return Found((forums[0].entry.value,), "forum")
    for group in scene.groups:
        if Form.ORGANISATION in group.forms:
            return Found(group.codes, "organisation")
    if detail == "applied":
        return Found((), "no organisation")
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
