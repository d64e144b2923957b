"""Make resvg's PNG a third of its size, so that a picture stays below 100 kB.

Above that, the Bot API server holds back uploads of equal length. resvg writes four
channels and filters each line as if it were a photograph; flat colours do better with a
palette and no filter. Standard library only and slow (0.2 s), so: for the worker process.
"""

import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_RGBA, _PALETTE = (8, 6, 0, 0, 0), (8, 3, 0, 0, 0)
_SUB, _UP, _AVERAGE, _PAETH = 1, 2, 3, 4
_LOW, _HIGH, _EVEN = 0x7F7F7F7F, 0x80808080, 0xFEFEFEFE


def shrink(png: bytes) -> bytes:
    """Return an opaque RGBA picture with a palette of at most 256 colours.

    The rarer colours, all of them on the edges of shapes, go to a near one.
    Raises ``ValueError`` on any other kind of PNG.
    """
    width, height, pixels = _pixels(png)
    colours = [colour for colour, _ in Counter(pixels).most_common()]
    indices = bytes(map(_nearest(colours).__getitem__, pixels))
    lines = b"".join(
        b"\0" + indices[start : start + width] for start in range(0, width * height, width)
    )
    palette = b"".join(bytes(_channels(colour)[:3]) for colour in colours[:256])
    return _SIGNATURE + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in (
            (b"IHDR", _HEADER.pack(width, height, *_PALETTE)),
            (b"PLTE", palette),
            (b"IDAT", zlib.compress(lines, 6)),
            (b"IEND", b""),
        )
    )


def _channels(colour: int) -> tuple[int, int, int, int]:
    return colour & 255, colour >> 8 & 255, colour >> 16 & 255, colour >> 24


def _nearest(colours: list[int]) -> Mapping[int, int]:
    """Return each colour's place in the palette: the first 256, by how common."""
    kept = [_channels(colour)[:3] for colour in colours[:256]]
    places = {colour: place for place, colour in enumerate(colours[:256])}
    cells: dict[tuple[int, ...], int] = {}
    for place, channels in enumerate(kept):
        cells.setdefault(tuple(channel >> 4 for channel in channels), place)
    for colour in colours[256:]:
        red, green, blue = _channels(colour)[:3]
        cell = (red >> 4, green >> 4, blue >> 4)
        if cell not in cells:
            cells[cell] = min(
                range(256),
                key=lambda place: (
                    (kept[place][0] - red) ** 2
                    + (kept[place][1] - green) ** 2
                    + (kept[place][2] - blue) ** 2
                ),
            )
        places[colour] = cells[cell]
    return places


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _pixels(png: bytes) -> tuple[int, int, "array[int]"]:
    """Return width, height and every pixel as one number, red lowest."""
    chunks = list(_chunks(png))
    if not png.startswith(_SIGNATURE) or _HEADER.unpack(chunks[0][1])[2:] != _RGBA:
        raise ValueError("not a PNG of 8-bit RGBA")
    width, height = _HEADER.unpack(chunks[0][1])[:2]
    packed = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    pixels = array("I")
    line = array("I", bytes(4 * width))
    for start in range(0, len(packed), 4 * width + 1):
        line = _unfilter(packed[start], array("I", packed[start + 1 : start + 1 + 4 * width]), line)
        pixels.extend(line)
    return width, height, pixels


def _unfilter(method: int, line: "array[int]", above: "array[int]") -> "array[int]":
    """Undo a line's filter, four channels at a time (PNG specification, section 9).

    Only where something changes is there anything to compute: between two changes a
    pixel repeats the one above (Up) or the one to its left (the others), as flat colours do.
    """
    if method == _UP:
        plain = above[:]
        for i in _changes(line.tobytes()):
            plain[i] = _add(above[i], line[i])
        return plain
    plain, left = array("I"), 0
    for i in range(len(line)) if method == _AVERAGE else _turns(method, line, above):
        plain.extend(array("I", (left,)) * (i - len(plain)))
        up = above[i]
        guess = 0
        if method == _PAETH:
            guess = _paeth(left, up, above[i - 1] if i else 0)
        elif method == _SUB:
            guess = left
        elif method == _AVERAGE:
            guess = (left & up) + ((left ^ up) & _EVEN) // 2
        left = _add(guess, line[i]) if line[i] else guess
        plain.append(left)
    plain.extend(array("I", (left,)) * (len(line) - len(plain)))
    return plain


def _turns(method: int, line: "array[int]", above: "array[int]") -> list[int]:
    """Return where a pixel may differ from the one to its left."""
    if method != _PAETH:
        return _changes(line.tobytes())
    # Paeth also looks up: where the line above changes, and where this one begins.
    high = int.from_bytes(above.tobytes(), "little")
    turned = high ^ (high << 32) | int.from_bytes(line.tobytes(), "little") | 1
    return _changes(turned.to_bytes(4 * len(line) + 4, "little")[:-4])


def _changes(pixels: bytes) -> list[int]:
    return [i for i, pixel in enumerate(array("I", pixels)) if pixel]


def _add(guess: int, step: int) -> int:
    """Add each channel by itself, without its carry running into the next."""
    return ((guess & _LOW) + (step & _LOW)) ^ ((guess ^ step) & _HIGH)


def _paeth(left: int, up: int, corner: int) -> int:
    if up in (corner, left):
        return left
    if left == corner:
        return up
    guess = 0
    for shift in (0, 8, 16, 24):
        a, b, c = left >> shift & 255, up >> shift & 255, corner >> shift & 255
        p, q, r = abs(b - c), abs(a - c), abs(a + b - 2 * c)
        guess |= (a if p <= q and p <= r else b if q <= r else c) << shift
    return guess
