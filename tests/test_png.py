import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.png import shrink
from tests.sample_pictures import decoded


def encoded(rows: list[list[int]], filters: list[int]) -> bytes:
    """A PNG of 8-bit RGBA with a filter of one's choice for each row."""

    def guess(kind: int, a: int, b: int, c: int) -> int:
        if kind == 4:
            return min((a, b, c), key=lambda value: abs(a + b - c - value))
        return (0, a, b, (a + b) // 2)[kind]

    above = [0] * len(rows[0])
    packed = b""
    for row, kind in zip(rows, filters, strict=True):
        left, corner = [0, 0, 0, 0, *row], [0, 0, 0, 0, *above]
        packed += bytes(
            [
                kind,
                *((x - guess(kind, left[i], above[i], corner[i])) % 256 for i, x in enumerate(row)),
            ]
        )
        above = row
    header = struct.pack(">IIBBBBB", len(rows[0]) // 4, len(rows), 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in chunks
    )


COLOUR = st.sampled_from([(0, 0, 0), (255, 1, 254), (128, 127, 3), (3, 250, 129), (250, 2, 4)])


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(COLOUR, min_size=6, max_size=6)), min_size=1))
def test_shrinking_keeps_every_pixel_whatever_the_filters(
    rows: list[tuple[int, list[tuple[int, int, int]]]],
) -> None:
    flat = [[part for colour in row for part in (*colour, 255)] for _, row in rows]
    png = encoded(flat, [kind for kind, _ in rows])
    assert decoded(shrink(png)) == (6, len(rows), [colour for _, row in rows for colour in row])


def test_shrinking_moves_rare_colours_to_near_ones() -> None:
    colours = [(i, i // 2, 200 - i // 2) for i in range(256)] * 2 + [(7, 250, 3), (101, 52, 149)]
    width, height, shrunk = decoded(shrink(encoded([[p for c in colours for p in (*c, 255)]], [0])))
    assert (width, height) == (514, 1)
    assert shrunk[:512] == colours[:512]
    assert max(abs(a - b) for a, b in zip(shrunk[513], colours[513], strict=True)) < 16


def test_shrinking_refuses_what_is_not_from_resvg() -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        shrink(shrink(encoded([[0, 0, 0, 255]], [0])))
