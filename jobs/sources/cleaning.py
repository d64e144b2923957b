"""Foreign text made plain: no markup, no entities, no characters that act on a reader."""

import html
import re
import unicodedata

LONGEST_RAW = 20_000
"""Characters of a raw text that are looked at; all work below is bounded by it."""

_DROPPED = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.DOTALL | re.I)
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|tr|td|h[1-6]|blockquote|hr|table|figure)\b", re.I)
_TAG = re.compile(r"""<[a-zA-Z/!?](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|<[a-zA-Z/!?][^<>]*+>""")
_CUT_TAG = re.compile(r"<(?:a|p|br|div|span|img|li|ul|em|strong|figure|iframe)\s[^<>]*$", re.I)
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_ESCAPED_AMPERSANDS = re.compile(r"&(?:(?:amp|#38|#x26);)+", re.I)
_JOINERS = re.compile(r"(?<![\u0590-\U0010ffff])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+")
_SPACES = re.compile(r"\s+")
_KEPT_FORMATS = "\u200c\u200d"  # joiners: Persian spelling and emoji need them


def clean_text(raw: str, most: int) -> str:
    """Return ``raw`` as one line of plain text of at most ``most`` characters.

    Tags and entities, also when escaped several times, are resolved until none is left;
    control, direction, invisible and half characters are taken out. Cleaning what is
    clean changes nothing.
    """
    text = raw[:LONGEST_RAW]
    while (cleaner := _cleaned_once(text)) != text:
        text = cleaner
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _cleaned_once(text: str) -> str:
    text = html.unescape(_ESCAPED_AMPERSANDS.sub("&", text))
    if "<" in text:
        text = _without_tags(text)
    if not text.isascii() or not text.isprintable():
        text = "".join(_harmless(character) for character in text)
        text = _JOINERS.sub("", unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", text).strip()


def _without_tags(text: str) -> str:
    text = _DROPPED.sub(" ", text)
    text = _TAG.sub(lambda tag: " " if _BLOCK.match(tag[0]) else "", text)
    # What is left of a tag that was cut off goes; any other "<" stays as a sign to read.
    return _OPENING.sub("‹", _CUT_TAG.sub("", text))


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character in _KEPT_FORMATS else ""
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cs", "Co", "Cn") else character
