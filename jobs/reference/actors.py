"""States and organisations: what each is called, in every language we read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from jobs.errors import ConfigError


class ActorKind(StrEnum):
    """A state can recognise; an organisation can seat, list or bar."""

    STATE = "state"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who can act toward a case; every mapping is by ISO 639-1 language.

    ``names`` hold the display name first; ``demonyms`` its adjectives and people
    (Russian, Russians); ``capitals`` the cities and buildings that stand for it
    (Moscow, the Kremlin); ``cities`` other places where it is host and which never stand for
    it (Kazan, Istanbul); ``leaders`` people whose acts are its own.
    """

    code: str
    kind: ActorKind
    names: Mapping[str, tuple[str, ...]]
    demonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    capitals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leaders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Return the display name in a language, in English where there is none."""
        return (self.names.get(language) or self.names["en"])[0]


def load_actors(path: Path) -> dict[str, Actor]:
    """Return every actor of ``actors.toml`` by code.

    Raises:
        ConfigError: the file cannot be read, or an actor lacks its kind or English name.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        return {code: _actor(code, row) for code, row in raw.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except (KeyError, ValueError) as error:
        raise ConfigError(f"{path}: {error}; run python -m jobs.data.build_actors") from error


def _actor(code: str, row: Mapping[str, Any]) -> Actor:
    by_field: dict[str, dict[str, tuple[str, ...]]] = {
        name: {
            language: tuple(words[name])
            for language, words in row.items()
            if isinstance(words, dict) and name in words
        }
        for name in ("names", "demonyms", "capitals", "cities", "leaders")
    }
    if "en" not in by_field["names"]:
        raise ValueError(f"{code}: no English name")
    return Actor(code=code, kind=ActorKind(row["kind"]), **by_field)
