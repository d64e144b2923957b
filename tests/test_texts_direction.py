"""Direction: what Latin letters and digits become in a message from right to left."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.texts.direction import laid_out, laid_out_text, runs_left
from bot.texts.foreign import safe_foreign
from bot.texts.messages import Button, Message, Writer

FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"


@pytest.mark.parametrize(
    ("name", "language", "text", "shown"),
    [
        ("a command", "fa", "ببینید: /status", f"ببینید: {FSI}/status{PDI}"),
        (
            "a command with its words",
            "ar",
            "اكتب /filter uz kz meeting+ confirmed الآن",
            f"اكتب {FSI}/filter uz kz meeting+ confirmed{PDI} الآن",
        ),
        ("a line that begins with one", "ar", "/stop يوقف", f"{RLM}{FSI}/stop{PDI} يوقف"),
        ("a zone", "fa", "ساعت 18:30 UTC+4:30", f"ساعت ۱۸:۳۰ {FSI}UTC+4:30{PDI}"),
        ("digits of Persian", "fa", "هشدار 12: 3 منبع", "هشدار ۱۲: ۳ منبع"),
        ("digits of Arabic", "ar", "تنبيه 12", "تنبيه 12"),
        ("a number of a command", "fa", "چرا: /why_12", f"چرا: {FSI}/why_12{PDI}"),
        (
            "foreign words stay as they were made",
            "fa",
            f"{FSI}TOLOnews 24{PDI} (3 جولای)",
            f"{RLM}{FSI}TOLOnews 24{PDI} (۳ جولای)",
        ),
        (
            "each line for itself",
            "ar",
            "سطر\nUNESCO قالت",
            f"سطر\n{RLM}{FSI}UNESCO{PDI} قالت",
        ),
        ("nothing from right to left", "fa", "Alert 12: /why_12", "Alert 12: /why_12"),
        ("a language from left to right", "ru", "Смотрите /status", "Смотрите /status"),
    ],
)
def test_a_text_is_laid_out(name: str, language: str, text: str, shown: str) -> None:
    assert laid_out_text(text, language) == shown


def test_marks_of_form_move_with_their_words() -> None:
    writer = Writer()
    writer.write("/why 12 ")
    with writer.bold():
        writer.write("روسیه 2025")
    writer.write(" ")
    with writer.link("https://example.org/"):
        writer.foreign("A headline")
    shown = laid_out(writer.build(), "fa")
    texts = [_cut(shown.text, entity) for entity in shown.entities]
    assert texts == ["روسیه ۲۰۲۵", f"{FSI}A headline{PDI}"]


def test_labels_of_buttons_are_laid_out_and_plain_ones_left() -> None:
    buttons = ((Button("بیشتر UTC", data="x"), Button("Asia/Kabul", data="y")),)
    shown = laid_out(Message("متن", buttons=buttons), "fa")
    [row] = shown.buttons
    assert [one.label for one in row] == [f"بیشتر {FSI}UTC{PDI}", "Asia/Kabul"]


def _cut(text: str, entity: MessageEntity) -> str:
    units = text.encode("utf-16-le")
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


PIECES = st.lists(
    st.one_of(
        st.sampled_from(["روسیه ", "/why_12", " uz kz", "12:30", "\n", " · ", "😀", "UTC+3", "("]),
        st.text(max_size=8).map(safe_foreign),
    ),
    min_size=1,
    max_size=12,
)


@given(PIECES, st.integers(0, 11), st.integers(1, 6))
def test_nothing_is_lost_and_every_line_runs_left(
    pieces: list[str], start: int, count: int
) -> None:
    writer = Writer()
    for place, piece in enumerate(pieces):
        if place == start:
            with writer.bold():
                writer.write("".join(pieces[place : place + count]))
        elif not start < place < start + count:
            writer.write(piece)
    message = writer.build()
    shown = laid_out(message, "ar")
    assert _bare(shown.text) == _bare(message.text)
    assert [_bare(_cut(shown.text, one)) for one in shown.entities] == [
        _bare(_cut(message.text, one)) for one in message.entities
    ]
    if shown.text != message.text:
        lines = [line for line in shown.text.split("\n") if line.strip()]
        assert all(runs_left(line) for line in lines)
        assert not re.search(r"[/A-Za-z]", re.sub(f"{FSI}[^{PDI}]*{PDI}", "", shown.text))
    assert laid_out(shown, "ar") == shown


def _bare(text: str) -> str:
    return re.sub(f"[{FSI}{PDI}{RLM}]", "", text)
