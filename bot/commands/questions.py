"""What somebody searches for: the words of a question as numbers, names resolved."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from bot.commands.countries import Gazetteer
from jobs.domain.search import NUMBER_BYTES, actor_word, asked_words, number_of, person_word
from jobs.reference import Reference
from jobs.reference.cases import Case, Official

MOST_WORDS = 4
"""Words of one search: as many as the button to the next page can carry."""
_LONGEST_NAME = 4
_FEWEST_LETTERS = 4
"""A shorter word is no surname, and «met» must not become Meta or Mata."""


@dataclass(frozen=True, slots=True)
class Question:
    """The numbers of the words that all must be there, and who was named."""

    numbers: tuple[int, ...]
    codes: tuple[str, ...] = ()
    officials: tuple[tuple[Case, Official], ...] = ()


@dataclass
class _Reader:
    reference: Reference
    gazetteer: Gazetteer
    words: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    officials: list[tuple[Case, Official]] = field(default_factory=list)

    def take(self, parts: list[str]) -> list[str]:
        """Take the longest name that the parts begin with, or one word; return the rest."""
        for length in range(min(_LONGEST_NAME, len(parts)), 0, -1):
            name = " ".join(parts[:length])
            if self._is_country(name) or self._is_official(name):
                return parts[length:]
        self.words += asked_words(parts[0])
        return parts[1:]

    def _is_country(self, name: str) -> bool:
        # Only as it is written: a search asks for words, and a near miss would hide them.
        code = self.gazetteer.named(name)
        # A code of two letters is more often a word: «in», «is», «no».
        if code is None or (len(name) < _FEWEST_LETTERS and name.isascii()):
            return False
        if any(case.seat == code for case in self.reference.cases.values()):
            return False
        self.codes.append(code)
        self.words.append(actor_word(code))
        return True

    def _is_official(self, name: str) -> bool:
        found = self.gazetteer.official(name) if len(name) >= _FEWEST_LETTERS else None
        if found is None:
            return False
        case, official = found
        self.officials.append(found)
        self.words.append(person_word(case.id, official.name))
        return True


def read_question(reference: Reference, gazetteer: Gazetteer, text: str) -> Question:
    """Return what a line asks for; what it names is known by any of its names.

    Only the first few words count.
    """
    reader = _Reader(reference, gazetteer)
    parts = text.split()
    while parts and len(reader.words) < MOST_WORDS:
        parts = reader.take(parts)
    words = dict.fromkeys(reader.words[:MOST_WORDS])
    return Question(
        tuple(number_of(word) for word in words),
        tuple(dict.fromkeys(reader.codes)),
        tuple(reader.officials[:2]),
    )


def payload_of(numbers: tuple[int, ...], before: int) -> str:
    """Return what the button to older finds carries."""
    packed = b"".join(number.to_bytes(NUMBER_BYTES) for number in numbers)
    return f"{urlsafe_b64encode(packed).decode()}:{before:x}"


def read_payload(payload: str) -> tuple[tuple[int, ...], int]:
    """Return what ``payload_of`` put together."""
    encoded, _, before = payload.partition(":")
    packed = urlsafe_b64decode(encoded)
    numbers = (packed[at : at + NUMBER_BYTES] for at in range(0, len(packed), NUMBER_BYTES))
    return tuple(int.from_bytes(number) for number in numbers), int(before, 16)
