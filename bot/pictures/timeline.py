"""The timeline: what one actor did toward a case, a lane for each type of event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.pictures.svg import (
    FAINT,
    GRID,
    MARGIN,
    PAPER,
    TITLE_HEIGHT,
    WIDTH,
    Sheet,
    document,
    words,
)
from jobs.domain.events import Event, EventStatus, EventType, Grade

_LANE_HEIGHT, _AXIS_HEIGHT, _KEY_HEIGHT = 82, 50, 46
_KEYS_A_ROW = 3
_LEFT, _RIGHT = 40, WIDTH - 40
_TOWARD, _AWAY = "#08518F", "#C8460A"

_MARKS: Mapping[EventStatus, str] = {
    EventStatus.DONE: f'<circle r="12" fill="{_TOWARD}" stroke="{PAPER}" stroke-width="2"/>',
    EventStatus.PLANNED: f'<circle r="10.5" fill="{PAPER}" stroke="{_TOWARD}" stroke-width="4.5"/>',
    EventStatus.CONSIDERED: f'<circle r="7.5" fill="{PAPER}" stroke="{FAINT}" stroke-width="3.5"/>',
    EventStatus.DENIED: f'<path d="M-10-10 10 10M10-10-10 10" stroke="{_AWAY}" stroke-width="6"/>',
    EventStatus.REVERSED: f'<path d="M0-14 14 0 0 14-14 0z" fill="{_AWAY}" stroke="{PAPER}"'
    ' stroke-width="2"/>',
}
"""Told apart by form as well as by colour; drawn in this order, the last on top."""


@dataclass(frozen=True, slots=True)
class TimelineLegend:
    """The words of the picture, already in the reader's language."""

    title: str
    types: Mapping[EventType, str]
    statuses: Mapping[EventStatus, str]
    from_right: bool = False


def draw_timeline(events: Sequence[Event], legend: TimelineLegend, *, on: date) -> str:
    """Return the timeline up to ``on`` as SVG, 1000 pixels wide; planned events may lie beyond.

    Undated, retracted and merely mentioned past events are left out; what only an
    interested party claims, or somebody disputes, is pale. Beside each lane's name stands
    the day of its newest event.
    """
    shown = [e for e in events if e.on and e.status in _MARKS and not e.retracted]
    lanes = [kind for kind in EventType if any(event.type is kind for event in shown)]
    days = [event.on for event in shown if event.on]
    scale = _Scale(min(days, default=on), max([on, *days]))
    axis = TITLE_HEIGHT + len(lanes) * _LANE_HEIGHT
    sheet = Sheet(legend.from_right)
    present = [status for status in _MARKS if any(event.status is status for event in shown)]
    return document(
        WIDTH,
        axis + _AXIS_HEIGHT + -(-len(present) // _KEYS_A_ROW) * _KEY_HEIGHT + MARGIN,
        sheet.heading(legend.title, on.isoformat()),
        *_grid(scale, axis),
        *(
            _lane(sheet, legend.types[kind], [e for e in shown if e.type is kind], scale, i)
            for i, kind in enumerate(lanes)
        ),
        *_key(sheet, legend, present, axis + _AXIS_HEIGHT + 24),
    )


class _Scale:
    """Days to pixels."""

    def __init__(self, first: date, last: date) -> None:
        self.first = min(first, last - timedelta(days=90))
        self.last = last

    def x(self, day: date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (day - self.first) / (self.last - self.first), 1)

    def ticks(self) -> Iterable[tuple[float, str]]:
        """Return at most eight firsts of a month, evenly spaced, with their names."""
        months = (self.last - self.first).days / 30.4
        step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= 8), 120)
        month = (self.first.year * 12 + self.first.month - 1) // step * step
        while (day := date(month // 12, month % 12 + 1, 1)) <= self.last:
            if day >= self.first:
                yield self.x(day), f"{day:%Y}" if step >= 12 else f"{day:%Y-%m}"
            month += step


def _grid(scale: _Scale, axis: int) -> Iterable[str]:
    for x, name in scale.ticks():
        yield f'<path d="M{x} {TITLE_HEIGHT}V{axis + 6}" stroke="{GRID}" stroke-width="2"/>'
        yield words(
            min(max(x, 60), WIDTH - 60), axis + 34, name, 25, room=120, fill=FAINT, anchor="middle"
        )


def _lane(sheet: Sheet, name: str, events: Sequence[Event], scale: _Scale, row: int) -> str:
    top = TITLE_HEIGHT + row * _LANE_HEIGHT
    newest = max(str(event.on) for event in events)
    marks = [
        _mark(event, f"translate({scale.x(event.on)} {top + 58})")
        for event in sorted(events, key=lambda event: list(_MARKS).index(event.status))
        if event.on
    ]
    return (
        f'<path d="M{_LEFT} {top + 58}H{_RIGHT}" stroke="#B8C1C8" stroke-width="2"/>'
        + sheet.words(MARGIN, top + 30, name, 28, room=720)
        + sheet.words(WIDTH - MARGIN, top + 30, newest, 25, room=200, fill=FAINT, is_end=True)
        + "".join(marks)
    )


def _mark(event: Event, place: str) -> str:
    doubtful = event.contested or event.grade is Grade.CLAIMED
    opacity = ' opacity="0.4"' if doubtful else ""
    return f'<g transform="{place}"{opacity}>{_MARKS[event.status]}</g>'


def _key(
    sheet: Sheet, legend: TimelineLegend, present: Sequence[EventStatus], top: int
) -> Iterable[str]:
    room = (WIDTH - 2 * MARGIN) / _KEYS_A_ROW
    for i, status in enumerate(present):
        start, y = MARGIN + i % _KEYS_A_ROW * room, top + i // _KEYS_A_ROW * _KEY_HEIGHT
        yield f'<g transform="translate({sheet.x(start + 16):g} {y})">{_MARKS[status]}</g>'
        yield sheet.words(start + 40, y + 9, legend.statuses[status], 26, room=room - 60)
