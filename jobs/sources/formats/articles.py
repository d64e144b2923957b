"""Answers of GDELT's DOC API: a list of articles as JSON, or a sentence instead."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from jobs.errors import NotAFeed
from jobs.sources.charsets import looks_garbled
from jobs.sources.cleaning import clean_text
from jobs.sources.feeds import document_text
from jobs.sources.links import canonical_link, host_of
from jobs.sources.parsed import LONGEST_TITLE, MOST_ITEMS, ParsedFeed, ParsedItem, item_key

_WRONG_ESCAPE = re.compile(r'\\(?:\\|(?!["/bfnrtu]))')
_SPACED_SIGN = re.compile(r"\s+([,.;:!?%»”’)\]])")

# The API names languages in English.
_LANGUAGES = {
    "arabic": "ar", "azerbaijani": "az", "belarusian": "be", "bengali": "bn", "chinese": "zh",
    "english": "en", "french": "fr", "german": "de", "hebrew": "he", "hindi": "hi",
    "indonesian": "id", "italian": "it", "japanese": "ja", "kazakh": "kk", "korean": "ko",
    "kyrgyz": "ky", "norwegian": "no", "pashto": "ps", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "russian": "ru", "serbian": "sr", "somali": "so", "spanish": "es",
    "tajik": "tg", "turkish": "tr", "turkmen": "tk", "ukrainian": "uk", "urdu": "ur",
    "uzbek": "uz",
}  # fmt: skip


def parse_articles(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read an answer; the items' outlets are their publishers, whose titles these are.

    Raises ``NotAFeed`` with the first words of what came instead.
    """
    text = document_text(body, content_type)
    if not text.startswith("{"):
        raise NotAFeed(f"answered with a text instead of articles: “{clean_text(text, 100)}”")
    articles = _document(text).get("articles", [])
    if not isinstance(articles, list):
        raise NotAFeed("answered with JSON that holds no list of articles; see the API's news")
    found = (_item(article) for article in articles if isinstance(article, dict))
    items = {item.key: item for item in found if item}
    return ParsedFeed(items=tuple(items.values())[:MOST_ITEMS])


def _document(text: str) -> dict[str, Any]:
    # Titles are put in as they came: with lone backslashes and raw control signs.
    text = _WRONG_ESCAPE.sub(r"\\\\", text)
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise NotAFeed("answered with broken JSON; it will be asked again") from None
    return document if isinstance(document, dict) else {}


def _item(article: dict[str, Any]) -> ParsedItem | None:
    link, title, seen, language = (
        value if isinstance(value := article.get(key), str) else ""
        for key in ("url", "title", "seendate", "language")
    )
    url = canonical_link(link, "")
    # The API sets signs apart: "Taliban , says ministry".
    title = _SPACED_SIGN.sub(r"\1", clean_text(title, LONGEST_TITLE))
    if not url or not title or looks_garbled(title):
        return None
    return ParsedItem(
        key=item_key(url, title),
        url=url,
        title=title,
        summary="",
        outlet=host_of(url),
        published_at=_moment(seen),
        lang=_LANGUAGES.get(language.lower(), ""),
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
