"""One reading of one source, from its address to its news items."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from jobs.domain.items import Source, SourceKind, Validators
from jobs.sources.gdelt import read_articles, read_events
from jobs.sources.http import GuardedClient
from jobs.sources.mediawiki import read_wiki_page
from jobs.sources.pages import read_page
from jobs.sources.parsed import Form
from jobs.sources.reading import Means, Reader, Reading, Visit, read_document
from jobs.sources.sitemap import read_sitemap
from jobs.sources.telegram_channel import read_channel
from jobs.sources.workers import ParserPool


async def read_feed(source: Source, validators: Validators, means: Means) -> Reading:
    """Read a feed: one document."""
    return await read_document(source, validators, means, Form.FEED)


READERS: Mapping[SourceKind, Reader] = {
    SourceKind.FEED: read_feed,
    SourceKind.SITEMAP: read_sitemap,
    SourceKind.GDELT: read_events,
    SourceKind.GDELT_DOC: read_articles,
    SourceKind.MEDIAWIKI: read_wiki_page,
    SourceKind.TELEGRAM: read_channel,
    SourceKind.PAGE: read_page,
}


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
    visit = Visit(client, source.url)
    reading = await READERS[source.kind](source, validators, Means(visit, parser, now))
    return replace(
        reading, fresh_seconds=visit.fresh_seconds, moved_to=visit.moved_to, size=visit.size
    )
