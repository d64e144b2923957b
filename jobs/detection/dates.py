"""When a clause says something happened, against the day the item was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jobs.reference.phrases import Calendar

_AHEAD = 200
"""Days after publication up to which a day without a year is still ahead."""
_SOON = 75
"""The same for what is not said to be ahead."""
_MONTHS_AHEAD = 3
"""Months after that of publication up to which a bare month is the coming one: told in July,
"in September" is nobody's last year, which takes a word of its own."""
_JOINING = frozenset(("of", "de", "."))
"""What may stand between a day and its month: "3 of July", "3 de julio", "3. Juli"."""

_OLDEST = 1970
"""The first year of which news tells acts; earlier ones name lines: "of 4 June 1967"."""


@dataclass(frozen=True, slots=True)
class When:
    """A day if one is named (``on``), else the last day of the period that is.

    ``since`` is a month's first day; a year has none, as it is mostly told until when.
    """

    on: date | None
    until: date
    since: date | None = None


def find_date(
    words: Sequence[str], published: date | None, calendar: Calendar, *, ahead: bool
) -> When | None:
    """Return the first date that the words name, days before mere months and years.

    ``ahead`` reads a bare weekday or day of the month as the next one. Without a day of
    publication only a date with its year is known.
    """
    return (
        _named_day(words, published, calendar, ahead=ahead)
        or (published and _relative(words, published, calendar, ahead=ahead))
        or _period(words, published, calendar, ahead=ahead)
        or None
    )


def says_since(words: Sequence[str], calendar: Calendar) -> bool:
    """Say whether words begin with since which year something holds, and with no more.

    "since 2014" does; "since the takeover of 2021" and "since 2021 elections" do not.
    """
    if len(words) < 2 or words[0] not in calendar.since or not _is_year(words[1]):
        return False
    return len(words) == 2 or words[2] in calendar.year_signs or not words[2][0].isalnum()


def _named_day(
    words: Sequence[str], published: date | None, calendar: Calendar, *, ahead: bool
) -> When | None:
    if calendar.named.isdisjoint(words):
        return None
    for index, word in enumerate(words):
        place = index
        year, month, day = _signed(words, index, calendar, published)
        if not month:
            month = calendar.months.get(word, 0)
            place, day = _day_beside(words, index) if month else (index, 0)
            year = _year_after(words, max(place, index)) if day else 0
        if not day or 0 < year < _OLDEST or _ends_term(words, min(place, index), calendar):
            continue
        found = _date(year, month, day, published, ahead=ahead)
        if found:
            return When(found, found)
    return None


def _ends_term(words: Sequence[str], place: int, calendar: Calendar) -> bool:
    """Say whether the date there is when something runs out: "waived until 20 June"."""
    return not calendar.until.isdisjoint(words[max(place - 2, 0) : place])


def _signed(
    words: Sequence[str], index: int, calendar: Calendar, published: date | None
) -> tuple[int, int, int]:
    """Return the year, month and day that signs behind numbers tell: 2025年7月3日, 24日."""
    word, number = words[index], _ordinal(words[index - 1]) if index else 0
    if word in calendar.month_signs and 1 <= number <= 12:
        day = _ordinal(words[index + 1]) if index + 1 < len(words) else 0
        dated = index > 2 and words[index - 2] in calendar.year_signs
        year = words[index - 3] if dated else ""
        return int(year) if len(year) == 4 and year.isdigit() else 0, number, day
    alone = index < 2 or words[index - 2] not in calendar.month_signs
    if word in calendar.day_signs and number and alone and published:
        month = published.month if number <= published.day else published.month - 1 or 12
        return 0, month, number
    return 0, 0, 0


def _day_beside(words: Sequence[str], index: int) -> tuple[int, int]:
    before = index - 1
    if before >= 0 and words[before] in _JOINING:
        before -= 1
    if before >= 0 and (day := _ordinal(words[before])):
        return before, day
    after = index + 1
    if after < len(words) and words[after] == ".":
        after += 1
    if after < len(words) and (day := _ordinal(words[after])):
        return after, day
    return index, 0


