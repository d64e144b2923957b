"""/admin: what waits for the operators, how the program is, and what can be done about it.

Pages and buttons only read; whatever changes something is an order, like the commands.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version

from bot.commands.actions import ADMIN
from bot.commands.admin_orders import (
    ask_retract,
    broadcast,
    cancel,
    dismiss_report,
    drop_draft,
    pause,
    resume,
    retract_alert,
    send_draft,
)
from bot.commands.alert_buttons import CARD
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.reading import alert_number
from bot.commands.sourcing import sources_of
from bot.commands.subscribing import open_asked
from bot.texts import admin as texts
from bot.texts import reading
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from jobs.domain.alerts import AlertId, Facts
from jobs.domain.health import state_of
from jobs.store import alerts, broadcasts, census, orders, pauses, reports, sources

SHOWN = 8
AMONG = 300
"""So many of the events that changed last are looked through for doubtful ones."""

_LINK = re.compile(r"_(\d{1,18})\Z")

_Page = Callable[[Desk, Ask, Words], Awaitable[Message]]


async def admin(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /admin [PAGE, or what to do]."""
    name, _, rest = ask.argument.partition(" ")
    number = alert_number(name)
    if number is not None:
        return await _card(desk, ask, words, number)
    page = _PAGES.get(name.lower())
    if page is not None:
        return await page(desk, ask, words)
    act = _ACTS.get(name.lower())
    if act is not None:
        return await act(desk, ask, words, rest)
    return await _home(desk, ask, words) if not name else texts.usage(words)


async def press_admin(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Answer a button of these pages."""
    name, _, rest = payload.partition(":")
    page = _PAGES.get(name)
    if page is not None:
        return await page(desk, ask, words)
    if name == "card":
        return await _card(desk, ask, words, AlertId(int(rest)))
    return await _PRESSES[name](desk, ask, words, rest)


async def _home(desk: Desk, ask: Ask, words: Words) -> Message:
    async with desk.store.write() as conn:
        # Reports and alarms come through the outbox, which writes to known chats only.
        await open_asked(desk, conn, ask)
        doubtful = len(await alerts.doubtful(conn, among=AMONG, limit=AMONG))
        waiting = await reports.count_waiting(conn)
        stopped = await pauses.stopped(conn)
        queue = await census.of_queue(conn, desk.clock.now())
    pages = [_button(desk, ask, label, name) for name, label in texts.page_labels(words)]
    return texts.home(words, doubtful, waiting, stopped, queue, pages)


async def _queue(desk: Desk, ask: Ask, words: Words) -> Message:
    async with desk.store.read() as conn:
        doubtful = await alerts.doubtful(conn, among=AMONG, limit=SHOWN)
        waiting = await reports.waiting(conn, SHOWN)
        count = await reports.count_waiting(conn)
    told = [(one.alert_id, one.facts) for one in doubtful if isinstance(one.facts, Facts)]
    meant = {one.id: _alert_meant(desk, one.url) for one in waiting}
    cards = [number for number, _ in told]
    cards += [each for each in meant.values() if each is not None and each not in cards]
    buttons = [
        *(_button(desk, ask, str(number), f"card:{number}") for number in cards),
        *(
            _button(desk, ask, texts.dismiss_label(words, one.id), f"dismiss:{one.id}")
            for one in waiting
        ),
    ]
    pages = [(one.id, texts.report_line(words, one.url, meant[one.id])) for one in waiting]
    return texts.queue(words, desk.reference, told, pages, count, buttons)


async def _card(desk: Desk, ask: Ask, words: Words, number: AlertId) -> Message:
    async with desk.store.read() as conn:
        told = await alerts.last_of(conn, number)
    if told is None or not isinstance(told.facts, Facts):
        return reading.no_such_alert(words, str(number))
    button = _button(desk, ask, words.gettext("Retract…"), f"retract:{number}")
    return texts.card(words, desk.reference, number, told.facts, button)


async def _chats(desk: Desk, ask: Ask, words: Words) -> Message:
    async with desk.store.read() as conn:
        return texts.chats(words, await census.of_chats(conn), desk.access.kind)


async def _health(desk: Desk, ask: Ask, words: Words) -> Message:
    now = desk.clock.now()
    async with desk.store.read() as conn:
        listed = (await sources_of(conn, desk)).sources
        states = [
            state_of(each, now) for each in await sources.health(conn) if each.source_id in listed
        ]
        queue = await census.of_queue(conn, now)
        stopped = await pauses.stopped(conn)
    counts = {str(state): states.count(state) for state in dict.fromkeys(sorted(states))}
    return texts.health(words, version("recognition-watch"), queue, counts, stopped, now)


async def _audit(desk: Desk, ask: Ask, words: Words) -> Message:
    async with desk.store.read() as conn:
        done = await orders.audit(conn, 15)
    return texts.audit(words, done)


async def _broadcasts(desk: Desk, ask: Ask, words: Words) -> Message:
    async with desk.store.read() as conn:
        return texts.broadcasts(words, await broadcasts.progress(conn))


def _alert_meant(desk: Desk, url: str) -> AlertId | None:
    """Return the alert whose button «wrong?» made a report, if one did."""
    found = _LINK.search(url)
    number = AlertId(int(found[1])) if found else None
    return number if number and url == desk.alert_buttons.link(CARD, number) else None


def _button(desk: Desk, ask: Ask, label: str, payload: str) -> Button:
    return desk.button(ask, label, ADMIN, payload)


_PAGES: Mapping[str, _Page] = {
    "home": _home,
    "queue": _queue,
    "chats": _chats,
    "broadcasts": _broadcasts,
    "health": _health,
    "audit": _audit,
}
_ACTS: Mapping[str, Callable[[Desk, Ask, Words, str], Awaitable[Message]]] = {
    "pause": pause,
    "resume": resume,
    "broadcast": broadcast,
    "cancel": cancel,
}
_PRESSES: Mapping[str, Callable[[Desk, Ask, Words, str], Awaitable[Message]]] = {
    "retract": ask_retract,
    "retracted": retract_alert,
    "dismiss": dismiss_report,
    "send": send_draft,
    "drop": drop_draft,
}
