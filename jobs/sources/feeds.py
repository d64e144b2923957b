"""A feed's bytes to its items: RSS, Atom, RDF and JSON Feed; pure, and for a worker only.

Whatever is not a feed is named for what it is, since that is what an operator needs.
"""

import io
import re
import sys
import time
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import feedparser

from jobs.errors import NotAFeed
from jobs.sources.charsets import decode_text, looks_garbled, repaired
from jobs.sources.cleaning import clean_text
from jobs.sources.jsonfeed import is_json, read_json_feed
from jobs.sources.links import canonical_link, host_of
from jobs.sources.parsed import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_ITEMS,
    ParsedFeed,
    ParsedItem,
    RawFeed,
    RawItem,
    item_key,
)

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.I)
_HEAD = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!(?P<declared>\w+)|<(?P<root>[A-Za-z][\w:.-]*)", re.DOTALL
)
_NETSCAPE = re.compile(
    r"""<!DOCTYPE\s+rss\s+(?:PUBLIC\s+"-//Netscape Communications//DTD RSS 0\.91//EN"|SYSTEM)"""
    r"""\s+"https?://my\.netscape\.com/publish/formats/rss-0\.91\.dtd"\s*>""",
    re.I,
)
_LINK = re.compile(r"<link\b[^>]{1,2000}>", re.I)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(rss|atom|rdf|feed)\+(xml|json)""", re.I)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]{1,1000})""", re.I)
_HTML_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL | re.I)
_XML_BASE = re.compile(r"""xml:base\s*=\s*["']([^"'<>]{1,2000})["']""")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_HTML_ROOTS = frozenset({"html", "head", "title", "meta", "script", "style", "body", "div", "p"})
_OTHER_ROOTS = {
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
    "opml": "a list of feeds (OPML)",
    "svg": "a picture",
    "rss": "a feed (RSS)",
    "feed": "a feed (Atom)",
    "rdf:rdf": "a feed (RDF)",
}
_AGGREGATOR_HOSTS = frozenset({"news.google.com"})
"""Hosts whose items name their publisher in ``source``: that is the outlet, not they."""


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read a feed that came from ``url``.

    Raises ``NotAFeed`` saying what came instead, or why it cannot be read; the text does
    not name the host, which the caller knows.
    """
    text = document_text(body, content_type)
    raw = read_json_feed(text) if is_json(text) else _read_xml(text, url)
    return ParsedFeed(items=_items(raw, url), whole=raw.whole)


def document_text(body: bytes, content_type: str) -> str:
    """Return a document's text from its first sign on; raises ``NotAFeed`` if there is none."""
    if not body.strip():
        raise NotAFeed("answered with nothing at all; look whether the feed has moved")
    return _NOT_XML.sub("", decode_text(body, content_type)).lstrip("\ufeff \t\r\n")


def readable_xml(text: str, roots: Collection[str], url: str = "") -> tuple[str, str]:
    """Return the root element's text, fit for a parser, and the root's name.

    Raises ``NotAFeed`` for a document type declaration and for any root but ``roots``
    (names without prefix, in lower case); a feed that a page at ``url`` links to is named.
    """
    text, root = _without_head(text, url)
    if root.rpartition(":")[2] not in roots:
        raise NotAFeed(_what_it_is(text, root, url))
    return _REFERENCE.sub(_possible, text), root


def _read_xml(text: str, url: str) -> RawFeed:
    text, root = readable_xml(text, _FEED_ROOTS, url)
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = found["entries"]
    whole = not found["bozo"] or f"</{root}" in text[-500:].lower()
    if not whole:
        entries = entries[:-1]  # the text breaks off, and probably in the middle of this one
    if found["bozo"] and not entries:
        raise NotAFeed("answered with XML too broken to read; tell the site, or look for another")
    base = _XML_BASE.search(text[:2000])
    return RawFeed(
        base=canonical_link(base[1], url) if base else None,
        items=tuple(_raw_item(entry) for entry in entries),
        whole=whole,
    )


def _possible(reference: re.Match[str]) -> str:
    """Return a character reference if there is such a character: the parser breaks on others."""
    number = int(reference[1][:9], 16) if reference[1] else int(reference[2][:9])
    if number > sys.maxunicode or _NOT_XML.match(chr(number)):
        return ""
    return reference[0]


