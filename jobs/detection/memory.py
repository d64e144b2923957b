"""What a text has told so far, for the pronouns and ellipses to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.detection.clauses import Clause
from jobs.detection.findings import Finding
from jobs.detection.groups import Group, Strength
from jobs.detection.lexicon import Form
from jobs.detection.overviews import paired
from jobs.domain.events import EventType
from jobs.reference.phrases import Trigger


@dataclass(slots=True)
class Memory:
    """Who was spoken of and what was told, up to the clause that is read.

    ``topic`` are the actors last spoken of (``is_body``: an organisation), ``hero`` says that
    the subject, and no state, was; ``pair`` are those last named side by side with it, or who
    met or agreed with it; ``hosts`` those where the title is set. ``last`` is what was told
    last, ``told`` all types told, ``met`` who meets in this clause; ``elsewhere`` says that a
    recognition was seen to be of something else.
    """

    topic: tuple[str, ...] = ()
    is_body: bool = False
    hero: bool = False
    pair: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    last: Trigger | None = None
    told: set[EventType] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    elsewhere: bool = False

    def begin(self, clause: Clause, groups: Sequence[Group]) -> None:
        """Start a clause; a title's own names are known before its acts are looked at."""
        self.met = set()
        if clause.is_title and not self.topic:
            self._turn(groups)

    def note(self, kind: Trigger, finding: Finding) -> None:
        """Remember what a trigger told, and who met or agreed with the subject."""
        if not finding.mentions:
            return
        actors = tuple(mention.actor for mention in finding.mentions)
        if kind.type is EventType.MEETING:
            self.met |= set(actors)
        if kind.type in (EventType.MEETING, EventType.AGREEMENT):
            self.pair = actors
        self.last = kind
        self.told.add(kind.type)

    def end(self, clause: Clause, groups: Sequence[Group]) -> None:
        """Remember whom a clause was about, and where a title is set."""
        self._turn(groups)
        if clause.is_title and not self.hosts:
            self.hosts = next(
                (g.codes for g in groups if g.codes and g.marker in ("place", "goal")), ()
            )

    def _turn(self, groups: Sequence[Group]) -> None:
        self.pair = paired(groups) or self.pair
        plain = next((g for g in groups if (g.codes or g.subject) and not g.marker), None)
        if plain:
            self.hero = plain.subject is Strength.NAMED and not plain.codes
        for group in groups:
            if (
                group.codes
                and group.marker in ("", "by")
                and group.head not in ("nonstate", "list")
            ):
                self.topic, self.is_body = group.codes, Form.ORGANISATION in group.forms
                return
