"""Pages that list news, read by the selectors of their source's record."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from jobs.domain.items import ListLayout
from jobs.errors import NotAFeed
from jobs.sources.charsets import looks_garbled
from jobs.sources.formats.html import attribute, read_html, text_of, titled
from jobs.sources.links import canonical_link, host_of
from jobs.sources.parsed import LONGEST_TITLE, MOST_ITEMS, ParsedFeed, ParsedItem, item_key

_LONGEST_DATE = 200


def parse_list(body: bytes, content_type: str, url: str, **layout: str) -> ParsedFeed:
    """Read the news that a page lists, in its order; ``layout`` as in ``ListLayout``.

    A bare day becomes its noon where the site is. Raises ``NotAFeed`` if the selectors
    match nothing that has a title and a link.
    """
    places = ListLayout(**layout)
    tree = read_html(body, content_type)
    try:
        rows = tree.css(places.row)
        found = [item for row in rows if (item := _item(row, places, url))]
    except (SelectolaxError, ValueError, re.error) as error:
        raise NotAFeed(f"cannot be read by its layout ({error}); correct the source") from None
    if not found:
        raise NotAFeed(_nothing_matched(tree, rows, places))
    return ParsedFeed(items=tuple({item.key: item for item in found}.values())[:MOST_ITEMS])


def _nothing_matched(tree: LexborHTMLParser, rows: Iterable[LexborNode], places: ListLayout) -> str:
    missed = f"no {places.link} in its rows" if any(rows) else f"no {places.row}"
    return f"answered with a page {titled(tree)} that has {missed}"


def _item(row: LexborNode, places: ListLayout, base: str) -> ParsedItem | None:
    link = row.css_first(places.link)
    named = row.css_first(places.title) if places.title else link
    url = canonical_link(attribute(link, "href"), base) if attribute(link, "href") else None
    title = text_of(named, LONGEST_TITLE) if named else ""
    if not url or not title or looks_garbled(title):
        return None
    return ParsedItem(
        key=item_key(url, title),
        url=url,
        title=title,
        summary="",
        outlet=host_of(url),
        published_at=_moment(row, places, url),
    )


def _moment(row: LexborNode, places: ListLayout, url: str) -> datetime | None:
    try:
        if places.date:
            local = _shown(row, places)
        elif places.link_date and (match := re.search(places.link_date, url)):
            year, month, day = (int(group) for group in match.groups())
            local = datetime(year, month, day, 12)  # noqa: DTZ001 - the zone is added
        else:
            return None
        return local.replace(tzinfo=local.tzinfo or ZoneInfo(places.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _shown(row: LexborNode, places: ListLayout) -> datetime:
    node = row.css_first(places.date)
    if node is None:
        raise ValueError("no date is shown")
    if places.date_attribute:
        text = attribute(node, places.date_attribute)
    else:
        text = text_of(node, _LONGEST_DATE)
    if places.date_format:
        local = datetime.strptime(text, places.date_format)  # noqa: DTZ007 - the zone is added
    else:
        local = datetime.fromisoformat(text)
    is_bare_day = local.time() == time(0) and local.tzinfo is None
    return local.replace(hour=12) if is_bare_day else local
