"""The words in an article's address, where nothing better names the article."""

import re
from urllib.parse import unquote, urlsplit

LEAST_WORDS = 5
"""Fewer say too little of who did what."""

_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms|amp)$", re.I)
_APART = re.compile(r"[-_+\s.,]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d{1,4}")
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")


def slug_words(url: str) -> str:
    """Return an address's longest run of words as a text, or nothing if there is none.

    It is not the headline: systems that make addresses drop small words, "not" among
    them. Numbers of more than four digits and codes of letters and digits are no words.
    """
    segments = [unquote(segment) for segment in urlsplit(url).path.split("/")]
    return max((_words(_ENDING.sub("", segment)) for segment in segments), key=len, default="")


def _words(segment: str) -> str:
    words = [part for part in _APART.split(segment) if _WORD.fullmatch(part)]
    spoken = [word for word in words if not word.isdecimal() and not _CODE.match(word)]
    return " ".join(words) if len(spoken) >= LEAST_WORDS else ""
