"""The world map: where each state stands toward a case."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from bot.pictures.svg import FAINT, INK, document, words
from jobs.domain.events import Standing

WIDTH = 1000
_TITLE_HEIGHT, _ROW_HEIGHT, _MARGIN = 66, 38, 22


class Level(StrEnum):
    """How far a state has gone toward a case, furthest first."""

    RECOGNISED = "recognised"
    AMBASSADOR = "ambassador"
    MISSION = "mission"
    DELISTED = "delisted"
    CONTACT = "contact"
    NONE = "none"


COLOURS: Mapping[Level, str] = {
    Level.RECOGNISED: "#C8460A",
    Level.AMBASSADOR: "#08518F",
    Level.MISSION: "#5AAFE6",
    Level.DELISTED: "#2E8B62",
    Level.CONTACT: "#F6CF65",
    Level.NONE: "#D6DADD",
}
"""At least 20 apart in CIE Lab for every kind of colour vision, which a test computes."""

_DARK = frozenset({Level.RECOGNISED, Level.AMBASSADOR, Level.DELISTED})


@dataclass(frozen=True, slots=True)
class Legend:
    """The words of the picture, already in the reader's language."""

    title: str
    levels: Mapping[Level, str]
    seat: str
    contested: str


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


@cache
def load_world() -> World:
    """Read the shapes that ``build_world`` made; a millisecond, once."""
    table = json.loads((Path(__file__).parent / "data" / "world.json").read_text())
    del table["source"]
    return World(**table)


_NOBODY = frozenset({"", "none", "closed"})


def level_of(standing: Standing) -> Level:
    """Return the furthest step that holds now; a closed mission or a plain listing is none."""
    if standing.recognition.startswith("de_"):
        return Level.RECOGNISED
    if standing.head_of_mission == "ambassador":
        return Level.AMBASSADOR
    if standing.head_of_mission not in _NOBODY or standing.mission not in _NOBODY:
        return Level.MISSION
    if standing.listing in {"delisted", "suspended"}:
        return Level.DELISTED
    return Level.CONTACT if standing.last_meeting_on else Level.NONE


def draw_map(standings: Sequence[Standing], legend: Legend, *, seat: str, on: date) -> str:
    """Return the map as SVG, 1000 pixels wide; ``seat`` is the case's own territory.

    Organisations have no place on it and are not counted. Dependent territories take
    the colour of the state that speaks for them.
    """
    world = load_world()
    levels = {
        standing.actor: level_of(standing)
        for standing in standings
        if standing.actor != seat
        and (standing.actor in world.shapes or standing.actor in world.dots)
    }
    scale = WIDTH / world.width
    bottom = _TITLE_HEIGHT + world.height * scale
    rows = (len(Level) + 2) // 2
    return document(
        WIDTH,
        round(bottom + rows * _ROW_HEIGHT + _MARGIN),
        f"<defs>{_hatch('hatch', 6)}{_hatch('hatch-land', 6 / scale)}</defs>",
        words(_MARGIN, 45, legend.title, 34, room=WIDTH - 240),
        words(WIDTH - _MARGIN, 45, on.isoformat(), 26, room=180, fill=FAINT, anchor="end"),
        f'<g transform="translate(0 {_TITLE_HEIGHT}) scale({scale:g})">',
        *_land(world, levels, seat),
        *_dots(world, levels, seat),
        "</g>",
        *_legend(legend, Counter(levels.values()), bottom + 8),
    )


_SEAT = f'fill="url(#hatch-land)" stroke="{INK}"'


def _hatch(name: str, size: float) -> str:
    return (
        f'<pattern id="{name}" width="{size:g}" height="{size:g}" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="{size:g}" height="{size:g}" fill="#FFFFFF"/>'
        f'<rect width="{size / 2:g}" height="{size:g}" fill="{INK}"/></pattern>'
    )


def _land(world: World, levels: Mapping[str, Level], seat: str) -> list[str]:
    shapes: dict[str, list[str]] = {colour: [] for colour in COLOURS.values()}
    for code, path in world.shapes.items():
        if code != seat:
            level = levels.get(world.parents.get(code, code), Level.NONE)
            shapes[COLOURS[level]].append(f'<path id="{code}" d="{path}"/>')
    return [
        *(f'<g fill="{colour}">{"".join(paths)}</g>' for colour, paths in shapes.items()),
        f'<g fill="none" stroke-linejoin="round"><path d="{world.borders}" stroke="#FFFFFF"'
        f' stroke-width="3"/><path d="{world.contested_borders}" stroke="#FFFFFF"'
        f' stroke-width="4"/><path d="{world.contested_borders}" stroke="{FAINT}"'
        ' stroke-width="4" stroke-dasharray="9 6"/></g>',
        *_seat_shape(world, seat),
    ]


def _seat_shape(world: World, seat: str) -> list[str]:
    path = world.shapes.get(seat, "")
    return [f'<path id="seat" d="{path}" {_SEAT} stroke-width="6"/>'] if path else []


def _dots(world: World, levels: Mapping[str, Level], seat: str) -> list[str]:
    """Return a ringed dot for each small state that stands somewhere, a speck for others."""
    dots = []
    # The tiniest last: Bahrain's must not lie below Qatar's.
    for code, (x, y) in sorted(world.dots.items(), key=lambda dot: dot[0] not in world.shapes):
        level = levels.get(code, Level.NONE)
        if code == seat:
            dots.append(
                f'<circle id="seat-dot" cx="{x}" cy="{y}" r="20" {_SEAT} stroke-width="6"/>'
            )
        elif level is not Level.NONE:
            dots.append(
                f'<circle id="{code}-dot" cx="{x}" cy="{y}" r="17" fill="{COLOURS[level]}"'
                ' stroke="#FFFFFF" stroke-width="5"/>'
            )
        elif code not in world.shapes:
            dots.append(f'<circle cx="{x}" cy="{y}" r="8" fill="{COLOURS[level]}"/>')
    return dots


def _legend(legend: Legend, counts: Mapping[Level, int], top: float) -> list[str]:
    entries = [_level_key(level, counts.get(level, 0), legend.levels[level]) for level in Level]
    entries.append(_key(f'fill="url(#hatch)" stroke="{INK}" stroke-width="1.5"', legend.seat))
    entries.append(_key('fill="none"', legend.contested) + _CONTESTED_LINE)
    rows = (len(entries) + 1) // 2
    return [
        f'<g transform="translate({_MARGIN + i // rows * (WIDTH - _MARGIN) // 2}'
        f' {top + i % rows * _ROW_HEIGHT:g})">{entry}</g>'
        for i, entry in enumerate(entries)
    ]


_CONTESTED_LINE = (
    f'<path d="M1 15h44" fill="none" stroke="{FAINT}" stroke-width="3" stroke-dasharray="7 5"/>'
)


def _key(style: str, label: str) -> str:
    box = f'<rect x="0.75" y="0.75" width="46" height="28" rx="5" {style}/>'
    return box + words(58, 23, label, 23, room=(WIDTH - _MARGIN) / 2 - 70)


def _level_key(level: Level, count: int, label: str) -> str:
    key = _key(f'fill="{COLOURS[level]}"', label)
    if level is Level.NONE:
        return key
    ink = "#FFFFFF" if level in _DARK else INK
    return key + words(24, 23, str(count), 22, room=44, fill=ink, anchor="middle")
