"""Text as it comes becomes words: one pass, any string, same words for same text.

Words are lower-cased; what the engine needs of the original (capitals, hyphens, place) is
kept beside each. The words joined by blanks are what the tables are matched against, so a
pattern never matches inside a word, and Chinese, written without blanks, is one word a
character.
"""

import re
import unicodedata
from dataclasses import dataclass

LIMIT = 200_000
"""Characters read of one text; no news item is longer, and no flood costs more."""

_WORD = re.compile(
    r"(?P<dotted>(?:[^\W\d_]\.){2,})"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff])"
    r"|(?P<genitive>'s\b)"
    r"|(?P<word>(?:(?![\u3400-\u4dbf\u4e00-\u9fff])[\w\u200c])+"
    r"(?:'(?!s\b)(?:(?![\u3400-\u4dbf\u4e00-\u9fff])\w)+)*)"
    r"|(?P<mark>[^\w\s])",
    re.IGNORECASE,
)
_INVISIBLE = dict.fromkeys(
    (
        *(0xAD, 0x200B, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)
_SAME = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "—": "–", "―": "–", "İ": "I"}
)
_QUOTES = frozenset('"“”„«»‹›`*#_|')
_HYPHEN = "-"


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words: ``line`` joins them; ``at`` finds a word by its place in the line.

    ``capital`` and ``upper`` say how a word was written, ``glued`` that a hyphen joined it
    to the word before, ``starts`` and ``ends`` where it stands in ``text``.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    capital: tuple[bool, ...]
    glued: frozenset[int]
    line: str
    at: dict[int, int]


def clean(text: str) -> str:
    """Return the text composed, without invisible marks, control characters or surrogates."""
    kept = text[:LIMIT].translate(_INVISIBLE)
    kept = "".join(c if c.isprintable() else " " for c in kept) if not kept.isprintable() else kept
    return unicodedata.normalize("NFC", kept).translate(_SAME)


def split_words(text: str) -> Words:
    """Return the words of a cleaned text."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    capital: list[bool] = []
    glued: set[int] = set()
    for match in _WORD.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if word in _QUOTES:
            continue
        if word == _HYPHEN:
            if _inside(text, start):
                glued.add(len(words))
                continue
            word = "–"
        words.append(word.lower())
        starts.append(start)
        ends.append(end)
        capital.append(word[0].isupper())
    line, at = _joined(words)
    return Words(
        text, tuple(words), tuple(starts), tuple(ends), tuple(capital), frozenset(glued), line, at
    )


def pattern_words(pattern: str) -> tuple[str, ...]:
    """Return the words of a pattern of a data file, cut as a text would be; keeps ``*``, ``..``."""
    out: list[str] = []
    for part in pattern.split():
        if part == "..":
            out.append(part)
            continue
        star = part.endswith("*") and len(part) > 1
        words = split_words(clean(part.rstrip("*") if star else part)).words
        out.extend(words[:-1])
        out.extend(f"{word}*" if star else word for word in words[-1:])
    return tuple(out)


def _inside(text: str, place: int) -> bool:
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    return (before.isalnum() and after.isalnum()) or (before == "." and after.isalnum())


def _joined(words: list[str]) -> tuple[str, dict[int, int]]:
    at: dict[int, int] = {}
    place = 1
    for index, word in enumerate(words):
        at[place] = index
        place += len(word) + 1
    return f" {' '.join(words)} ", at
