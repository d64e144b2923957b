"""Foreign text and addresses, made fit to stand in our messages.

Telegram links bare domains, @names, #tags and /commands by itself in any text a bot
sends, and does not remove bidirectional controls; a headline must do neither.
"""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
WORD_JOINER = "\u2060"
_JOINERS = "\u200c\u200d"
# Scripts whose spelling needs the joiners (Persian, Urdu, the Indic scripts).
_JOINING_SCRIPTS = re.compile(r"[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc\u0900-\u0dff]")
_MAX_MARKS = 2
# A sign that Telegram reads as the start, or the inside, of something to tap.
_LINKING = re.compile(r"([/@#$.:])(?=\S)")
_LONGEST_URL = 2000


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, units: int) -> str:
    """Return the text, shortened to at most ``units`` UTF-16 units with an ellipsis."""
    if utf16_length(text) <= units:
        return text
    kept = text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", errors="ignore")
    return kept.rstrip() + "…"


def safe_foreign(text: str, units: int = 300) -> str:
    """Return a text of others' making, as one line that can do nothing but be read.

    Control and format characters go (joiners stay where the script needs them),
    whatever Telegram would make tappable is broken by an invisible word joiner, and
    the whole is isolated, so that its direction ends where it ends. ``units`` bounds
    the result, marks of ours included.
    """
    plain = _without_controls(unicodedata.normalize("NFC", _without_surrogates(text)))
    room = units - utf16_length(FIRST_STRONG_ISOLATE + POP_ISOLATE)
    joined = _LINKING.sub(rf"\1{WORD_JOINER}", plain)
    if utf16_length(joined) > room:
        plain = cut(plain, room - _joiners_within(plain, room))
        joined = _LINKING.sub(rf"\1{WORD_JOINER}", plain)
    return f"{FIRST_STRONG_ISOLATE}{joined}{POP_ISOLATE}" if joined else ""


def safe_url(url: str) -> str | None:
    """Return the address if a person may be sent there, else None.

    Only http and https with a named host are let through: no user names, no bare IP
    addresses, no odd ports, nothing that Telegram would silently drop.
    """
    if len(url) > _LONGEST_URL or any(character.isspace() for character in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        return None
    if port not in {None, 80, 443} or not url.isprintable() or not _is_named_host(parts):
        return None
    return url


def host_of(url: str) -> str:
    """Return an address's host as people know it, without ``www.``; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _without_surrogates(text: str) -> str:
    # A lone surrogate cannot be sent at all.
    return text.encode("utf-8", errors="ignore").decode("utf-8")


def _without_controls(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            kept.append(" ")
        elif category[0] == "M":
            marks += 1
            if marks <= _MAX_MARKS or category == "Mc":
                kept.append(character)
            continue
        elif category[0] != "C" or _joins(text, place):
            kept.append(character)
        marks = 0
    return " ".join("".join(kept).split())


def _joins(text: str, place: int) -> bool:
    if text[place] not in _JOINERS or place == 0:
        return False
    return bool(_JOINING_SCRIPTS.match(text[place - 1]))


def _joiners_within(text: str, units: int) -> int:
    # One more, for a sign that only comes to touch something by the cut.
    return len(_LINKING.findall(cut(text, units))) + 1


def _is_named_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if "." not in host.strip(".") or len(host) > 253:
        return False
    try:
        ip_address(host)
    except ValueError:
        return not host.rstrip(".").rsplit(".", 1)[-1].isdigit()
    return False
