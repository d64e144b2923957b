import asyncio
import math
import os
import re
import resource
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.build_world import WIDTH, borders_of, project, read_world, shapes_of
from bot.pictures.png import shrink
from bot.pictures.renderer import PictureError, Renderer
from bot.pictures.svg import document, words
from bot.pictures.timeline import TimelineLegend, draw_timeline
from bot.pictures.world_map import COLOURS, Legend, Level, draw_map, level_of, load_world
from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade, Standing

GOLDEN = Path(__file__).parent / "golden"
DATA = Path(__file__).parents[1] / "bot" / "pictures" / "data"
DAY = date(2026, 6, 30)
SVG = "{http://www.w3.org/2000/svg}"
LEGEND = Legend(
    title="Taliban government of Afghanistan",
    levels={
        Level.RECOGNISED: "Recognised",
        Level.AMBASSADOR: "Ambassador exchanged",
        Level.MISSION: "Mission open or handed over",
        Level.DELISTED: "Ban or listing lifted only",
        Level.CONTACT: "Official contact only",
        Level.NONE: "None known",
    },
    seat="Afghanistan",
    contested="Contested border",
)


def standing(actor: str, level: Level) -> Standing:
    return Standing(
        case="taliban",
        actor=actor,
        recognition="de_jure" if level is Level.RECOGNISED else "none",
        head_of_mission="ambassador" if level is Level.AMBASSADOR else "",
        mission="embassy" if level is Level.MISSION else "",
        listing="delisted" if level is Level.DELISTED else "",
        last_meeting_on=DAY if level is Level.CONTACT else None,
    )


STANDINGS = [
    *(standing(actor, Level.RECOGNISED) for actor in ("RU",)),
    *(standing(actor, Level.AMBASSADOR) for actor in ("CN", "PK", "UZ", "TM", "QA", "AE", "NI")),
    *(standing(actor, Level.MISSION) for actor in ("IN", "TR", "DE", "NO", "BH", "ID")),
    *(standing(actor, Level.DELISTED) for actor in ("KZ", "KG", "MV")),
    *(standing(actor, Level.CONTACT) for actor in ("US", "FR", "EU")),
    standing("CA", Level.NONE),
]


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


# The shapes


def test_world_has_the_small_and_the_contested_and_stays_small() -> None:
    world = load_world()
    assert {"XK", "XS", "XN", "PS", "EH", "crimea"} <= world.shapes.keys() & set(world.contested)
    assert {"TV", "NR", "MV", "VA", "SM", "LI", "SG"} <= world.dots.keys()
    assert len(world.shapes.keys() | world.dots.keys()) > 195
    assert "AQ" not in world.shapes
    assert (DATA / "world.json").stat().st_size < 400_000


def test_no_shape_is_torn_across_the_map() -> None:
    world = load_world()
    for code, path in world.shapes.items():
        for part in re.findall(r"M[^z]*z", path):
            numbers = [int(n) for n in re.findall(r"-?\d+", part)]
            steps = list(zip(numbers[2::2], numbers[3::2], strict=True))
            assert max(abs(dx) for dx, _ in steps) < WIDTH / 8, code


def topology(arcs: list[list[tuple[int, int]]], **places: list[list[int]]) -> dict[str, object]:
    """Places by name, each with polygons of one ring; arcs in whole degrees."""
    moves = [[arc[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(arc))] for arc in arcs]
    ids = {"Fiji": "242", "Russia": "643", "India": "356", "Pakistan": "586", "Kenya": "404"}
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": moves,
        "objects": {
            "countries": {
                "geometries": [
                    {
                        "type": "MultiPolygon",
                        "arcs": [[ring] for ring in rings],
                        "id": ids.get(name),
                        "properties": {"name": name},
                    }
                    for name, rings in places.items()
                ]
            }
        },
    }


def spans(path: str) -> list[tuple[int, int]]:
    """Left and right of each part of a path."""
    found = []
    for part in re.findall(r"M[^Mz]*", path):
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        xs = [sum(numbers[0 : i + 1 : 2]) for i in range(0, len(numbers), 2)]
        found.append((min(xs), max(xs)))
    return found