def _without_head(text: str, url: str) -> tuple[str, str]:
    """Cut what stands before the root element; return the rest and the root's name."""
    position = 0
    while match := _HEAD.search(text, position):
        if match["root"]:
            return text[match.start() :], match["root"].lower()
        position = match.end()
        if match["declared"]:
            position = _past_declaration(text, match.start(), url)
    raise NotAFeed(_what_it_is(text, "", url))


def _past_declaration(text: str, start: int, url: str) -> int:
    if known := _NETSCAPE.match(text, start):
        return known.end()
    if re.match(r"<!DOCTYPE\s+html", text[start : start + 200], re.I):
        raise NotAFeed(_what_it_is(text, "html", url))
    raise NotAFeed(
        "holds a document type declaration (DOCTYPE), which feeds do not need and attacks do; "
        "it is not read"
    )


def _what_it_is(text: str, root: str, url: str) -> str:
    hint = "look up the source's feed address"
    title = _HTML_TITLE.search(text[:100_000])
    if root in _HTML_ROOTS:
        shown = clean_text(title[1], 80) if title else ""
        named = f"titled “{shown}”" if shown else "without a title"
        if linked := _linked_feed(text, url):
            hint = f"it names a feed: {linked}"
        return f"answered with an HTML page {named}; {hint}"
    if root in _OTHER_ROOTS:
        return f"answered with {_OTHER_ROOTS[root]}; {hint}, or correct its kind"
    if root:
        return f"answered with XML of the kind <{root[:40]}>, which is no news; {hint}"
    return f"answered with plain text starting “{clean_text(text[:200], 60)}”; {hint}"


def _linked_feed(text: str, url: str) -> str | None:
    """Return the feed that a page says it has."""
    for link in _LINK.finditer(text[:100_000]):
        href = _HREF.search(link[0])
        if href and _FEED_TYPE.search(link[0]) and (found := canonical_link(href[1], url)):
            return found
    return None


def _raw_item(entry: Any) -> RawItem:
    def text(key: str) -> str:
        value = dict.get(entry, key)
        return value if isinstance(value, str) else ""

    contents = dict.get(entry, "content") or [{}]
    publisher = dict.get(entry, "source") or {}
    guid = text("id")
    return RawItem(
        guid=guid,
        link=text("feedburner_origlink") or text("link") or (guid if "://" in guid else ""),
        title=text("title"),
        summary=text("summary") or dict.get(contents[0], "value") or "",
        published_at=_moment(
            dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        ),
        publisher=dict.get(publisher, "title") or "",
        publisher_url=dict.get(publisher, "href") or "",
    )


def _moment(parsed: time.struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def _items(raw: RawFeed, url: str) -> tuple[ParsedItem, ...]:
    base = raw.base or url
    found = {item.key: item for entry in raw.items if (item := _item(entry, base))}
    if raw.items and not found and any(looks_garbled(entry.title) for entry in raw.items):
        raise NotAFeed("its titles are garbled; look for another feed of this source")
    return _newest(found.values())


def _newest(items: Iterable[ParsedItem]) -> tuple[ParsedItem, ...]:
    # Some feeds list the oldest first: a cut by order alone would never see the new.
    kept = list(items)
    if len(kept) > MOST_ITEMS:
        latest = datetime.max.replace(tzinfo=UTC)
        kept.sort(key=lambda item: item.published_at or latest, reverse=True)
    return tuple(kept[:MOST_ITEMS])


def _item(raw: RawItem, base: str) -> ParsedItem | None:
    """Return the item, or None if it says nothing or its letters are wrong."""
    said = repaired(raw.title)
    summary = clean_text(repaired(raw.summary), LONGEST_SUMMARY)
    title = clean_text(said, LONGEST_TITLE) or clean_text(summary, 120)
    if not title or looks_garbled(said) or looks_garbled(title):
        return None
    url = canonical_link(raw.link, base) if raw.link else None
    outlet = host_of(url or base)
    if outlet in _AGGREGATOR_HOSTS and raw.publisher_url:
        outlet = host_of(canonical_link(raw.publisher_url, base) or "") or outlet
        title = title.removesuffix(f" - {clean_text(raw.publisher, LONGEST_TITLE)}")
    return ParsedItem(
        key=item_key(raw.guid, url or "", title),
        url=url or base,
        title=title,
        summary=summary,
        outlet=outlet,
        published_at=raw.published_at,
    )
