"""Commands by which a chat chooses what it hears: /filter and /settings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.commands.actions import LANGUAGE
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.filter_line import Mistake, Why
from bot.commands.subscribing import filter_of, open_asked, subscribe_place, words_for
from bot.commands.timing import set_rhythm
from bot.texts import choices, wishes
from bot.texts.choices import Chosen, Page
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.speaking import language_label
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.domain.rhythm import Pace, QuietHours, Rhythm
from jobs.reference import Reference
from jobs.store import chats, nights, rhythms

FILTER = "filter"
SETTINGS = "set"
PUBLISHING = "chan"


async def choose(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /filter: hear from now on what the line says; without one, show what is heard."""
    if not ask.argument:
        return await _page(desk, ask, Page.MAIN)
    wanted = desk.grammar.read(ask.argument)
    if isinstance(wanted, Mistake):
        return _said(words, desk.reference, wanted)
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        await subscribe_place(desk, conn, ask.place, wanted)
    return wishes.chosen(words, desk.reference, wanted)


async def settings(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /settings: what this chat hears, with buttons; or set the zone that follows."""
    if ask.argument:
        if not is_zone(ask.argument):
            return wishes.no_such_zone(words, ask.argument)
        async with desk.store.write() as conn:
            await open_asked(desk, conn, ask)
            await rhythms.set_zone(conn, ask.place.chat_id, ask.argument, desk.clock.now())
    return await _page(desk, ask, Page.MAIN)


async def press_settings(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Carry out a press in /settings and return the page as it is now."""
    what, _, value = payload.partition(":")
    if what == "page":
        return await _page(desk, ask, Page(value))
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        if what == "leave":
            leaves = value == "1"
            await chats.let_leave_topic(conn, ask.place.chat_id, ask.place.thread_id, leaves)
        elif what == "tz":
            await rhythms.set_zone(conn, ask.place.chat_id, value, desk.clock.now())
        elif what in _NIGHTS:
            quiet = await nights.read_quiet(conn, ask.place.chat_id)
            changed = _NIGHTS[what](quiet, value)
            await nights.set_quiet(conn, ask.place.chat_id, changed, desk.clock.now())
        elif what in _RHYTHMS:
            now = await rhythms.read_rhythm(conn, ask.place.chat_id, ask.place.thread_id)
            await set_rhythm(desk, conn, ask, _RHYTHMS[what](now, value))
        else:
            wanted = await filter_of(conn, ask.place) or Filter()
            narrowed = _CHANGES[what](desk.reference, wanted, value)
            await subscribe_place(desk, conn, ask.place, narrowed)
    return await _page(desk, ask, _PAGE_OF[what])


def is_zone(name: str) -> bool:
    """Tell whether a name is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A path or a folder's name is no zone either, and says so in its own way.
        return False
    return True


async def _page(desk: Desk, ask: Ask, page: Page) -> Message:
    words = await words_for(desk, ask)
    async with desk.store.read() as conn:
        wanted = await filter_of(conn, ask.place)
        chat = await chats.read_chat(conn, ask.place.chat_id)
        rhythm = await rhythms.read_rhythm(conn, ask.place.chat_id, ask.place.thread_id)
        quiet = await nights.read_quiet(conn, ask.place.chat_id)
        leaves = await chats.may_leave_topic(conn, ask.place.chat_id, ask.place.thread_id)
    more = [desk.button(ask, language_label(words), LANGUAGE, "")]
    if ask.place.thread_id and wanted is not None:
        label = choices.leaving_label(words, leaves=leaves)
        more.append(desk.button(ask, label, SETTINGS, f"leave:{int(not leaves)}"))
    if ask.elsewhere is not None:
        more += [desk.button(ask, words.gettext("What is published"), PUBLISHING, "page")]
    return choices.settings_page(
        words,
        desk.reference,
        page,
        Chosen(
            wanted,
            chat.zone if chat else desk.default_zone,
            rhythm,
            quiet,
            is_elsewhere=ask.elsewhere is not None,
        ),
        lambda label, payload: desk.button(ask, label, SETTINGS, payload),
        more,
    )


def _said(words: Words, reference: Reference, mistake: Mistake) -> Message:
    match mistake.why:
        case Why.UNKNOWN:
            return wishes.unknown_word(words, reference, mistake.word, mistake.guesses, FILTER)
        case Why.NO_PLUS:
            return wishes.no_plus(words, mistake.word)
        case Why.NOTHING_LEFT:
            return wishes.nothing_left(words)


_Key = TypeVar("_Key", bound=str)


def _case_marked(reference: Reference, wanted: Filter, value: str) -> Filter:
    cases = _marked(wanted.cases, frozenset(reference.cases), value[:1], value[1:])
    return replace(wanted, cases=cases)


def _type_marked(reference: Reference, wanted: Filter, value: str) -> Filter:
    types = _marked(wanted.types, frozenset(EventType), value[:1], EventType(value[1:]))
    return replace(wanted, types=types)


def _status_marked(reference: Reference, wanted: Filter, value: str) -> Filter:
    told = frozenset(wishes.STATUS_NAMES)
    statuses = _marked(wanted.statuses, told, value[:1], EventStatus(value[1:]))
    return replace(wanted, statuses=statuses)


def _group_marked(reference: Reference, wanted: Filter, value: str) -> Filter:
    """Return the wish with one group marked or not; no mark at all means everybody."""
    if value == choices.EVERYBODY:
        return replace(wanted, groups=frozenset(), actors=frozenset())
    named = frozenset({value[1:]}) & frozenset(reference.groups)
    groups = wanted.groups | named if value[:1] == "+" else wanted.groups - named
    return replace(wanted, groups=groups)


def _grade_set(reference: Reference, wanted: Filter, value: str) -> Filter:
    return replace(wanted, grade=Grade(value))


def _level_set(reference: Reference, wanted: Filter, value: str) -> Filter:
    return replace(wanted, level=Level(value))


_CHANGES: Mapping[str, Callable[[Reference, Filter, str], Filter]] = {
    "case": _case_marked,
    "group": _group_marked,
    "type": _type_marked,
    "status": _status_marked,
    "grade": _grade_set,
    "level": _level_set,
}
_RHYTHMS: Mapping[str, Callable[[Rhythm, str], Rhythm]] = {
    "pace": lambda rhythm, value: replace(rhythm, pace=Pace(value)),
    "hour": lambda rhythm, value: replace(rhythm, hour=int(value)),
    "day": lambda rhythm, value: replace(rhythm, weekday=int(value)),
}


def _night_set(quiet: QuietHours, value: str) -> QuietHours:
    begin, _, end = value.partition("-")
    return replace(quiet, begin=int(begin), end=int(end))


_NIGHTS: Mapping[str, Callable[[QuietHours, str], QuietHours]] = {
    "night": _night_set,
    "major": lambda quiet, value: replace(quiet, lets_major=value == "1"),
}
_PAGE_OF = {
    "case": Page.CASES,
    "group": Page.COUNTRIES,
    "type": Page.TYPES,
    "status": Page.STATUSES,
    "grade": Page.GRADE,
    "level": Page.LEVEL,
    "pace": Page.WHEN,
    "hour": Page.WHEN,
    "day": Page.WHEN,
    "night": Page.QUIET,
    "major": Page.QUIET,
    "leave": Page.MAIN,
    "tz": Page.ZONE,
}


def _marked(
    chosen: frozenset[_Key], every: frozenset[_Key], sign: str, name: _Key
) -> frozenset[_Key]:
    """Return the choice with one mark set or taken off; all chosen is written as none.

    The last mark cannot be taken off.
    """
    marked = (chosen or every) | {name} if sign == "+" else (chosen or every) - {name}
    if not marked:
        return chosen
    return frozenset() if marked >= every else frozenset(marked)
