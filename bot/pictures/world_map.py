"""The world map: where each state stands toward a case."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

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
from bot.pictures.levels import Level, level_of
from bot.pictures.svg import MARGIN, TITLE_HEIGHT, WIDTH, Sheet, document
from jobs.domain.events import Standing


def draw_map(standings: Sequence[Standing], legend: Legend, *, seat: str, on: date) -> str:
    """Return the map as SVG, 1000 pixels wide; ``seat`` is the case's own territory.

    Organisations have no place on it and are not counted.
    """
    world = load_world()
    levels = levels_of(standings, seat)
    scale = WIDTH / world.width
    ground = Ground(tuple(world.shapes), world.borders, world.contested_borders)
    bottom = TITLE_HEIGHT + world.height * scale
    return document(
        WIDTH,
        round(bottom + legend_height() + MARGIN),
        patterns(scale),
        Sheet(legend.from_right).heading(legend.title, on.isoformat()),
        f'<g transform="translate(0 {TITLE_HEIGHT}) scale({scale:g})">',
        *land(levels, seat, scale, ground),
        *dots(levels, seat, scale),
        "</g>",
        *legend_rows(legend, Counter(levels.values()), bottom + 10),
    )


def levels_of(standings: Sequence[Standing], seat: str) -> dict[str, Level]:
    """Return the level of each state that has a place on the map, the seat left out."""
    world = load_world()
    return {
        standing.actor: level_of(standing)
        for standing in standings
        if standing.actor != seat
        and (standing.actor in world.shapes or standing.actor in world.dots)
    }
