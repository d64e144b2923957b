"""Every text of the page can be read on its ground, in light and in dark (WCAG 2.2)."""

import re
from itertools import product
from pathlib import Path

import pytest

import bot.page
from bot.pictures.levels import COLOURS, Level

CSS = (Path(bot.page.__file__).parent / "data" / "page.css").read_text(encoding="utf-8")
TEXT = 4.5
SHAPE = 3.0
"""What the outline of what has the focus must have beside its ground (1.4.11)."""


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))


def _blocks() -> dict[str, dict[str, str]]:
    found = re.findall(r"(:root[^{]*)\{([^}]*)\}", CSS)
    return {name.strip(): _variables(block) for name, block in found}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Return how far two colours are apart: 1 the same, 21 black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_one_of_the_guidelines() -> None:
    assert ratio("#ffffff", "#000000") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [":root", ':root[data-theme="dark"]'])
def test_texts_stand_out_from_both_grounds(theme: str) -> None:
    colours = _blocks()[theme]
    assert set(colours) == {"ground", "card", "ink", "faint", "line", "link", "flag", "focus"}
    for text, ground in product(("ink", "faint", "link", "flag"), ("ground", "card")):
        assert ratio(colours[text], colours[ground]) >= TEXT, f"{text} on {ground}"
    for ground in ("ground", "card"):
        assert ratio(colours["focus"], colours[ground]) >= SHAPE


def test_dark_is_the_same_by_wish_and_by_the_readers_system() -> None:
    blocks = _blocks()
    assert blocks[':root[data-theme="dark"]'] == blocks[':root:not([data-theme="light"])']


def test_no_colour_stands_outside_what_is_computed() -> None:
    rules = re.sub(r":root[^{]*\{[^}]*\}", "", CSS)
    used = re.findall(r"([.a-z ]+) \{[^}]*?(?<!-)color: ([^;]+);", rules)
    assert {value for _, value in used} <= {
        "var(--ink)",
        "var(--faint)",
        "var(--link)",
        "var(--flag)",
    }
    # The keys of the map are shapes, each beside its name; the map's own paper is no text's ground.
    literal = re.findall(r"([^{}\n]+)\{[^}]*#[0-9a-f]{6}", rules)
    assert all(name.startswith((".key.", ".map")) for name in literal)


def test_the_keys_have_the_colours_of_the_map() -> None:
    shown = dict(re.findall(r"\.key\.(\w+) \{ background: (#[0-9a-f]{6}); \}", CSS))
    told = {level.value: colour.lower() for level, colour in COLOURS.items()}
    assert shown == {level: told[level] for level in told if level != Level.NONE}
