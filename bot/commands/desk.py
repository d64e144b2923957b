"""What every command needs at hand, and what a command is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.ext import CallbackContext

from bot.commands.access import Access, Limits
from bot.commands.alert_buttons import AlertButtons
from bot.commands.asks import Ask
from bot.commands.buttons import Press, Signer, address
from bot.commands.countries import Gazetteer
from bot.commands.filter_line import FilterGrammar
from bot.commands.rights import Who
from bot.pictures.renderer import Renderer
from bot.publications import Publications
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from jobs.domain.clock import Clock
from jobs.reference import Reference
from jobs.store import chats
from jobs.store.chats import ChatKind
from jobs.store.engine import Store

BUTTON_LIFE = timedelta(days=1)
Context = CallbackContext[Any, Any, Any, Any]
"""What python-telegram-bot gives beside an update."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where commands are answered; it holds no state of its own."""

    store: Store
    bot: Bot
    reference: Reference
    clock: Clock
    signer: Signer
    gazetteer: Gazetteer
    grammar: FilterGrammar
    alert_buttons: AlertButtons
    operators: frozenset[int]
    access: Access
    limits: Limits
    renderer: Renderer
    publications: Publications
    default_zone: str
    keep_outbox_days: int
    silence_hours: int

    def button(self, ask: Ask, label: str, action: str, payload: str) -> Button:
        """Return a button that only this chat's, and if known this person's, press works."""
        press = Press(action, address(ask.elsewhere, payload))
        now = self.clock.now()
        data = self.signer.sign(ask.chat_id, ask.user_id, press, now, BUTTON_LIFE)
        return Button(label, data=data)

    async def is_first(self, update_id: int) -> bool:
        """Return whether an update comes for the first time, and remember that it came."""
        async with self.store.write() as conn:
            return await chats.see_update(conn, update_id, self.clock.now())


Answering = Callable[[Desk, Ask, Words], Awaitable[Message]]
"""Answers a command."""
Pressing = Callable[[Desk, Ask, Words, str], Awaitable[Message]]
"""Answers a press with what the message shall be instead; the string is the payload."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as the menu, /help and the README name it.

    ``lasting`` commands are carried out however late they come (a wish to stop does not
    age); a question that waited ten minutes is not answered any more.
    """

    name: str
    usage: str
    description: str
    answer: Answering
    who: Who = Who.ANYONE
    where: frozenset[ChatKind] = field(default=frozenset(ChatKind))
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """One action of inline buttons.

    Its answer takes the place of the message that has the button, or, ``beside`` it, is
    one of its own: an alert must stay what it is.
    """

    answer: Pressing
    who: Who = Who.ANYONE
    beside: bool = False
