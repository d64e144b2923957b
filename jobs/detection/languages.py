"""Which language a text without a label is in: by its letters, then by words that tell."""

import re
from collections.abc import Mapping

from jobs.detection.normalise import clean, fold
from jobs.reference.phrases import Phrases

_SAMPLE = 1000
"""Letters that are looked at; more would tell no more."""
_FOREIGN = 0.15
"""Share of letters that a text may borrow from others, as for names of firms."""


class Languages:
    """The languages there are words for."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self._letters = {
            language: re.compile(f"[{one.grammar.letters}]")
            for language, one in phrases.items()
            if one.grammar.letters
        }
        self._telling = {
            language: frozenset(map(fold, one.grammar.telling)) for language, one in phrases.items()
        }

    def of(self, text: str) -> str:
        """Return the language of a text, or nothing where none fits.

        Of those whose letters write the text, the one with most telling words; of equals
        the one that more of the letters belong to, then the one with fewest letters.
        """
        sample = clean(text[:_SAMPLE]).lower()
        letters = "".join(filter(str.isalpha, sample))
        words = [fold(word.strip('.,:;!?()"«»')) for word in sample.split()]
        scores = []
        for language, known in self._letters.items():
            own = len(known.findall(letters))
            if letters and own >= (1 - _FOREIGN) * len(letters):
                told = sum(word in self._telling[language] for word in words)
                if not told and self._telling[language] and len(words) >= _MUST_TELL:
                    continue  # a neighbour's language in the same letters
                scores.append((own, told, -len(known.pattern), language))
        return max(scores, key=_rank)[-1] if scores else ""


def _rank(score: tuple[int, int, int, str]) -> tuple[int, int, str]:
    own, told, few, language = score
    return own + _A_WORD * told, few, language


_MUST_TELL = 8
"""Words of a text of which at least one tells a language that has such words."""
_A_WORD = 3
"""How many letters a telling word counts for."""
