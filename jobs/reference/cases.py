"""A case as configuration describes it: one TOML file each, and no code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from jobs.domain.events import Standing


@dataclass(frozen=True, slots=True)
class Official:
    """Who speaks and acts for the case's authority, with every spelling met."""

    name: str
    spellings: tuple[str, ...]
    office: str
    since: date | None = None
    until: date | None = None


class Outlook(StrEnum):
    """How likely a watched actor is thought to move; an opinion of record, not a forecast."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Watched:
    """An actor whose next move is awaited, and why."""

    actor: str
    outlook: Outlook
    note: str


@dataclass(frozen=True, slots=True)
class BaselineStanding:
    """Where an actor stood before the bot ever read a line, and on whose word.

    Only a standing that is certain may hold an alert back.
    """

    standing: Standing
    on: date
    url: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Forum:
    """A dated gathering at which the case may be seated or kept out."""

    name: str
    organisation: str
    place: str
    starts_on: date
    ends_on: date
    participation: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The authority whose recognition is at issue.

    ``names`` are what it is called, by language, first the display name; ``traps`` are
    phrases that hold such a name and mean something else; ``seat`` is the territory's
    own code, which is never an actor toward itself; ``opponents`` are the codes of the
    interested parties on the other side.
    """

    id: str
    title: str
    short: str
    seat: str
    names: Mapping[str, tuple[str, ...]]
    traps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    officials: tuple[Official, ...] = ()
    opponents: tuple[str, ...] = ()
    watch: tuple[Watched, ...] = ()
    baseline: tuple[BaselineStanding, ...] = ()
    forums: tuple[Forum, ...] = ()
