"""Pages that list news, of ministries that have no feed."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from jobs.domain.items import Source, Validators
from jobs.errors import NotAFeed
from jobs.sources.parsed import Form, ParsedItem
from jobs.sources.reading import Means, Reading, fetch_changed, news_items, read_cursor
from jobs.sources.robots import check_robots

BEGUN = timedelta(days=1)
"""A day that is dated by its noon, or a clock in another zone than said, runs ahead so far."""


async def read_page(source: Source, validators: Validators, means: Means) -> Reading:
    """Read the news a page lists, if its host lets programs read it.

    A page on which the layout matches nothing is an error, never "no news".
    """
    (allowed_at,) = read_cursor(validators.cursor, str) or [None]
    allowed_at = await check_robots(source.url, allowed_at, means)
    try:
        feed, kept = await fetch_changed(
            source, validators, means, Form.LIST, asdict(source.layout)
        )
    except NotAFeed as error:
        was_read = validators.body_hash is not None
        raise NotAFeed(f"{error}; {_AFTER if was_read else _FIRST}") from None
    kept = replace(kept, cursor=json.dumps([allowed_at]))
    if feed is None:
        return Reading((), kept, changed=False)
    items = _dated(feed.items, means.now)
    return Reading(news_items(source, items, means.now), kept, changed=True)


_AFTER = "it was read before, so the page has changed: look at it and mend the source's layout"
_FIRST = "correct the source's address or its layout"


def _dated(items: Iterable[ParsedItem], now: datetime) -> Iterable[ParsedItem]:
    for item in items:
        ahead = item.published_at is not None and now < item.published_at <= now + BEGUN
        yield replace(item, published_at=now) if ahead else item
