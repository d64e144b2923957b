"""What the pictures' font can write and how wide it is, read from the file itself."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.pictures import PictureError

PATH = Path(__file__).parent / "data" / "DejaVuSans.ttf"

_TABLE = struct.Struct(">4sIII")
_GROUP = struct.Struct(">III")
_FOUR_BYTE_CHARACTERS = 12
"""The format of a character map that reaches beyond the first 65,536."""


def covers(text: str) -> bool:
    """Tell whether the font has a form for every letter of a text.

    Raises ``PictureError`` where there is no font, as ``width`` does.
    """
    glyphs = _metrics().glyphs
    return all(character.isspace() or ord(character) in glyphs for character in text)


def width(text: str, size: float) -> float:
    """Return the pixels that a line takes at most; joined Arabic takes a little less."""
    metrics = _metrics()
    return size * sum(metrics.advance(ord(character)) for character in text)


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Each character's glyph, and each glyph's width as a part of the font's size."""

    glyphs: Mapping[int, int]
    advances: tuple[float, ...]

    def advance(self, character: int) -> float:
        # Past the end of the table every glyph is as wide as its last.
        return self.advances[min(self.glyphs.get(character, 0), len(self.advances) - 1)]


@cache
def _metrics() -> _Metrics:
    try:
        font = PATH.read_bytes()
    except OSError as error:
        raise PictureError(f"the pictures' font cannot be read: {error}") from error
    tables = {}
    for i in range(int.from_bytes(font[4:6])):
        name, _, start, length = _TABLE.unpack_from(font, 12 + 16 * i)
        tables[name] = font[start : start + length]
    units = int.from_bytes(tables[b"head"][18:20])
    count = int.from_bytes(tables[b"hhea"][34:36])
    advances = struct.unpack_from(">" + "Hh" * count, tables[b"hmtx"])[::2]
    return _Metrics(_glyphs(tables[b"cmap"]), tuple(each / units for each in advances))


def _glyphs(cmap: bytes) -> Mapping[int, int]:
    for i in range(int.from_bytes(cmap[2:4])):
        start = int.from_bytes(cmap[8 + 8 * i : 12 + 8 * i])
        if int.from_bytes(cmap[start : start + 2]) == _FOUR_BYTE_CHARACTERS:
            break
    else:
        raise ValueError(f"{PATH}: its character map is of another format")
    glyphs = {}
    for i in range(int.from_bytes(cmap[start + 12 : start + 16])):
        first, last, glyph = _GROUP.unpack_from(cmap, start + 16 + 12 * i)
        glyphs.update({first + n: glyph + n for n in range(last - first + 1)})
    return glyphs
