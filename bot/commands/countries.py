"""Which actor somebody means: by name, people, code, or nearly so."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from jobs.reference import Reference
from jobs.reference.actors import Actor
from jobs.reference.cases import Case, Official

_CERTAIN = 86
_POSSIBLE = 65
_LEAD = 5
"""How much nearer than the next actor's a name must be: Nigera is asked back."""
_MOST_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """The actor meant, or None with the codes of those that may be."""

    code: str | None
    guesses: tuple[str, ...] = ()


class Gazetteer:
    """Every name of every actor and of the cases' officials, built once from the reference."""

    def __init__(self, reference: Reference) -> None:
        self._codes: dict[str, str] = {}
        for code, actor in reference.actors.items():
            for name in _names(actor):
                self._codes.setdefault(folded(name), code)
        self._by_code = {folded(code): code for code in reference.actors}
        self._officials: dict[str, tuple[Case, Official]] = {}
        for case in reference.cases.values():
            for official in case.officials:
                for name in (official.name, *official.spellings):
                    # Known by the whole name as by each part of it.
                    for part in (name, *name.split()):
                        self._officials.setdefault(folded(part), (case, official))

    def named(self, text: str) -> str | None:
        """Return the actor of just this name, people, capital or code, or None."""
        asked = folded(text)
        return self._codes.get(asked) or self._by_code.get(asked)

    def nearest(self, text: str, least: float, limit: int) -> list[tuple[float, str]]:
        """Return the names most like a text, each with how alike it is of 100."""
        near = process.extract(
            folded(text), self._codes.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=limit
        )
        return [(score, name) for name, score, _ in near]

    def official(self, text: str) -> tuple[Case, Official] | None:
        """Return the official of a case whose name, or a part of it, is just this."""
        return self._officials.get(folded(text))

    def find(self, text: str) -> Found:
        """Return the actor that a text names, in any language or a little misspelt."""
        asked = folded(text)
        if not asked:
            return Found(None)
        exact = self.named(text)
        if exact is not None:
            return Found(exact)
        near = process.extract(
            asked, self._codes.keys(), scorer=fuzz.ratio, score_cutoff=_POSSIBLE, limit=12
        )
        codes = list(dict.fromkeys(self._codes[name] for name, _, _ in near))
        if not codes:
            return Found(None)
        rival = next((score for name, score, _ in near if self._codes[name] != codes[0]), 0)
        if near[0][1] >= _CERTAIN and near[0][1] >= rival + _LEAD:
            return Found(codes[0])
        return Found(None, tuple(codes[:_MOST_GUESSES]))


def _names(actor: Actor) -> Iterator[str]:
    for table in (actor.names, actor.demonyms, actor.capitals):
        for names in table.values():
            yield from names


def folded(text: str) -> str:
    """Return the text without case, accents and punctuation."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = (c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
    return " ".join("".join(letters).split()).removeprefix("the ")
