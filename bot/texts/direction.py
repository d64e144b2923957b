"""What a script asks of a finished message: marks of direction, and its own digits.

Telegram draws a message by the directions of its letters. In a language that is written
from right to left, a command, a host or a name in Latin letters must be set apart, or its
slash and the marks around it wander; and a line that begins with one must be told which
way it runs, as not every app looks past an isolate for that. Done here, once, for every
message; what is in another script is left as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from unicodedata import bidirectional

from telegram import MessageEntity

from bot.texts.foreign import FIRST_STRONG_ISOLATE, POP_ISOLATE, cut, utf16_length
from bot.texts.language import in_own_digits, is_right_to_left
from bot.texts.messages import LONGEST, LONGEST_CAPTION, Button, Message, clip

RIGHT_TO_LEFT_MARK = "\u200f"
_LEFTWARD = ("R", "AL")
_LATIN = "A-Za-zÀ-ɏ"
_TOKEN = rf"[/#@+]?[{_LATIN}0-9_](?:[{_LATIN}0-9_+./:=@&?%…’'-]*[{_LATIN}0-9_+…])?"
# What is set apart already; or a command, a word in Latin letters, and all such behind it.
_PIECES = re.compile(
    rf"(?P<apart>{FIRST_STRONG_ISOLATE}[^{POP_ISOLATE}\n]*{POP_ISOLATE})"
    rf"|(?P<latin>(?:/[{_LATIN}0-9_]|[#@+]?[{_LATIN}])"
    rf"(?:[{_LATIN}0-9_+./:=@&?%…’'-]*[{_LATIN}0-9_+…])?(?:[,;]? {_TOKEN})*)"
)

_APART = re.compile(f"{FIRST_STRONG_ISOLATE}[^{POP_ISOLATE}\n]*{POP_ISOLATE}")


def laid_out(message: Message, language: str) -> Message:
    """Return a message as its language is written; entities and buttons go with it.

    A message without a letter of a right-to-left script is left alone, so that doing it
    twice, or for a message that nobody translated, changes nothing.
    """
    if not is_right_to_left(language):
        return message
    buttons = tuple(
        tuple(replace(each, label=_label(each, language)) for each in row)
        for row in message.buttons
    )
    if not _is_written_so(message.text):
        return replace(message, buttons=buttons)
    pieces = list(_pieces(message.text, language))
    longest = LONGEST_CAPTION if message.photo or message.document else int(LONGEST)
    text = cut("".join(pieces_text for pieces_text, _ in pieces), longest)
    moved = (_moved(entity, pieces) for entity in message.entities)
    clipped = (clip(entity, utf16_length(text)) for entity in moved)
    entities = tuple(entity for entity in clipped if entity is not None)
    return replace(message, text=text, entities=entities, buttons=buttons)


def laid_out_text(text: str, language: str) -> str:
    """Return a text without entities as its language is written."""
    return laid_out(Message(text), language).text


def runs_left(line: str) -> bool:
    """Tell whether a line is drawn from right to left by any app, isolates skipped or not."""
    bare = _APART.sub("", line)
    return all(_first_strong(text) in _LEFTWARD for text in (line, bare))


def _is_written_so(text: str) -> bool:
    return any(bidirectional(character) in _LEFTWARD for character in _APART.sub("", text))


def _first_strong(text: str) -> str:
    """Return the direction of the first letter or mark that has one, else nothing."""
    found = (bidirectional(character) for character in text)
    return next((each for each in found if each == "L" or each in _LEFTWARD), "")


def _label(button: Button, language: str) -> str:
    if not _is_written_so(button.label):
        return button.label
    return "".join(text for text, _ in _pieces(button.label, language))


def _pieces(text: str, language: str) -> Iterator[tuple[str, int]]:
    """Yield the new text in pieces, each with how many UTF-16 units of the old it stands for."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield "\n", 1
        if line.strip() and not runs_left(line):
            yield RIGHT_TO_LEFT_MARK, 0
        at = 0
        for found in _PIECES.finditer(line):
            yield _own(line[at : found.start()], language)
            if found["latin"]:
                yield FIRST_STRONG_ISOLATE, 0
            yield found[0], utf16_length(found[0])
            if found["latin"]:
                yield POP_ISOLATE, 0
            at = found.end()
        yield _own(line[at:], language)


def _own(text: str, language: str) -> tuple[str, int]:
    return in_own_digits(text, language), utf16_length(text)


def _moved(entity: MessageEntity, pieces: list[tuple[str, int]]) -> MessageEntity:
    start = _place(entity.offset, pieces, ends=False)
    end = _place(entity.offset + entity.length, pieces, ends=True)
    return MessageEntity(entity.type, start, end - start, url=entity.url)


def _place(offset: int, pieces: list[tuple[str, int]], *, ends: bool) -> int:
    """Return where a place of the old text is in the new one.

    A mark that was set there lies outside an entity that begins or ends beside it.
    """
    old = new = 0
    for text, units in pieces:
        length = utf16_length(text)
        if old + units > offset or (ends and old + units == offset and units):
            return new + offset - old
        old, new = old + units, new + length
    return new
