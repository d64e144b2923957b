"""Translation and dates: gettext for sentences, Babel for days and hours."""

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.texts.solar import in_afghan_months

LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
# Day before month, as in every other language we speak; plain "en" would be American. The
# Persian of Kabul calls July جولای, that of Tehran ژوئیه.
_BABEL_NAMES = {"en": "en_GB", "fa": "fa_AF"}
# Where a day is not written as in "3 July 2025".
_DAYS = {"zh": "y年M月d日", "uz": "y-'yil' d-MMMM"}
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "zh": "，"}
_COLONS = {"zh": "："}
# Arabic and Urdu keep 0–9, as their newspapers online do.
_DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}
_SEMICOLONS = {"ar": "؛ ", "fa": "؛ ", "ur": "؛ ", "zh": "；"}
# Other codes and names of a language that has a catalogue: Dari is the Persian of Afghanistan.
_SAME = {"prs": "fa", "dari": "fa", "farsi": "fa", "دری": "fa"}
_OWN_NAMES = {"fa": "فارسی (دری)"}


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence of a table for translation, which happens where it is used."""
    return sentence


class Name(str):
    """A name that stands within a sentence, in the grammatical form that the sentence asks for.

    A translation writes ``{case:gen}`` where its language wants a genitive; a form that is
    not known is the name as it is.
    """

    __slots__ = ("_forms",)
    _forms: Mapping[str, str]

    def __new__(cls, name: str, forms: Mapping[str, str] | None = None) -> "Name":
        """Return the name with its forms."""
        made = super().__new__(cls, name)
        made._forms = forms or {}
        return made

    def __format__(self, form: str) -> str:
        return self._forms.get(form, str(self))


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its sentences, and how it writes days, hours and lists, in one zone."""

    language: str
    zone: ZoneInfo
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    def day(self, on: date) -> str:
        """Return a day in words, such as 3 July 2025.

        In Persian that of the Afghan solar calendar comes first: 12 Saratan 1404 / 3 July 2025.
        """
        if self.language == "fa":
            return in_own_digits(f"{in_afghan_months(on)} / {_day(on, 'fa')}", "fa")
        return _day(on, self.language)

    def days(self, first: date, last: date) -> str:
        """Return a span of days; within one month the month is said once, where it can be."""
        day_first = self.language not in _DAYS and self.language != "fa"
        if day_first and (first.year, first.month) == (last.year, last.month):
            return f"{first.day} – {self.day(last)}"
        return f"{self.day(first)} – {self.day(last)}"

    def weekday(self, number: int) -> str:
        """Return a weekday's name, Monday being 0."""
        return str(get_day_names(locale=_babel_locale(self.language))[number])

    def moment(self, at: datetime) -> str:
        """Return an instant as this chat's clock shows it, with its distance from UTC."""
        local = at.astimezone(self.zone)
        clock = format_time(local, "HH:mm", locale=_babel_locale(self.language))
        clock = in_own_digits(clock, self.language)
        comma = " " if self.language == "zh" else self.comma
        return f"{_day(local.date(), self.language)}{comma}{clock} {_from_utc(local)}"

    def listed(self, names: Iterable[str]) -> str:
        """Return names set apart by the language's comma."""
        # Chinese has a comma for lists alone.
        return ("、" if self.language == "zh" else self.comma).join(names)

    def in_parts(self, parts: Iterable[str]) -> str:
        """Return parts that hold commas themselves, set apart by the language's semicolon."""
        return _SEMICOLONS.get(self.language, "; ").join(parts)

    @property
    def comma(self) -> str:
        """Return what stands between two parts of a sentence."""
        return _COMMAS.get(self.language, ", ")

    @property
    def colon(self) -> str:
        """Return what stands between a name and what is said of it."""
        return _COLONS.get(self.language, ": ")


def words_of(language: str, zone: str = "UTC") -> Words:
    """Return a language's words; a language without a catalogue speaks English."""
    catalogue = _catalogue(language)

    def said(sentence: str) -> str:
        # To gettext the empty sentence is the catalogue's header.
        return catalogue.gettext(sentence) if sentence else ""

    return Words(language, ZoneInfo(zone), said, catalogue.ngettext)


def spoken(code: str | None) -> str:
    """Return the language that we speak to somebody whose app is in ``code`` (pt-br, uz).

    English, where there is no catalogue of theirs.
    """
    return language_of_code(code or "") or SOURCE_LANGUAGE


def language_of_code(code: str) -> str | None:
    """Return the language that we speak of a code such as pt-br or uz; None if we do not."""
    language = code.replace("_", "-").partition("-")[0].lower()
    language = _SAME.get(language, language)
    return language if language in languages() else None


def languages() -> tuple[str, ...]:
    """Return every language that the bot speaks, English first."""
    return (SOURCE_LANGUAGE, *catalogues())


def is_right_to_left(language: str) -> bool:
    """Tell whether a language is written from right to left."""
    return _babel_locale(language).text_direction == "rtl"


def in_own_digits(text: str, language: str) -> str:
    """Return a text with the digits that the language writes."""
    return text.translate(_DIGITS.get(language, {}))


def own_name(language: str) -> str:
    """Return what a language calls itself."""
    if language in _OWN_NAMES:
        return _OWN_NAMES[language]
    name = Locale.parse(language).get_language_name(language) or language
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=1)
def catalogues() -> tuple[str, ...]:
    """Return the languages that have a catalogue; English, which needs none, is left out."""
    return tuple(sorted(path.parent.parent.name for path in LOCALE_DIR.glob("*/LC_MESSAGES/*.po")))


def catalogue_path(language: str) -> Path:
    """Return where a language's sentences are kept."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "bot.po"


@lru_cache(maxsize=64)
def _catalogue(language: str) -> gettext.NullTranslations:
    """Return a language's sentences, read from the very file that translators write."""
    if language not in catalogues():
        return gettext.NullTranslations()
    with catalogue_path(language).open("rb") as file:
        written = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=64)
def _babel_locale(language: str) -> Locale:
    try:
        return Locale.parse(_BABEL_NAMES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_BABEL_NAMES[SOURCE_LANGUAGE])


def _day(on: date, language: str) -> str:
    pattern = _DAYS.get(language, "d MMMM y")
    said = format_date(on, pattern, locale=_babel_locale(language))
    return in_own_digits(said, language)


def _from_utc(local: datetime) -> str:
    """Return UTC, UTC+3 or UTC+4:30: few zones have an abbreviation that anybody knows."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
