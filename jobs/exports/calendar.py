"""Forums as an iCalendar (RFC 5545): what changes is revised, what is gone is cancelled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from jobs.domain.gatherings import CalendarEntry
from jobs.exports.plain import plain, web_address
from jobs.reference.cases import Forum

CONTENT_TYPE = "text/calendar; charset=utf-8"
KEEP_CANCELLED = timedelta(days=400)
_VAGUE = timedelta(days=27)
"""A forum that lasts so long is one whose day is not known yet: a month, or a year."""
_LINE = 75
"""Bytes of a line, after which it is folded (3.1)."""


def revise(
    known: Iterable[CalendarEntry], forums: Iterable[tuple[str, Forum]], now: datetime
) -> list[CalendarEntry]:
    """Return the entries as the forums of the cases are now, by case and day.

    An entry that is the same stays as it was; one that differs, or whose forum is no more,
    gets the next number. One that was cancelled long ago is forgotten.
    """
    before = {entry.key: entry for entry in known}
    entries = []
    for case, forum in forums:
        fresh = _entry(case, forum, now)
        old = before.pop(fresh.key, None)
        entries.append(fresh if old is None else _revised(old, fresh))
    for gone in before.values():
        if not gone.cancelled:
            gone = replace(gone, cancelled=True, sequence=gone.sequence + 1, revised_at=now)
        if now - gone.revised_at < KEEP_CANCELLED:
            entries.append(gone)
    return sorted(entries, key=lambda each: (each.case, each.starts_on, each.name))


def write_calendar(
    entries: Sequence[CalendarEntry],
    installation: UUID,
    titles: Mapping[str, str],
    participations: Mapping[str, str],
    now: datetime,
) -> str:
    """Return the calendar; ``titles`` are the cases' names, ``participations`` words for each.

    Days are whole and of no zone, and keep nobody busy.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Recognition Watch//Forums//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Recognition Watch",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for entry in entries:
        lines += _event(entry, installation, titles, participations)
    if not entries:
        # A calendar holds something (3.6): with nothing to tell, when it was written.
        lines += ["BEGIN:VJOURNAL", f"UID:{installation}", f"DTSTAMP:{_moment(now)}"]
        lines += ["END:VJOURNAL"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _entry(case: str, forum: Forum, now: datetime) -> CalendarEntry:
    return CalendarEntry(
        case=case,
        name=forum.name,
        organisation=forum.organisation,
        place=forum.place,
        starts_on=forum.starts_on,
        ends_on=forum.ends_on,
        participation=str(forum.participation),
        url=forum.url,
        sequence=0,
        revised_at=now,
    )


def _revised(old: CalendarEntry, fresh: CalendarEntry) -> CalendarEntry:
    same = replace(fresh, sequence=old.sequence, revised_at=old.revised_at)
    return old if same == old else replace(fresh, sequence=old.sequence + 1)


def _event(
    entry: CalendarEntry,
    installation: UUID,
    titles: Mapping[str, str],
    participations: Mapping[str, str],
) -> list[str]:
    title = titles.get(entry.case, entry.case)
    took_part = participations.get(entry.participation, entry.participation)
    url = web_address(entry.url)
    return [
        "BEGIN:VEVENT",
        f"UID:{uuid5(installation, f'forum/{entry.case}/{entry.name}')}",
        f"DTSTAMP:{_moment(entry.revised_at)}",
        f"LAST-MODIFIED:{_moment(entry.revised_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART;VALUE=DATE:{_day(entry.starts_on)}",
        # The end is the first day that is free again (3.6.1).
        f"DTEND;VALUE=DATE:{_day(entry.ends_on + timedelta(days=1))}",
        f"SUMMARY:{_text(entry.name, 200)}",
        f"LOCATION:{_text(entry.place, 200)}",
        f"DESCRIPTION:{_text(f'{entry.organisation}. {title}: {took_part}', 500)}",
        f"CATEGORIES:{_text(entry.case, 100)}",
        *([f"URL:{url}"] if url else []),
        f"STATUS:{_status(entry)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _status(entry: CalendarEntry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.ends_on - entry.starts_on >= _VAGUE else "CONFIRMED"


def _text(text: str, most: int) -> str:
    """Return a text as a value: the four signs that mean something are escaped (3.3.11)."""
    escaped = plain(text, most).replace("\\", "\\\\")
    return escaped.replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Return a line in pieces of 75 bytes at most, none cut within a character."""
    pieces, piece, room = [], "", _LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LINE - 1
        piece += character
        room -= size
    return "\r\n ".join([*pieces, piece])


def _day(on: date) -> str:
    return f"{on:%Y%m%d}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
