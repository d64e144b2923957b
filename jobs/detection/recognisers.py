"""Who recognises: active, passive, nominal, reversed, and who only speaks of it."""

from collections.abc import Sequence

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.homes import home_office
from jobs.detection.lexicon import Form, Span
from jobs.detection.scenes import (
    Found,
    Scene,
    agents,
    apposed,
    by_whom,
    can_act,
    groups_after,
    groups_before,
    is_subject,
    shared_subject,
)
from jobs.domain.events import EventStatus, EventType

_BESIDE = frozenset(("with", "topic", "between"))
"""How a name is marked that is not itself what a verb recognises."""
_TO_ITS_OWN = 7
"""Most words between a verb and whose envoy it recognises: "passports that were issued by the"."""
ELSEWHERE = "topic elsewhere"
"""A recognition named in passing: only a refusal of it is of whom the text is about."""


def recogniser(trigger: Span, scene: Scene) -> Found:
    """Return who recognises, as a trigger of recognition tells it."""
    if trigger.kind.detail == "step":
        return _stepper(trigger, scene)
    if not trigger.kind.repeats and _other_object(trigger, scene):
        return Found((), "other object")
    if trigger.kind.status is EventStatus.DONE and _is_of_its_own(trigger, scene):
        return Found((), "its envoy or papers")
    if trigger.kind.status is EventStatus.REVERSED and _breaks_with_another(trigger, scene):
        return Found((), "other object")
    if trigger.kind.strict and not _takes_subject(trigger, scene):
        return Found((), "not the subject")
    before, after = groups_before(trigger, scene.groups), groups_after(trigger, scene.groups)
    passive = any(g.marker == "by" for g in after) or _is_passive(trigger, scene.clause)
    if found := by_whom(trigger, scene):
        return found
    owner = _nearest(before, scene)
    if owner and can_act(owner) and _owns(owner, trigger, scene):
        return Found(owner.codes, "possessor")
    if not passive and _reverses(trigger, scene, before, after):
        return Found((), "subject acts")
    for group in agents(trigger, scene):
        if group.unnamed == "unnamed" and group.ranked:
            continue
        if _is_followed(group, scene.clause):
            continue
        if group.unnamed == "unnamed" and not group.marker:
            return Found((), "unnamed")
        if group.unnamed and not group.marker:
            if disavowed := _disavower(trigger, scene):
                return disavowed
            speaks = any(c.start == group.end for c in scene.clause.classes("speech"))
            if trigger.kind.noun and not speaks:
                continue
            return Found(scene.topic, "pronoun")
        if _recognises(group, trigger, scene):
            owns = trigger.kind.noun and scene.grammar.order == "vso" and group.start == trigger.end
            rule = "possessor" if owns else "agent"
            return Found(group.codes + _companions(trigger, scene), rule)
    if codes := home_office(trigger, scene):
        return Found(codes, "home")
    if disavowed := _disavower(trigger, scene):
        return disavowed
    if passive and any(g.unnamed == "unnamed" for g in scene.groups):
        return Found((), "unnamed")
    if scene.grammar.order == "free" and (seat := _seat_of_power(scene)):
        return Found(seat.codes, "seat of power")
    if trigger.kind.noun and not scene.clause.is_title and scene.last is not EventType.RECOGNITION:
        return shared_subject(scene) or apposed(after) or Found(scene.topic, ELSEWHERE)
    return (
        shared_subject(scene)
        or apposed(after)
        or apposed(scene.answers)
        or Found(scene.topic, "topic")
    )


def _stepper(trigger: Span, scene: Scene) -> Found:
    """Return whose step is spoken of, as of a recognition known: "after Moscow's decision"."""
    owning = [g for g in scene.groups if g.codes and not g.subject and not g.head]
    for group in owning:
        before, after = trigger.start - group.end, group.start - trigger.end
        bare = before == 0 and (scene.grammar.order == "sov" or Form.DEMONYM in group.forms)
        if before in (0, 1) and (group.possessive or group.marker == "of" or bare):
            return Found(group.codes, "possessor")
        owns = after == 0 or (after == 1 and group.marker in ("", "of", "by"))
        if owns and (scene.grammar.head_first or scene.grammar.order != "sov"):
            return Found(group.codes, "possessor")
    return Found((), "nobody's step")


