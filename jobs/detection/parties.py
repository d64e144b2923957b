"""Who meets the subject, or agrees with it; a third place and an onlooker are no party."""

from collections.abc import Sequence

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.guests import are_hosted, is_guest, unnamed_guest
from jobs.detection.homes import home_office
from jobs.detection.lexicon import Form, Span
from jobs.detection.scenes import (
    ACTS,
    PARTIES,
    Found,
    Scene,
    agents,
    groups_after,
    groups_before,
    has_unnamed,
    is_person,
    is_recognised,
    is_subject,
    shared_subject,
    takes_envoy,
    takes_part,
)
from jobs.domain.events import EventType

_SIDE = 12
_ASIDE = 5
"""Words by which what is talked about may be put off: "discussed, among others, the Taliban"."""
_OWNER = 3
"""Words between "visit of" and who pays it."""


def partner(trigger: Span, scene: Scene) -> Found:
    """Return who meets or agrees with the subject; the subject itself must take part."""
    before, after = groups_before(trigger, scene.groups), groups_after(trigger, scene.groups)
    if _is_internal(before, after, scene):
        return Found((), "among themselves")
    if trigger.kind.place and _lacks_place(trigger, scene):
        return Found((), "no place")
    if any(g.marker == "between" and len(g.codes) > 1 and not g.subject for g in after):
        return Found((), "between others")
    if trigger.kind.detail == "host" and not is_guest(trigger, scene, after):
        return Found((), "no guest")
    if trigger.kind.detail == "host" and takes_envoy(trigger, scene):
        return Found((), "an envoy is taken in")
    if _is_aim(trigger, scene, before):
        return Found((), "only an aim")
    if codes := _understood(trigger, scene):
        return Found(codes, "understood")
    direct = _direct_parties(trigger, scene, before, after)
    if not direct and not any(g.codes or g.subject for g in before):
        both = [g for g in scene.earlier if g.codes and g.subject and not g.marker]
        if both:
            return Found(both[-1].codes, "both")
    guest = unnamed_guest(trigger, scene)
    taking_part = guest or _is_implied(trigger, scene) or _calls(trigger, scene, before)
    if not taking_part and not _subject_is_party(trigger, scene, bool(direct)):
        return Found((), "subject no party")
    if direct:
        return Found(tuple(dict.fromkeys(direct)), "party")
    if not any(g.codes and not g.marker for g in scene.groups) and (
        codes := home_office(trigger, scene)
    ):
        return Found(codes, "home")
    if codes := _destination(trigger, scene, before, after):
        return Found(codes, "destination")
    for group in before:
        if (
            group.codes
            and group.head not in ("nonstate", "embassy", "list", "deal")
            and group.marker not in ("place", "topic")
            and not _stands_apart(scene.clause, group.end, trigger.start)
        ):
            return Found(group.codes, "adjective")
    if scene.others:
        return Found((), "others meet")
    named = any(is_subject(g) for g in scene.groups)
    if any(g.unnamed == "unnamed" for g in before[:1]) or not (
        named or has_unnamed(scene, "collective")
    ):
        return Found((), "unnamed")
    if found := None if scene.speaks else shared_subject(scene):
        return found
    together = has_unnamed(scene, "collective")
    he = any(
        g.unnamed == "pronoun" and not g.marker and g.end <= trigger.start for g in scene.groups
    )
    if scene.is_body or (trigger.kind.place and not together and not he):
        return Found((), "party")
    return Found((scene.pair if together else ()) or scene.topic or scene.pair, "topic")


def _understood(trigger: Span, scene: Scene) -> tuple[str, ...]:
    """Return the pair that the text is about where a sentence names none: "a deal was signed"."""
    is_deed = not trigger.kind.noun and trigger.kind.type is EventType.MEETING
    if (
        is_deed
        or trigger.kind.place
        or any(
            g.subject
            or g.unnamed not in ("", "collective")
            or (g.codes and g.marker not in ("place", "topic"))
            for g in (*scene.groups, *scene.earlier)
        )
    ):
        return ()
    agreed = trigger.kind.type is EventType.AGREEMENT and not trigger.kind.noun
    return scene.pair or (scene.sole if agreed else ())


def _lacks_place(trigger: Span, scene: Scene) -> bool:
    """Say whether a trigger ends in a preposition that no name follows: "is in talks"."""
    near = [g for g in scene.groups if 0 <= g.start - trigger.end <= 1]
    if any(g.subject is Strength.NAMED and not g.codes and not _is_somebody_there(g) for g in near):
        return True  # "money reaching the Taliban"
    if not any(c.end == trigger.end for c in scene.clause.classes("place", "goal")):
        return False
    return not near


def _is_somebody_there(group: Group) -> bool:
    """Say whether a group names people who can be gone to see, or where they are."""
    return is_person(group) or group.head == "organ" or group.marker != ""


