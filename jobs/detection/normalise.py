"""Text as it comes becomes words: one pass, any string, same words for same text.

Words are lower-cased; what the engine needs of the original (capitals, hyphens, place) is
kept beside each. Spellings of one letter become one (``FOLD``), in texts and patterns alike.
The words joined by blanks are what the tables are matched against, so a
pattern never matches inside a word, and Chinese, written without blanks, is one word a
character.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from jobs.detection.letters import FOLD

LIMIT = 200_000
"""Characters read of one text; no news item is longer, and no flood costs more."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SIGNS = (
    "\u0300-\u036f\u0483-\u0487\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u200c"
)
"""What is written on or between the letters of a word and is no letter: vowel signs."""
_LETTERS = rf"(?:[^\W{_HAN}]+|[{_SIGNS}]+)+"
_WORD = re.compile(
    r"(?P<dotted>(?:[^\W\d_]\.){2,})"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<han>[{_HAN}])"
    r"|(?P<genitive>'[sS]\b)"
    rf"|(?P<word>{_LETTERS}(?:'(?![sS]\b){_LETTERS})*)"
    r"|(?P<mark>[^\w\s])"
)
_HAN_SIGN = re.compile(f"[{_HAN}]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_INVISIBLE = dict.fromkeys(
    (
        *(0xAD, 0x200B, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)
_SAME = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "—": "–", "―": "–", "İ": "I"}
    | dict.fromkeys("ʻʹ´`", "'")
    | dict(zip("，：；！？（）；،؛٫٬", ",:;!?();,;.,", strict=True))
    | {chr(zero + n): str(n) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for n in range(10)}
)
_QUOTES = frozenset('"“”„«»‹›*#_|「」『』《》【】〈〉')
_HYPHENS = "-–"


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
    kept = text[:LIMIT]
    if kept.isascii() and kept.isprintable() and "`" not in kept:
        return kept
    kept = kept.translate(_INVISIBLE)
    if not kept.isprintable():
        kept = "".join(c if c.isprintable() or c == "\u200c" else " " for c in kept)
    kept = unicodedata.normalize("NFC", kept).translate(_SAME)
    return _BETWEEN_HAN.sub(" , ", kept)  # Chinese headlines part their clauses by blanks


def fold(word: str) -> str:
    """Return a word in small letters, each letter in one spelling, without vowel signs."""
    small = word.lower()
    return small if small.isascii() else small.translate(FOLD)  # no ASCII letter is folded


def split_words(text: str) -> Words:
    """Return the words of a cleaned text."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    capital: list[bool] = []
    glued: set[int] = set()
    for match in _WORD.finditer(text):
        word = match.group()
        start, end = match.span()
        if word in _QUOTES:
            continue
        if word in _HYPHENS:
            if _inside(text, start):
                glued.add(len(words))
                continue
            word = "–"
        folded = fold(word)
        if not folded:
            continue
        words.append(folded)
        starts.append(start)
        ends.append(end)
        capital.append(word[0].isupper() or ("'" in word and _elided(word)))
    line, at = _joined(words)
    return Words(
        text, tuple(words), tuple(starts), tuple(ends), tuple(capital), frozenset(glued), line, at
    )


def _elided(word: str) -> bool:
    """Say whether a capital stands behind an elision: "l'Allemagne"."""
    return word.partition("'")[2][:1].isupper()


def pattern_words(pattern: str) -> tuple[str, ...]:
    """Return the words of a pattern of a data file, cut as a text would be; keeps ``*``, ``..``."""
    out: list[str] = []
    for part in pattern.split():
        out.extend(_part_words(part))
    return tuple(out)


@lru_cache(maxsize=8192)  # the same words stand in many patterns
def _part_words(part: str) -> tuple[str, ...]:
    if part == "..":
        return (part,)
    star = part.endswith("*") and len(part) > 1
    plain = clean(part.rstrip("*") if star else part)
    words = (fold(plain),) if _is_one_word(plain) else split_words(plain).words
    return (*words[:-1], f"{words[-1]}*") if star and words else words


def _is_one_word(plain: str) -> bool:
    """Say whether a cleaned part of a pattern needs no cutting, as nearly all do not."""
    return plain.isalpha() and not _HAN_SIGN.search(plain)


def _inside(text: str, place: int) -> bool:
    first, last = place - 1, place + 1
    while first >= 0 and text[first] in _QUOTES:  # «Толибон»-ро
        first -= 1
    while last < len(text) and text[last] in _QUOTES:
        last += 1
    before = text[first] if first >= 0 else " "
    after = text[last] if last < len(text) else " "
    return (before.isalnum() and after.isalnum()) or (before == "." and after.isalnum())


def _joined(words: list[str]) -> tuple[str, dict[int, int]]:
    at: dict[int, int] = {}
    place = 1
    for index, word in enumerate(words):
        at[place] = index
        place += len(word) + 1
    return f" {' '.join(words)} ", at
