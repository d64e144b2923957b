"""Texts and addresses of others, made fit to stand in a document of ours."""

import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

_KEPT_FORMATS = "\u200c\u200d"
"""The joiners: Persian and the Indic scripts are spelt with them."""
_UNSAFE = frozenset(" <>\"'`\\^{|}")
"""What no address has unencoded (RFC 3986), and a document might take for its own."""


def plain(text: str, most: int = 1000) -> str:
    """Return a text as one line that only can be read, of at most ``most`` characters.

    Control, direction and half characters go: XML forbids some of them, and others
    would turn around what stands beside them.
    """
    # What is printable has none of them, and most texts are.
    kept = text if text.isprintable() else "".join(_harmless(each) for each in text)
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@lru_cache(maxsize=4096)  # those of the newest events are asked for with each page and export
def web_address(url: str) -> str:
    """Return an address if it is one of the web and has a host, else nothing."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.username is None
    except ValueError:
        return ""
    is_clean = url.isprintable() and _UNSAFE.isdisjoint(url)
    return url if parts.scheme in ("http", "https") and named and is_clean else ""


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character in _KEPT_FORMATS else ""
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cs", "Co", "Cn") else character
