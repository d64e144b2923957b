"""Who is received, and by whom."""

from collections.abc import Sequence

from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Form, Span
from jobs.detection.scenes import Scene, groups_after, groups_before, is_person, is_subject

_GUEST = 3
"""Words between "received" and the office of who is received."""
_BY = 5
"""Words between a passive verb and who did it: "welcomed in Riyadh by"."""


def is_guest(trigger: Span, scene: Scene, after: Sequence[Group]) -> bool:
    """Say whether somebody is received: not a step, nor a recognition, nor reports."""
    if scene.grammar.order in ("sov", "free") and any(
        g.marker in ("object", "with", "topic") and _is_somebody(g) for g in scene.groups
    ):
        return True
    if unnamed_guest(trigger, scene) or _is_fronted(trigger, scene, after):
        return True
    if _is_fronted_by(trigger, scene):
        return True
    if not after:
        return False
    near = after[0].start - trigger.end <= 3
    if any(g.marker == "by" and g.start - trigger.end <= _BY for g in after):
        return True
    return near and _is_somebody(after[0])


def _is_fronted(trigger: Span, scene: Scene, after: Sequence[Group]) -> bool:
    """Say whether who is received stands before: "who was received", "whom Moscow received"."""
    before = groups_before(trigger, scene.groups)
    passive = any(
        trigger.start - 3 <= c.start < trigger.start for c in scene.clause.classes("passive")
    )
    if passive and before and not before[0].codes:
        return not before[0].marker and (_is_somebody(before[0]) or before[0].unnamed == "pronoun")
    marks = {c.start for c in scene.clause.classes("place", "by")}
    if trigger.end in marks and before and not before[0].marker and is_person(before[0]):
        return True  # a headline's "Kyrgyz envoy received in Kabul"
    whom = scene.clause.opener and any(g.codes and not g.marker for g in before)
    return bool(whom) and not after and any(is_subject(g) for g in scene.earlier)


def _is_fronted_by(trigger: Span, scene: Scene) -> bool:
    """Say whether guest and host stand before a last verb: "M. wurde von L. empfangen"."""
    if scene.grammar.order not in ("sov", "free"):
        return False
    before = groups_before(trigger, scene.groups)
    received = any(g.marker == "by" and g.codes for g in before)
    return received and any(not g.marker and not g.codes and _is_somebody(g) for g in before)


def unnamed_guest(trigger: Span, scene: Scene) -> bool:
    """Say whether the subject's people are received without its name: "received a team"."""
    if trigger.kind.detail != "host" or not scene.subject_near:
        return False
    owned = any(g.start - trigger.end <= _GUEST for g in groups_after(trigger, scene.groups))
    return not owned and any(
        0 <= c.start - trigger.end <= _GUEST for c in scene.clause.classes("person")
    )


def _is_somebody(group: Group) -> bool:
    return is_person(group) or (group.subject is Strength.NAMED and not group.possessive)


def are_hosted(group: Group) -> bool:
    """Say whether both parties are guests of a third: "hosts Pakistani and Taliban teams"."""
    return bool(group.codes and group.subject) and not group.forms & {Form.LEADER, Form.SURNAME}
