"""Who does it: each event type's rules, tried in order, most certain first.

Each rule looks at groups by their place, marker and head, and returns the codes with the
name of the rule that found them. None found is an answer too.
"""

from collections.abc import Callable

from jobs.detection.faces import face_to_face
from jobs.detection.hosts import attends, host, lister, seat
from jobs.detection.lexicon import Form, Span
from jobs.detection.parties import partner
from jobs.detection.recognisers import recogniser
from jobs.detection.scenes import Found, Scene, can_act, groups_before
from jobs.domain.events import EventType


def find_actors(trigger: Span, scene: Scene) -> Found:
    """Return who does what a trigger tells."""
    kind = trigger.kind
    if kind.actor:
        return _its_own(kind.actor, trigger, scene)
    if kind.type is EventType.FORUM and kind.strict and not attends(trigger, scene):
        return Found((), "not the subject's presence")
    if kind.strict and kind.type is EventType.MEETING:
        return face_to_face(trigger, scene)
    return _RULES[kind.type](trigger, scene)


def _its_own(actor: str, trigger: Span, scene: Scene) -> Found:
    """Return who alone can do it, unless the text says that another does."""
    before = groups_before(trigger, scene.groups)
    agents = [g for g in before if can_act(g) and not g.marker and not g.subject]
    if agents and Form.ORGANISATION in agents[0].forms:
        return Found(agents[0].codes, "agent")
    if agents and actor not in agents[0].codes and not any(actor in g.codes for g in scene.groups):
        return Found((), "another acts")
    return Found((actor,), "its own")


_RULES: dict[EventType, Callable[[Span, Scene], Found]] = {
    EventType.RECOGNITION: recogniser,
    EventType.CREDENTIALS: host,
    EventType.MISSION: host,
    EventType.MEETING: partner,
    EventType.AGREEMENT: partner,
    EventType.DELISTING: lister,
    EventType.FORUM: seat,
}