def _ordinal(word: str) -> int:
    digits = word[:-2] if word[-2:] in ("st", "nd", "rd", "th") else word
    number = int(digits) if len(digits) <= 2 and digits.isascii() and digits.isdigit() else 0
    return number if number <= 31 else 0


def _year_after(words: Sequence[str], place: int) -> int:
    found = (_year(word) for word in words[place + 1 : place + 3])
    return next((year for year in found if 1900 <= year <= 2100), 0)


def _date(year: int, month: int, day: int, published: date | None, *, ahead: bool) -> date | None:
    try:
        if year:
            return date(year, month, day)
        return _nearest(month, day, published, ahead=ahead) if published else None
    except ValueError:
        return None


def _nearest(month: int, day: int, published: date, *, ahead: bool) -> date:
    """Return the day of that name that the text means: the last one, or the next."""
    this = date(published.year, month, day)
    if ahead and this < published - timedelta(days=_AHEAD):
        return date(published.year + 1, month, day)
    if this > published + timedelta(days=_AHEAD if ahead else _SOON):
        return date(published.year - 1, month, day)
    return this


def _relative(
    words: Sequence[str], published: date, calendar: Calendar, *, ahead: bool
) -> When | None:
    if calendar.relative.isdisjoint(words):
        return None
    line = f" {' '.join(words)} "
    for phrase, offset in calendar.days.items():
        if f" {phrase} " in line:
            day = published + timedelta(days=offset)
            return When(day, day)
    found = [
        (place, weekday)
        for phrase, weekday in calendar.weekdays.items()
        if (place := line.find(f" {phrase} ")) >= 0
    ]
    if not found:
        return None
    place, weekday = min(found)
    before = line[:place].rpartition(" ")[2]
    day = _weekday(weekday, published, ahead=ahead or before in calendar.next)
    return When(day, day)


def _weekday(weekday: int, published: date, *, ahead: bool) -> date:
    if ahead:
        return published + timedelta(days=(weekday - published.weekday()) % 7)
    return published - timedelta(days=(published.weekday() - weekday) % 7)


def _period(
    words: Sequence[str], published: date | None, calendar: Calendar, *, ahead: bool
) -> When | None:
    for index, word in enumerate(words):
        month = calendar.months.get(word)
        if not month and len(word) != 4:
            continue
        if (index and words[index - 1] in calendar.since) or _ends_term(words, index, calendar):
            continue
        if month and _says_month(words, index, calendar):
            gone = not calendar.last.isdisjoint(words[max(index - 1, 0) : index + 2])
            year = _year_after(words, index) or (
                published and _month_year(month, published, ahead=ahead, gone=gone)
            )
            if year and year >= _OLDEST:
                return When(None, _month_end(year, month), date(year, month, 1))
        if _says_year(words, index, calendar):
            return When(None, date(int(word), 12, 31))
    return None


def _says_year(words: Sequence[str], index: int, calendar: Calendar) -> bool:
    """Say whether a number is a year; one long gone is, in its place: not "resolution 1988"."""
    word = words[index]
    if not _is_year(word):
        return False
    if _year(word) >= 1990:
        return True
    before = words[index - 1] if index else ""
    behind = words[index + 1] if index + 1 < len(words) else ""
    return before in calendar.month_marks or behind in calendar.year_signs


def _is_year(word: str) -> bool:
    return _OLDEST <= _year(word) <= 2100


def _year(word: str) -> int:
    """Return a number of four figures, else 0."""
    return int(word) if len(word) == 4 and word.isascii() and word.isdigit() else 0


def _says_month(words: Sequence[str], index: int, calendar: Calendar) -> bool:
    """Say whether a word that can be a month is one: "may" is, behind "in" or "since"."""
    if words[index] not in calendar.ambiguous:
        return True
    return index > 0 and words[index - 1] in calendar.month_marks


def _month_year(month: int, published: date, *, ahead: bool, gone: bool) -> int:
    if ahead and not gone:
        return published.year if month >= published.month else published.year + 1
    coming = 0 if gone else _MONTHS_AHEAD
    return published.year if month <= published.month + coming else published.year - 1


def _month_end(year: int, month: int) -> date:
    first = date(year + month // 12, month % 12 + 1, 1)
    return first - timedelta(days=1)
