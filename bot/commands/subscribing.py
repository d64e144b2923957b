"""Commands by which a chat begins and ends: /start, /stop, /forget."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.texts import service, wishes
from bot.texts.language import Words, words_of
from bot.texts.messages import Message
from bot.texts.reading import recognised_line
from jobs.domain.alerts import Filter
from jobs.store import chats, outbox, standings
from jobs.store.chats import ChatKind

FORGET = "forget"
_YES = "yes"
_NO = "no"
STOPPED = "stopped"


async def start(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /start: from now on this chat hears what it wants, at first everything important.

    What follows /start in a link is ignored: anybody can write it.
    """
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        known = await chats.read_filter(conn, ask.chat_id)
        wanted = known or Filter()
        await chats.subscribe(conn, ask.chat_id, wanted, desk.clock.now())
        stand = [
            (case, await standings.of_case(conn, case.id)) for case in desk.reference.cases.values()
        ]
    lines = "\n".join(recognised_line(words, desk.reference, *one) for one in stand[:3])
    wished = wishes.wishes(words, desk.reference, wanted)
    return service.welcome(words, lines, wished, known=known is not None)


async def stop(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /stop: nothing more is sent, and what was about to be is not."""
    async with desk.store.write() as conn:
        await chats.unsubscribe(conn, ask.chat_id)
        await outbox.close_chat(conn, ask.chat_id, STOPPED)
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
    async with desk.store.write() as conn:
        await chats.forget(conn, ask.chat_id)
    return service.forgotten(words)


async def words_for(desk: Desk, ask: Ask) -> Words:
    """Return the words in which this chat is spoken to."""
    async with desk.store.read() as conn:
        chat = await chats.read_chat(conn, ask.chat_id)
    if chat is None:
        return words_of("en", desk.default_zone)
    return words_of(chat.language, chat.zone)


async def open_asked(desk: Desk, conn: AsyncConnection, ask: Ask) -> None:
    """Make the chat that asks one that can be written to."""
    await chats.open_chat(
        conn,
        ask.chat_id,
        ChatKind(ask.chat_kind),
        language="en",
        zone=desk.default_zone,
        now=desk.clock.now(),
    )
