"""What a trigger is judged against, and what is judged of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jobs.detection.clauses import Clause
from jobs.detection.dates import When
from jobs.detection.lexicon import Span
from jobs.domain.events import EventStatus


@dataclass(frozen=True, slots=True)
class Judgement:
    """A status, and the words it rests on."""

    status: EventStatus
    words: tuple[str, ...] = ()
    urged: bool = False
    aside: bool = False
    """Whether the act is but a subject of talk."""
    stative: bool = False
    """Denied only by a bare "has not", which says how things stand, not what was said."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a trigger is judged against: its clause, the one before, its date."""

    words: Sequence[str]
    clause: Clause
    before: Clause | None
    when: When | None
    published: date | None
    following: frozenset[str] = frozenset()
    gerunds: tuple[str, ...] = ()
    infinitives: tuple[str, ...] = ()
    hypothetical: frozenset[str] = frozenset()
    verb_last: bool = False
    free: bool = False
    stretch: int = 1
    owned: bool = False
    """Whether the act is said to be somebody's ("by Moscow"), or the language cannot tell."""
    since: int = 0
    """Where what is said of the act begins; before it others are the ones who do something."""
    holds_since: str = ""
    """The words that say since which year what is told holds."""
    rumoured: bool = False
    """Whether only sources without a name tell it."""
    answered: bool = False
    """Whether a headline's question is answered with a no."""
    spoken: bool = False
    """Whether somebody is quoted as saying the clause."""


def said(cue: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words of a cue, as a judgement keeps them."""
    return (" ".join(setting.words[cue.start : cue.end]),)
