"""Public previews of Telegram channels (``https://t.me/s/name``)."""

import re
from datetime import UTC, datetime

from selectolax.lexbor import LexborNode

from jobs.errors import NotAFeed
from jobs.sources.charsets import looks_garbled
from jobs.sources.cleaning import clean_text
from jobs.sources.formats.html import attribute, read_html, titled
from jobs.sources.parsed import LONGEST_SUMMARY, MOST_ITEMS, ParsedFeed, ParsedItem, item_key

LONGEST_POST_TITLE = 200
LEAST_LETTERS = 12
"""A first line with fewer is a sign or a label, and the headline is in the next."""

_POST = re.compile(r"([A-Za-z0-9_]{4,40})/(\d{1,12})")
_CHANNEL_LINK = re.compile(r"https?://t\.me/(?:s/)?([A-Za-z0-9_]{4,40})(?:/\d+)?/?$")
_BREAK = re.compile(r"<br\s*/?>|</?(?:p|div|blockquote)\b[^>]*>", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?؟。])\s")


def parse_channel(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read the posts that a preview shows and that have a text, oldest first as shown.

    A post's key holds its text, so that an edited post is an item again. A forwarded
    post's outlet is the channel that it comes from: nobody's own word is made of it.
    Raises ``NotAFeed`` for a page that shows no channel.
    """
    tree = read_html(body, content_type)
    posts = tree.css(".tgme_widget_message[data-post]")
    if not posts and tree.css_first(".tgme_channel_history") is None:
        raise NotAFeed(
            f"answered with a page {titled(tree)} that shows no channel; "
            "look whether the channel still exists"
        )
    if posts and tree.css_first(".tgme_widget_message time[datetime]") is None:
        raise NotAFeed("shows posts without dates: its layout has changed; please report this")
    found = [item for post in posts if (item := _item(post))]
    return ParsedFeed(items=tuple({item.key: item for item in found}.values())[:MOST_ITEMS])


def channel_outlet(name: str) -> str:
    """Return the host that stands for a channel: Telegram's own second form of its address."""
    return f"{name.lower()}.t.me"


def _item(post: LexborNode) -> ParsedItem | None:
    named = _POST.fullmatch(attribute(post, "data-post"))
    body = _own_text(post)
    if named is None or body is None:
        return None
    title, summary = _headline(body.html or "")
    if not title or looks_garbled(title):
        return None
    name, number = named[1], named[2]
    return ParsedItem(
        key=item_key(f"{name.lower()}/{number}", title, summary),
        url=f"https://t.me/{name}/{number}",
        title=title,
        summary=summary,
        outlet=_forwarded_from(post) or channel_outlet(name),
        published_at=_moment(post),
    )


def _own_text(post: LexborNode) -> LexborNode | None:
    """Return the post's text: not that of the post it answers, which is shown above it."""
    for text in post.css(".tgme_widget_message_text"):
        classes = attribute(text, "class")
        if "reply" not in classes and not _is_within_reply(text):
            return text
    return None


def _is_within_reply(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and "tgme_widget_message_reply" not in attribute(parent, "class"):
        parent = parent.parent
    return parent is not None


def _headline(raw: str) -> tuple[str, str]:
    """Part a post's text into a title, its first telling line, and the rest."""
    lines = [clean_text(part, 4 * LONGEST_SUMMARY) for part in _BREAK.split(raw)]
    lines = [line for line in lines if line]
    title = ""
    while lines and sum(map(str.isalpha, title)) < LEAST_LETTERS:
        title = f"{title} {lines.pop(0)}".strip()
    if len(title) > LONGEST_POST_TITLE and len(parts := _SENTENCE_END.split(title, maxsplit=1)) > 1:
        title = parts[0]
        lines.insert(0, parts[1])
    cut = clean_text(title, LONGEST_POST_TITLE)
    if cut != title:
        lines.insert(0, title)
    return cut, clean_text(" ".join(lines), LONGEST_SUMMARY)


def _forwarded_from(post: LexborNode) -> str:
    origin = post.css_first(".tgme_widget_message_forwarded_from")
    if origin is None:
        return ""
    link = origin.css_first("a[href]")
    named = _CHANNEL_LINK.match(attribute(link, "href"))
    # A person's or a hidden channel's words: Telegram's, of whom nothing is known.
    return channel_outlet(named[1]) if named else "t.me"


def _moment(post: LexborNode) -> datetime | None:
    shown = post.css_first(".tgme_widget_message_date time[datetime]")
    try:
        moment = datetime.fromisoformat(attribute(shown, "datetime"))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
