"""HTML read by selectors."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jobs.sources.cleaning import clean_text
from jobs.sources.feeds import document_text

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)


def read_html(body: bytes, content_type: str) -> LexborHTMLParser:
    """Parse a page; raises ``NotAFeed`` for what is empty or garbled."""
    if "charset" not in content_type.lower() and (meta := _META_CHARSET.search(body[:4096])):
        content_type = f"{content_type}; charset={meta[1].decode('ascii', 'replace')}"
    return LexborHTMLParser(document_text(body, content_type))


def titled(tree: LexborHTMLParser) -> str:
    """Return what a page calls itself, for an operator's eyes."""
    found = tree.css_first("title")
    shown = clean_text(found.text(), 80) if found else ""
    return f"titled “{shown}”" if shown else "without a title"


def text_of(node: LexborNode, most: int) -> str:
    """Return a node's text in one line; what pages write only for programs is left out."""
    return clean_text(node.html or "", most)


def attribute(node: LexborNode | None, name: str) -> str:
    """Return an attribute's value, or nothing."""
    return (node.attributes.get(name) or "").strip() if node else ""
