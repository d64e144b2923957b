"""The process that renders: SVG in, PNG out, until its input ends.

Started by ``renderer`` as a program of its own, so that it loads none of the bot. Each
answer is one byte, ``P`` for a PNG or ``E`` for the words of an error, and the length;
each question is the length and the SVG. Lengths are four bytes, highest first.
"""

import sys
from pathlib import Path
from typing import BinaryIO

import resvg_py

from bot.pictures.png import shrink
from bot.pictures.svg import FONT

_FONT = Path(__file__).parent / "data" / "DejaVuSans.ttf"


def render(svg: str) -> bytes:
    """Return the picture as PNG, with our own font only; raise ``ValueError`` on bad SVG."""
    return shrink(
        bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                skip_system_fonts=True,
                font_files=[str(_FONT)],
                font_family=FONT,
            )
        )
    )


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
