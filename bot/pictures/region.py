"""A part of the world around a case's seat or a country, with names where there is room."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from bot.pictures.font import width
from bot.pictures.land import (
    Ground,
    Legend,
    dots,
    land,
    legend_height,
    legend_rows,
    load_world,
    patterns,
)
from bot.pictures.levels import Level
from bot.pictures.svg import INK, MARGIN, PAPER, TITLE_HEIGHT, WIDTH, Sheet, document, words
from bot.pictures.world_map import levels_of
from jobs.domain.events import Standing

Point = tuple[float, float]
Ring = tuple[Point, ...]

_HEIGHT = 720
_AROUND = 6.4
_NARROWEST, _WIDEST = 420.0, 1000.0
"""World units: a region of 40 degrees, and one of 90."""
_SIZE = 25
_LINES = 24
"""How many lines through a place are tried for its name."""
_SUBPATH = re.compile(r"M(-?\d+) ?(-?\d+)l?([^M]*)")
_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the world, in its units."""

    left: float
    top: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return 0 <= x - self.left <= self.width and 0 <= y - self.top <= self.height


@dataclass(frozen=True, slots=True)
class RegionMap:
    """The picture, and the codes that stand in it where there was no room for a name."""

    svg: str
    codes: tuple[str, ...]


def draw_region(
    standings: Sequence[Standing],
    legend: Legend,
    names: Mapping[str, str],
    *,
    seat: str,
    on: date,
) -> RegionMap | None:
    """Return the map of the region around ``seat``, None if that has no place on the map.

    ``names`` are what its states are called. The numbers of the legend
    count the states that the map shows.
    """
    levels = levels_of(standings, seat)
    window = window_of(seat)
    if window is None:
        return None
    shown = {code: level for code, level in levels.items() if _reach(window, code)}
    labels, codes = _labels(window, shown, {**names, seat: legend.seat}, seat)
    bottom = TITLE_HEIGHT + _HEIGHT
    svg = document(
        WIDTH,
        bottom + legend_height() + MARGIN + 14,
        patterns(WIDTH / window.width),
        view_of(window, levels, seat, (0, TITLE_HEIGHT, WIDTH, _HEIGHT)),
        *labels,
        Sheet(legend.from_right).heading(legend.title, on.isoformat()),
        *legend_rows(legend, Counter(shown.values()), bottom + 16),
    )
    return RegionMap(svg, codes)


def view_of(
    window: Window,
    levels: Mapping[str, Level],
    seat: str,
    frame: tuple[float, float, float, float],
    *,
    marked: str = "",
) -> str:
    """Return a window's land within a frame: left, top, width and height in pixels.

    It comes before all else in a picture, of which it leaves just the frame. ``marked`` is
    a place with a strong outline.
    """
    x, y, wide, high = frame
    scale = wide / window.width
    return (
        f'<g transform="translate({x - window.left * scale:g} {y - window.top * scale:g})'
        f' scale({scale:g})">{"".join(land(levels, seat, scale, _ground(window)))}'
        f"{''.join(dots(levels, seat, scale))}{_outline(marked, scale)}</g>"
        # What sticks out is painted over: to clip it would take half a second.
        f'<path fill="{PAPER}" fill-rule="evenodd"'
        f' d="M0 0H{WIDTH}V{WIDTH * 2}H0zM{x:g} {y:g}h{wide:g}v{high:g}h{-wide:g}z"/>'
    )


def _outline(code: str, scale: float) -> str:
    """Return a dark line on a pale one, which is seen on every colour."""
    world = load_world()
    if code in world.dots:
        x, y = world.dots[code]
        form = f'<circle cx="{x}" cy="{y}" r="{9 / scale:g}"'
    elif code in world.shapes:
        form = f'<path d="{world.shapes[code]}" stroke-linejoin="round"'
    else:
        return ""
    return "".join(
        f'{form} fill="none" stroke="{colour}" stroke-width="{pixels / scale:g}"/>'
        for colour, pixels in (("#FFFFFF", 6), (INK, 2.5))
    )


@cache
def window_of(
    centre: str, *, shape: float = _HEIGHT / WIDTH, around: float = _AROUND
) -> Window | None:
    """Return the part of the world around a place, None for what has no place on the map.

    ``shape`` is its height to its width, ``around`` how many times as wide as the place it is.
    """
    world = load_world()
    if centre in world.shapes:
        # An island on the other side of the world is not what the region is around.
        points = max(rings_of(centre), key=lambda ring: abs(_area(ring)))
        xs, ys = zip(*points, strict=True)
    elif centre in world.dots:
        xs, ys = ((place,) for place in world.dots[centre])
    else:
        return None
    own = max(max(xs) - min(xs), (max(ys) - min(ys)) / shape)
    wide = min(max(around * own, _NARROWEST), max(1.2 * own, _WIDEST))
    high = wide * shape
    left = min(max((max(xs) + min(xs) - wide) / 2, 0), world.width - wide)
    top = min(max((max(ys) + min(ys) - high) / 2, 0), world.height - high)
    return Window(left, top, wide, high)


