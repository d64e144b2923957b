"""What a feed's bytes become: plain types that also cross from the parser's process."""

from dataclasses import dataclass
from datetime import datetime

MOST_ITEMS = 500
LONGEST_TITLE = 500
LONGEST_SUMMARY = 1500
"""Characters; detection reads a lead, not an article."""


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One item as its feed gives it: clean text, and a date that is not yet believed."""

    key: str
    url: str
    title: str
    summary: str
    outlet: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's items in its own order, no key twice, at most ``MOST_ITEMS`` of them."""

    title: str
    items: tuple[ParsedItem, ...]


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item as its format spells it; nothing in it is clean or checked."""

    guid: str
    link: str
    title: str
    summary: str
    published_at: datetime | None
    publisher: str = ""
    publisher_url: str = ""


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed as its format spells it; ``base`` is what its links are relative to."""

    title: str
    base: str | None
    items: tuple[RawItem, ...]
