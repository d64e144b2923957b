import math
import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures import PictureError, font
from bot.pictures.land import Legend, load_world
from bot.pictures.levels import COLOURS, DARK, Level, level_of
from bot.pictures.meetings import SHADES, WHITE_FROM
from bot.pictures.region import draw_region
from bot.pictures.svg import BAR, FAINT, INK, PAPER, TO_COME, document, words
from bot.pictures.worker import render
from bot.pictures.world_map import draw_map
from jobs.domain.events import Standing
from tests.sample_pictures import (
    DARI,
    DARI_LEGEND,
    DAY,
    LEGEND,
    NAMES,
    PICTURES,
    STANDINGS,
    SVG,
    parsed,
    region,
    standing,
    texts,
)


def drawn_colours(svg: str) -> dict[str, str]:
    """The fill of every place, a dot winning over the shape below it."""
    fills = {}
    for group in parsed(svg).iter(f"{SVG}g"):
        for place in group.findall(f"{SVG}path[@id]"):
            fills[place.attrib["id"]] = group.attrib.get("fill") or place.attrib["fill"]
    for dot in parsed(svg).iter(f"{SVG}circle"):
        if "id" in dot.attrib:
            fills[dot.attrib["id"].removesuffix("-dot")] = dot.attrib["fill"]
    return fills


# The map


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, Level.NONE),
        ({"recognition": "de_jure", "mission": "embassy"}, Level.RECOGNISED),
        ({"recognition": "de_facto"}, Level.RECOGNISED),
        ({"recognition": "withdrawn"}, Level.NONE),
        ({"recognition": "withdrawn", "last_meeting_on": DAY}, Level.CONTACT),
        ({"head_of_mission": "ambassador", "mission": "embassy"}, Level.AMBASSADOR),
        ({"head_of_mission": "chargé d'affaires", "mission": "closed"}, Level.MISSION),
        ({"head_of_mission": "none", "mission": "consulate"}, Level.MISSION),
        ({"mission": "closed", "listing": "suspended"}, Level.DELISTED),
        ({"listing": "listed"}, Level.NONE),
        ({"mission": "closed", "last_meeting_on": DAY}, Level.CONTACT),
    ],
    ids=lambda value: str(value),
)
def test_level_is_the_furthest_step_that_holds(changes: Mapping[str, str], level: Level) -> None:
    assert level_of(Standing("taliban", "RU", **changes)) is level  # type: ignore[arg-type]


def test_every_place_of_the_standings_is_drawn_in_its_colour() -> None:
    world = load_world()
    places = sorted((world.shapes.keys() | world.dots.keys()) - world.parents.keys() - {"AF"})
    standings = [standing(code, list(Level)[i % 5]) for i, code in enumerate(places)]
    colours = drawn_colours(draw_map(standings, LEGEND, seat="AF", on=DAY))
    assert {s.actor: COLOURS[level_of(s)] for s in standings}.items() <= colours.items()


def test_dependent_territories_follow_the_state_that_speaks_for_them() -> None:
    colours = drawn_colours(draw_map([standing("DK", Level.MISSION)], LEGEND, seat="AF", on=DAY))
    assert colours["GL"] == colours["DK"] == COLOURS[Level.MISSION]
    assert colours["FK"] == colours["crimea"] == "url(#contested-hatch-land)"


@pytest.mark.parametrize("seat", ["AF", "XK", "XS", "PS", "VA"])
def test_the_seat_is_hatched_and_has_no_standing_toward_itself(seat: str) -> None:
    svg = draw_map([standing(seat, Level.RECOGNISED)], LEGEND, seat=seat, on=DAY)
    assert drawn_colours(svg)["seat"] == "url(#hatch-land)"
    assert COLOURS[Level.RECOGNISED] not in drawn_colours(svg).values()
    assert "1" not in texts(svg)


def test_legend_counts_states_not_organisations() -> None:
    written = texts(draw_map(STANDINGS, LEGEND, seat="AF", on=DAY))
    assert written[:2] == [LEGEND.title, "2026-06-30"]
    assert written[2:12] == [
        *("Recognised", "1", "Ambassador exchanged", "7", "Mission open or handed over", "6"),
        *("Ban or listing lifted only", "3", "Official contact only", "2"),
    ]


def test_colours_are_told_apart_by_every_kind_of_eyes() -> None:
    # Machado, Oliveira and Fernandes 2009, severity 1.
    eyes = {
        "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
        "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
        "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
    }
    for name, matrix in eyes.items():
        for one, other in combinations(COLOURS.values(), 2):
            assert lab_distance(one, other, matrix) > 27, (name, one, other)


def test_words_stand_out_from_what_they_are_written_on() -> None:
    written = [
        *((COLOURS[level], "#FFFFFF" if level in DARK else INK) for level in Level),
        *((shade, "#FFFFFF" if least >= WHITE_FROM else INK) for least, shade in SHADES),
        *((ground, FAINT) for ground in (PAPER, TO_COME)),
    ]
    # WCAG 2.2, level AA, for words of a usual size; of a bar or a mark it asks 3.
    assert {pair: contrast(*pair) for pair in written if contrast(*pair) < 4.5} == {}
    assert contrast(BAR, PAPER) > 3


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' lightness."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
    return max(lights) / min(lights)


