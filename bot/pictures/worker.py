"""The process that renders: SVG in, PNG out, until its input ends.

Started by ``renderer`` as a program of its own, so that it loads none of the bot. Each
answer is one byte, ``P`` for a PNG or ``E`` for the words of an error, and the length;
each question is the length and the SVG. Lengths are four bytes, highest first.
"""

import sys
from typing import BinaryIO

import resvg_py

from bot.pictures import font
from bot.pictures.png import shrink
from bot.pictures.svg import FONT

_MOST_SIDES, _MOST_TIMES = 10_000, 20
"""What Telegram takes: width and height together, and how many times one is the other."""

_SMALL = 60_000
"""Bytes that go as they are: to make a chart of 50 kB one of 20 takes a fifth of a second."""


def render(svg: str) -> bytes:
    """Return the picture as PNG, with our own font only.

    Raises ``ValueError`` on bad SVG, on a form that Telegram refuses, and where there is
    no font, without which resvg would leave out every word and say nothing.
    """
    if not font.PATH.is_file():
        raise ValueError(f"there is no font at {font.PATH}")
    png = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(font.PATH)],
            font_family=FONT,
        )
    )
    shorter, longer = sorted((int.from_bytes(png[16:20]), int.from_bytes(png[20:24])))
    if shorter + longer > _MOST_SIDES or longer > _MOST_TIMES * shorter:
        raise ValueError(f"a picture of {shorter} by {longer} pixels is none for Telegram")
    return png if len(png) < _SMALL else shrink(png)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer every question in turn; an error in one does not stop the next."""
    while head := questions.read(4):
        svg = questions.read(int.from_bytes(head)).decode()
        try:
            kind, body = b"P", render(svg)
        except ValueError as error:
            kind, body = b"E", str(error).encode()
        answers.write(kind + len(body).to_bytes(4) + body)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