def _is_aim(trigger: Span, scene: Scene, before: Sequence[Group]) -> bool:
    """Say whether an act is named only as what something is for: "visas for a delegation"."""
    kind = trigger.kind
    if not kind.noun or kind.type is EventType.MEETING:
        return False
    cues = scene.clause.classes("consider", "plan")
    if kind.place:
        near = before[0] if before and before[0].marker in ("goal", "topic") else None
        return near is not None and not any(c.end == near.marked_at + 1 for c in cues)
    markers = [
        m for m in scene.clause.classes("goal", "topic") if not any(c.end == m.end for c in cues)
    ]
    named = {i for g in scene.groups for i in range(g.start, g.end)}
    return any(0 <= trigger.start - m.end <= 1 and m.end not in named for m in markers)


def _is_internal(before: Sequence[Group], after: Sequence[Group], scene: Scene) -> bool:
    """Say whether the subject's own people meet each other."""
    if not before or not after or before[0].marker or after[0].marker:
        return False
    if is_recognised(before[0], scene.clause):
        return False
    return all(g.subject is Strength.NAMED and not g.codes for g in (before[0], after[0]))


def _direct_parties(
    trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> list[str]:
    if trigger.kind.detail == "host" and after and are_hosted(after[0]):
        return list(after[0].codes)
    codes: list[str] = []
    if trigger.kind.noun and before and before[0].end == trigger.start and before[0].subject:
        codes += before[0].codes  # "in the Kabul-Islamabad talks"
    agent = _agent(trigger, scene)
    told = any(g.marker == "between" and g.codes and g.subject for g in after)  # else: a host
    if (
        agent
        and not told
        and takes_part(agent, trigger.kind)
        and not _stands_apart(scene.clause, agent.end, trigger.start)
        and not _busy(agent, trigger, scene.clause)
    ):
        codes += agent.codes
    for group in after:
        near = group.start - trigger.end
        if _stands_apart(scene.clause, trigger.end, group.start):
            continue
        if group.marker == "by" and near > 2:
            continue
        if (
            takes_part(group, trigger.kind)
            and group.marker in ("", "with", "between", "by", "of", "object")
            and near <= _SIDE
        ):
            codes += group.codes
            if group.marker in ("", "of"):
                break
    for group in before:
        if takes_part(group, trigger.kind) and group.marker in ("with", "between", "object"):
            codes += group.codes
    if not codes:
        inside = [
            g
            for g in scene.groups
            if takes_part(g, trigger.kind) and g.start < trigger.end and g.end > trigger.start
        ]
        codes += [c for g in inside for c in g.codes]
    return codes


def _agent(trigger: Span, scene: Scene) -> Group | None:
    """Return who acts; of two whom an "and" joins the one that is not the subject."""
    acting = [g for g in agents(trigger, scene) if _may_act(g, trigger)]
    if len(acting) > 1 and acting[0].head == "encounter" and acting[1].possessive:
        acting = acting[1:]  # "Misri's Dubai meeting"
    if len(acting) > 1 and acting[0].subject and not acting[0].codes:
        joined = {c.end for c in scene.clause.classes("joiner")}
        if acting[1].end <= acting[0].start and joined & {acting[0].start, acting[0].start - 1}:
            return acting[1]
    return acting[0] if acting else None


def _stands_apart(clause: Clause, start: int, end: int) -> bool:
    """Say whether a go-between's or an onlooker's verb stands there: "talks mediated by"."""
    return any(start <= c.start < end for c in clause.classes("mediates"))


def _may_act(group: Group, trigger: Span) -> bool:
    """Say whether a group can be who does it: "a round of US-Taliban talks" too."""
    if group.marker in ("", "between", "with") or group.office:
        return True
    return group.marker == "of" and trigger.start - group.end <= 1


def _busy(agent: Group, trigger: Span, clause: Clause) -> bool:
    """Say whether an agent does something else: "the Council exempted him for talks with"."""
    kind = trigger.kind
    return any(
        s.kind.type not in (kind.type, EventType.MEETING, EventType.AGREEMENT)
        and not s.kind.noun
        and agent.end <= s.start
        and s.end <= trigger.start
        and (not s.kind.needs or any(map(clause.has, s.kind.needs)))
        for s in clause.triggers
    )


def _destination(
    trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]
) -> tuple[str, ...]:
    """Return the state the subject goes to, or is received in, for want of any other."""
    if trigger.kind.topical:
        return ()  # "the ban was discussed at the UN"
    goes = not trigger.kind.noun
    markers = ("place", "goal", "") if goes else ("place", "goal")
    agreed = trigger.kind.type is EventType.AGREEMENT and not scene.topic
    named = any(
        is_subject(g)
        and (
            not g.marker
            or (agreed and g.marker == "with")
            or (g.marker in ("of", "by") and 0 <= g.start - trigger.end <= _OWNER)
        )
        for g in scene.groups
    )
    if not named and not _is_hero(trigger, scene):
        return ()
    for group in [*after, *before]:
        far = group.marker == "goal" and Form.CITY in group.forms and not trigger.kind.place
        if Form.ORGANISATION in group.forms and trigger.kind.place:
            continue
        if group.codes and group.marker in markers and group.head in ACTS and not far:
            return group.codes
    return ()


