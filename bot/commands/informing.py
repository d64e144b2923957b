"""Commands about the bot itself: /help, /privacy, /mydata."""

import json
from collections.abc import Sequence

from bot.commands.asks import Ask
from bot.commands.desk import Command, Desk
from bot.commands.rights import Who
from bot.texts import service, wishes
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.service import Entry
from jobs.store.keeping import everything_of


async def privacy(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /privacy: what is kept of a chat, how long, and how to end it."""
    return service.privacy(words, desk.keep_outbox_days)


async def mydata(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /mydata: everything that is kept of a chat, as a file."""
    async with desk.store.read() as conn:
        kept = await everything_of(conn, ask.place.chat_id)
    counts = {table: len(rows) for table, rows in kept.items()}
    written = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
    return service.mydata(words, counts, written.encode())


def help_for(commands: Sequence[Command], desk: Desk, ask: Ask, words: Words) -> Message:
    """Return /help with the commands that this chat, and whoever asks, can use."""
    is_operator = ask.is_private and ask.user_id in desk.operators
    entries = [
        Entry(command.name, command.usage, command.description)
        for command in commands
        if ask.chat_kind in command.where and (is_operator or command.who is not Who.OPERATOR)
    ]
    writer = service.help_text(words, entries)
    writer.line()
    wishes.write_grammar(writer, words, desk.reference, "filter")
    return writer.build()
