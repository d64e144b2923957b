"""The button «wrong?» under an alert: one question, and a report for the operators."""

from dataclasses import replace

from bot.commands.actions import WRONG_NO, WRONG_YES
from bot.commands.alert_buttons import CARD
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.ledger import told_alerts
from bot.commands.reporting import report
from bot.texts import doubting, reading
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId
from jobs.store import alerts


async def press_wrong(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Ask whether the alert shall be reported: a finger slips."""
    number = AlertId(int(payload))
    async with desk.store.read() as conn:
        last = await alerts.last_told(conn, number)
    told = told_alerts([last] if last is not None else [])
    if not told:
        return reading.no_such_alert(words, payload)
    return doubting.is_it_wrong(words, desk.reference, told[0].facts, number).with_rows(
        [
            desk.button(ask, words.gettext("Tell the operator"), WRONG_YES, payload),
            desk.button(ask, words.gettext("No, all is well"), WRONG_NO, payload),
        ]
    )


async def press_wrong_yes(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Report the alert by its own link, which shows an operator just what is meant."""
    page = desk.alert_buttons.link(CARD, AlertId(int(payload)))
    return await report(desk, replace(ask, argument=page), words)


async def press_wrong_no(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Let the question rest."""
    return doubting.nothing_reported(words)
