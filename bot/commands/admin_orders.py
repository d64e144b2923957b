"""What /admin and its buttons do: each writes one order, which a job carries out."""

import secrets

from bot.commands.actions import ADMIN
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.operating import put_order
from bot.commands.reading import alert_number
from bot.texts import admin as texts
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId
from jobs.domain.orders import OrderKind, Stopped
from jobs.store import broadcasts


async def pause(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Answer /admin pause alerts|everything REASON."""
    what, _, why = rest.partition(" ")
    if what not in list(Stopped) or not why.strip():
        return texts.pause_usage(words)
    return await put_order(desk, ask, words, OrderKind.PAUSE, {"what": what, "note": why.strip()})


async def resume(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Answer /admin resume [REASON]."""
    return await put_order(desk, ask, words, OrderKind.RESUME, {"note": rest.strip()})


async def broadcast(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Answer /admin broadcast WORDS with what each chat would be shown, and the question."""
    said = rest.strip()
    if not said:
        return texts.broadcast_usage(words)
    key = secrets.token_hex(4)
    async with desk.store.write() as conn:
        count = await broadcasts.count_hearing(conn)
        await broadcasts.keep_draft(conn, key, said)
    return texts.preview(
        words,
        broadcasts.notice_of(said),
        count,
        desk.button(ask, words.gettext("Send it"), ADMIN, f"send:{key}"),
        desk.button(ask, words.gettext("Drop it"), ADMIN, f"drop:{key}"),
    )


async def send_draft(desk: Desk, ask: Ask, words: Words, key: str) -> Message:
    """Order the broadcast that was shown; a second press of the button orders nothing."""
    async with desk.store.write() as conn:
        said = await broadcasts.take_draft(conn, key)
    if said is None:
        return texts.no_draft(words)
    return await put_order(desk, ask, words, OrderKind.BROADCAST, {"text": said})


async def drop_draft(desk: Desk, ask: Ask, words: Words, key: str) -> Message:
    """Forget the words that were shown."""
    async with desk.store.write() as conn:
        await broadcasts.take_draft(conn, key)
    return texts.draft_dropped(words)


async def cancel(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Answer /admin cancel NUMBER: let a broadcast go no further."""
    number = alert_number(rest.strip())
    if number is None:
        return texts.broadcast_usage(words)
    return await put_order(desk, ask, words, OrderKind.CALL_OFF, {"broadcast": number})


async def ask_retract(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Answer the button Retract with the reasons that readers would be given."""
    number = AlertId(int(rest))
    buttons = [
        desk.button(ask, reason, ADMIN, f"retracted:{number}:{place}")
        for place, reason in enumerate(texts.reasons(words))
    ]
    return texts.retract_question(words, number, buttons)


async def retract_alert(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Order the retraction for the reason that was pressed."""
    number, _, place = rest.partition(":")
    told = {"alert": int(number), "note": texts.reasons(words)[int(place)]}
    return await put_order(desk, ask, words, OrderKind.RETRACT, told)


async def dismiss_report(desk: Desk, ask: Ask, words: Words, rest: str) -> Message:
    """Order that a report be closed, its sender being told that nothing comes of it."""
    told = {"report": int(rest), "note": texts.nothing_new(words)}
    return await put_order(desk, ask, words, OrderKind.DISMISS, told)
