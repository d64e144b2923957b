"""What detection is given: an item's words, and when and where it was published."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    """The parts of an item that may be read; ``outlet`` is a host."""

    title: str
    summary: str
    lang: str
    outlet: str
    published_at: datetime | None
