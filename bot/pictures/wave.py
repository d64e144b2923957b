"""The wave around a recognition: what the others did in the weeks before and after it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.pictures.svg import (
    BAR,
    FAINT,
    GRID,
    MARGIN,
    PAPER,
    TITLE_HEIGHT,
    TO_COME,
    WIDTH,
    Sheet,
    document,
    words,
)
from jobs.domain.events import Event, EventType

BEFORE, AFTER = timedelta(weeks=8), timedelta(weeks=16)
_ROWS = 10
_ROW, _BARS, _AXIS = 50, 150, 50
_NAMES = 240


class Step(StrEnum):
    """How weighty what somebody did is, weightiest first."""

    RECOGNITION = "recognition"
    MOVE = "move"
    TALK = "talk"


STEPS: Mapping[EventType, Step] = {
    EventType.RECOGNITION: Step.RECOGNITION,
    EventType.CREDENTIALS: Step.MOVE,
    EventType.MISSION: Step.MOVE,
    EventType.DELISTING: Step.MOVE,
    EventType.AGREEMENT: Step.TALK,
    EventType.FORUM: Step.TALK,
    EventType.MEETING: Step.TALK,
}
_RANKS: Mapping[Step, int] = {step: rank for rank, step in enumerate(Step)}
_MARKS: Mapping[Step, str] = {
    Step.TALK: f'<circle r="7" fill="{PAPER}" stroke="#08518F" stroke-width="3.5"/>',
    Step.MOVE: f'<path d="M-10-10H10V10H-10z" fill="#08518F" stroke="{PAPER}" stroke-width="2"/>',
    Step.RECOGNITION: f'<path d="M0-15 15 0 0 15-15 0z" fill="#C8460A" stroke="{PAPER}"'
    ' stroke-width="2"/>',
}
"""Told apart by form as well as by colour; drawn in this order, the last on top."""


@dataclass(frozen=True, slots=True)
class WaveLegend:
    """The words of the picture, already in the reader's language."""

    title: str
    steps: Mapping[Step, str]
    names: Mapping[str, str]
    a_week: str
    from_right: bool = False


def draw_wave(events: Sequence[Event], legend: WaveLegend, *, day: date, on: date) -> str:
    """Return what was done around ``day`` as SVG, by week above and by actor below.

    Up to ten actors have a row: who took the weightiest steps, in the order in which
    they first moved. Time runs from left to right in every language.
    """
    shown = [e for e in events if e.on and -BEFORE <= e.on - day < AFTER]
    actors = most_moved(shown)
    sheet = Sheet(legend.from_right)
    rows = TITLE_HEIGHT + _BARS + _AXIS
    bottom = rows + len(actors) * _ROW
    return document(
        WIDTH,
        bottom + 16 + len(Step) * 42 + MARGIN,
        sheet.heading(legend.title, on.isoformat()),
        _to_come(sheet, min(on - day, AFTER), bottom),
        *_weeks(sheet, bottom),
        *_bars(sheet, shown, legend.a_week, day),
        _dawn(sheet, day, bottom),
        *(
            _row(sheet, rows + i * _ROW, actor, shown, legend, day)
            for i, actor in enumerate(actors)
        ),
        *_key(sheet, legend, bottom + 36),
    )


def most_moved(events: Sequence[Event]) -> list[str]:
    """Return the actors that have a row, in the order in which they first moved."""
    weights: dict[str, tuple[int, int]] = {}
    first: dict[str, date] = {}
    for event in events:
        step = _RANKS[STEPS[event.type]]
        best, count = weights.get(event.actor, (step, 0))
        weights[event.actor] = (min(best, step), count - 1)
        if event.on:
            first[event.actor] = min(first.get(event.actor, event.on), event.on)
    chosen = sorted(weights, key=lambda actor: (weights[actor], actor))[:_ROWS]
    return sorted(chosen, key=lambda actor: (first[actor], actor))


def _x(sheet: Sheet, days: timedelta) -> float:
    left = MARGIN if sheet.from_right else MARGIN + _NAMES
    return round(left + (WIDTH - 2 * MARGIN - _NAMES) * ((BEFORE + days) / (BEFORE + AFTER)), 1)


