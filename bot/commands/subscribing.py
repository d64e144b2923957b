"""Commands by which a chat ends: /stop, /forget; and what every change of its wishes needs."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask, Place
from bot.commands.desk import Desk
from bot.commands.forgetting import forget_chat
from bot.texts import service
from bot.texts.language import Words, spoken, words_of
from bot.texts.messages import Message
from jobs.domain.alerts import Filter
from jobs.store import chats, outbox

FORGET = "forget"
_YES = "yes"
_NO = "no"
STOPPED = "stopped"


class TooManyTopics(Exception):
    """A chat may turn alerts on in no more of its topics."""


async def stop(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /stop: nothing more is sent, and what was about to be is not.

    In a topic of a forum that holds for the topic; the others go on.
    """
    async with desk.store.write() as conn:
        await chats.unsubscribe(conn, ask.place.chat_id, thread_id=ask.place.thread_id)
        if await chats.is_subscribed(conn, ask.place.chat_id):
            await outbox.cancel_thread(conn, ask.place.chat_id, ask.place.thread_id, STOPPED)
        else:
            await outbox.close_chat(conn, ask.place.chat_id, STOPPED)
    return service.stopped(words)


async def forget(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /forget with the question whether it is meant."""
    yes = desk.button(ask, words.gettext("Delete everything"), FORGET, _YES)
    no = desk.button(ask, words.gettext("Keep it"), FORGET, _NO)
    return service.forget_question(words, yes, no)


async def press_forget(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Delete everything of the chat, or not; the answer is the last thing it gets."""
    if payload != _YES:
        return service.kept(words)
    await forget_chat(desk.store, desk.clock, ask.place.chat_id)
    return service.forgotten(words)


async def words_for(desk: Desk, ask: Ask) -> Words:
    """Return the words in which this chat is spoken to: until it is known, those of who asks."""
    async with desk.store.read() as conn:
        chat = await chats.read_chat(conn, ask.chat_id)
    if chat is None:
        return words_of(spoken(ask.language), desk.default_zone)
    return words_of(chat.language, chat.zone)


async def open_asked(desk: Desk, conn: AsyncConnection, ask: Ask) -> None:
    """Make the chat whose settings are meant one that can be written to."""
    await chats.open_chat(
        conn,
        ask.place.chat_id,
        ask.place.kind,
        language=spoken(ask.language),
        zone=desk.default_zone,
        now=desk.clock.now(),
    )


async def filter_of(conn: AsyncConnection, place: Place) -> Filter | None:
    """Return what a place wants to hear, or None if it hears nothing."""
    return await chats.read_filter(conn, place.chat_id, thread_id=place.thread_id)


async def subscribe_place(desk: Desk, conn: AsyncConnection, place: Place, wanted: Filter) -> None:
    """Let a place hear what it wants from now on.

    Raises ``TooManyTopics`` where as many others of its chat hear as may.
    """
    now = desk.clock.now()
    others = await chats.count_topics(conn, place.chat_id, besides=place.thread_id)
    if others >= desk.limits.topics:
        raise TooManyTopics
    await chats.subscribe(conn, place.chat_id, wanted, now, thread_id=place.thread_id)