def lab_distance(one: str, other: str, eyes: tuple[tuple[float, ...], ...]) -> float:
    def lab(colour: str) -> tuple[float, float, float]:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        r, g, b = (
            min(1, max(0, sum(k * c for k, c in zip(row, light, strict=True)))) for row in eyes
        )
        x, y, z = (
            c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116
            for c in (
                (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
                0.2126 * r + 0.7152 * g + 0.0722 * b,
                (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
            )
        )
        return 116 * y - 16, 500 * (x - y), 200 * (y - z)

    return math.dist(lab(one), lab(other))


# Words


@given(st.text(st.characters()))
def test_any_text_is_only_text(text: str) -> None:
    root = parsed(document(100, 50, words(0, 20, text, 20, room=90)))
    assert [element.tag for element in root] == [f"{SVG}rect", f"{SVG}text"]
    assert not list(root[1])
    written = root[1].text or ""
    assert font.width(written, float(root[1].attrib["font-size"])) <= 91
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", written)


def test_hostile_names_stay_words_in_the_map() -> None:
    evil = '</text><image href="file:///etc/passwd"/>&amp;\x00'
    legend = Legend(evil, dict.fromkeys(Level, evil), evil, evil)
    svg = draw_map(STANDINGS, legend, seat="AF", on=DAY)
    assert not list(parsed(svg).iter(f"{SVG}image"))
    assert sum(text.startswith("</text><image") for text in texts(svg)) == 9


@pytest.mark.parametrize("name", PICTURES)
def test_no_word_is_too_small_for_a_phone(name: str) -> None:
    sizes = [float(each.attrib["font-size"]) for each in parsed(PICTURES[name]).iter(f"{SVG}text")]
    # A name that is too long may go down to two thirds, and only then is cut.
    assert min(sizes) >= 18
    assert sorted(sizes)[len(sizes) // 20] >= 24


@pytest.mark.parametrize("name", [name for name in PICTURES if "dari" in name])
def test_what_is_read_from_the_right_stands_there(name: str) -> None:
    lines = parsed(PICTURES[name]).iter(f"{SVG}text")
    ours = [each for each in lines if re.search("[\u0600-\u06ff]", each.text or "")]
    title = ours[0] if "card" in name else next(e for e in ours if "2021" in (e.text or ""))
    assert (title.attrib["x"], title.attrib["text-anchor"]) == ("978", "end")
    sides = {each.attrib["text-anchor"] for each in ours}
    assert sides <= {"end", "middle"}  # the middle: a country's name on the map
    # Otherwise a line that begins with a number would be set from the left.
    assert all(e.text and e.text[0] == "\u202b" for e in ours if e.attrib["text-anchor"] == "end")


def test_the_font_knows_what_it_can_write() -> None:
    assert font.covers("Türkiye Россия افغانستان")
    assert not font.covers("阿富汗")
    assert 0.5 < font.width("n", 1) < font.width("W", 1) < 1


def test_no_font_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font, "PATH", tmp_path / "gone.ttf")
    font._metrics.cache_clear()
    with pytest.raises(PictureError, match=r"gone\.ttf"):
        words(0, 0, "Russia", 20, room=90)
    # Nor may the other process draw boxes in the place of letters.
    with pytest.raises(ValueError, match=r"gone\.ttf"):
        render(PICTURES["meetings"])


# The region


def test_region_names_who_has_room_and_gives_codes_to_the_others() -> None:
    found = region(LEGEND, NAMES)
    written = texts(found.svg)
    assert {"Russia", "Kazakhstan", "Iran", "Türkiye", "UZ", "KG"} <= set(written)
    assert {"UZ", "KG", "TM"} <= set(found.codes)
    assert not {"Russia", "RU", "NI"} & set(found.codes)
    assert "Oman" not in written  # it stands nowhere, and has no room


def test_region_counts_whom_it_shows() -> None:
    written = texts(region(LEGEND, NAMES).svg)
    at = written.index("Ambassador exchanged")
    assert written[at : at + 2] == ["Ambassador exchanged", "6"]  # Nicaragua is elsewhere


def test_names_in_a_region_do_not_cover_each_other() -> None:
    boxes = []
    for each in parsed(region(LEGEND, NAMES).svg).iter(f"{SVG}text"):
        if each.attrib["text-anchor"] == "middle" and float(each.attrib["y"]) < 790:
            x, y, size = (float(each.attrib[key]) for key in ("x", "y", "font-size"))
            half = font.width(each.text or "", size) / 2
            boxes.append((x - half, y - 0.7 * size, x + half, y))
    assert len(boxes) > 10
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@pytest.mark.parametrize(("seat", "has_place"), [("XK", True), ("VA", True), ("ZZ", False)])
def test_every_seat_with_a_place_has_a_region(seat: str, *, has_place: bool) -> None:
    found = draw_region(STANDINGS, DARI_LEGEND, DARI, seat=seat, on=DAY)
    assert (found is not None) is has_place
