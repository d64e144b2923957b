"""News sitemaps and indexes of sitemaps (sitemaps.org, with Google's news extension)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat

from jobs.errors import NotAFeed
from jobs.sources.charsets import looks_garbled
from jobs.sources.cleaning import clean_text
from jobs.sources.feeds import document_text, readable_xml
from jobs.sources.links import canonical_link, host_of
from jobs.sources.parsed import LONGEST_TITLE, MOST_ITEMS, ParsedFeed, ParsedItem, item_key

MOST_ENTRIES = 50_000
"""The format's own limit."""

_ROOTS = frozenset({"urlset", "sitemapindex"})
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9a-fA-F]+);)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[a-z]{2}(?=$|[-_])")

# By path from the root, without prefixes: sites misspell those, and pictures and videos
# have a loc and a title of their own.
_WANTED = {
    ("url", "loc"): "loc",
    ("url", "news", "title"): "title",
    ("url", "news", "publication_date"): "date",
    ("url", "news", "publication", "language"): "language",
    ("url", "news", "language"): "language",
    ("sitemap", "loc"): "loc",
    ("sitemap", "lastmod"): "lastmod",
}


def parse_sitemap(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read a news sitemap's items, newest first, or an index's parts.

    Raises ``NotAFeed`` for anything else, also for a sitemap of bare addresses: without
    titles there is nothing to read in it.
    """
    text, _ = readable_xml(document_text(body, content_type), _ROOTS)
    entries, whole = _read(text)
    parts = tuple(
        (link, entry.get("lastmod", ""))
        for entry in entries
        if entry["kind"] == "sitemap" and (link := canonical_link(entry.get("loc", ""), url))
    )
    found = [item for entry in entries if (item := _item(entry, url))]
    if not found and not parts and any(entry["kind"] == "url" for entry in entries):
        raise NotAFeed(
            "answered with a sitemap without news titles; look for the site's news sitemap"
        )
    newest = sorted(found, key=_age)
    items = {item.key: item for item in newest}
    return ParsedFeed(items=tuple(items.values())[:MOST_ITEMS], whole=whole, parts=parts)


def _read(text: str) -> tuple[list[dict[str, str]], bool]:
    """Return the complete entries, and whether the text is well-formed to its end."""
    reader = _Reader()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(_BARE_AMPERSAND.sub("&amp;", text).encode("utf-8"), True)
    except expat.ExpatError:
        if not reader.entries:
            raise NotAFeed(
                "answered with XML too broken to read; tell the site, or look for another"
            ) from None
        return reader.entries, False
    return reader.entries, True


@dataclass(slots=True)
class _Reader:
    """Gathers entries from expat's calls; what is not wanted is let go at once."""

    entries: list[dict[str, str]] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _entry: dict[str, str] = field(default_factory=dict)
    _wanted: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(":")[2].lower())
        if len(self._path) == 2:
            self._entry = {"kind": self._path[1]}
        self._wanted = _WANTED.get(tuple(self._path[1:])) if len(self._path) <= 5 else None

    def end(self, name: str) -> None:
        self._wanted = None
        if len(self._path) == 2 and len(self.entries) < MOST_ENTRIES:
            self.entries.append(self._entry)
        self._path.pop()

    def text(self, data: str) -> None:
        if self._wanted:
            self._entry[self._wanted] = self._entry.get(self._wanted, "") + data


def _item(entry: dict[str, str], base: str) -> ParsedItem | None:
    raw = entry.get("title", "")
    title = clean_text(raw, LONGEST_TITLE)
    link = canonical_link(entry.get("loc", ""), base) if entry.get("loc", "").strip() else None
    if not title or not link or looks_garbled(title):
        return None
    language = _LANGUAGE.match(entry.get("language", "").strip().lower())
    return ParsedItem(
        key=item_key(link, title),
        url=link,
        title=title,
        summary="",
        outlet=host_of(link),
        published_at=_moment(entry.get("date", "").strip()),
        lang=language[0] if language else "",
    )


def _moment(text: str) -> datetime | None:
    """Read a W3C date; a bare day is its noon, so that it is that day everywhere."""
    try:
        moment = datetime.fromisoformat(f"{text}T12:00Z" if _DAY.fullmatch(text) else text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(item: ParsedItem) -> float:
    return -item.published_at.timestamp() if item.published_at else 0.0