def across(lon: float, lat: float) -> int:
    """Units from the map's left edge; lon from its middle."""
    return round(project(lon, lat)[0] + WIDTH / 2)


def test_a_state_across_180_degrees_stays_whole() -> None:
    box = [(170, 0), (170, 10), (-175, 10), (-175, 0), (170, 0)]
    shapes, dots = shapes_of(read_world(topology([box], Fiji=[[0]])))
    assert spans(shapes["FJ"]) == [(across(159, 10), across(174, 0))]
    assert dots.keys() == {"TV"}


def test_a_state_across_the_edge_of_the_map_is_cut_in_two() -> None:
    box = [(-179, 0), (-179, 10), (-160, 10), (-160, 0), (-179, 0)]
    shapes, _ = shapes_of(read_world(topology([box], Fiji=[[0]])))
    assert sorted(spans(shapes["FJ"])) == [(0, across(-171, 10)), (across(170, 10), WIDTH)]


def test_tiny_states_are_dots_and_nameless_ones_are_found_by_name() -> None:
    dot = [(10, 0), (10, 1), (11, 1), (11, 0), (10, 0)]
    shapes, dots = shapes_of(read_world(topology([dot], Kenya=[[0]], Kosovo=[[0]])))
    assert shapes.keys() == {"KE", "XK"}
    assert dots["KE"] == dots["XK"] == [across(-0.5, 0.5), round(project(0, 0.5)[1])]


def test_borders_are_agreed_or_contested() -> None:
    arcs = [[(0, 0), (0, 30)], [(0, 30), (30, 30), (0, 0)], [(0, 30), (-30, 30), (0, 0)]]
    agreed, contested = borders_of(read_world(topology(arcs, Kenya=[[0, 1]], India=[[0, 2]])))
    assert len(spans(agreed)) == 1
    assert not contested
    agreed, contested = borders_of(read_world(topology(arcs, Pakistan=[[0, 1]], India=[[0, 2]])))
    assert len(spans(contested)) == 1
    assert not agreed


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


def event(number: int, kind: EventType, status: EventStatus, on: date | None) -> Event:
    return Event(
        id=EventId(number),
        case="taliban",
        actor="RU",
        type=kind,
        status=status,
        grade=Grade.CLAIMED if number == 2 else Grade.CONFIRMED,
        on=on,
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        evidence=(),
    )


EVENTS = [
    event(1, EventType.RECOGNITION, EventStatus.DENIED, date(2021, 8, 26)),
    event(2, EventType.RECOGNITION, EventStatus.DONE, date(2024, 5, 28)),
    event(3, EventType.RECOGNITION, EventStatus.DONE, date(2025, 7, 3)),
    event(4, EventType.MEETING, EventStatus.DONE, date(2022, 3, 30)),
    event(5, EventType.MEETING, EventStatus.DONE, date(2024, 7, 4)),
    event(6, EventType.MEETING, EventStatus.PLANNED, date(2026, 9, 1)),
    event(7, EventType.DELISTING, EventStatus.REVERSED, date(2025, 4, 17)),
    event(8, EventType.FORUM, EventStatus.CONSIDERED, date(2023, 9, 29)),
    event(9, EventType.AGREEMENT, EventStatus.DONE, None),
    event(10, EventType.MISSION, EventStatus.PAST, date(2022, 3, 1)),
]
TIMELINE = TimelineLegend(
    title="Russia and the Taliban government",
    types={kind: kind.value.title() for kind in EventType},
    statuses={status: status.value.title() for status in EventStatus},
)


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


# PNG


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


