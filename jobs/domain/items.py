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
class Source:
    """One address that is polled, as configuration describes it.

    ``cases`` empty means every case; ``language`` is ISO 639-1; ``interval_seconds``
    is the time between two polls when all is well.
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


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional, kept byte for byte as the host sent it.

    ``body_hash`` (SHA-256, hex) tells an unchanged body that came with status 200.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


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
