"""Translation and dates: gettext for sentences, Babel for days and hours."""

import gettext
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_day_names

LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
# Day before month, as in every other language we speak; plain "en" would be American.
_BABEL_NAMES = {"en": "en_GB"}


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence of a table for translation, which happens where it is used."""
    return sentence


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its sentences, and how it writes days and hours in one zone."""

    language: str
    zone: ZoneInfo
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    def day(self, on: date) -> str:
        """Return a day in words, such as 3 July 2025."""
        return format_date(on, "d MMMM y", locale=_babel_locale(self.language))

    def weekday(self, number: int) -> str:
        """Return a weekday's name, Monday being 0."""
        return str(get_day_names(locale=_babel_locale(self.language))[number])

    def moment(self, at: datetime) -> str:
        """Return an instant as this chat's clock shows it, with its distance from UTC."""
        local = at.astimezone(self.zone)
        shown = format_datetime(local, "d MMMM y, HH:mm", locale=_babel_locale(self.language))
        return f"{shown} {_from_utc(local)}"


def words_of(language: str, zone: str = "UTC") -> Words:
    """Return a language's words; a language without a catalogue speaks English."""
    catalogue = _catalogue(language)
    return Words(language, ZoneInfo(zone), catalogue.gettext, catalogue.ngettext)


def spoken(code: str | None) -> str:
    """Return the language that we speak to somebody whose app is in ``code`` (pt-br, uz).

    English, where there is no catalogue of theirs.
    """
    tag = (code or SOURCE_LANGUAGE).replace("-", "_")
    for language in (tag, tag.partition("_")[0].lower()):
        if language.replace("_", "").isalnum() and gettext.find("bot", LOCALE_DIR, [language]):
            return language
    return SOURCE_LANGUAGE


def catalogues() -> list[str]:
    """Return the languages that have a catalogue; English, which needs none, is left out."""
    return sorted(path.parent.parent.name for path in LOCALE_DIR.glob("*/LC_MESSAGES/bot.mo"))


@lru_cache(maxsize=64)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("bot", LOCALE_DIR, [language], fallback=True)


@lru_cache(maxsize=64)
def _babel_locale(language: str) -> Locale:
    try:
        return Locale.parse(_BABEL_NAMES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_BABEL_NAMES[SOURCE_LANGUAGE])


def _from_utc(local: datetime) -> str:
    """Return UTC, UTC+3 or UTC+4:30: few zones have an abbreviation that anybody knows."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
