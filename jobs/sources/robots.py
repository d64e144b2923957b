"""Whether a host lets programs read a page (robots.txt), as it said within the last day."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from jobs.domain.items import Validators
from jobs.errors import FetchFailed, SourceBlocked
from jobs.sources.http import USER_AGENT, NotModified
from jobs.sources.reading import Means

BELIEVED_FOR = timedelta(days=1)
LARGEST = 500_000
"""Bytes that are looked at; the standard (RFC 9309) asks for no more."""

_ABSENT = range(400, 500)
_SHUT = (401, 403, 429)


async def check_robots(url: str, allowed_at: str | None, means: Means) -> str:
    """Return when the page was last allowed, for the next call's ``allowed_at``.

    The host is asked again after a day. Raises ``SourceBlocked`` if it says no, and
    ``FetchFailed`` if it does not say.
    """
    if allowed_at and _is_fresh(allowed_at, means.now):
        return allowed_at
    rules = RobotFileParser()
    # In a thread: half a megabyte of rules, if a host is so minded, takes a tenth of a second.
    await asyncio.to_thread(rules.parse, (await _robots(url, means)).splitlines())
    if not rules.can_fetch(USER_AGENT, url):
        raise SourceBlocked(
            f"{urlsplit(url).hostname}: its robots.txt asks programs not to read this page; "
            "look whether the site has a feed"
        )
    return means.now.isoformat()


async def _robots(url: str, means: Means) -> str:
    parts = urlsplit(url)
    address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
    try:
        answer = await means.client.get(address, Validators())
    except FetchFailed as error:
        if error.status in _ABSENT and error.status not in _SHUT:
            return ""
        raise
    if isinstance(answer, NotModified):
        return ""
    return answer.body[:LARGEST].decode("utf-8", "replace")


def _is_fresh(allowed_at: str, now: datetime) -> bool:
    try:
        return timedelta(0) <= now - datetime.fromisoformat(allowed_at) < BELIEVED_FOR
    except (ValueError, TypeError):
        return False
