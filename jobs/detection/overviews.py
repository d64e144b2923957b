"""What a whole text or clause gives: forums, the one state named, who stands side by side."""

from collections.abc import Sequence

from jobs.detection.groups import Group
from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.scenes import can_act


def named_forums(spans: Sequence[Span]) -> tuple[str, ...]:
    """Return the codes of the forums and organisations that a text names, in order."""
    named = [s for s in spans if s.entry.kind is Kind.FORUM or s.entry.form is Form.ORGANISATION]
    return tuple(dict.fromkeys(span.entry.value for span in named))


def sole_state(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the one state that a text names, if its people may act; none if there are more."""
    codes = {code for group in groups for code in group.codes}
    if any(Form.ORGANISATION in group.forms for group in groups):
        return ()
    acts = any(can_act(g) or g.head == "deal" for g in groups if g.codes)
    return tuple(codes) if len(codes) == 1 and acts else ()


def paired(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return who is named side by side with the subject: "A with the subject and B" too."""
    both = next((g for g in groups if g.codes and g.subject and g.marker != "place"), None)
    if both is None:
        return ()
    agents = [g.codes for g in groups if can_act(g) and not g.marker and g.end <= both.start]
    return (*agents[0], *both.codes) if agents and both.marker == "with" else both.codes
