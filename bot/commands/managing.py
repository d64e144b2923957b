"""Groups and channels managed from a private chat; each action asks anew who may.

Nothing here gives a right: the buttons carry the place they are about, and ``rights`` asks
Telegram about whoever presses, at each press.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from telegram.error import TelegramError

from bot.commands.asks import Ask, Place
from bot.commands.buttons import Press, Signer, address
from bot.commands.choosing import PUBLISHING, SETTINGS
from bot.commands.desk import Desk
from bot.commands.rights import is_admin_of
from bot.commands.subscribing import filter_of, open_asked, subscribe_place
from bot.texts import places
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from bot.texts.places import Deciding
from jobs.domain.alerts import AlertId, ChatId, Filter
from jobs.domain.events import Grade
from jobs.store import chats, proposals, stewards
from jobs.store.chats import ChatKind

MANAGE = "manage"
DECIDE = "edit"
_APPROVE = "approve"
_YES = "y"
_GRADES = {"all": Grade.CLAIMED, "two": Grade.CORROBORATED, "sure": Grade.CONFIRMED}
_MOST_LISTED = 20
_DECIDING = timedelta(days=2)
"""Longer than any proposal lives: a press that comes too late is told so."""


async def manage(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /manage: the chats that whoever asks is an admin of, each with its settings."""
    if ask.argument:
        return places.no_such_place(words)
    labels, buttons = [], []
    for place in await managed_places(desk, ask):
        title = places.topic_label(words, await _title(desk, place.chat_id), place.thread_id)
        labels.append(title)
        there = replace(ask, elsewhere=place)
        buttons.append(desk.button(there, f"{len(labels)} · {title[:40]}", SETTINGS, "page:main"))
    return places.managed_list(words, labels, buttons)


async def managed_places(desk: Desk, ask: Ask) -> list[Place]:
    """Return the places that whoever asks set something up in and is an admin of now."""
    if ask.user_id is None:
        return []
    async with desk.store.read() as conn:
        known = await stewards.places_of(conn, ask.user_id)
    found = [Place(each.chat_id, each.kind, each.thread_id) for each in known[:_MOST_LISTED]]
    return [place for place in found if await is_admin_of(desk.bot, place, ask.user_id)]


async def note_steward(desk: Desk, place: Place, user_id: int | None) -> None:
    """Remember who sets up a group or channel, so that they can do so in private."""
    if user_id is None or place.kind is ChatKind.PRIVATE:
        return
    async with desk.store.write() as conn:
        await stewards.note(conn, place.chat_id, user_id, desk.clock.now())


async def place_meant(desk: Desk, ask: Ask) -> tuple[str, Ask] | None:
    """Return the command that ``/manage NUMBER COMMAND …`` gives, and for which place."""
    number, _, line = ask.argument.partition(" ")
    name, _, argument = line.strip().partition(" ")
    known = await managed_places(desk, ask) if number.isdecimal() and name else []
    if not 1 <= int(number if known else 0) <= len(known):
        return None
    place = known[int(number) - 1]
    return name.removeprefix("/").lower(), replace(ask, argument=argument, elsewhere=place)


def set_up_buttons(desk: Desk, ask: Ask, words: Words) -> list[list[Button]]:
    """Return the choices of what a channel publishes."""
    choices = {
        "all": words.gettext("Everything important, at once"),
        "two": words.gettext("What two sources report"),
        "sure": words.gettext("Only what is confirmed"),
        _APPROVE: words.gettext("After an editor's tap"),
    }
    rows = [[desk.button(ask, label, PUBLISHING, key)] for key, label in choices.items()]
    return [*rows, [desk.button(ask, words.gettext("Choose…"), SETTINGS, "page:main")]]


async def press_publishing(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Set what a channel publishes, and whether an editor is asked first."""
    now, place, asks = desk.clock.now(), ask.place, payload == _APPROVE
    rows = set_up_buttons(desk, ask, words)
    if payload == "page":
        return places.publishing_question(words, rows)
    async with desk.store.write() as conn:
        await open_asked(desk, conn, ask)
        wanted = await filter_of(conn, place) or Filter()
        if not asks:
            wanted = replace(wanted, grade=_GRADES[payload])
        await subscribe_place(desk, conn, place, wanted)
        await chats.set_approval(conn, place.chat_id, place.thread_id, asks)
        if asks and ask.user_id is not None:
            await stewards.set_editor(conn, place.chat_id, ask.user_id, True, now)
            # The proposals come through the outbox, which writes to known chats only.
            await open_asked(desk, conn, replace(ask, elsewhere=None))
    return places.publishing_set(words, desk.reference, wanted, rows, asks=asks)


async def press_decide(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Let a proposed alert through, or drop it; or say what became of it before."""
    number, _, answer = payload.partition(":")
    now, notice = desk.clock.now(), AlertId(int(number))
    async with desk.store.write() as conn:
        decided = await proposals.decide(
            conn, notice, ask.place.chat_id, now, publish=answer == _YES
        )
    if decided is None:
        return places.no_such_place(words)
    make = deciding(desk.signer, ask.chat_id, notice, ask.place, now)
    return places.render_proposal(
        decided, names=desk.reference, make=make, language=words.language, zone=words.zone.key
    )


def deciding(
    signer: Signer, chat_id: ChatId, notice_id: AlertId, place: Place, since: datetime
) -> Deciding:
    """Return what makes a proposal's buttons; the same ones for the same ``since``."""

    def make(label: str, publish: bool) -> Button:
        payload = address(place, f"{notice_id}:{_YES if publish else 'n'}")
        press = Press(DECIDE, payload)
        return Button(label, data=signer.sign(chat_id, None, press, since, _DECIDING))

    return make


async def _title(desk: Desk, chat_id: ChatId) -> str:
    """Ask Telegram what a chat is called: we keep no names."""
    try:
        found = await desk.bot.get_chat(chat_id)
    except TelegramError:
        return str(chat_id)
    return found.title or str(chat_id)
