"""Public Telegram channels, read from their previews on the web.

Off unless the operator switches them on: the setting ``telegram_channels`` names the
terms of Telegram's that speak of it. What is read are a channel's newest posts, kept as
long as other items are.
"""

import json
import logging
import re
from urllib.parse import urlsplit

from jobs.domain.items import Source, Validators
from jobs.errors import NotAFeed, SourceBlocked
from jobs.sources.http import NotModified
from jobs.sources.parsed import Form, ParsedItem
from jobs.sources.reading import Means, Reading, hash_of, news_items, parse, read_cursor
from jobs.sources.robots import check_robots

MOST_OLDER_PAGES = 3
"""Pages gone back to posts that came since the last reading; more risks a ban."""

_PREVIEW = re.compile(r"/s/[A-Za-z0-9_]{4,40}/?")
_log = logging.getLogger(__name__)


async def read_channel(source: Source, validators: Validators, means: Means) -> Reading:
    """Read a channel's newest posts, and older ones back to the last that was seen.

    Each page differs in its counts of views, so its posts are compared and not its
    bytes. Raises ``SourceBlocked`` if the channel has no preview: that is not "no posts".
    """
    allowed_at, seen = read_cursor(validators.cursor, str, int) or [None, None]
    allowed_at = await check_robots(source.url, allowed_at, means)
    posts = await _page(source, "", means)
    body_hash = hash_of(" ".join(post.key for post in posts).encode())
    newest = max(map(_number, posts), default=0)
    cursor = json.dumps([allowed_at, max(newest, seen or 0)])
    if seen is not None:
        posts += await _missed(source, posts, seen, means)
    kept = Validators(body_hash=body_hash, cursor=cursor)
    if body_hash == validators.body_hash:
        return Reading((), kept, changed=False)
    return Reading(news_items(source, posts, means.now), kept, changed=True)


async def _missed(
    source: Source, shown: list[ParsedItem], seen: int, means: Means
) -> list[ParsedItem]:
    """Return older posts until the last one seen; say so in the log if it is not reached."""
    found: list[ParsedItem] = []
    oldest = min(map(_number, shown), default=seen)
    for _ in range(MOST_OLDER_PAGES):
        if oldest <= seen + 1:
            return found
        older = await _page(source, f"?before={oldest}", means)
        numbers = [number for post in older if (number := _number(post)) < oldest]
        if not numbers:
            return found  # the posts between were deleted, or hold no text
        found += [post for post in older if seen < _number(post) < oldest]
        oldest = min(numbers)
    if oldest > seen + 1:
        _log.warning("%s: posts between %d and %d were not seen", source.id, seen, oldest)
    return found


async def _page(source: Source, which: str, means: Means) -> list[ParsedItem]:
    response = await means.client.get(f"{source.url}{which}", Validators())
    host = urlsplit(source.url).hostname
    if isinstance(response, NotModified):
        raise NotAFeed(f"{host}: answered 304 to what was not conditional")
    if not _PREVIEW.fullmatch(urlsplit(response.url).path):
        raise SourceBlocked(
            f"{host}: the channel's preview is blocked, or there is no such channel; "
            "its posts can be read in Telegram only"
        )
    feed = await parse(response, means, Form.CHANNEL)
    return list(feed.items)


def _number(post: ParsedItem) -> int:
    return int(post.url.rpartition("/")[2])
