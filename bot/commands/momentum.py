"""/momentum: how much each watched actor has moved, with the signals that make its score."""

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.texts import momentum as said
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.store import facts


async def momentum(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /momentum [case]: the watched actors' scores, the greatest first."""
    asked = ask.argument.casefold()
    cases = [
        case
        for case in desk.reference.cases.values()
        if case.watch and (not asked or asked in {name.casefold() for name in case.answers_to()})
    ]
    async with desk.store.read() as conn:
        found = [(case, await facts.get(conn, f"momentum {case.id}") or []) for case in cases]
    return said.momenta(words, desk.reference, found)