def _has_unowned(scene: Scene) -> bool:
    """Say whether somebody in office is told of without his state's name: "the minister"."""
    owned = {i for g in scene.groups for i in range(g.start, max(g.end, g.head_end))}
    owned |= {g.marked_at - 1 for g in scene.groups if g.marker or g.office}
    return any(c.start not in owned for c in scene.clause.classes("person"))


def _is_hero(trigger: Span, scene: Scene) -> bool:
    """Say whether who acts, unnamed, is the subject's man last spoken of: "he", "the minister"."""
    if not scene.hero:
        return False
    before = groups_before(trigger, scene.groups)
    if any(g.codes and not g.marker for g in before):
        return False
    return any(g.unnamed in ("pronoun", "collective") and not g.marker for g in before) or any(
        c.end <= trigger.start for c in scene.clause.classes("person")
    )


def _subject_is_party(trigger: Span, scene: Scene, has_partner: bool) -> bool:
    for group in scene.groups:
        if is_recognised(group, scene.clause):
            continue
        if group.subject is Strength.NAMED and group.head in PARTIES and group.marker != "topic":
            return not (_is_topic(group, trigger, scene) or _is_talked_of(group, trigger, scene))
        if group.subject and (_is_ground(group, trigger) or _seat_acts(group, trigger, scene)):
            return True
        if group.subject and not group.codes and _is_topic(group, trigger, scene):
            return False
    alone = bool(scene.pair or not scene.clause.is_title) and not scene.others
    together = has_unnamed(scene, "collective") and alone
    if together or scene.last is EventType.AGREEMENT:
        return scene.subject_near >= Strength.SEAT
    goes = has_partner or trigger.kind.place
    if _is_hero(trigger, scene) or (scene.at_home and goes and _has_unowned(scene)):
        return True
    if has_unnamed(scene, "pronoun"):
        return has_partner and scene.subject_near >= Strength.SEAT
    return any(is_subject(g) and g.marker not in ("topic", "place") for g in scene.earlier)


def _is_implied(trigger: Span, scene: Scene) -> bool:
    """Say whether the other party goes without saying: "a contract was signed with Russia"."""
    if scene.subject_near < Strength.NAMED:
        return False
    if trigger.kind.type is EventType.MEETING:
        withs = [g for g in scene.groups if g.marker == "with"]
        lone = all(g.marker in ("with", "place", "of") for g in scene.groups if g.codes)
        return not scene.clause.is_title and lone and any(map(is_person, withs))
    if scene.sole and not trigger.kind.noun and any(g.codes for g in scene.groups):
        return True
    named = [g for g in scene.groups if g.codes or g.unnamed]
    return (
        bool(named)
        and all(g.marker in ("with", "place", "of", "topic") for g in named)
        and any(g.marker == "with" for g in named)
    )


def _calls(trigger: Span, scene: Scene, before: Sequence[Group]) -> bool:
    """Say whether a state's man visits without a place named, in a text of him and the subject."""
    if not trigger.kind.place or not before or scene.subject_near < Strength.NAMED:
        return False
    if any(g.marker in ("place", "goal") for g in scene.groups):
        return False
    return bool(before[0].codes) and before[0].codes == scene.sole and is_person(before[0])


def _is_topic(group: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether the subject is only what is talked about: "discusses the Taliban with"."""
    return not group.marker and any(
        s.kind.topical and 0 <= group.start - s.end <= _ASIDE
        for s in (trigger, *scene.clause.triggers)
    )


def _is_talked_of(group: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether an ending makes a group what is talked about: "Taliban'ı görüştü"."""
    own = "object" in scene.grammar.suffixes.values() and scene.grammar.order == "sov"
    seen = trigger.kind.detail in ("host", "visit", "phone") or is_person(group)
    return own and group.marker == "object" and not seen


def _is_ground(group: Group, trigger: Span) -> bool:
    """Say whether an act is set where the subject rules: in its capital, or as a visit there."""
    if group.marker != "place":
        return False
    return trigger.kind.place or group.subject is Strength.NAMED or Form.NAME not in group.forms


def _seat_acts(group: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether the territory's mere name stands for its authority here."""
    if group.marker == "topic" or group.head == "nonstate" or _is_topic(group, trigger, scene):
        return False
    if group.head in ("person", "organ", "ambassador", "charge") or group.codes:
        return True
    later = group.start >= trigger.end and scene.grammar.order == "sov"
    if later and not group.marker and not trigger.kind.place and Form.NAME in group.forms:
        return False  # what comes up in talks: "मुलाक़ात में उठा अफ़ग़ानिस्तान"
    return group.marker in ("with", "between", "goal", "object") or (
        not group.marker and group.head in ("", "deal", "encounter")
    )
