"""The command by which a chat chooses its language: /language."""

from babel import Locale

from bot.commands.actions import LANGUAGE
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.subscribing import open_asked
from bot.texts import speaking
from bot.texts.direction import laid_out
from bot.texts.language import Words, language_of_code, languages, own_name, spoken, words_of
from bot.texts.messages import Button, Message
from jobs.store import chats


async def language(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /language: show the languages, or speak the one that follows from now on."""
    if not ask.argument:
        return speaking.which_language(words, _buttons(desk, ask))
    wanted = language_named(ask.argument)
    if wanted is None:
        return speaking.which_language(words, _buttons(desk, ask), ask.argument)
    return await _speak(desk, ask, words, wanted)


async def press_language(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show the languages, or speak the one that was pressed."""
    if not payload:
        return speaking.which_language(words, _buttons(desk, ask))
    return await _speak(desk, ask, words, spoken(payload))


def language_named(asked: str) -> str | None:
    """Return the language of a code or a name, its own or English; None if nobody speaks it."""
    named = asked.strip().casefold()
    english = Locale.parse("en").languages
    for code in languages():
        if named in {code, own_name(code).casefold(), english[code].casefold()}:
            return code
    return language_of_code(named)


async def _speak(desk: Desk, ask: Ask, words: Words, wanted: str) -> Message:
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        await chats.set_language(conn, ask.place.chat_id, wanted)
    if ask.elsewhere is not None:
        return speaking.speaking_there(words, wanted, _buttons(desk, ask))
    answer = speaking.speaking_now(words_of(wanted, words.zone.key), _buttons(desk, ask))
    # Whoever carries the answer away still knows the chat by its former language.
    return laid_out(answer, wanted)


def _buttons(desk: Desk, ask: Ask) -> list[Button]:
    return [desk.button(ask, own_name(code), LANGUAGE, code) for code in languages()]
