"""The solar calendar of Afghanistan, in which Persian readers there count their days.

It is Iran's calendar under the names of the zodiac. A cycle of 33 years has eight leap
years, each fourth from its first on; this fits the equinox from 1925 to beyond 2080.
"""

from bisect import bisect_right
from datetime import date

_FIRST_YEAR = 1375
_FIRST_DAY = date(1996, 3, 20)
_YEARS = 33
_STARTS = tuple(365 * year + (year + 3) // 4 for year in range(_YEARS))
_CYCLE_DAYS = 365 * _YEARS + 8
_LONG_MONTHS = 6
_MONTHS = (
    "حمل",
    "ثور",
    "جوزا",
    "سرطان",
    "اسد",
    "سنبله",
    "میزان",
    "عقرب",
    "قوس",
    "جدی",
    "دلو",
    "حوت",
)


def solar(on: date) -> tuple[int, int, int]:
    """Return a day's year, month and day of the month in the solar calendar."""
    cycle, rest = divmod((on - _FIRST_DAY).days, _CYCLE_DAYS)
    within = bisect_right(_STARTS, rest) - 1
    year, rest = _FIRST_YEAR + _YEARS * cycle + within, rest - _STARTS[within]
    long_days = 31 * _LONG_MONTHS
    if rest < long_days:
        return year, rest // 31 + 1, rest % 31 + 1
    rest -= long_days
    return year, rest // 30 + _LONG_MONTHS + 1, rest % 30 + 1


def in_afghan_months(on: date) -> str:
    """Return a day of the solar calendar in Persian words."""
    year, month, day = solar(on)
    return f"{day} {_MONTHS[month - 1]} {year}"
