"""Commands of the operator: each writes one order, which a job carries out and answers."""

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.reading import alert_number
from bot.texts import reading, service
from bot.texts.foreign import safe_url
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId
from jobs.domain.orders import OrderKind
from jobs.store import alerts, chats, orders


async def retract(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /retract ID REASON: order that an alert be taken back where it was told."""
    number, reason = _split(ask.argument)
    if number is None or not reason:
        return service.retract_usage(words)
    return await _order(desk, ask, words, OrderKind.RETRACT, number, {"note": reason})


async def confirm(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /confirm ID URL: order that an alert count as confirmed by that page."""
    number, url = _split(ask.argument)
    if number is None or not url:
        return service.confirm_usage(words)
    if safe_url(url) is None:
        return service.confirm_usage(words, url)
    return await _order(desk, ask, words, OrderKind.CONFIRM, number, {"note": "", "url": url})


def _split(argument: str) -> tuple[AlertId | None, str]:
    head, _, rest = argument.partition(" ")
    return alert_number(head), rest.strip()


async def _order(
    desk: Desk, ask: Ask, words: Words, kind: OrderKind, number: AlertId, told: dict[str, str]
) -> Message:
    if ask.user_id is None:
        raise ValueError("an order needs a person")
    now = desk.clock.now()
    async with desk.store.write() as conn:
        if await alerts.why(conn, number) is None:
            return reading.no_such_alert(words, str(number))
        # The answer comes through the outbox, which writes to known chats only.
        await chats.open_chat(
            conn, ask.chat_id, ask.chat_kind, language="en", zone=desk.default_zone, now=now
        )
        await orders.put(
            conn,
            kind,
            {"alert": number, **told},
            ordered_by=ask.user_id,
            chat_id=ask.chat_id,
            now=now,
        )
    return service.order_taken(words, number)
