"""Words as they are searched for: the same words of a stored text and of a question.

Letters lose case and accents, Arabic letters their variants. A word is known by its first
six letters, so that endings matter in no language: recognised is recognition, признала is
признание. Chinese, which writes no spaces, is cut into its characters and pairs of them, so
that any part of a sentence finds it.
"""

import re
import unicodedata
from collections.abc import Iterator
from hashlib import blake2b

STEM = 6
NUMBER_BYTES = 6
_PLURAL_FROM = 4
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": None})
_FILLER_WORDS = (
    "a an and are as at been by for from has have in is it its of on or that the to was were will "
    "with в и на с по از به در و را که من فی الی de la le el los les der die das und ve"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff]+")


def folded(text: str) -> str:
    """Return the text without case, accents and the variants of Arabic letters."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    # Format characters join or part letters for the eye only.
    letters = (c for c in apart if unicodedata.category(c) not in {"Mn", "Cf"})
    return unicodedata.normalize("NFC", "".join(letters))


def words_of(text: str) -> list[str]:
    """Return the words that a text is found by, in order, each once; fillers are left out."""
    return list(dict.fromkeys(_words(text, singly=True)))


def asked_words(text: str) -> list[str]:
    """Return the words that a question asks for: of Chinese, pairs alone where there are any."""
    return list(dict.fromkeys(_words(text, singly=False)))


def actor_word(code: str) -> str:
    """Return the word that every event of an actor has, however a text calls it."""
    return f"@{code}"


def person_word(case: str, name: str) -> str:
    """Return the word that every event has whose sources name an official of a case."""
    return f"@{case}/{folded(name)}"


def number_of(word: str) -> int:
    """Return a word's number: 48 bits of a digest, which meet by chance once in a blue moon."""
    return int.from_bytes(blake2b(word.encode(), digest_size=NUMBER_BYTES).digest())


def _words(text: str, *, singly: bool) -> Iterator[str]:
    for run in _RUNS.findall(folded(text)):
        if "\u3400" <= run[0] <= "\u9fff" or run[0] >= "\U00020000":
            if singly or len(run) == 1:
                yield from run
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        elif run not in _FILLERS:
            yield _stem(run)


def _stem(word: str) -> str:
    if word.isascii() and word.endswith("s") and len(word) >= _PLURAL_FROM:
        word = word[:-1]
    return word[:STEM]
