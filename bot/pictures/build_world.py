"""Make ``data/world.json`` from Natural Earth; run by hand, never by the bot.

::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m bot.pictures.build_world package/countries-50m.json

Natural Earth is in the public domain. The shapes are thinned arc by arc, so that two
neighbours keep one border, projected to Equal Earth and cut at 169° W, in the Bering
Strait: a cut at 180° would tear Russia and Fiji apart. Antarctica is left out.
"""

import argparse
import heapq
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

Point = tuple[float, float]
Line = list[Point]

WIDTH = 4000
"""Units over the whole world: four to a pixel of the world map, one on a map of a region."""
CENTRE = 11.0
NORTH, SOUTH = 83.8, -56.5
DETAIL = 3.0
"""Square units: a bend that encloses less than this is straightened."""
SPECK = 10.0
"""Square units: an island smaller than this is left out."""
SMALL = 240.0
"""Square units: a state with less land than this has a dot, too."""
TINY = 60.0
"""Square units: a state with less land than this has a dot only."""

NAMED = {"Kosovo": "XK", "Somaliland": "XS", "N. Cyprus": "XN", "Siachen Glacier": "siachen"}
"""Natural Earth gives these no id; X* are of ISO 3166's user-assigned codes."""
LEFT_OUT = frozenset({"Antarctica", "Indian Ocean Ter."})
CRIMEA = (32.4, 36.7, 44.3, 46.3)
"""West, east, south, north of the part that Natural Earth draws with Russia."""
MISSING = {"TV": (179.2, -8.52)}
"""States that the 1:50m shapes do not have at all."""
PARENTS = {
    dependent: parent
    for parent, dependents in {
        "AU": "HM NF",
        "CN": "HK MO",
        "DK": "FO GL",
        "FI": "AX",
        "FR": "BL MF NC PF PM TF WF",
        "GB": "AI BM GG IM IO JE KY MS PN SH TC VG",
        "NL": "AW CW SX",
        "US": "AS GU MP PR VI",
    }.items()
    for dependent in dependents.split()
}
"""Dependent territories, which take no foreign decision of their own."""
CONTESTED = frozenset({"crimea", "siachen", "EH", "FK", "GS", "PS", "XK", "XN", "XS"})
"""Places whose land borders are dashed on every side."""
CONTESTED_BORDERS = frozenset({("CN", "IN"), ("IL", "SY"), ("IN", "PK")})
"""Pairs of states whose border is a line of control, wholly or for a good part."""


@dataclass
class World:
    """Arcs, projected; and for each place its polygons, as rings of arc numbers."""

    arcs: list[Line]
    places: dict[str, list[list[list[int]]]] = field(default_factory=dict)


def project(lon: float, lat: float) -> Point:
    """Return Equal Earth units, y downwards from ``NORTH``; lon from ``CENTRE``."""
    x, y = _equal_earth(lon, lat)
    scale = WIDTH / (2 * _equal_earth(180, 0)[0])
    return scale * x, scale * (_equal_earth(0, NORTH)[1] - y)


def _equal_earth(lon: float, lat: float) -> Point:
    # Šavrič, Patterson and Jenny 2018, https://doi.org/10.1080/13658816.2018.1504949
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    square = theta * theta
    sixth = square**3
    slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
    x = 2 * math.radians(lon) * math.cos(theta) / (math.sqrt(3) * slope)
    return x, theta * (a1 + a2 * square + sixth * (a3 + a4 * square))


def read_world(topology: Mapping[str, Any]) -> World:
    """Read TopoJSON: unpack its arcs, thin them, and sort polygons by place."""
    world = World([_thin(_unwrap(arc)) for arc in _unpack(topology)])
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if name in LEFT_OUT:
            continue
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            code = _code(name, geometry.get("id"))
            if code == "RU" and _is_crimea(world, polygon):
                code = "crimea"
            world.places.setdefault(code, []).append(polygon)
    return world


def _unpack(topology: Mapping[str, Any]) -> Iterable[Line]:
    (scale_x, scale_y), (left, bottom) = topology["transform"].values()
    for arc in topology["arcs"]:
        x = y = 0
        line: Line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + left, y * scale_y + bottom))
        yield line


def _code(name: str, number: str | None) -> str:
    if number is None:
        return NAMED[name]
    codes: list[str] = get_global("territory_aliases")[number]
    return codes[0]


def _unwrap(line: Line) -> Line:
    """Make longitudes run on past ±180, counted from ``CENTRE``."""
    turned: Line = []
    for lon, lat in line:
        before = turned[-1][0] if turned else 0.0
        turned.append((before + math.remainder(lon - CENTRE - before, 360), lat))
    return turned


def _thin(line: Line) -> Line:
    """Drop the points whose triangle is smallest, down to ``DETAIL`` (Visvalingam).

    A closed line keeps at least a triangle.
    """
    flat = [project(*point) for point in line]
    before = list(range(-1, len(flat) - 1))
    after = list(range(1, len(flat) + 1))

    def triangle(i: int) -> float:
        return abs(_area([flat[before[i]], flat[i], flat[after[i]]]))

    heap = [(triangle(i), i) for i in range(1, len(flat) - 1)]
    current = {i: size for size, i in heap}
    heapq.heapify(heap)
    closed = line[0] == line[-1]
    while heap and heap[0][0] < DETAIL and len(current) > 2 * closed:
        size, i = heapq.heappop(heap)
        if current.get(i) != size:
            continue
        del current[i]
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if j in current:
                # Never smaller than what went before, or a coast is eaten from one end.
                current[j] = max(size, triangle(j))
                heapq.heappush(heap, (current[j], j))
    return [point for i, point in enumerate(line) if i in current or i in (0, len(line) - 1)]


