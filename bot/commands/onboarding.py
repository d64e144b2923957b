"""The first minute: /start with its choice, links into the bot, and /demo."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.actions import BEGIN, DEMO, LANGUAGE, TIMELINE, WHY, WRONG
from bot.commands.alert_buttons import read_link
from bot.commands.asks import Ask, Sender
from bot.commands.browsing import press_timeline
from bot.commands.choosing import SETTINGS
from bot.commands.desk import Desk
from bot.commands.doubting import press_wrong
from bot.commands.drawing import Picture, Studio, illustrated
from bot.commands.ledger import freshness, told_alerts
from bot.commands.reading import press_status, press_why
from bot.commands.sharing import STATUS_LETTER
from bot.commands.subscribing import filter_of, open_asked, subscribe_place
from bot.texts import reading, samples, starting, wishes
from bot.texts.language import Words, words_of
from bot.texts.messages import Button, Message
from bot.texts.speaking import language_label
from bot.texts.starting import Today
from jobs.domain.alerts import AlertId, Filter, Level
from jobs.store import alerts, chats, standings
from jobs.store.chats import ChatKind

_CASES_SHOWN = 2
_MAIN_PAGE = "page:main"
_WISHES = {"all": Filter(), "major": Filter(level=Level.MAJOR)}


async def start(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /start: greet, show where things stand today, ask what this chat wants to hear.

    From now on it hears what it chose before, or else everything important. A link's
    parameter shows what it points to and changes nothing: anybody can write a link.
    """
    letter, _, code = ask.argument.partition("_")
    if letter == STATUS_LETTER and code in desk.reference.actors:
        return await press_status(desk, ask, words, code)
    linked = read_link(ask.argument)
    if linked is not None:
        return await _linked(desk, ask, words, *linked)
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        chat = await chats.read_chat(conn, ask.chat_id)
        known = await filter_of(conn, ask.place)
        if known is None:
            await subscribe_place(desk, conn, ask.place, Filter())
        if ask.sender is Sender.PERSON and ask.user_id is not None and not ask.is_private:
            await chats.set_owner(conn, ask.chat_id, ask.user_id)
        today = await _today(desk, conn)
    if chat is not None:
        words = words_of(chat.language, chat.zone)
    wished = wishes.wishes(words, desk.reference, known or Filter())
    welcome = starting.welcome(words, desk.reference, today, wished, known=known is not None)
    answer = illustrated([welcome], await _picture(desk, words, today))
    return answer.with_rows(*_choices(desk, ask, words))


async def press_begin(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Take the first choice: everything important, or only recognitions."""
    chosen = _WISHES[payload]
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        known = await filter_of(conn, ask.place) or Filter()
        wanted = chosen if payload == "all" else replace(known, level=chosen.level)
        await subscribe_place(desk, conn, ask.place, wanted)
    wished = wishes.wishes(words, desk.reference, wanted)
    return starting.begun(words, wished).with_rows(
        [
            desk.button(ask, words.gettext("Show me samples"), DEMO, "0"),
            desk.button(ask, words.gettext("Choose more"), SETTINGS, _MAIN_PAGE),
        ]
    )


async def demo(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /demo: a sample of each kind of alert, one after the other."""
    return await press_demo(desk, ask, words, "0")


async def press_demo(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show one sample, with buttons to the ones beside it."""
    place = int(payload)
    answer = samples.sample(words, desk.reference, place)
    buttons = [
        desk.button(ask, label, DEMO, str(to))
        for label, to in (("«", place - 1), ("»", place + 1))
        if 0 <= to < samples.COUNT
    ]
    return answer.with_rows(buttons)


async def _picture(desk: Desk, words: Words, today: Today) -> Picture | None:
    if not today.cases:
        return None
    studio, (case, stand) = Studio(desk, words), today.cases[0]
    return await studio.picture(lambda: studio.world(case, stand))


def _choices(desk: Desk, ask: Ask, words: Words) -> list[list[Button]]:
    return [
        [desk.button(ask, words.gettext("Everything important"), BEGIN, "all")],
        [desk.button(ask, words.gettext("Only recognitions"), BEGIN, "major")],
        [
            desk.button(ask, words.gettext("Choose…"), SETTINGS, _MAIN_PAGE),
            desk.button(ask, language_label(words), LANGUAGE, ""),
        ],
    ]


async def _linked(desk: Desk, ask: Ask, words: Words, name: str, alert_id: AlertId) -> Message:
    if name == WHY:
        return await press_why(desk, ask, words, str(alert_id))
    if name == TIMELINE:
        return await press_timeline(desk, ask, words, str(alert_id))
    if name == WRONG:
        return await press_wrong(desk, ask, words, str(alert_id))
    async with desk.store.read() as conn:
        last = await alerts.last_told(conn, alert_id)
    told = told_alerts([last] if last is not None else [])
    if not told:
        return reading.no_such_alert(words, str(alert_id))
    rows = desk.alert_buttons.under(
        ask.chat_id, ChatKind(ask.chat_kind), alert_id, told[0].facts, words
    )
    return reading.card(words, desk.reference, told[0]).with_rows(*rows)


async def _today(desk: Desk, conn: AsyncConnection) -> Today:
    cases = list(desk.reference.cases.values())[:_CASES_SHOWN]
    return Today(
        [(case, await standings.of_case(conn, case.id)) for case in cases],
        next(iter(told_alerts(await alerts.latest(conn, limit=1))), None),
        await freshness(conn, desk.clock.now()),
    )
