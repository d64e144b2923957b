"""Commands about when a chat is told: /digest and /quiet."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.subscribing import filter_of, open_asked, subscribe_place
from bot.texts import times
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import Filter
from jobs.domain.rhythm import MINUTES_A_DAY, Pace, QuietHours, Rhythm
from jobs.store import nights, rhythms

_OFF = frozenset({"off", "never", "now", "at once", "once"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))? ?[-–—] ?(\d{1,2})(?::(\d\d))?( strict)?")
_HOUR = re.compile(r"(\d{1,2})(?::00)?")


async def digest(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /digest: gather alerts into one message a day or a week, or say how it stands."""
    async with desk.store.write() as conn:
        now = await rhythms.read_rhythm(conn, ask.place.chat_id, ask.place.thread_id)
        wanted = read_rhythm(ask.argument, now) if ask.argument else now
        if wanted is not None and ask.argument:
            await open_asked(desk, conn, ask)
            await set_rhythm(desk, conn, ask, wanted)
    if wanted is None:
        return times.digest_usage(words)
    return times.digest_set(words, wanted)


async def quiet(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /quiet: let nothing ring at certain hours, or say how it stands."""
    async with desk.store.write() as conn:
        now = await nights.read_quiet(conn, ask.place.chat_id)
        wanted = read_quiet(ask.argument) if ask.argument else now
        if wanted is not None and ask.argument:
            await open_asked(desk, conn, ask)
            await nights.set_quiet(conn, ask.place.chat_id, wanted, desk.clock.now())
    if wanted is None:
        return times.quiet_usage(words)
    return times.quiet_set(words, wanted)


async def set_rhythm(desk: Desk, conn: AsyncConnection, ask: Ask, rhythm: Rhythm) -> None:
    """Let the place be told so; one that heard nothing hears everything important."""
    place = ask.place
    if await filter_of(conn, place) is None:
        await subscribe_place(desk, conn, place, Filter())
    now: datetime = desk.clock.now()
    await rhythms.set_rhythm(conn, place.chat_id, place.thread_id, rhythm, now)


def read_rhythm(line: str, known: Rhythm) -> Rhythm | None:
    """Return the rhythm that a line says, or None: ``off``, ``daily 9``, ``weekly friday 18``.

    What it leaves out stays as ``known``.
    """
    if line.casefold() in _OFF:
        return replace(known, pace=Pace.AT_ONCE)
    pace, hour, weekday = None, known.hour, known.weekday
    for word in line.casefold().split():
        match = _HOUR.fullmatch(word)
        days = [number for number, name in enumerate(_WEEKDAYS) if name.startswith(word)]
        if word in {Pace.DAILY, Pace.WEEKLY}:
            pace = Pace(word)
        elif match is not None and int(match[1]) < 24:
            hour = int(match[1])
        elif len(word) >= 3 and len(days) == 1:
            weekday, pace = days[0], Pace.WEEKLY
        else:
            return None
    return None if pace is None else Rhythm(pace, hour, weekday)


def read_quiet(line: str) -> QuietHours | None:
    """Return the quiet hours that a line says, or None: ``23-7``, ``23:00-7:30 strict``, ``off``.

    Recognitions come through unless they are ``strict``; hours that are equal mean none.
    """
    line = line.casefold()
    if line in _OFF:
        return QuietHours()
    match = _HOURS.fullmatch(line)
    if match is None:
        return None
    begin, end = (
        int(match[hour]) * 60 + int(match[minute] or 0) for hour, minute in ((1, 2), (3, 4))
    )
    if max(begin, end) > MINUTES_A_DAY or int(match[2] or 0) > 59 or int(match[4] or 0) > 59:
        return None
    return QuietHours(begin % MINUTES_A_DAY, end % MINUTES_A_DAY, lets_major=not match[5])
