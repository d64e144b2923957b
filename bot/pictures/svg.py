"""The few SVG pieces that every picture is made of, and the safety of foreign text."""

import re
from html import escape

FONT = "DejaVu Sans"
INK, FAINT, PAPER = "#1F2A33", "#5F6C77", "#F6F8FA"

_UNWRITABLE = re.compile(
    # What XML 1.0 forbids, and the marks that turn the direction of all that follows.
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_GLYPH_WIDTH = 0.64
"""Of the font's size: the mean of Cyrillic text in DejaVu Sans; Latin and Arabic are narrower."""


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
) -> str:
    """Return one line of text that keeps within ``room`` pixels.

    It is set smaller, down to two thirds, and then cut short. Any string is safe.
    """
    line = " ".join(_UNWRITABLE.sub("", text).split())
    fit = room / (_GLYPH_WIDTH * size * max(len(line), 1))
    if fit < 1:
        size *= max(fit, 2 / 3)
    most = int(room / (_GLYPH_WIDTH * size) + 0.001)
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:.1f}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(line)}</text>'
    )
