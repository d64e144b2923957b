"""A message as Telegram takes it: text, entities counted in UTF-16, buttons."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, WebAppInfo
from telegram.constants import MessageEntityType, MessageLimit

from bot.texts.foreign import cut, safe_foreign, safe_url, utf16_length

LONGEST = MessageLimit.MAX_TEXT_LENGTH.value
LONGEST_CAPTION = 1024
CAPTION_ROOM = LONGEST_CAPTION - 48
"""Of a caption, which Telegram keeps to 1024; marks of direction may be added to it."""


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: it opens ``url``, or sends ``data`` back to us.

    ``app`` is opened inside Telegram, which tells that page who opens it; such a button can
    stand in a private chat only.
    """

    label: str
    url: str = ""
    data: str = ""
    app: str = ""

    def as_telegram(self) -> InlineKeyboardButton:
        """Return the button for the Bot API."""
        if self.app:
            return InlineKeyboardButton(self.label, web_app=WebAppInfo(self.app))
        if self.url:
            return InlineKeyboardButton(self.label, url=self.url)
        return InlineKeyboardButton(self.label, callback_data=self.data)


@dataclass(frozen=True, slots=True)
class Message:
    """What one message says; at most 4096 UTF-16 units, never empty when built.

    With ``photo`` (a PNG) or ``document`` (a file called ``document_name``) the text is its
    caption, which Telegram keeps to 1024.
    """

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: bytes = field(default=b"", repr=False)
    document: bytes = field(default=b"", repr=False)
    document_name: str = ""

    def markup(self) -> InlineKeyboardMarkup | None:
        """Return the inline keyboard, or None where there are no buttons."""
        if not self.buttons:
            return None
        return InlineKeyboardMarkup([[b.as_telegram() for b in row] for row in self.buttons])

    def with_rows(self, *rows: Sequence[Button]) -> "Message":
        """Return the message with further rows of buttons; empty rows are left out."""
        return replace(self, buttons=(*self.buttons, *(tuple(row) for row in rows if row)))


class Writer:
    """Builds one message, piece by piece, counting entities' places as it goes."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._entities: list[MessageEntity] = []
        self._buttons: list[tuple[Button, ...]] = []

    def write(self, text: str) -> None:
        """Add our own words as they are."""
        self._pieces.append(text)
        self._length += utf16_length(text)

    def line(self, text: str = "") -> None:
        """Add our own words and end the line."""
        self.write(f"{text}\n")

    def foreign(self, text: str, units: int = 300) -> None:
        """Add words that are not ours, made harmless."""
        self.write(safe_foreign(text, units))

    @contextmanager
    def bold(self) -> Iterator[None]:
        """Make what is written within bold."""
        with self._marked(MessageEntityType.BOLD):
            yield

    @contextmanager
    def struck(self) -> Iterator[None]:
        """Strike through what is written within."""
        with self._marked(MessageEntityType.STRIKETHROUGH):
            yield

    @contextmanager
    def link(self, url: str) -> Iterator[None]:
        """Link what is written within, if people may be sent to that address."""
        allowed = safe_url(url)
        if allowed is None:
            yield
            return
        with self._marked(MessageEntityType.TEXT_LINK, allowed):
            yield

    def row(self, *buttons: Button) -> None:
        """Add one row of buttons."""
        self._buttons.append(buttons)

    @property
    def room(self) -> int:
        """Return the UTF-16 units left."""
        return int(LONGEST) - self._length

    def followed_by(self, message: Message) -> Message:
        """Return what was written so far with another message's text behind it."""
        moved = [
            MessageEntity(one.type, self._length + one.offset, one.length, url=one.url)
            for one in message.entities
        ]
        self.write(message.text)
        self._entities += moved
        self._buttons += message.buttons
        return self.build()

    def build(self) -> Message:
        """Return the message, without white space at its ends, and never too long."""
        text = cut("".join(self._pieces).rstrip(), int(LONGEST))
        length = utf16_length(text)
        clipped = (clip(entity, length) for entity in self._entities)
        entities = sorted(
            (entity for entity in clipped if entity is not None),
            key=lambda entity: (entity.offset, -entity.length),
        )
        return Message(text, tuple(entities), tuple(self._buttons))

    @contextmanager
    def _marked(self, kind: MessageEntityType, url: str | None = None) -> Iterator[None]:
        start = self._length
        yield
        if self._length > start:
            self._entities.append(MessageEntity(kind, start, self._length - start, url=url))


def clip(entity: MessageEntity, length: int) -> MessageEntity | None:
    """Return the entity within a text of ``length`` units, or None if it lies beyond."""
    room = length - entity.offset
    if room <= 0:
        return None
    if entity.length <= room:
        return entity
    return MessageEntity(entity.type, entity.offset, room, url=entity.url)
