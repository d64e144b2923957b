"""Pages of a wiki as their rows: what a reader sees, not how it is written.

Rendered HTML, since rows of source text are made of templates that only the wiki knows.
"""

import json
import re
from collections.abc import Collection, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jobs.errors import NotAFeed
from jobs.sources.cleaning import clean_text
from jobs.sources.parsed import LONGEST_TITLE, ParsedFeed, ParsedItem, item_key

MOST_ROWS = 2000
LEAST_LETTERS = 2
"""A state may be all that stands in a row: UAE, 阿曼."""

_NO_CONTENT = (
    "sup.reference, .mw-editsection, style, script, .navbox, .reflist, .references, .noprint, "
    ".metadata, .hatnote, .sortkey, .mw-empty-elt"
)
_COUNT = re.compile(r"[\W\d_]*")
_NOTE = re.compile(r"\[[^\[\]]{1,40}\]")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def parse_wiki_page(
    body: bytes, content_type: str, url: str, *, sections: Collection[str]
) -> ParsedFeed:
    """Read the rows of a rendered page (``action=parse``), each an item by its text.

    With ``sections``, the rows, points and paragraphs below headings that hold one of
    them; else the rows of data tables. A cell that only counts is left out: one row more
    must not change all that follow. Items have no date: when a row was written says
    nothing of when it came true. Raises ``NotAFeed`` if there are no rows.
    """
    title, html = _page(body)
    tree = LexborHTMLParser(html)
    for node in tree.css(_NO_CONTENT):
        node.decompose()
    blocks = _in_sections(tree, sections) if sections else tree.css("table.wikitable tr")
    rows = dict.fromkeys(text for block in blocks if (text := _row(block)))
    if not rows:
        raise NotAFeed("has no row where rows are watched; look at the page and its sections")
    items = tuple(
        ParsedItem(
            key=item_key(text.casefold()),
            url=url,
            title=title,
            summary=text,
            outlet="",
            published_at=None,
        )
        for text in list(rows)[:MOST_ROWS]
    )
    return ParsedFeed(items=items)


def _page(body: bytes) -> tuple[str, str]:
    try:
        page = json.loads(body)["parse"]
        title, html = page["title"], page["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotAFeed("answered with JSON that holds no page; look whether it exists") from None
    if not isinstance(title, str) or not isinstance(html, str):
        raise NotAFeed("answered with a page in an unknown form; please report this")
    return clean_text(title, LONGEST_TITLE), html


def _in_sections(tree: LexborHTMLParser, sections: Collection[str]) -> Iterator[LexborNode]:
    wanted = [section.casefold() for section in sections]
    above: dict[int, bool] = {}
    for node in tree.css("h1, h2, h3, h4, h5, h6, tr, li, p"):
        if node.tag in _HEADINGS:
            level = int((node.tag or "h6")[1])
            above = {each: found for each, found in above.items() if each < level}
            heading = node.text().casefold()
            above[level] = any(section in heading for section in wanted)
        elif any(above.values()):
            yield node


def _row(node: LexborNode) -> str:
    # What holds rows of its own is a frame around them, and what stands in a cell is its row's.
    if node.css_first("table, ul, ol") is not None or (node.tag != "tr" and _is_in_row(node)):
        return ""
    cells = node.css("th, td") if node.tag == "tr" else [node]
    if node.tag == "tr" and node.css_first("td") is None:
        return ""  # the table's head
    texts = (_NOTE.sub("", clean_text(cell.html or "", LONGEST_TITLE)).strip() for cell in cells)
    text = " — ".join(found for found in texts if not _COUNT.fullmatch(found))
    return text if sum(map(str.isalpha, text)) >= LEAST_LETTERS else ""


def _is_in_row(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "tr":
        parent = parent.parent
    return parent is not None
