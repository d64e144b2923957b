"""The command that gives the ledger away: /export."""

from bot.commands.asked import case_named
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.reading import alert_number
from bot.texts import charts, exports, reading
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.exports.tables import CSV, JSON


async def export(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /export FORMAT [case], or /export cap ALERT, with a file."""
    wanted, _, rest = ask.argument.partition(" ")
    wanted, rest = wanted.lower(), rest.strip()
    if wanted not in exports.FILES:
        return exports.formats(words, desk.publications.page_url, is_private=ask.is_private)
    if wanted == "cap":
        number = alert_number(rest)
        made = None if number is None else await desk.publications.warning(words, number)
        if made is None:
            return reading.no_such_alert(words, rest)
        return exports.file(words, wanted, made)
    case = case_named(desk.reference, rest) if rest else None
    if rest and case is None:
        return charts.no_such_case(words, rest, desk.reference.cases.values())
    cases = list(desk.reference.cases) if case is None else [case.id]
    return exports.file(words, wanted, await _made(desk, words, wanted, cases))


async def _made(desk: Desk, words: Words, wanted: str, cases: list[str]) -> str:
    if wanted == "atom":
        return await desk.publications.feed(words, cases)
    if wanted == "calendar":
        return await desk.publications.calendar(words, cases)
    return await desk.publications.table(cases, CSV if wanted == "csv" else JSON)
