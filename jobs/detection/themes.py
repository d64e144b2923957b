"""Whether what is told is about the case's subject, where only its territory may be named."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.detection.clauses import Clause
from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Form
from jobs.domain.events import EventType
from jobs.reference.phrases import Trigger

_SUBJECT_MAY_BE_SEAT = frozenset((EventType.MEETING, EventType.AGREEMENT))
_HOSTED = frozenset((EventType.MISSION, EventType.CREDENTIALS))
"""Types of which the territory must be named in the sentence or the headline."""
_SEATED = frozenset(("vetoed", "applied", "membership"))


@dataclass(frozen=True, slots=True)
class Theme:
    """What a text is about, as far as a case goes.

    ``strength`` says how surely its subject is named at all; ``is_trapped`` that what sounds
    like it is another, ``is_sport`` that teams play, ``in_title`` that the headline names it.
    """

    groups: Sequence[Group]
    strength: Strength
    is_trapped: bool
    is_sport: bool
    in_title: bool

    def is_of(self, kind: Trigger, sentence: Sequence[tuple[Clause, Sequence[Group]]]) -> bool:
        """Say whether an act of a sentence (its clauses, with their groups) is the subject's."""
        groups = [group for _, named in sentence for group in named]
        if kind.subject and not any(g.subject for g in groups):
            return False
        if self.is_sport and kind.type is EventType.MEETING:
            return any(g.subject is Strength.NAMED for g in groups)
        if self.strength is Strength.NAMED:
            return True
        if self.is_trapped or self.strength is not Strength.SEAT:
            return False
        if kind.detail == "step":
            return True
        if kind.type in _HOSTED:
            return any(g.subject for g in groups) or self.in_title
        if kind.type in _SUBJECT_MAY_BE_SEAT or bool(kind.actor) or kind.detail in _SEATED:
            return True
        return self._stands_for_rule(kind, groups, ruled=any(c.has("rule") for c, _ in sentence))

    def _stands_for_rule(self, kind: Trigger, groups: Sequence[Group], *, ruled: bool) -> bool:
        """Say whether the territory's mere name means who rules it: "no regime in Kabul"."""
        seated = [g for g in groups if g.subject]
        if kind.type is EventType.RECOGNITION:
            if kind.noun and not seated:
                seated = [g for g in self.groups if g.subject]
            return ruled or any(Form.CAPITAL in g.forms for g in seated)
        if kind.type is EventType.FORUM and not self.is_sport and _comes(seated):
            return True
        return any(g.head in ("person", "organ") or Form.CAPITAL in g.forms for g in seated)


def _comes(seated: Sequence[Group]) -> bool:
    """Say whether the territory is who comes or stays away, not what is talked about."""
    return any(not g.head and g.marker in ("", "goal", "object") for g in seated)
