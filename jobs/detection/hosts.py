"""Where it takes place: whose mission, credentials, list or forum it is."""

from jobs.detection.groups import Strength
from jobs.detection.homes import home_office
from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.recognisers import recogniser
from jobs.detection.scenes import (
    Found,
    Scene,
    agents,
    by_whom,
    can_act,
    groups_after,
    groups_before,
    hosted_earlier,
    is_recognised,
    shared_subject,
)


def host(trigger: Span, scene: Scene) -> Found:
    """Return whose mission or credentials they are: an agent, an owner, or where they are."""
    groups = scene.groups
    before, after = groups_before(trigger, groups), groups_after(trigger, groups)
    owners = [
        g
        for g in groups
        if g.codes and g.head in ("embassy", "ambassador", "charge") and g.marker != "topic"
    ]
    acting = [g for g in agents(trigger, scene) if can_act(g) and not g.marker]
    if acting:
        return Found(acting[0].codes, "agent")
    if codes := home_office(trigger, scene):
        return Found(codes, "home")
    if trigger.kind.place:
        inside = [g for g in groups if trigger.start <= g.start < trigger.end and g.codes]
        near = [g for g in after if g.codes and g.start - trigger.end <= 2]
        if goals := [*inside, *near]:
            return Found(goals[0].codes, "goal")
    if owners:
        return Found(owners[0].codes, "owner")
    told = [s.start for s in scene.clause.classes("speech") if s.start >= trigger.end]
    after = [g for g in after if not told or g.end <= told[0]]
    inside = [g for g in groups if trigger.start < g.start < trigger.end]
    around = [*inside, *after, *before]
    places = [g for g in around if g.codes and g.marker in ("place", "goal", "of", "by")]
    for group in places:
        if group.head != "nonstate":
            return Found(group.codes, "host")
    plain = [
        g
        for g in [*after, *before]
        if g.codes and g.marker in ("", "with", "object") and g.head != "nonstate"
    ]
    if plain:
        return Found(plain[0].codes, "plain")
    if any(g.unnamed == "unnamed" and not g.marker for g in before[:1]):
        return Found((), "unnamed")
    if any(g.unnamed == "unnamed" and g.marker == "place" for g in after):
        return Found((), "unnamed")
    return (
        shared_subject(scene) or hosted_earlier(scene) or Found(scene.topic or scene.hosts, "topic")
    )


def lister(trigger: Span, scene: Scene) -> Found:
    """Return whose list, ban or designation it is."""
    groups = scene.groups
    before, after = groups_before(trigger, groups), groups_after(trigger, groups)
    if found := by_whom(trigger, scene):
        return found
    for group in agents(trigger, scene):
        if group.unnamed == "unnamed" and not group.marker and not group.ranked:
            return Found((), "unnamed")
        if can_act(group) and group.marker == "":
            return Found(group.codes, "agent")
    if codes := home_office(trigger, scene):
        return Found(codes, "home")
    inside = [g for g in groups if trigger.start < g.start < trigger.end]
    for group in [*inside, *before, *after]:
        if group.codes and (group.head in ("list", "organ") or group.marker in ("by", "goal")):
            return Found(group.codes, "list")
    for group in [*before, *after]:
        if group.codes and group.head != "nonstate":
            return Found(group.codes, "near")
    if shared := shared_subject(scene):
        return shared
    if scene.topic or scene.hosts:
        return Found(scene.topic or scene.hosts, "topic")
    only = {g.codes for g in (*scene.earlier, *scene.answers) if g.codes}
    return Found(only.pop() if len(only) == 1 else (), "only one named")


def seat(trigger: Span, scene: Scene) -> Found:
    """Return which organisation or host seats, invites or bars the subject."""
    detail = trigger.kind.detail
    if detail == "vetoed":
        return recogniser(trigger, scene)
    forums = [s for s in scene.clause.spans if s.entry.kind is Kind.FORUM]
    if forums:
        named = max(forums, key=lambda span: span.end - span.start)
        return Found((named.entry.value,), "forum")
    for group in scene.groups:
        if Form.ORGANISATION in group.forms:
            return Found(group.codes, "organisation")
    if detail == "applied":
        return Found((), "no organisation")
    if trigger.kind.afar and (scene.forums or not scene.clause.has("forum")):
        host = scene.hosts or scene.topic if scene.gathers else ()
        return Found(scene.forums[:1] or host, "afar")
    for group in scene.groups:
        if group.codes and group.head == "forum":
            town = scene.forums if group.forms <= {Form.CAPITAL, Form.CITY} else ()
            return Found(town[:1] or group.codes, "forum's")
    for group in scene.groups:
        if group.codes and group.marker in ("place", "by", "goal"):
            return Found(group.codes, "place")
    acting = [g for g in agents(trigger, scene) if can_act(g) and not g.marker]
    if trigger.kind.strict:
        asked = [g for g in scene.earlier if g.codes] if scene.clause.opener == ":" else []
        return Found(asked[-1].codes if asked else (), "no forum")
    if acting and detail == "attended":
        return Found((), "others attend")
    if acting:
        return Found(acting[0].codes, "agent")
    return hosted_earlier(scene) or Found(scene.hosts or scene.topic, "topic")


def attends(trigger: Span, scene: Scene) -> bool:
    """Say whether the subject's name stands right before: "Taliban at the forum"."""
    before = groups_before(trigger, scene.groups)
    if (
        not before
        or before[0].subject is not Strength.NAMED
        or is_recognised(before[0], scene.clause)
    ):
        return False
    return trigger.start - max(before[0].end, before[0].head_end) <= 1
