"""Things of the domain, plausible unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from jobs.domain.events import (
    DateBasis,
    Event,
    EventId,
    EventStatus,
    EventType,
    Grade,
    Mention,
)
from jobs.domain.items import NewsItem, Outlet, Source, SourceId, SourceKind, Tier

NOON = datetime(2025, 7, 3, 12, 0, tzinfo=UTC)

_SOURCE = Source(
    id=SourceId("ariana"),
    name="Ariana News",
    kind=SourceKind.FEED,
    url="https://ariananews.example/feed",
    language="en",
    family="ariana",
    tier=Tier.OUTLET,
)
_ITEM = NewsItem(
    source_id=SourceId("ariana"),
    key="k1",
    url="https://ariananews.example/1",
    title="Russia recognises the Taliban government",
    summary="The first state to do so.",
    lang="en",
    outlet="ariananews.example",
    published_at=NOON,
    first_seen_at=NOON,
)
_MENTION = Mention(
    case="taliban",
    actor="RU",
    type=EventType.RECOGNITION,
    status=EventStatus.DONE,
    on=date(2025, 7, 3),
    basis=DateBasis.PUBLISHED,
    rule="recognise-active",
    clause="Russia recognises the Taliban government",
    words=("recognises", "Taliban government"),
    attributions=("TASS", "organ:RU"),
    rules_version="1",
)
_EVENT = Event(
    id=EventId(1),
    case="taliban",
    actor="RU",
    type=EventType.RECOGNITION,
    status=EventStatus.DONE,
    grade=Grade.REPORTED,
    on=date(2025, 7, 3),
    first_seen_at=NOON,
    evidence=(),
    origins=("ariana",),
)

OUTLET = Outlet("ariananews.example", "ariana", Tier.OUTLET, "third")


def a_source(source_id: str = "ariana", **changes: Any) -> Source:
    return replace(_SOURCE, id=SourceId(source_id), **changes)


def an_item(key: str = "k1", **changes: Any) -> NewsItem:
    return replace(_ITEM, key=key, **changes)


def a_mention(**changes: Any) -> Mention:
    return replace(_MENTION, **changes)


def an_event(number: int = 1, **changes: Any) -> Event:
    return replace(_EVENT, id=EventId(number), **changes)
