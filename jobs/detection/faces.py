"""What one does to the other in person: "told Muttaqi", "called on the minister"."""

from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Span
from jobs.detection.scenes import Found, Scene, can_act, groups_after, groups_before, is_person

_OFFICE = 5
"""Words of an office before its holder's name."""
_SIDE = 12
"""Words between a message and whom it is brought to."""
_HOLDERS = frozenset(("person", "ambassador", "charge"))
"""Heads of offices that the territory's mere name holds for those who rule it."""


def face_to_face(trigger: Span, scene: Scene) -> Found:
    """Return the party of an act that one does to the other in person: "told Muttaqi"."""
    before = [g for g in groups_before(trigger, scene.groups) if g.marker != "place"]
    after = groups_after(trigger, scene.groups)
    near = after[0] if after and _is_beside(after[0], trigger, scene) else None
    hailed = any(0 <= c.start - trigger.end <= 2 for c in scene.clause.classes("person"))
    if trigger.kind.detail == "call" and hailed and near is None and scene.hero:
        return Found(scene.hosts, "face to face")
    if scene.at_home and hailed and near is None and before and not before[0].marker:
        return Found(before[0].codes if can_act(before[0]) else (), "face to face")
    if trigger.kind.detail == "message":
        near = next(
            (g for g in after[:2] if g.marker == "goal" and g.start - trigger.end <= _SIDE), near
        )
    if not before or near is None or before[0].marker or not _is_faced(near, trigger):
        return Found((), "not face to face")
    one, other = before[0], near
    if is_person(other) and other.subject is Strength.NAMED and not other.codes:
        codes = (
            one.codes
            if can_act(one)
            else scene.topic
            if one.unnamed in ("pronoun", "collective")
            else ()
        )
        return Found(codes, "face to face")
    holder = one.subject is Strength.NAMED or (one.subject and one.head in _HOLDERS)
    if is_person(other) and other.codes and holder and is_person(one):
        return Found(other.codes, "face to face")
    return Found((), "not face to face")


def _is_beside(group: Group, trigger: Span, scene: Scene) -> bool:
    """Say whether a group stands right behind, or behind its office: "told acting minister X"."""
    gap = group.start - trigger.end
    if gap <= 1 or trigger.kind.needs:
        return gap <= 1
    offices = [c for c in scene.clause.classes("person") if c.end == group.start]
    return gap <= _OFFICE and any(c.start >= trigger.end for c in offices)


def _is_faced(group: Group, trigger: Span) -> bool:
    """Say whether an act is done to a group itself; its own preposition marks nothing."""
    return group.marker in ("", "goal", "by") or trigger.start <= group.marked_at < trigger.end
