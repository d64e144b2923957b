"""What is asked of the bot, and by whom, as far as it matters: no names, no texts kept."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telegram import Message as TelegramMessage
from telegram import User
from telegram.constants import ChatType

from jobs.domain.alerts import ChatId
from jobs.store.chats import ChatKind, thread_of

LONGEST_ARGUMENT = 800
_COMMAND = re.compile(
    r"/(?P<name>\w{1,64})(?:@(?P<addressee>\w{1,64}))?(?:\s+(?P<argument>.*))?\Z", re.DOTALL
)
_SHARED_IDS = frozenset({777000, 1087968824, 136817688})
"""Ids that Telegram uses for service messages, anonymous admins and channels: no person's."""


class Sender(StrEnum):
    """Who wrote a message, as Telegram lets one know."""

    PERSON = "person"
    ANONYMOUS_ADMIN = "anonymous admin"
    """An admin of a group who writes as the group itself."""
    CHANNEL = "channel"
    """A post in a channel, where only admins can write."""
    STRANGER = "stranger"
    """Another channel, writing in a group: whoever stands behind it is unknown."""
    FORWARD = "forward"
    """A linked channel's post, brought into the group by Telegram: never a command."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where alerts go: a chat, or one topic of a forum (0: no topic, or General)."""

    chat_id: ChatId
    kind: ChatKind
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One command, or one press of a button, in one chat.

    ``user_id`` is None where no one person is known; ``language`` is what their app speaks.
    ``argument`` is what follows the command, cut to a length that no honest argument has.
    ``elsewhere`` is the place that somebody manages from a private chat; it gives no right
    to do so.
    """

    chat_id: ChatId
    chat_kind: ChatKind
    sender: Sender
    user_id: int | None
    argument: str = ""
    language: str = ""
    thread_id: int = 0
    elsewhere: Place | None = None

    @property
    def place(self) -> Place:
        """Return the place whose settings are meant."""
        return self.elsewhere or Place(self.chat_id, self.chat_kind, self.thread_id)

    @property
    def is_private(self) -> bool:
        """Tell whether this is a conversation with one person."""
        return self.chat_kind is ChatKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Called:
    """A command as it was typed: its name in lower case, the bot it names, its argument."""

    name: str
    addressee: str
    argument: str


def parse_command(text: str) -> Called | None:
    """Return the command that a text begins with, or None.

    ``/why_12`` is ``/why 12``: Telegram makes only the former tappable.
    """
    match = _COMMAND.match(text)
    if match is None:
        return None
    name, _, tail = match["name"].lower().partition("_")
    argument = f"{tail} {match['argument'] or ''}"[: 2 * LONGEST_ARGUMENT]
    argument = " ".join(argument.split())[:LONGEST_ARGUMENT]
    return Called(name, (match["addressee"] or "").lower(), argument)


def sender_of(message: TelegramMessage) -> Sender:
    """Tell who wrote a message; whoever cannot be known for certain is a stranger."""
    if message.is_automatic_forward:
        return Sender.FORWARD
    if message.chat.type == ChatType.CHANNEL:
        return Sender.CHANNEL
    if message.sender_chat is not None:
        same = message.sender_chat.id == message.chat.id
        return Sender.ANONYMOUS_ADMIN if same else Sender.STRANGER
    if message.from_user is None or message.from_user.id in _SHARED_IDS:
        return Sender.STRANGER
    return Sender.PERSON


def ask_of(message: TelegramMessage, argument: str) -> Ask:
    """Return what a message asks."""
    sender = sender_of(message)
    person = message.from_user if sender is Sender.PERSON else None
    return Ask(
        chat_id=ChatId(message.chat.id),
        chat_kind=ChatKind(message.chat.type),
        sender=sender,
        user_id=None if person is None else person.id,
        argument=argument,
        language=(person.language_code or "") if person is not None else "",
        thread_id=topic_of(message),
    )


def person_of(user: User | None) -> int | None:
    """Return a person's number; the numbers that Telegram shares out are no person's."""
    return None if user is None or user.id in _SHARED_IDS else user.id


def topic_of(message: TelegramMessage) -> int:
    """Return the forum topic that a message stands in; a mere thread of replies is none."""
    return thread_of(message.message_thread_id if message.is_topic_message else None)


def is_older(sent_at: datetime, now: datetime, minutes: float) -> bool:
    """Tell whether a message has waited so long that its sender has moved on."""
    return (now - sent_at).total_seconds() > 60 * minutes