def _seat_of_power(scene: Scene) -> Group | None:
    """Return where somebody unsaid decides: "признавать в Пекине не спешат"."""
    for group in scene.groups:
        at_home = group.marker in ("place", "goal") and group.forms == {Form.CAPITAL}
        if at_home and group.codes and not group.head and not group.subject:
            return group
    return None


def _disavower(trigger: Span, scene: Scene) -> Found | None:
    """Return who is quoted as saying that an act is none: "this is not recognition"."""
    if not (trigger.kind.noun and scene.disavowed):
        return None
    speech = scene.clause.classes("speech")
    for group in scene.groups:
        if group.codes and any(0 <= verb.start - group.end <= 2 for verb in speech):
            return Found(group.codes, "disavowed")
    found = shared_subject(scene)
    return found if found and found.codes else Found(scene.topic or scene.hosts, "disavowed")


def _takes_subject(trigger: Span, scene: Scene) -> bool:
    """Say whether the subject itself stands right behind: "acknowledge the Taliban"."""
    after = groups_after(trigger, scene.groups)
    if not after or not after[0].subject or after[0].codes:
        return False
    if after[0].subject is Strength.SEAT and Form.CAPITAL not in after[0].forms:
        return False
    near = after[0].start - trigger.end <= 1
    return near and not after[0].possessive and after[0].head in ("", "organ")


def _companions(trigger: Span, scene: Scene) -> tuple[str, ...]:
    """Return who recognises together with who acts: "to recognise it with Dublin and Oslo"."""
    if trigger.kind.noun or scene.grammar.order != "svo":
        return ()
    after = groups_after(trigger, scene.groups)
    return tuple(
        c for g in after if g.marker == "with" and can_act(g) and not g.subject for c in g.codes
    )


def _nearest(before: Sequence[Group], scene: Scene) -> Group | None:
    """Return who may own a trigger; what it acts on stands between them where verbs are last."""
    if scene.grammar.order == "sov":
        return next((g for g in before if g.codes), None)
    return before[0] if before else None


def _is_followed(group: Group, clause: Clause) -> bool:
    """Say whether others do it after a group: "follows Russia in recognising"."""
    return any(c.end == group.start for c in clause.classes("joins"))


def _owns(group: Group, trigger: Span, scene: Scene) -> bool:
    gap = trigger.start - group.end
    if scene.grammar.order == "free" and group.marker == "of" and not trigger.kind.noun:
        return gap <= 1  # the genitive of "Russia's decision to recognise"
    if gap == 0 and trigger.kind.noun:
        return True  # "after UK recognition"
    if group.possessive:
        return gap <= 3
    # "Russian full recognition", not "Australians back recognition"
    described = any(c.end == trigger.start for c in scene.clause.classes("modifier"))
    return Form.DEMONYM in group.forms and (gap <= 0 or (gap == 1 and described))


