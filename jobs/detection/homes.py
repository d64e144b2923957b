"""Whose "foreign minister" it is where nobody says: the press writes so of its own state's."""

from jobs.detection.lexicon import Form, Span
from jobs.detection.scenes import Scene
from jobs.reference.phrases import Grammar

_DOMAINS = {"UK": "GB"}
_TITLE = 2
"""Words between an office and the name of who holds it."""


def home_of(outlet: str, side: str, grammar: Grammar) -> str:
    """Return the state whose press an outlet is, as far as its language allows; or none."""
    domain = outlet.rpartition(".")[2].upper()
    for state in (side, _DOMAINS.get(domain, domain)):
        if state in grammar.homes:
            return state
    return grammar.home


def home_office(trigger: Span, scene: Scene) -> tuple[str, ...]:
    """Return the home state, if its office acts without its name; nobody's otherwise.

    Where the text is about another state the office is that state's.
    """
    theirs = scene.hero and not scene.clause.is_title  # "he", as told before
    if not scene.home or theirs or scene.topic not in ((), (scene.home,)):
        return ()
    owners = [g for g in scene.groups if g.codes or g.subject]
    owned = {i for g in owners for i in range(g.start - _TITLE * g.office, max(g.end, g.head_end))}
    late = scene.grammar.order in ("vso", "free")
    for office in scene.clause.classes("office"):
        held = any(
            g.subject
            and g.forms & {Form.LEADER, Form.SURNAME}
            and (0 <= g.start - office.end < _TITLE or 0 <= office.start - g.end < _TITLE)
            for g in scene.groups
        )
        acts = late or office.start < trigger.start
        if acts and not held and owned.isdisjoint(range(office.start, office.end)):
            return (scene.home,)
    return ()
