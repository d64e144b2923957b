"""The few SVG pieces that every picture is made of, and the safety of foreign text."""

import re
from dataclasses import dataclass
from html import escape

from bot.pictures.font import width

FONT = "DejaVu Sans"
WIDTH = 1000
"""Of every picture; a phone shows it at about a third, so no word is under 24 pixels."""
MARGIN = 22
TITLE_HEIGHT = 70
INK, FAINT, PAPER, GRID = "#1F2A33", "#56636E", "#F6F8FA", "#DDE2E6"
BAR, TO_COME = "#7A92A5", "#E9EDF0"
"""What is counted, and the days that have not been yet."""

_UNWRITABLE = re.compile(
    # What XML 1.0 forbids, and the marks that turn the direction of all that follows.
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)


_FROM_RIGHT, _AS_BEFORE = "\u202b", "\u202c"


def document(width: int, height: int, *parts: str) -> str:
    """Return a whole picture, on an opaque ground that suits light and dark themes."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="{FONT}">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def words(
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    room: float,
    fill: str = INK,
    anchor: str = "start",
    halo: float = 0,
    from_right: bool = False,
) -> str:
    """Return one line of text that keeps within ``room`` pixels.

    It is set smaller, down to two thirds, and then cut short. Any string is safe.
    ``halo`` is the width of a pale edge around it, for words that lie on a map.
    ``from_right`` says that the line is of a language written so, whatever is first in it.
    """
    line, size = fitted(text, size, room)
    if from_right:
        line = f"{_FROM_RIGHT}{line}{_AS_BEFORE}"
    edge = (
        f' stroke="{PAPER}" stroke-width="{halo:g}" stroke-linejoin="round" paint-order="stroke"'
        if halo
        else ""
    )
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:.1f}" fill="{fill}"'
        f' text-anchor="{anchor}"{edge}>{escape(line)}</text>'
    )


def fitted(text: str, size: float, room: float) -> tuple[str, float]:
    """Return a text as one line that fits, and the size at which it does."""
    line = " ".join(_UNWRITABLE.sub("", text).split())
    wide = width(line, size)
    if wide > room:
        size *= max(room / wide, 2 / 3)
    if width(line, size) > room + 0.01:
        while line and width(line + "…", size) > room:
            line = line[:-1].rstrip()
        line += "…"
    return line, size


@dataclass(frozen=True, slots=True)
class Sheet:
    """The side from which a picture is read: what is said of places counts from there."""

    from_right: bool = False

    def x(self, start: float, width: float = 0) -> float:
        """Return the left edge of what begins ``start`` pixels from the reader's side."""
        return WIDTH - start - width if self.from_right else start

    def words(
        self,
        start: float,
        y: float,
        text: str,
        size: float,
        *,
        room: float,
        fill: str = INK,
        is_end: bool = False,
    ) -> str:
        """Return a line that begins (or ends) so far from the reader's side."""
        anchor = "end" if is_end is not self.from_right else "start"
        x, from_right = self.x(start), self.from_right
        return words(x, y, text, size, room=room, fill=fill, anchor=anchor, from_right=from_right)

    def heading(self, title: str, day: str) -> str:
        """Return what stands above every picture: what it shows, and of which day."""
        return self.words(MARGIN, 47, title, 36, room=WIDTH - 250) + self.words(
            WIDTH - MARGIN, 46, day, 28, room=190, fill=FAINT, is_end=True
        )
