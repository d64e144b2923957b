"""States and organisations: what each is called, in every language we read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """A state can recognise; an organisation can seat, list or bar."""

    STATE = "state"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who can act toward a case; every mapping is by ISO 639-1 language.

    ``names`` hold the display name first; ``demonyms`` its adjectives and people
    (Russian, Russians); ``capitals`` the cities and buildings that stand for it
    (Moscow, the Kremlin); ``leaders`` people whose acts are its own.
    """

    code: str
    kind: ActorKind
    names: Mapping[str, tuple[str, ...]]
    demonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    capitals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leaders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Return the display name in a language, in English where there is none."""
        return (self.names.get(language) or self.names["en"])[0]
