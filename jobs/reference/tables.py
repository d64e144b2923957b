"""Strict reading of the TOML tables in ``jobs/data`` and of an operator's own.

Every mistake becomes one ``ConfigError`` that names the file, the key and what to do.
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from jobs.errors import ConfigError

Kind = TypeVar("Kind", str, int, bool)
Choice = TypeVar("Choice", bound=StrEnum)

LANGUAGE = re.compile(r"[a-z]{2}")
"""ISO 639-1, as everywhere in this program."""

_KINDS = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


class Table:
    """One TOML table; a key that nobody asked for is a mistake, which ``close`` reports."""

    def __init__(self, file: Path, name: str, values: Mapping[str, Any]) -> None:
        self._file = file
        self._name = name
        self._values = values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def fail(self, key: str, advice: str) -> NoReturn:
        """Raise ``ConfigError`` for a key of this table."""
        raise ConfigError(f"{self._file}: {self._name}{key}: {advice}")

    def close(self) -> None:
        """Refuse every key that was not asked for."""
        for key in self._values:
            if key not in self._asked:
                close = difflib.get_close_matches(key, self._asked, n=1)
                known = f"did you mean {close[0]}?" if close else f"known are {self._known()}"
                self.fail(key, f"no such key; {known}")

    def value(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        """Return a plain value; without a default the key must be there."""
        if key not in self:
            if default is None:
                self.fail(key, f"is missing; give {_KINDS[kind]}")
            return default
        found = self._values[key]
        if type(found) is not kind:
            self.fail(key, f"is {found!r}; give {_KINDS[kind]}")
        return found

    def number(self, key: str, *, least: float = 0.0, most: float = 1e6) -> float:
        """Return a number that must be there, whole or not."""
        if key not in self:
            self.fail(key, f"is missing; give a number from {least:g} to {most:g}")
        found = self._values[key]
        if type(found) not in (int, float) or not least <= found <= most:
            self.fail(key, f"is {found!r}; give a number from {least:g} to {most:g}")
        return float(found)

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        found = self.value(key, str)
        if not found.strip():
            self.fail(key, "is empty; fill it in or drop the whole entry")
        return found

    def url(self, key: str) -> str:
        """Return an http or https address."""
        found = self.text(key)
        if not re.match(r"https?://[^/\s]+\S*$", found):
            self.fail(key, f"is {found!r}; give an address that begins with http:// or https://")
        return found

    def day(self, key: str) -> date:
        """Return a date."""
        found = self.optional_day(key)
        if found is None:
            self.fail(key, "is missing; give a date such as 2025-07-03, without quotes")
        return found

    def optional_day(self, key: str) -> date | None:
        """Return a date, or None where the key is left out."""
        if key not in self:
            return None
        found = self._values[key]
        if not isinstance(found, date) or isinstance(found, datetime):
            self.fail(key, f"is {found!r}; give a date such as 2025-07-03, without quotes")
        return found

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Return one of an enumeration's values."""
        found = self.value(key, str)
        if found not in list(kind):
            self.fail(key, f"is {found!r}; give one of {', '.join(kind)}")
        return kind(found)

    def code(self, key: str, known: Collection[str]) -> str:
        """Return an actor's code that the table of actors knows."""
        return self._checked_code(key, self.text(key), known)

    def codes(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Return actors' codes; none where the key is left out."""
        return tuple(self._checked_code(key, found, known) for found in self.texts(key))

    def language(self, key: str) -> str:
        """Return an ISO 639-1 code."""
        found = self.text(key)
        self._check_language(key, found)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none where the key is left out."""
        found = self._values[key] if key in self else []
        if not isinstance(found, list) or not all(isinstance(x, str) and x.strip() for x in found):
            self.fail(key, 'give a list of texts such as ["one", "two"]')
        if len(set(found)) < len(found):
            self.fail(key, f"holds {_first_twice(found)!r} twice; keep one")
        return tuple(found)

    def by_language(self, key: str) -> dict[str, tuple[str, ...]]:
        """Return a table of lists of texts by language; empty where it is left out."""
        table = self.table(key)
        return {language: table.texts(language) for language in table.languages()}

    def table(self, key: str) -> "Table":
        """Return a table within this one, empty where it is left out."""
        found = self._values[key] if key in self else {}
        if not isinstance(found, dict):
            self.fail(key, f"give a table: a line [{self._name}{key}] and its keys below")
        return Table(self._file, f"{self._name}{key}.", found)

    def tables(self, key: str) -> Iterator["Table"]:
        """Yield the entries of a list of tables, each closed after its use."""
        found = self._values[key] if key in self else []
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.fail(key, f"give entries: a line [[{key}]] for each and its keys below")
        for number, values in enumerate(found, start=1):
            entry = Table(self._file, f"{self._name}{key}[{number}].", values)
            yield entry
            entry.close()

    def entries(self) -> tuple[str, ...]:
        """Return the keys as written, all of which count as asked for."""
        self._asked.update(self._values)
        return tuple(self._values)

    def languages(self) -> tuple[str, ...]:
        """Return the keys, all of which must be languages."""
        for language in self.entries():
            self._check_language(language, language)
        return self.entries()

    def _check_language(self, key: str, found: str) -> None:
        if not LANGUAGE.fullmatch(found):
            self.fail(key, f"{found!r} is no language; give two letters such as en, fa, ru")

    def _checked_code(self, key: str, found: str, known: Collection[str]) -> str:
        if found not in known:
            self.fail(
                key,
                f"no actor has the code {found!r}; give an ISO 3166-1 alpha-2 code such as UZ, "
                "or an organisation's from actors.toml",
            )
        return found

    def _known(self) -> str:
        return ", ".join(sorted(self._asked)) or "none here"


def read_table(path: Path) -> Table:
    """Read a TOML file.

    Raises ``ConfigError`` where it cannot be read or is no TOML.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8; save it in that encoding") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML: {error}; mend that line") from None
    return Table(path, "", values)


def _first_twice(texts: list[str]) -> str:
    return next(text for number, text in enumerate(texts) if text in texts[:number])