def _area(ring: Sequence[Point]) -> float:
    """Return the signed area; the ring need not be closed."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def _ring(world: World, numbers: Sequence[int]) -> Line:
    line: Line = []
    for number in numbers:
        arc = world.arcs[number] if number >= 0 else world.arcs[~number][::-1]
        line.extend(arc if not line else arc[1:])
    return _unwrap([(lon + CENTRE, lat) for lon, lat in line])


def _is_crimea(world: World, polygon: Sequence[Sequence[int]]) -> bool:
    west, east, south, north = CRIMEA
    ring = _ring(world, polygon[0])
    return all(west < lon + CENTRE < east and south < lat < north for lon, lat in ring)


def _cut(ring: Line) -> list[Line]:
    """Return the ring's parts on this map and on its left and right continuation."""
    parts = []
    for turn in (-360, 0, 360):
        part = [(lon + turn, lat) for lon, lat in ring]
        for sign in (1, -1):
            part = _keep_below(part, sign)
        if len(part) > 2:
            parts.append([project(*point) for point in part])
    return parts


def _keep_below(ring: Line, sign: int) -> Line:
    """Clip to ``sign * lon <= 180`` (Sutherland and Hodgman)."""
    kept: Line = []
    for (x1, y1), (x2, y2) in pairwise([*ring[-1:], *ring]):
        if (sign * x1 > 180) != (sign * x2 > 180):
            share = (sign * 180 - x1) / (x2 - x1)
            kept.append((sign * 180.0, y1 + share * (y2 - y1)))
        if sign * x2 <= 180:
            kept.append((x2, y2))
    return kept


def shapes_of(world: World) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Return the paths of the places with land to show, and the dots of the small states."""
    shapes: dict[str, str] = {}
    dots = {code: _whole(project(lon - CENTRE, lat)) for code, (lon, lat) in MISSING.items()}
    for code, polygons in sorted(world.places.items()):
        parts = [
            [cut for ring in polygon for cut in _cut(_ring(world, ring))] for polygon in polygons
        ]
        parts = sorted((p for p in parts if p), key=lambda part: -abs(_area(part[0])))
        land = sum(abs(_area(part[0])) for part in parts)
        if land < SMALL and code not in PARENTS and code.isupper():
            dots[code] = _whole(_middle(parts[0][0]))
        shown = [ring for part in parts for ring in part if abs(_area(ring)) > SPECK]
        if shown and (land >= TINY or code in CONTESTED):
            shapes[code] = "".join(_path(ring) + "z" for ring in shown)
    return shapes, dots


def _middle(ring: Line) -> Point:
    """Return the centre of mass; of a sliver without area, the middle of its points."""
    sums = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise([*ring, ring[0]])]
    double = sum(cross for _, _, cross in sums)
    if abs(double) < 1:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x, y = (sum((a[i] + b[i]) * cross for a, b, cross in sums) / (3 * double) for i in (0, 1))
    return x, y


def _whole(point: Point) -> list[int]:
    # From the left edge: the projection counts from the middle.
    return [round(point[0] + WIDTH / 2), round(point[1])]


def _path(line: Line) -> str:
    """Return SVG path data in whole units, relative after the first point."""
    points = [_whole(point) for point in line]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    text = f"M{points[0][0]} {points[0][1]}l"
    text += " ".join(f"{dx} {dy}" for dx, dy in steps if dx or dy)
    return text.replace(" -", "-").removesuffix("l")


def borders_of(world: World) -> tuple[str, str]:
    """Return the land borders as two paths: agreed, and contested."""
    sides: dict[int, set[str]] = {}
    for code, polygons in world.places.items():
        for number in (n for polygon in polygons for ring in polygon for n in ring):
            sides.setdefault(number if number >= 0 else ~number, set()).add(code)
    paths = {False: "", True: ""}
    for number, codes in sorted(sides.items()):
        if len(codes) > 1:
            contested = bool(codes & CONTESTED) or tuple(sorted(codes)) in CONTESTED_BORDERS
            paths[contested] += _path([project(*point) for point in world.arcs[number]])
    return paths[False], paths[True]


def main() -> None:
    """Read the topology named on the command line and write ``world.json``."""
    parser = argparse.ArgumentParser(description="Make the map's shapes from Natural Earth.")
    parser.add_argument("topology", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "world.json")
    options = parser.parse_args()
    world = read_world(json.loads(options.topology.read_text()))
    shapes, dots = shapes_of(world)
    borders, contested_borders = borders_of(world)
    table = {
        "source": "Natural Earth 1:50m (public domain), by world-atlas 2.0.2; see build_world.py",
        "width": WIDTH,
        "height": round(project(0, SOUTH)[1]),
        "shapes": shapes,
        "dots": dots,
        "parents": {code: parent for code, parent in PARENTS.items() if code in shapes},
        "contested": sorted(CONTESTED & shapes.keys()),
        "borders": borders,
        "contested_borders": contested_borders,
    }
    options.out.write_text(json.dumps(table, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