@cache
def _ground(window: Window) -> Ground:
    """Return what lies in a window: to dash every border of the world takes half a second."""
    world = load_world()
    borders, contested = (
        "".join(
            path[0]
            for path in _SUBPATH.finditer(paths)
            if any(window.holds(*point) for point in _line(path))
        )
        for paths in (world.borders, world.contested_borders)
    )
    places = tuple(code for code in world.shapes if _reach(window, code))
    return Ground(places, borders, contested)


@cache
def rings_of(code: str) -> tuple[Ring, ...]:
    """Return a place's outlines, in world units."""
    return tuple(_line(path) for path in _SUBPATH.finditer(load_world().shapes[code]))


def _line(path: re.Match[str]) -> Ring:
    point = (float(path[1]), float(path[2]))
    line = [point]
    numbers = [int(number) for number in _NUMBER.findall(path[3])]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        point = (point[0] + dx, point[1] + dy)
        line.append(point)
    return tuple(line)


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*ring, ring[0]))) / 2


@cache
def _reach(window: Window, code: str) -> bool:
    """Tell whether a window shows some of a place."""
    world = load_world()
    if code in world.dots and window.holds(*world.dots[code]):
        return True
    if code not in world.shapes:
        return False
    return any(window.holds(*point) for ring in rings_of(code) for point in ring)


@cache
def _seat_of_name(window: Window, code: str) -> tuple[float, float, float] | None:
    """Return where in the picture a place's name has most room: middle, and how much."""
    scale = WIDTH / window.width
    rings = _inside(window, code)
    ys = [y for ring in rings for _, y in ring]
    half = _SIZE * 0.5 / scale
    if not ys:
        return None
    top = max(min(ys), window.top + 2 * half)
    bottom = min(max(ys), window.top + window.height - 2 * half)
    best = None
    for i in range(_LINES):
        y = top + (bottom - top) * (i + 0.5) / _LINES
        spans = _spans(rings, y)
        for at in (y - half, y + half):
            spans = list(_common(spans, _spans(rings, at)))
        for start, end in spans:
            start, end = max(start, window.left), min(end, window.left + window.width)
            if best is None or end - start > best[2]:
                best = ((start + end) / 2, y, end - start)
    if best is None or best[2] <= 0:
        return None
    x, y, room = best
    return (x - window.left) * scale, TITLE_HEIGHT + (y - window.top) * scale, room * scale


def _inside(window: Window, code: str) -> list[Ring]:
    if code not in load_world().shapes:
        return []
    return [ring for ring in rings_of(code) if any(window.holds(*point) for point in ring)]


def _spans(rings: Sequence[Ring], y: float) -> list[tuple[float, float]]:
    """Return where a level line runs over land."""
    crossings = sorted(
        a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for ring in rings
        for a, b in pairwise((*ring, ring[0]))
        if (a[1] > y) != (b[1] > y)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def _common(
    spans: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    for start, end in spans:
        for other_start, other_end in others:
            both = max(start, other_start), min(end, other_end)
            if both[0] < both[1]:
                yield both


def _labels(
    window: Window, levels: Mapping[str, Level], names: Mapping[str, str], seat: str
) -> tuple[list[str], tuple[str, ...]]:
    """Return the names that have room, and the codes that stand where a name has none.

    The seat first, then who stands somewhere, the roomiest first: a name that would
    cover another is left out.
    """
    places = []
    for code, name in names.items():
        found = _seat_of_name(window, code)
        if found is not None:
            is_nobody = levels.get(code, Level.NONE) is Level.NONE
            places.append((code != seat, is_nobody, -found[2], code, name, found))
    drawn, codes = [], []
    taken: list[tuple[float, float, float, float]] = []
    for is_other, is_nobody, _, code, name, (x, y, room) in sorted(places):
        written = name if width(name, _SIZE) <= 1.2 * room + 16 else code
        wide = width(written, _SIZE)
        if is_nobody and wide > room + 8 * is_other:
            continue
        x = min(max(x, wide / 2 + 8), WIDTH - wide / 2 - 8)
        box = (x - wide / 2 - 3, y - _SIZE / 2, x + wide / 2 + 3, y + _SIZE / 2)
        if any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        if written == code:
            codes.append(code)
        drawn.append(words(x, y + 9, written, _SIZE, room=WIDTH, fill=INK, anchor="middle", halo=6))
    return drawn, tuple(codes)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart
