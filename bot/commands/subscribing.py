"""Commands about what a chat hears: /stop, /settings, /forget."""

from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.forgetting import forget_chat
from bot.texts import service, wishes
from bot.texts.language import Words, words_of
from bot.texts.messages import Message
from bot.texts.wishes import Page
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventType
from jobs.store import chats, outbox
from jobs.store.chats import ChatKind

SETTINGS = "set"
FORGET = "forget"
_YES = "yes"
_NO = "no"
STOPPED = "stopped"


async def stop(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /stop: nothing more is sent, and what was about to be is not."""
    async with desk.store.write() as conn:
        await chats.unsubscribe(conn, ask.chat_id)
        await outbox.close_chat(conn, ask.chat_id, STOPPED)
    return service.stopped(words)


async def settings(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /settings: what this chat hears, with buttons; or set the zone that follows."""
    if ask.argument:
        if not is_zone(ask.argument):
            return wishes.no_such_zone(words, ask.argument)
        async with desk.store.write() as conn:
            await _open(desk, conn, ask)
            await chats.set_zone(conn, ask.chat_id, ask.argument)
    return await _page(desk, ask, Page.MAIN)


async def press_settings(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Carry out a press in /settings and return the page as it is now."""
    what, _, value = payload.partition(":")
    if what == "page":
        return await _page(desk, ask, Page(value))
    async with desk.store.write() as conn:
        await _open(desk, conn, ask)
        if what == "zone":
            await chats.set_zone(conn, ask.chat_id, value)
        else:
            wanted = await chats.read_filter(conn, ask.chat_id) or Filter()
            changed = _changed(desk, wanted, what, value)
            await chats.subscribe(conn, ask.chat_id, changed, desk.clock.now())
    return await _page(desk, ask, _PAGE_OF[what])


async def forget(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /forget with the question whether it is meant."""
    yes = desk.button(ask, words.gettext("Delete everything"), FORGET, _YES)
    no = desk.button(ask, words.gettext("Keep it"), FORGET, _NO)
    return service.forget_question(words, yes, no)


async def press_forget(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Delete everything of the chat, or not; the answer is the last thing it gets."""
    if payload != _YES:
        return service.kept(words)
    await forget_chat(desk.store, desk.clock, ask.chat_id)
    return service.forgotten(words)


async def words_for(desk: Desk, ask: Ask) -> Words:
    """Return the words in which this chat is spoken to."""
    async with desk.store.read() as conn:
        chat = await chats.read_chat(conn, ask.chat_id)
    if chat is None:
        return words_of("en", desk.default_zone)
    return words_of(chat.language, chat.zone)


def is_zone(name: str) -> bool:
    """Tell whether a name is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A path or a folder's name is no zone either, and says so in its own way.
        return False
    return True


_Key = TypeVar("_Key")
_PAGE_OF = {"case": Page.CASES, "type": Page.TYPES, "level": Page.LEVEL, "zone": Page.ZONE}


async def _open(desk: Desk, conn: AsyncConnection, ask: Ask) -> None:
    await chats.open_chat(
        conn,
        ask.chat_id,
        ChatKind(ask.chat_kind),
        language="en",
        zone=desk.default_zone,
        now=desk.clock.now(),
    )


async def _page(desk: Desk, ask: Ask, page: Page) -> Message:
    words = await words_for(desk, ask)
    async with desk.store.read() as conn:
        wanted = await chats.read_filter(conn, ask.chat_id)
    return wishes.settings_page(
        words,
        desk.reference,
        page,
        wanted or Filter(),
        words.zone.key,
        lambda label, payload: desk.button(ask, label, SETTINGS, payload),
        subscribed=wanted is not None,
    )


def _changed(desk: Desk, wanted: Filter, what: str, value: str) -> Filter:
    """Return the wish after one press; the last mark of a kind cannot be taken off."""
    if what == "level":
        return replace(wanted, level=Level(value))
    sign, name = value[:1], value[1:]
    if what == "case":
        cases = _marked(wanted.cases, frozenset(desk.reference.cases), sign, name)
        return replace(wanted, cases=cases)
    types = _marked(wanted.types, frozenset(EventType), sign, EventType(name))
    return replace(wanted, types=types)


def _marked(
    chosen: frozenset[_Key], every: frozenset[_Key], sign: str, name: _Key
) -> frozenset[_Key]:
    """Return the choice with one mark set or taken off; all chosen is written as none."""
    marked = (chosen or every) | {name} if sign == "+" else (chosen or every) - {name}
    if not marked:
        return chosen
    return frozenset() if marked >= every else frozenset(marked)