def _recognises(group: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether a group before the trigger is who recognises; a bloc only close by."""
    if Form.ORGANISATION in group.forms and trigger.start - group.end > 6:
        return False
    if any(c.start <= group.start and group.end < c.end for c in scene.clause.classes("forum")):
        return False  # "Doha talks conferred no legitimacy"
    near = group.marker == "with" and trigger.start - group.end <= 2
    if group.marker == "object" and scene.grammar.order == "sov" and can_act(group):
        # whom it befalls to recognise what follows: "X کو Y تسلیم کرنے کی جلدی نہیں"
        return any(is_subject(g) and group.end <= g.start < trigger.start for g in scene.groups)
    goal = group.marker == "goal" and scene.clause.has("plan_to")  # "for Russia to recognise"
    return (can_act(group) and (near or goal or group.marker in ("", "by"))) or bool(
        group.codes and group.head == "person" and group.marker != "object"
    )


def _other_object(trigger: Span, scene: Scene) -> bool:
    """Say whether something else than the subject is recognised."""
    order = scene.grammar.order
    marked = ("of", "object") if order in ("vso", "free") else ("", "of", "object")
    if any(is_subject(g) for g in scene.groups):
        later = groups_after(trigger, scene.groups)
        near = later[0] if later else None
        if (
            near
            and near.codes
            and not near.subject
            and near.marker in ("", "of")
            and not near.possessive
        ):
            if _is_plain_object(near, trigger, scene):
                return not any(is_subject(g) for g in later)
            return (
                near.start - trigger.end <= 2
                and near.head in ("", "embassy")
                and Form.DEMONYM not in near.forms
                and not any(is_subject(g) for g in later)
                and near.marker == "of"
            )
        beside = near is not None and is_subject(near) and near.marker in _BESIDE
        does = trigger.kind.status is EventStatus.DONE and not trigger.kind.noun
        if beside and order == "svo" and does:  # "recognises the need of talks with"
            return not any(is_subject(g) and g.marker not in _BESIDE for g in later)
        return False
    if any(g.codes and g.marker == "object" for g in groups_before(trigger, scene.groups)):
        return True
    return any(
        g.codes and g.marker in marked and g.start - trigger.end <= 2 and Form.LEADER not in g.forms
        for g in groups_after(trigger, scene.groups)
    )


def _is_of_its_own(trigger: Span, scene: Scene) -> bool:
    """Say whether the subject's envoy or papers are recognised: "recognises its passports"."""
    order, reach = scene.grammar.order, 8 * (scene.grammar.stretch - 1)
    before, after = groups_before(trigger, scene.groups), groups_after(trigger, scene.groups)
    sides = (after, before) if order in ("sov", "free") else (after,)
    envoys = scene.clause.classes("ambassador", "charge", "diplomat")
    papers = scene.clause.classes("effects")
    for near in (side[0] for side in sides if side and side[0].subject):
        behind = near.start >= trigger.end
        last = near.end + reach if behind else trigger.start - 1
        if (near.start - trigger.end if behind else trigger.start - near.end) > _TO_ITS_OWN:
            continue
        if near.head == "nonstate":  # "recognises Afghan women as persecuted"
            return True
        for things, ahead in ((envoys, 1), (papers, _TO_ITS_OWN)):
            first = trigger.end if behind else near.start - ahead
            if any(first <= thing.start <= last for thing in things):
                return True
    return False


def _breaks_with_another(trigger: Span, scene: Scene) -> bool:
    """Say whether it is somebody else with whom a tie is cut: "… with Colombia over Palestine"."""
    later = groups_after(trigger, scene.groups)
    near = later[0] if later and scene.grammar.order == "svo" else None
    return near is not None and bool(near.codes) and not near.subject and near.marker == "with"


def _is_plain_object(near: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether the name right behind a verb is its object: "…, recognises Beijing"."""
    acts = any(can_act(g) and not g.marker for g in groups_before(trigger, scene.groups))
    plain = near.marker == "" and near.start == trigger.end and Form.LEADER not in near.forms
    return acts and plain and scene.grammar.order == "svo" and not trigger.kind.noun


def _is_passive(trigger: Span, clause: Clause) -> bool:
    return any(trigger.start - 4 <= c.start < trigger.start for c in clause.classes("passive"))


def _reverses(trigger: Span, scene: Scene, before: Sequence[Group], after: Sequence[Group]) -> bool:
    """Say whether the subject is the one who recognises."""
    if not before or not is_subject(before[0]) or before[0].codes or before[0].marker:
        return False
    if trigger.kind.noun:
        return False
    patient = "object" if scene.grammar.order == "free" else ""
    return (
        bool(after)
        and not is_subject(after[0])
        and after[0].marker == patient
        and bool(after[0].codes)
    )
