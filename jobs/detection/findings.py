"""What reading a text starts from and what it ends in."""

from dataclasses import dataclass
from datetime import date

from jobs.detection.lexicon import Lexicon, Span
from jobs.detection.normalise import Words
from jobs.domain.events import Mention


@dataclass(frozen=True, slots=True)
class Finding:
    """One trigger looked at: the mentions it gave, or why it gave none."""

    rule: str
    clause: str
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    dropped: str = ""
    is_title: bool = False
    is_noun: bool = False
    asks: bool = False
    is_perfect: bool = False
    is_aside: bool = False
    """Whether the act is but a subject of talk."""
    is_dated: bool = False
    """Whether a day at most one before publication is named."""
    is_guess: bool = False
    """Whether who acts is not named beside the act, but taken from the rest of the text."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text read once: what every case is then looked for in."""

    words: Words
    spans: tuple[Span, ...]
    title_end: int
    lexicon: Lexicon
    published: date | None
    trapped: frozenset[str] = frozenset()
    """The cases of which a trap was met: what sounds like their subject is another."""
