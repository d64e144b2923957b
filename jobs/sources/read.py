"""One reading of one source, from its address to its news items."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from jobs.domain.items import NewsItem, Source, Validators
from jobs.errors import NotAFeed
from jobs.sources.http import GuardedClient, NotModified
from jobs.sources.parsed import ParsedItem
from jobs.sources.workers import ParserPool

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=10)
"""How far a host's clock may run ahead before its dates are not believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading brought.

    ``items`` are all items of the source as it stands, known ones too; none if it has not
    ``changed``. ``validators`` are to be stored together with the items, never before.
    """

    items: tuple[NewsItem, ...]
    validators: Validators
    changed: bool


async def read_source(
    source: Source,
    validators: Validators,
    client: GuardedClient,
    parser: ParserPool,
    now: datetime,
) -> Reading:
    """Read a source; what has not changed is not parsed again.

    Validators without ``etag`` and ``last_modified`` ask for the whole body whatever the
    host believes; it is still compared by ``body_hash``. Raises ``SourceError`` only.
    """
    response = await client.get(source.url, validators)
    if isinstance(response, NotModified):
        return Reading((), validators, changed=False)
    body_hash = hashlib.sha256(response.body).hexdigest()
    fresh = replace(response.validators, body_hash=body_hash)
    if body_hash == validators.body_hash:
        return Reading((), fresh, changed=False)
    try:
        feed = await parser.parse(response.body, response.content_type, response.url)
    except NotAFeed as error:
        raise NotAFeed(f"{urlsplit(source.url).hostname}: {error}") from None
    items = tuple(_news_item(source, item, now) for item in feed.items)
    return Reading(items, fresh, changed=True)


def _news_item(source: Source, item: ParsedItem, now: datetime) -> NewsItem:
    return NewsItem(
        source_id=source.id,
        key=item.key,
        url=item.url,
        title=item.title,
        summary=item.summary,
        lang=source.language,
        outlet=item.outlet,
        published_at=believed_date(item.published_at, now),
        first_seen_at=now,
    )


def believed_date(published_at: datetime | None, now: datetime) -> datetime | None:
    """Return an item's date, or None if it cannot be right: no date is not now."""
    if published_at is None or not EARLIEST <= published_at <= now + AHEAD:
        return None
    return published_at
