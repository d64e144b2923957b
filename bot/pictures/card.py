"""A card for one country: how far it has gone, since when, where it lies, how busy it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.pictures.land import patterns
from bot.pictures.levels import COLOURS, DARK, Level, steps_of
from bot.pictures.region import view_of, window_of
from bot.pictures.svg import (
    BAR,
    FAINT,
    GRID,
    INK,
    MARGIN,
    TITLE_HEIGHT,
    WIDTH,
    Sheet,
    document,
    words,
)
from bot.pictures.world_map import levels_of
from jobs.domain.events import Event, EventStatus, Standing

LADDER = tuple(level for level in Level if level is not Level.NONE)
"""The steps of a card, the furthest on top."""
_TOP = TITLE_HEIGHT + 50
_STEP = 76
_MAP = (440, len(LADDER) * _STEP - 14)
_BARS = 110
_MONTHS = 24


@dataclass(frozen=True, slots=True)
class CardLegend:
    """The words of the picture, already in the reader's language."""

    title: str
    case: str
    levels: Mapping[Level, str]
    a_month: str
    from_right: bool = False


def draw_card(
    standing: Standing,
    others: Sequence[Standing],
    events: Sequence[Event],
    legend: CardLegend,
    *,
    seat: str,
    on: date,
) -> str:
    """Return the card of ``standing``'s actor as SVG.

    ``others`` colour the map around it, ``events`` are what it did; without a place on the
    map (an organisation) the steps have the whole width.
    """
    sheet = Sheet(legend.from_right)
    view = _view(sheet, standing.actor, others, seat)
    bottom = _TOP + len(LADDER) * _STEP
    bars = _busy(sheet, events, legend, bottom + 50, on)
    return document(
        WIDTH,
        bottom + (_BARS + 118 if bars else 14),
        *view,
        sheet.heading(legend.title, on.isoformat()),
        sheet.words(MARGIN, TITLE_HEIGHT + 18, legend.case, 27, room=WIDTH - 44, fill=FAINT),
        *_ladder(sheet, standing, legend, WIDTH - 2 * MARGIN - (460 if view else 0)),
        *bars,
    )


def _view(sheet: Sheet, actor: str, others: Sequence[Standing], seat: str) -> list[str]:
    wide, high = _MAP
    window = window_of(actor, shape=high / wide, around=4.2)
    if window is None:
        return []
    left = sheet.x(WIDTH - MARGIN - wide, wide)
    frame = (left, _TOP, wide, high)
    return [
        patterns(wide / window.width),
        view_of(window, levels_of(others, seat), seat, frame, marked=actor),
        f'<rect x="{left:g}" y="{_TOP}" width="{wide}" height="{high}" fill="none"'
        f' stroke="{GRID}" stroke-width="2"/>',
    ]


def _ladder(sheet: Sheet, standing: Standing, legend: CardLegend, room: float) -> list[str]:
    held = steps_of(standing)
    drawn = []
    for i, level in enumerate(LADDER):
        y = _TOP + i * _STEP
        fill, ink, line = "none", FAINT, FAINT
        if level in held:
            fill, ink, line = COLOURS[level], INK, COLOURS[level]
        drawn.append(
            f'<rect x="{sheet.x(MARGIN + 1, 46):g}" y="{y}" width="46" height="46" rx="8"'
            f' fill="{fill}" stroke="{line}" stroke-width="2"/>'
        )
        if level in held:
            tick = "#FFFFFF" if level in DARK else INK
            drawn.append(
                f'<path d="M{sheet.x(MARGIN + 1, 46) + 11:g} {y + 24}l9 9 16-19" fill="none"'
                f' stroke="{tick}" stroke-width="5"/>'
            )
        since = held.get(level)
        drawn.append(
            sheet.words(
                MARGIN + 64,
                y + (23 if since else 33),
                legend.levels[level],
                28,
                room=room - 64,
                fill=ink,
            )
        )
        if since:
            drawn.append(
                sheet.words(MARGIN + 64, y + 53, since.isoformat(), 25, room=200, fill=FAINT)
            )
    return drawn


def _busy(
    sheet: Sheet, events: Sequence[Event], legend: CardLegend, top: float, on: date
) -> list[str]:
    """Return how many things it did in each of the last 24 months, nothing if none."""
    last = on.year * 12 + on.month - 1
    months = range(last - _MONTHS + 1, last + 1)
    counts = Counter(
        event.on.year * 12 + event.on.month - 1
        for event in events
        if event.on and event.status is EventStatus.DONE and not event.retracted
    )
    most = max(counts[month] for month in months)
    if not most:
        return []
    wide, base = (WIDTH - 2 * MARGIN) / _MONTHS, top + _BARS
    drawn = [
        sheet.words(MARGIN, top - 8, legend.a_month, 26, room=WIDTH - 44, fill=FAINT),
        f'<path d="M{MARGIN} {base}H{WIDTH - MARGIN}" stroke="{FAINT}" stroke-width="2"/>',
    ]
    for i, month in enumerate(months):
        x, tall = MARGIN + i * wide, (_BARS - 36) * counts[month] / most
        drawn.append(
            f'<rect x="{x + 3:g}" y="{base - tall:.1f}" width="{wide - 6:.1f}"'
            f' height="{tall:.1f}" fill="{BAR}"/>'
        )
        if counts[month]:
            drawn.append(
                words(
                    x + wide / 2,
                    base - tall - 6,
                    str(counts[month]),
                    24,
                    room=wide,
                    anchor="middle",
                )
            )
        if i == 0 or month % 12 == 0:
            drawn.append(f'<path d="M{x:g} {base}v10" stroke="{FAINT}" stroke-width="2"/>')
            name = f"{month // 12}-{month % 12 + 1:02}"
            drawn.append(words(x, base + 34, name, 24, room=120, fill=FAINT))
    return drawn
