import math
import re
from collections.abc import Mapping
from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.svg import document, words
from bot.pictures.timeline import draw_timeline
from bot.pictures.world_map import COLOURS, Legend, Level, draw_map, level_of, load_world
from jobs.domain.events import Event, Standing
from tests.sample_pictures import DAY, EVENTS, LEGEND, STANDINGS, TIMELINE, standing

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


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


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


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
    assert colours["FK"] == colours["crimea"] == COLOURS[Level.NONE]


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
            assert lab_distance(one, other, matrix) > 20, (name, one, other)


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
    assert len(written) * float(root[1].attrib["font-size"]) * 0.6 <= 91
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", written)


def test_hostile_names_stay_words_in_the_map() -> None:
    evil = '</text><image href="file:///etc/passwd"/>&amp;\x00'
    legend = Legend(evil, dict.fromkeys(Level, evil), evil, evil)
    svg = draw_map(STANDINGS, legend, seat="AF", on=DAY)
    assert not list(parsed(svg).iter(f"{SVG}image"))
    assert sum(text.startswith("</text><image") for text in texts(svg)) == 9


# The timeline


def test_timeline_has_a_lane_for_each_type_with_a_dated_event() -> None:
    written = texts(draw_timeline(EVENTS, TIMELINE, on=DAY))
    assert [text for text in written if text in TIMELINE.types.values()] == [
        *("Recognition", "Meeting", "Delisting", "Forum")
    ]
    assert {"2022", "2023", "2024", "2025", "2026", "2025-07-03", "2026-09-01"} <= set(written)
    assert written[-5:] == ["Done", "Planned", "Considered", "Denied", "Reversed"]


@pytest.mark.parametrize("events", [[], EVENTS[:1], EVENTS[-2:]], ids=["none", "one", "undated"])
def test_timeline_of_little_still_is_a_picture(events: list[Event]) -> None:
    svg = draw_timeline(events, TIMELINE, on=date(2021, 8, 26))
    assert texts(svg)[0] == TIMELINE.title
    assert "2021-07" in texts(svg)
