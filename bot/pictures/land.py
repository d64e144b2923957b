"""The land of every map: places in the colour of their level, borders, the seat hatched."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.pictures.levels import COLOURS, DARK, Level
from bot.pictures.svg import FAINT, INK, MARGIN, WIDTH, Sheet, words

ROW_HEIGHT = 44


@dataclass(frozen=True, slots=True)
class Legend:
    """The words of a map, already in the reader's language."""

    title: str
    levels: Mapping[Level, str]
    seat: str
    contested: str
    from_right: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What ``data/world.json`` holds: paths and dots by code, in its own units."""

    width: int
    height: int
    shapes: Mapping[str, str]
    dots: Mapping[str, tuple[int, int]]
    parents: Mapping[str, str]
    contested: Sequence[str]
    borders: str
    contested_borders: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the world a map draws: places by code, and the paths of the borders."""

    places: Sequence[str]
    borders: str
    contested_borders: str


@cache
def load_world() -> World:
    """Read the shapes that ``build_world`` made; a millisecond, once."""
    table = json.loads((Path(__file__).parent / "data" / "world.json").read_text())
    del table["source"]
    return World(**table)


def patterns(scale: float) -> str:
    """Return the hatchings of the seat and of contested places; a unit is ``scale`` pixels."""
    return (
        "<defs>"
        + "".join(
            _hatch(name + suffix, size / unit, *colours)
            for name, size, colours in (
                ("hatch", 6.0, ("#FFFFFF", INK)),
                ("contested-hatch", 7.0, ("#F1F3F5", "#C3C9CE")),
            )
            for suffix, unit in (("", 1.0), ("-land", scale))
        )
        + "</defs>"
    )


def _hatch(name: str, size: float, ground: str, line: str) -> str:
    return (
        f'<pattern id="{name}" width="{size:g}" height="{size:g}" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="{size:g}" height="{size:g}" fill="{ground}"/>'
        f'<rect width="{size / 2:g}" height="{size:g}" fill="{line}"/></pattern>'
    )


_SEAT = f'fill="url(#hatch-land)" stroke="{INK}"'


def land(levels: Mapping[str, Level], seat: str, scale: float, ground: Ground) -> list[str]:
    """Return the land and borders of a map whose unit is ``scale`` pixels.

    Dependent territories take the colour of the state that speaks for them. A contested
    place takes nobody's: only what it stands for itself, or else it is hatched.
    """
    # On the world's map a broad line would leave little of a small state.
    world, line = load_world(), min(1.1, 3 * scale) / scale
    shapes: dict[str, list[str]] = {colour: [] for colour in COLOURS.values()}
    shapes["url(#contested-hatch-land)"] = []
    for code in ground.places:
        if code != seat:
            shapes[_fill(world, levels, code)].append(
                f'<path id="{code}" d="{world.shapes[code]}"/>'
            )
    return [
        *(f'<g fill="{fill}">{"".join(paths)}</g>' for fill, paths in shapes.items() if paths),
        f'<g fill="none" stroke-linejoin="round"><path d="{ground.borders}" stroke="#FFFFFF"'
        f' stroke-width="{line:g}"/><path d="{ground.contested_borders}" stroke="#FFFFFF"'
        f' stroke-width="{1.4 * line:g}"/><path d="{ground.contested_borders}" stroke="{FAINT}"'
        f' stroke-width="{1.4 * line:g}" stroke-dasharray="{3 * line:g} {2 * line:g}"/></g>',
        *_seat_shape(world, seat, 2 * line),
    ]


def _fill(world: World, levels: Mapping[str, Level], code: str) -> str:
    level = levels.get(world.parents.get(code, code), Level.NONE)
    if level is Level.NONE and code in world.contested:
        return "url(#contested-hatch-land)"
    return COLOURS[level]


def _seat_shape(world: World, seat: str, line: float) -> list[str]:
    path = world.shapes.get(seat, "")
    return [f'<path id="seat" d="{path}" {_SEAT} stroke-width="{line:g}"/>'] if path else []


def dots(levels: Mapping[str, Level], seat: str, scale: float) -> list[str]:
    """Return a ringed dot for each small state that stands somewhere, a speck for others."""
    world, pixel = load_world(), 1 / scale
    drawn = []
    # The tiniest last: Bahrain's must not lie below Qatar's.
    for code, (x, y) in sorted(world.dots.items(), key=lambda dot: dot[0] not in world.shapes):
        level = levels.get(code, Level.NONE)
        if code == seat:
            drawn.append(
                f'<circle id="seat-dot" cx="{x}" cy="{y}" r="{5 * pixel:g}" {_SEAT}'
                f' stroke-width="{1.5 * pixel:g}"/>'
            )
        elif level is not Level.NONE:
            drawn.append(
                f'<circle id="{code}-dot" cx="{x}" cy="{y}" r="{4.5 * pixel:g}"'
                f' fill="{COLOURS[level]}" stroke="#FFFFFF" stroke-width="{1.25 * pixel:g}"/>'
            )
        elif code not in world.shapes:
            drawn.append(f'<circle cx="{x}" cy="{y}" r="{2 * pixel:g}" fill="{COLOURS[level]}"/>')
    return drawn


def legend_rows(legend: Legend, counts: Mapping[Level, int], top: float) -> list[str]:
    """Return what the colours mean and how many states have each, in two columns."""
    sheet = Sheet(legend.from_right)
    entries = [
        *((COLOURS[level], legend.levels[level], level) for level in Level),
        ("url(#hatch)", legend.seat, None),
        ("url(#contested-hatch)", legend.contested, None),
    ]
    rows = (len(entries) + 1) // 2
    drawn = []
    for i, (fill, label, level) in enumerate(entries):
        start = MARGIN + i // rows * (WIDTH - MARGIN) // 2
        y = top + i % rows * ROW_HEIGHT
        drawn.append(_box(sheet, start, y, fill, is_dashed=fill == "url(#contested-hatch)"))
        room = (WIDTH - MARGIN) / 2 - 74
        drawn.append(sheet.words(start + 62, y + 25, label, 27, room=room))
        if level not in (None, Level.NONE):
            ink = "#FFFFFF" if level in DARK else INK
            number = str(counts.get(level, 0))
            x = sheet.x(start + 25)
            drawn.append(words(x, y + 24, number, 25, room=46, fill=ink, anchor="middle"))
    return drawn


def legend_height() -> int:
    """Return the pixels that ``legend_rows`` takes."""
    return (len(Level) + 3) // 2 * ROW_HEIGHT


def _box(sheet: Sheet, start: float, y: float, fill: str, *, is_dashed: bool) -> str:
    line = ' stroke-dasharray="7 5"' if is_dashed else ""
    edge = f' stroke="{FAINT if is_dashed else INK}" stroke-width="1.5"{line}'
    return (
        f'<rect x="{sheet.x(start, 50):g}" y="{y:g}" width="50" height="31" rx="5" fill="{fill}"'
        f"{edge if fill.startswith('url') else ''}/>"
    )
