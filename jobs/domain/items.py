"""News items, and the sources and outlets that bring them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

SourceId = NewType("SourceId", str)
ItemId = NewType("ItemId", int)

THIRD = "third"
"""The side of an outlet that belongs to no party."""

SUBJECT = "subject"
"""The side of an outlet that belongs to the case's own authority."""


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    """RSS, Atom, RDF or JSON Feed."""
    SITEMAP = "sitemap"
    """A news sitemap, or an index of some."""
    GDELT = "gdelt"
    """GDELT's list of its newest 15-minute files; rows of events, whose addresses are hints."""
    GDELT_DOC = "gdelt-doc"
    """A search of GDELT's DOC API, answered as a list of articles."""
    MEDIAWIKI = "mediawiki"
    """One page of a wiki, watched for rows that are new."""
    TELEGRAM = "telegram"
    """The public preview of a Telegram channel: ``https://t.me/s/name``."""
    PAGE = "page"
    """A page with a list of news, read by selectors."""
    PUSH = "push"
    """Not read: it brings its items by itself, signed, to our HTTP server."""


class Tier(StrEnum):
    """What kind of voice an outlet is; only an official one can be an organ."""

    OFFICIAL = "official"
    WIRE = "wire"
    OUTLET = "outlet"
    AGGREGATOR = "aggregator"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes: its host, its owner's family, its tier and whose it is.

    ``side`` is ``third``, ``subject`` or the ISO 3166-1 alpha-2 code of the state (or
    the code of the organisation) that owns it.
    """

    host: str
    family: str
    tier: Tier = Tier.OUTLET
    side: str = THIRD


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Where a page of kind ``page`` keeps its news; selectors are CSS.

    ``row`` matches one piece of news; the others are looked for in it (the row itself
    counts), ``title`` empty being the link's own text. A date is read by ``date_format``
    (strptime's signs) from the text that ``date`` matches, or from its
    ``date_attribute``; without ``date``, by ``link_date``, a pattern whose three groups
    are year, month and day in the link. ``zone`` is the IANA zone of the site's clock.
    """

    row: str = "article"
    link: str = "a[href]"
    title: str = ""
    date: str = ""
    date_attribute: str = ""
    date_format: str = ""
    link_date: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class EventScope:
    """Which of GDELT's rows are wanted: by CAMEO's codes of actors (``AFG``; whatever
    begins so), or by FIPS codes of places (``AF``).
    """

    actors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One address that is polled, as configuration describes it.

    ``cases`` empty means every case; ``language`` is ISO 639-1; ``interval_seconds``
    is the time between two polls when all is well. ``layout`` is for kind ``page``,
    ``scope`` for ``gdelt``, ``sections`` for ``mediawiki``: parts of the headings whose
    rows and paragraphs are watched; without any, the rows of the page's data tables are.
    """

    id: SourceId
    name: str
    kind: SourceKind
    url: str
    language: str
    family: str
    tier: Tier
    side: str = THIRD
    cases: tuple[str, ...] = ()
    interval_seconds: int = 300
    layout: ListLayout = ListLayout()
    scope: EventScope = EventScope()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional, kept byte for byte as the host sent it.

    ``body_hash`` (SHA-256, hex) tells an unchanged body that came with status 200.
    ``cursor`` is how far a source that is read in steps has been read; only the reader of
    its kind knows what stands in it.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item as a source gave it; all times are aware UTC.

    ``key`` is the item's identity within its source (a digest of guid, url and title:
    none of the three can be trusted alone). ``published_at`` is None where the source
    gave no usable date: no date is not now. ``outlet`` is a host.
    """

    source_id: SourceId
    key: str
    url: str
    title: str
    summary: str
    lang: str
    outlet: str
    published_at: datetime | None
    first_seen_at: datetime