def decoded(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and colours of a PNG with a palette and no filters."""
    chunks, at = {}, 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        chunks[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour_type) == (8, 3)
    palette = [tuple(chunks[b"PLTE"][i : i + 3]) for i in range(0, len(chunks[b"PLTE"]), 3)]
    lines = zlib.decompress(chunks[b"IDAT"])
    colours = []
    for start in range(0, len(lines), width + 1):
        assert lines[start] == 0
        colours += [palette[i] for i in lines[start + 1 : start + width + 1]]
    return width, height, colours


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


# Rendering


@pytest.mark.parametrize(
    ("name", "svg"),
    [
        ("world_map", draw_map(STANDINGS, LEGEND, seat="AF", on=DAY)),
        ("timeline", draw_timeline(EVENTS, TIMELINE, on=DAY)),
    ],
    ids=["map", "timeline"],
)
async def test_pictures_look_as_they_did(name: str, svg: str, tmp_path: Path) -> None:
    async with Renderer() as renderer:
        png = await renderer.render(svg)
    (tmp_path / f"{name}.png").write_bytes(png)
    assert len(png) < 100_000
    new, old = decoded(png), decoded((GOLDEN / f"{name}.png").read_bytes())
    assert new[:2] == old[:2]
    pairs = zip(new[2], old[2], strict=True)
    off = sum(max(abs(a - b) for a, b in zip(*pair, strict=True)) > 32 for pair in pairs)
    assert off < len(new[2]) / 200, f"look at {tmp_path}; if it is right, keep it in {GOLDEN}"


async def test_a_picture_costs_little_and_nothing_again() -> None:
    # Processor seconds, which other work on the machine does not lengthen much.
    before = processor_seconds()
    svg = draw_map(STANDINGS, LEGEND, seat="AF", on=DAY)
    async with Renderer() as renderer:
        picture = await renderer.render(svg)
        assert all([await renderer.render(svg) is picture for _ in range(1000)])
    assert processor_seconds() - before < 0.7


def processor_seconds() -> float:
    """Ours and those of the processes that we started and that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


async def test_renderer_makes_a_picture_once_for_all_who_ask_together() -> None:
    svg = draw_map(STANDINGS, LEGEND, seat="AF", on=DAY)
    async with Renderer() as renderer:
        asked = [asyncio.create_task(renderer.render(svg)) for _ in range(50)]
        await asyncio.sleep(0)
        asked[0].cancel()
        pictures = await asyncio.gather(*asked[1:])
        assert asked[0].cancelled()
    assert all(picture is pictures[0] for picture in pictures)


async def test_renderer_forgets_the_picture_longest_unused() -> None:
    svgs = [document(8, 8 + i) for i in range(3)]
    async with Renderer(kept=2) as renderer:
        first, second, _ = [await renderer.render(svg) for svg in svgs]
        assert await renderer.render(svgs[1]) is second
        assert await renderer.render(svgs[0]) is not first
        assert await renderer.render(svgs[1]) is second


def slow_picture() -> str:
    """Minutes of blurring."""
    noise = (
        '<filter id="f"><feTurbulence numOctaves="8"/><feGaussianBlur stdDeviation="9"/></filter>'
    )
    return document(2000, 2000, noise, '<rect width="2000" height="2000" filter="url(#f)"/>' * 300)


async def test_a_hanging_picture_is_cut_and_the_loop_runs_on() -> None:
    loop, ticks = asyncio.get_running_loop(), 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with Renderer(deadline_seconds=1.5) as renderer:
        start = loop.time()
        with pytest.raises(PictureError, match=r"not ready within 1\.5 s"):
            await renderer.render(slow_picture())
        assert loop.time() - start < 4
        assert ticks > 10
        assert decoded(await renderer.render(document(9, 5)))[:2] == (9, 5)
    ticking.cancel()


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        ("no picture at all", "could not be rendered"),
        (document(9, 9, "<g>" * 5000 + "<path/>" + "</g>" * 5000), "failed"),
    ],
    ids=["not SVG", "crashes the process"],
)
async def test_a_bad_picture_does_not_spoil_the_next(svg: str, message: str) -> None:
    async with Renderer() as renderer:
        with pytest.raises(PictureError, match=message):
            await renderer.render(svg)
        assert decoded(await renderer.render(document(9, 5)))[:2] == (9, 5)


def workers() -> list[str]:
    """The processes that we started to render."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()) and b"pictures" in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
async def test_closing_gives_up_what_is_under_way_and_leaves_no_process() -> None:
    renderer = Renderer()
    await renderer.render(document(9, 5))
    asked = asyncio.create_task(renderer.render(slow_picture()))
    await asyncio.sleep(0)
    assert len(workers()) == 1
    await renderer.aclose()
    assert not workers()
    with pytest.raises(asyncio.CancelledError):
        await asked
