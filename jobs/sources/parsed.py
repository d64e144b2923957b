"""What a feed's bytes become: plain types that also cross from the parser's process."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_ITEMS = 500
LONGEST_TITLE = 500
LONGEST_SUMMARY = 1500
"""Characters; detection reads a lead, not an article."""


class Form(StrEnum):
    """What a document is to be parsed as."""

    FEED = "feed"
    SITEMAP = "sitemap"
    EVENTS = "events"
    """A zipped export file of GDELT."""
    ARTICLES = "articles"
    """An answer of GDELT's DOC API."""
    WIKI_PAGE = "wiki-page"
    CHANNEL = "channel"
    """The preview page of a Telegram channel."""
    LIST = "list"
    """A page with a list of news."""


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One item as its feed gives it: clean text, and a date that is not yet believed.

    ``lang`` is the item's own language (ISO 639-1) where the format names one.
    """

    key: str
    url: str
    title: str
    summary: str
    outlet: str
    published_at: datetime | None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's items in its own order, no key twice, at most ``MOST_ITEMS`` of them.

    Not ``whole``: the document broke off, and its last item was left out. ``parts`` are
    the documents that an index names, each with the day it was last changed as written.
    """

    items: tuple[ParsedItem, ...]
    whole: bool = True
    parts: tuple[tuple[str, str], ...] = ()


def item_key(*parts: str) -> str:
    """Return the digest of what an item is known by."""
    joined = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:32]


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

    base: str | None
    items: tuple[RawItem, ...]
    whole: bool = True
