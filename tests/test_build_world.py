import re
from itertools import pairwise
from pathlib import Path

from bot.pictures.build_world import WIDTH, borders_of, project, read_world, shapes_of
from bot.pictures.land import load_world

DATA = Path(__file__).parents[1] / "bot" / "pictures" / "data"


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