def _weeks(sheet: Sheet, bottom: float) -> list[str]:
    drawn = []
    for week in range(-8, 17, 4):
        x = _x(sheet, timedelta(weeks=week))
        drawn.append(f'<path d="M{x} {TITLE_HEIGHT}V{bottom}" stroke="{GRID}" stroke-width="2"/>')
        if week and week < AFTER // timedelta(weeks=1):
            name = f"+{week}" if week > 0 else f"−{-week}"
            at = max(x, _x(sheet, -BEFORE) + 18)
            drawn.append(
                words(at, TITLE_HEIGHT + _BARS + 32, name, 24, room=90, fill=FAINT, anchor="middle")
            )
    return drawn


def _to_come(sheet: Sheet, past: timedelta, bottom: float) -> str:
    """Return a shade over the days that have not been yet."""
    now = _x(sheet, past)
    return (
        f'<rect x="{now:g}" y="{TITLE_HEIGHT}" width="{_x(sheet, AFTER) - now:g}"'
        f' height="{bottom - TITLE_HEIGHT}" fill="{TO_COME}"/>'
    )


def _dawn(sheet: Sheet, day: date, bottom: float) -> str:
    x, y = _x(sheet, timedelta()), TITLE_HEIGHT + _BARS + 32
    line = f'<path d="M{x} {TITLE_HEIGHT}V{bottom}" stroke="#C8460A" stroke-width="3"/>'
    return line + words(x, y, day.isoformat(), 25, room=180, anchor="middle", halo=8)


def _bars(sheet: Sheet, events: Sequence[Event], a_week: str, day: date) -> list[str]:
    counts = Counter((e.on - day) // timedelta(weeks=1) for e in events if e.on)
    most = max(counts.values(), default=1)
    base, high = TITLE_HEIGHT + _BARS, _BARS - 40
    wide = _x(sheet, timedelta(weeks=1)) - _x(sheet, timedelta())
    drawn = [
        f'<path d="M{_x(sheet, -BEFORE)} {base}H{_x(sheet, AFTER)}" stroke="{FAINT}"'
        ' stroke-width="2"/>',
        sheet.words(MARGIN, base - 8, a_week, 25, room=_NAMES - 16, fill=FAINT),
    ]
    for week, count in sorted(counts.items()):
        x, tall = _x(sheet, timedelta(weeks=week)), high * count / most
        drawn.append(
            f'<rect x="{x + 2:g}" y="{base - tall:.1f}" width="{wide - 4:.1f}" height="{tall:.1f}"'
            f' fill="{BAR}"/>'
        )
        if count == most:
            drawn.append(
                words(x + wide / 2, base - tall - 8, str(count), 24, room=60, anchor="middle")
            )
    return drawn


def _row(
    sheet: Sheet, top: float, actor: str, events: Sequence[Event], legend: WaveLegend, day: date
) -> str:
    # Steps of one weight on one day are one mark, however many they were.
    taken = {(STEPS[e.type], e.on - day) for e in events if e.actor == actor and e.on}
    middle = top + _ROW / 2
    return (
        f'<path d="M{_x(sheet, -BEFORE)} {middle}H{_x(sheet, AFTER)}" stroke="{GRID}"'
        ' stroke-width="2"/>'
        + sheet.words(MARGIN, middle + 9, legend.names.get(actor, actor), 27, room=_NAMES - 16)
        + "".join(
            f'<g transform="translate({_x(sheet, days)} {middle})">{mark}</g>'
            for step, mark in _MARKS.items()
            for days in sorted(days for each, days in taken if each is step)
        )
    )


def _key(sheet: Sheet, legend: WaveLegend, top: float) -> list[str]:
    drawn = []
    for i, step in enumerate(Step):
        x, y = sheet.x(MARGIN + 16), top + i * 42
        drawn.append(f'<g transform="translate({x:g} {y})">{_MARKS[step]}</g>')
        drawn.append(sheet.words(MARGIN + 46, y + 9, legend.steps[step], 26, room=WIDTH - 100))
    return drawn
