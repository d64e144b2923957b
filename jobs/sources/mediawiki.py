"""Pages of a wiki, watched for rows that are new: who recognises, as its editors have it.

Anybody can edit a wiki, so what it says only ever stands beside what others say: its
items have no date, and its tier is to be aggregator. A row is told once for ever, so
that editors who undo each other are not news; and a page brings one item an hour.
"""

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from jobs.domain.items import Source, Validators
from jobs.errors import FetchFailed, FetchRefused, NotAFeed
from jobs.sources.http import NotModified, Response
from jobs.sources.parsed import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    Form,
    ParsedFeed,
    ParsedItem,
    item_key,
)
from jobs.sources.reading import Means, Reading, news_items, parse, read_cursor

APART = timedelta(hours=1)
"""At most one item of a page in this time."""

MOST_NEW_ROWS = 10
"""More at once is a table laid out anew, not ten recognitions."""

MOST_KNOWN_ROWS = 4000
MOST_CONTINUED = 5
MAXLAG_SECONDS = 5
"""The wiki may turn us away when its copies lag more than this behind."""

_DIGEST = 12
_LARGEST_REFUSAL = 20_000
_PAGE_PATH = "/wiki/"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a page: its revision, when it last brought an item, its rows ever seen."""

    revision: int
    told_at: str
    rows: tuple[str, ...]


async def read_wiki_page(source: Source, validators: Validators, means: Means) -> Reading:
    """Read a page if it has a new revision; rows never seen before make one item.

    The first reading learns the rows there are.
    """
    if not means.client.contact:
        raise FetchRefused(
            f"{urlsplit(source.url).hostname}: wikis want to know whom to write to; "
            "set OPERATOR_CONTACT"
        )
    known = _state(validators.cursor)
    revision = await _revision(source, means)
    if known is not None and known.revision == revision:
        return Reading((), validators, changed=False)
    page = await _page(source, revision, means)
    rows = {item.key[:_DIGEST]: item for item in page.items}
    if known is None:
        return Reading((), _kept(_State(revision, "", tuple(rows))), changed=False)
    new = {digest: item for digest, item in rows.items() if digest not in set(known.rows)}
    if new and _is_too_soon(known, means.now):
        return Reading((), validators, changed=False)  # it is read again until its hour has come
    return _told(source, replace(known, revision=revision), rows, new, means.now)


def _told(
    source: Source,
    known: _State,
    rows: Collection[str],
    new: dict[str, ParsedItem],
    now: datetime,
) -> Reading:
    forgettable = [row for row in known.rows if row not in set(rows)]
    learnt = replace(known, rows=(*rows, *forgettable)[:MOST_KNOWN_ROWS])
    if len(new) > MOST_NEW_ROWS:
        _log.warning("%s: %d rows changed at once; taken as a new layout", source.id, len(new))
    elif new:
        told = _kept(replace(learnt, told_at=now.isoformat()))
        return Reading(news_items(source, [_item(source, new)], now), told, changed=True)
    return Reading((), _kept(learnt), changed=False)


def _item(source: Source, new: dict[str, ParsedItem]) -> ParsedItem:
    first, *more = new.values()
    return ParsedItem(
        key=item_key(source.url, *new),
        url=source.url,
        title=f"{first.title}: {first.summary}"[:LONGEST_TITLE],
        summary="; ".join(row.summary for row in more)[:LONGEST_SUMMARY],
        outlet=urlsplit(source.url).hostname or "",
        published_at=None,
    )


def _is_too_soon(known: _State, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(known.told_at) < APART
    except (ValueError, TypeError):
        return False


def _state(cursor: str | None) -> _State | None:
    values = read_cursor(cursor, int, str, str)
    return _State(values[0], values[1], tuple(values[2].split())) if values else None


def _kept(state: _State) -> Validators:
    return Validators(cursor=json.dumps([state.revision, state.told_at, " ".join(state.rows)]))


async def _revision(source: Source, means: Means) -> int:
    """Return the page's newest revision, following the API's continuations."""
    asked = {"action": "query", "titles": _title(source), "prop": "info", "redirects": "1"}
    more: dict[str, str] = {}
    for _ in range(MOST_CONTINUED):
        answer = _answer(await _ask(source, asked | more, means))
        for page in _pages(answer):
            if isinstance(revision := page.get("lastrevid"), int):
                return revision
            if page.get("missing") or page.get("invalid"):
                raise NotAFeed(
                    f"{urlsplit(source.url).hostname}: has no page “{_title(source)}”; "
                    "correct the source"
                )
        on = answer.get("continue")
        if not isinstance(on, dict) or not all(isinstance(value, str) for value in on.values()):
            break
        if on == more:
            break
        more = on
    raise NotAFeed(
        f"{urlsplit(source.url).hostname}: its API does not say what revision the page has; "
        "look whether this is a MediaWiki"
    )


async def _page(source: Source, revision: int, means: Means) -> ParsedFeed:
    asked = {
        "action": "parse",
        "oldid": str(revision),
        "prop": "text",
        "disabletoc": "1",
        "disablelimitreport": "1",
        "disableeditsection": "1",
    }
    response = await _ask(source, asked, means)
    return await parse(response, means, Form.WIKI_PAGE, {"sections": list(source.sections)})


async def _ask(source: Source, asked: dict[str, str], means: Means) -> Response:
    parts = urlsplit(source.url)
    form = {"format": "json", "formatversion": "2", "maxlag": str(MAXLAG_SECONDS)}
    url = f"{parts.scheme}://{parts.netloc}/w/api.php?{urlencode(asked | form)}"
    response = await means.client.get(url, Validators())
    if isinstance(response, NotModified):
        raise FetchFailed(f"{parts.hostname}: answered 304 to what was not conditional")
    _refuse_refusal(response)
    return response


def _refuse_refusal(response: Response) -> None:
    """Raise for the API's errors, which come with status 200."""
    if len(response.body) > _LARGEST_REFUSAL:
        return
    error = _answer(response).get("error")
    if isinstance(error, dict):
        code = ascii(str(error.get("code"))[:40]).strip("'")
        raise FetchFailed(
            f"{urlsplit(response.url).hostname}: its API answered with the error {code}; "
            "it will be tried again",
            retry_after=response.retry_after,
        )


def _answer(response: Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.body[:_LARGEST_REFUSAL])
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise NotAFeed(
            f"{urlsplit(response.url).hostname}: its API answered with something else than JSON; "
            "look whether this is a MediaWiki"
        )
    return answer


def _pages(answer: dict[str, Any]) -> list[dict[str, Any]]:
    query = answer.get("query")
    pages = query.get("pages") if isinstance(query, dict) else None
    return [page for page in pages if isinstance(page, dict)] if isinstance(pages, list) else []


def _title(source: Source) -> str:
    return unquote(urlsplit(source.url).path.removeprefix(_PAGE_PATH)).replace("_", " ")
