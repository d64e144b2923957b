"""Messages printed for a person at a terminal."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

PROMPT = "> "
_CLEAR_LINE = "\r\x1b[K"
_BOLD, _STRUCK, _DIM, _PLAIN = "\x1b[1m", "\x1b[9m", "\x1b[2m", "\x1b[0m"
# Marks that guard a text in a chat; most terminals would show them as boxes.
_INVISIBLE = re.compile(r"[\u2060\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class Screen:
    """Prints to a stream; with colours and a prompt where a person sits before it."""

    def __init__(self, out: TextIO, *, interactive: bool) -> None:
        self._out = out
        self._interactive = interactive

    def prompt(self) -> None:
        """Invite a command."""
        if self._interactive:
            self._write(PROMPT)

    def note(self, text: str) -> None:
        """Print one line that is no message."""
        self._above_prompt(f"  {self._styled(_safe(text), _DIM)}\n")

    def show(
        self,
        message: Mapping[str, Any],
        replied: Mapping[str, Any] | None,
        keyboard: Sequence[Sequence[Mapping[str, Any]]],
        now: datetime,
    ) -> None:
        """Print a message: new, edited or a reply, with its buttons numbered from 1."""
        edited = " · edited" if "edit_date" in message else ""
        head = f"── {message['from']['first_name']} · {now:%Y-%m-%d %H:%M} UTC{edited} "
        lines = [self._styled(head.ljust(64, "─"), _DIM)]
        if replied is not None:
            quoted = _safe(replied["text"].split("\n", 1)[0])[:70]
            lines.append(self._styled(f"│ {quoted}", _DIM))
        lines.append(self._marked(message["text"], message["entities"]))
        lines += _numbered(keyboard)
        self._above_prompt("\n".join(lines) + "\n\n")

    def _above_prompt(self, text: str) -> None:
        if not self._interactive:
            self._write(text)
            return
        self._write(f"{_CLEAR_LINE}{text}{PROMPT}")

    def _marked(self, text: str, entities: Sequence[Mapping[str, Any]]) -> str:
        """Return the text with its entities shown; offsets count UTF-16 units."""
        units = text.encode("utf-16-le")
        opening: dict[int, str] = {}
        closing: dict[int, str] = {}
        for entity in entities:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            before, after = self._signs(entity)
            opening[start] = opening.get(start, "") + before
            closing[end] = after + closing.get(end, "")
        pieces, last = [], 0
        for place in sorted({*opening, *closing, len(units) // 2}):
            pieces.append(_safe(units[2 * last : 2 * place].decode("utf-16-le", "replace")))
            pieces += [closing.get(place, ""), opening.get(place, "")]
            last = place
        return "".join(pieces)

    def _signs(self, entity: Mapping[str, Any]) -> tuple[str, str]:
        if entity["type"] == "text_link":
            return "", f" [{_safe(entity['url'])}]"
        if entity["type"] == "strikethrough":
            return (_STRUCK, _PLAIN) if self._interactive else ("~", "~")
        return (_BOLD, _PLAIN) if self._interactive else ("", "")

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._interactive else text

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def _numbered(keyboard: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    lines, number = [], 0
    for row in keyboard:
        shown = []
        for button in row:
            number += 1
            shown.append(f"[#{number} {_safe(button['text'])}]")
        lines.append("  " + " ".join(shown))
    return lines


def _safe(text: str) -> str:
    """Return the text without anything that a terminal would obey."""
    return _CONTROL.sub("", _INVISIBLE.sub("", text))
