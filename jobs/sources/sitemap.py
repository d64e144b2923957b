"""News sitemaps, and indexes of them followed one level down."""

import json
import logging
from dataclasses import replace
from urllib.parse import urlsplit

from jobs.domain.items import Source, Validators
from jobs.errors import NotAFeed, SourceError
from jobs.sources.http import NotModified
from jobs.sources.parsed import Form, ParsedFeed, ParsedItem
from jobs.sources.reading import Means, Reading, hash_of, news_items, parse, read_cursor

MOST_PARTS = 4
"""Parts of an index that are read: its newest, which news sitemaps need no more of."""

_log = logging.getLogger(__name__)


async def read_sitemap(source: Source, validators: Validators, means: Means) -> Reading:
    """Read a news sitemap, or the newest parts of an index.

    A part whose day of change is as at the last reading is not asked for again, unless
    the whole is asked for.
    """
    response = await means.client.get(source.url, validators)
    if isinstance(response, NotModified):
        return Reading((), validators, changed=False)
    fresh = replace(response.validators, body_hash=hash_of(response.body))
    if fresh.body_hash == validators.body_hash and validators.cursor is None:
        return Reading((), fresh, changed=False)
    feed = await parse(response, means, Form.SITEMAP)
    if feed.parts:
        return await _read_parts(source, validators, fresh, feed, means)
    kept = fresh if feed.whole else Validators()
    return Reading(news_items(source, feed.items, means.now), kept, changed=True)


async def _read_parts(
    source: Source, known: Validators, fresh: Validators, index: ParsedFeed, means: Means
) -> Reading:
    is_whole = not (known.etag or known.last_modified)
    (seen,) = (None if is_whole else read_cursor(known.cursor, dict)) or [{}]
    newest = sorted(index.parts, key=lambda part: part[1], reverse=True)[:MOST_PARTS]
    done = {url: stamp for url, stamp in newest if stamp and seen.get(url) == stamp}
    wanted = [(url, stamp) for url, stamp in newest if url not in done]
    found: list[ParsedItem] = []
    failures: list[SourceError] = []
    for url, stamp in wanted:
        try:
            part = await _read_part(url, means)
        except SourceError as error:
            _log.warning("%s: a part of its index could not be read: %s", source.id, error)
            failures.append(error)
            continue
        found.extend(part.items)
        if part.whole:
            done[url] = stamp
    if wanted and len(failures) == len(wanted):
        raise failures[0]
    # An unchanged index answers for its parts only if it dates them all and all were read.
    is_settled = all(done.get(url) for url, _ in newest)
    kept = fresh if is_settled else Validators(body_hash=fresh.body_hash)
    items = {item.key: item for item in found}.values()
    return Reading(
        news_items(source, items, means.now),
        replace(kept, cursor=json.dumps([done])),
        changed=bool(items),
    )


async def _read_part(url: str, means: Means) -> ParsedFeed:
    response = await means.client.get(url, Validators())
    if isinstance(response, NotModified):
        return ParsedFeed(items=())
    part = await parse(response, means, Form.SITEMAP)
    if part.parts:
        raise NotAFeed(
            f"{urlsplit(url).hostname}: its index lists further indexes; give one of those instead"
        )
    return part
