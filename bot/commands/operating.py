"""Commands of the operator: each writes one order, which a job carries out and answers."""

from collections.abc import Mapping
from typing import Any

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.reading import alert_number
from bot.commands.subscribing import open_asked
from bot.texts import orders as said
from bot.texts import reading
from bot.texts.foreign import safe_url
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId
from jobs.domain.orders import OrderKind, read_order
from jobs.store import alerts, orders, reports

_SHOWN_REPORTS = 10


async def retract(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /retract ID REASON: order that an alert be taken back where it was told."""
    number, reason = _split(ask.argument)
    if number is None or not reason:
        return said.retract_usage(words)
    return await put_order(desk, ask, words, OrderKind.RETRACT, {"alert": number, "note": reason})


async def confirm(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /confirm ID URL: order that an alert count as confirmed by that page."""
    number, url = _split(ask.argument)
    if number is None or not url:
        return said.confirm_usage(words)
    if safe_url(url) is None:
        return said.confirm_usage(words, url)
    told = {"alert": number, "note": "", "url": url}
    return await put_order(desk, ask, words, OrderKind.CONFIRM, told)


async def correct(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /correct ID PART=VALUE… REASON: order that what an alert has wrong be put right."""
    number, rest = _split(ask.argument)
    told: dict[str, Any] = {"alert": number}
    parts = rest.split()
    while parts and "=" in parts[0]:
        name, _, value = parts.pop(0).partition("=")
        told[name] = value.upper() if name == "actor" else value
    told["note"] = " ".join(parts)
    if number is None or not told["note"]:
        return said.correct_usage(words)
    return await put_order(desk, ask, words, OrderKind.CORRECT, told)


async def merge(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /merge ID ID REASON: order that the first alert go on as the second."""
    number, rest = _split(ask.argument)
    into, reason = _split(rest)
    if number is None or into is None or not reason:
        return said.merge_usage(words)
    told = {"alert": number, "into": into, "note": reason}
    return await put_order(desk, ask, words, OrderKind.MERGE, told)


async def split(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /split ID N,N REASON: order that some of its sources be an event of their own."""
    number, rest = _split(ask.argument)
    listed, _, reason = rest.partition(" ")
    sources = [int(each) for each in listed.split(",") if each.isdecimal() and len(each) < 6]
    if number is None or not sources or not reason.strip():
        return said.split_usage(words)
    told = {"alert": number, "sources": sources, "note": reason.strip()}
    return await put_order(desk, ask, words, OrderKind.SPLIT, told)


async def add(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /add CASE COUNTRY TYPE STATUS DAY URL WORDS: order that an event be entered."""
    parts = ask.argument.split(maxsplit=6)
    if len(parts) < 6 or safe_url(parts[5]) is None:
        return said.add_usage(words)
    names = ("case", "actor", "type", "status", "on", "url")
    told: dict[str, Any] = dict(zip(names, parts, strict=False))
    told["actor"] = told["actor"].upper()
    told["on"] = "" if told["on"] == "-" else told["on"]
    told["note"] = parts[6] if len(parts) > 6 else ""
    head, _, rest = told["note"].partition(" ")
    if head.startswith("#") and head[1:].isdecimal():
        told["report"], told["note"] = int(head[1:]), rest
    return await put_order(desk, ask, words, OrderKind.ADD, told)


async def list_reports(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /reports: what people pointed to and nobody has worked through."""
    async with desk.store.read() as conn:
        waiting = await reports.waiting(conn, _SHOWN_REPORTS)
        count = await reports.count_waiting(conn)
    return said.reports_waiting(words, [(each.id, each.url) for each in waiting], count)


async def dismiss(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /dismiss N REASON: order that a report be closed without an alert."""
    number, reason = _split(ask.argument)
    if number is None or not reason:
        return said.dismiss_usage(words)
    return await put_order(desk, ask, words, OrderKind.DISMISS, {"report": number, "note": reason})


def _split(argument: str) -> tuple[AlertId | None, str]:
    head, _, rest = argument.partition(" ")
    return alert_number(head), rest.strip()


async def put_order(
    desk: Desk, ask: Ask, words: Words, kind: OrderKind, told: Mapping[str, Any]
) -> Message:
    """Write an order down; what is wrong with it by itself is said at once."""
    if ask.user_id is None:
        raise ValueError("an order needs a person")
    try:
        read_order(kind, told)
    except ValueError as error:
        return said.order_refused(words, str(error))
    now = desk.clock.now()
    number = told.get("alert")
    async with desk.store.write() as conn:
        if number is not None and await alerts.event_of(conn, AlertId(number)) is None:
            return reading.no_such_alert(words, str(number))
        # The answer comes through the outbox, which writes to known chats only.
        await open_asked(desk, conn, ask)
        await orders.put(conn, kind, told, ordered_by=ask.user_id, chat_id=ask.chat_id, now=now)
    return said.order_taken(words, None if number is None else AlertId(number))
