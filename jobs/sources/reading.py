"""What every kind of source is read with, and what a reading is."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from jobs.domain.items import NewsItem, Source, Validators
from jobs.errors import NotAFeed
from jobs.sources.http import GuardedClient, NotModified, Response
from jobs.sources.parsed import Form, ParsedFeed, ParsedItem
from jobs.sources.workers import NO_OPTIONS, ParserPool

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=10)
"""How far a host's clock may run ahead before its dates are not believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading brought.

    ``items`` are all items of the source as it stands, known ones too; none if it has not
    ``changed``. ``validators`` are to be stored together with the items, never before.
    ``fresh_seconds`` and ``moved_to`` are what the host said of the source's own address
    (see ``Response``), ``size`` the bytes that came in all.
    """

    items: tuple[NewsItem, ...]
    validators: Validators
    changed: bool
    fresh_seconds: float = 0.0
    moved_to: str | None = None
    size: int = 0


class Visit:
    """One reading's way out: the client's ``get``, with a note of what came of it."""

    def __init__(self, client: GuardedClient, address: str) -> None:
        self._client = client
        self._address = address
        self.contact = client.contact
        self.fresh_seconds = 0.0
        self.moved_to: str | None = None
        self.size = 0

    async def get(self, url: str, validators: Validators) -> Response | NotModified:
        """Fetch an address as ``GuardedClient.get`` does."""
        answer = await self._client.get(url, validators)
        if url == self._address:
            self.fresh_seconds, self.moved_to = answer.fresh_seconds, answer.moved_to
        if isinstance(answer, Response):
            self.size += len(answer.body)
        return answer


@dataclass(frozen=True, slots=True)
class Means:
    """What a reader may work with, and the time it works at."""

    client: Visit
    parser: ParserPool
    now: datetime


Reader = Callable[[Source, Validators, Means], Awaitable[Reading]]
"""Reads a source of one kind; raises ``SourceError`` only."""


async def read_document(
    source: Source,
    validators: Validators,
    means: Means,
    form: Form,
    options: Mapping[str, Any] = NO_OPTIONS,
) -> Reading:
    """Read a source that is one document; what has not changed is not parsed again."""
    feed, kept = await fetch_changed(source, validators, means, form, options)
    if feed is None:
        return Reading((), kept, changed=False)
    return Reading(news_items(source, feed.items, means.now), kept, changed=True)


async def fetch_changed(
    source: Source,
    validators: Validators,
    means: Means,
    form: Form,
    options: Mapping[str, Any] = NO_OPTIONS,
) -> tuple[ParsedFeed | None, Validators]:
    """Return a source's document parsed, None if it has not changed, and its validators."""
    response = await means.client.get(source.url, validators)
    if isinstance(response, NotModified):
        return None, validators
    fresh = replace(response.validators, body_hash=hash_of(response.body))
    if fresh.body_hash == validators.body_hash:
        return None, fresh
    feed = await parse(response, means, form, options)
    # What broke off is to be sent again in full, and not to be called unchanged.
    return feed, fresh if feed.whole else Validators()


async def parse(
    response: Response, means: Means, form: Form, options: Mapping[str, Any] = NO_OPTIONS
) -> ParsedFeed:
    """Parse what came; an error names the host that it came from."""
    try:
        return await means.parser.parse(
            response.body, response.content_type, response.url, form, options
        )
    except NotAFeed as error:
        raise NotAFeed(f"{urlsplit(response.url).hostname}: {error}") from None


def news_items(source: Source, items: Iterable[ParsedItem], now: datetime) -> tuple[NewsItem, ...]:
    """Return parsed items as items of their source, seen ``now``."""
    return tuple(
        NewsItem(
            source_id=source.id,
            key=item.key,
            url=item.url,
            title=item.title,
            summary=item.summary,
            lang=item.lang or source.language,
            outlet=item.outlet,
            published_at=believed_date(item.published_at, now),
            first_seen_at=now,
        )
        for item in items
    )


def believed_date(published_at: datetime | None, now: datetime) -> datetime | None:
    """Return an item's date, or None if it cannot be right: no date is not now."""
    if published_at is None or not EARLIEST <= published_at <= now + AHEAD:
        return None
    return published_at


def hash_of(body: bytes) -> str:
    """Return a body's SHA-256 in hex."""
    return hashlib.sha256(body).hexdigest()


def read_cursor(text: str | None, *shape: type) -> list[Any] | None:
    """Return a cursor's values, or None if there is none of this shape."""
    try:
        values = json.loads(text or "")
    except ValueError:
        return None
    fits = isinstance(values, list) and tuple(map(type, values)) == shape
    return values if fits else None
