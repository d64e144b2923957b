"""JSON Feed, versions 1 and 1.1."""

import json
from datetime import UTC, datetime
from typing import Any

from jobs.errors import NotAFeed
from jobs.sources.parsed import RawFeed, RawItem


def is_json(text: str) -> bool:
    """Say whether a document is JSON rather than XML, by its first sign."""
    return text.startswith(("{", "["))


def read_json_feed(text: str) -> RawFeed:
    """Read a JSON Feed; raises ``NotAFeed`` for any other JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAFeed("answered with broken JSON; look whether the feed has moved") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in _text(document, "version"):
        raise NotAFeed("answered with JSON that is no JSON Feed; look up the feed's address")
    return RawFeed(
        title=_text(document, "title"),
        base=None,
        items=tuple(_raw_item(item) for item in items if isinstance(item, dict)),
    )


def _raw_item(item: dict[str, Any]) -> RawItem:
    texts = (_text(item, key) for key in ("summary", "content_text", "content_html"))
    return RawItem(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=next(filter(None, texts), ""),
        published_at=_moment(_text(item, "date_published") or _text(item, "date_modified")),
    )


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    # An id may be a number; feeds of version 1 do that.
    return str(value) if isinstance(value, str | int) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
