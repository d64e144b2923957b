"""The timeline: what one actor did toward a case, a lane for each type of event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.pictures.svg import FAINT, INK, PAPER, document, words
from jobs.domain.events import Event, EventStatus, EventType, Grade

WIDTH = 1000
_TITLE_HEIGHT, _LANE_HEIGHT, _FOOT_HEIGHT, _MARGIN = 66, 72, 92, 22
_LEFT, _RIGHT = 40, WIDTH - 40
_TOWARD, _AWAY = "#08518F", "#C8460A"
_GRID = "#DDE2E6"

_MARKS: Mapping[EventStatus, str] = {
    EventStatus.DONE: f'<circle r="10" fill="{_TOWARD}" stroke="{PAPER}" stroke-width="2"/>',
    EventStatus.PLANNED: f'<circle r="9" fill="{PAPER}" stroke="{_TOWARD}" stroke-width="4"/>',
    EventStatus.CONSIDERED: f'<circle r="6" fill="{PAPER}" stroke="{FAINT}" stroke-width="3"/>',
    EventStatus.DENIED: f'<path d="M-8-8 8 8M8-8-8 8" stroke="{_AWAY}" stroke-width="5"/>',
    EventStatus.REVERSED: f'<path d="M0-12 12 0 0 12-12 0z" fill="{_AWAY}" stroke="{PAPER}"'
    ' stroke-width="2"/>',
}
"""Told apart by form as well as by colour; drawn in this order, the last on top."""


@dataclass(frozen=True, slots=True)
class TimelineLegend:
    """The words of the picture, already in the reader's language."""

    title: str
    types: Mapping[EventType, str]
    statuses: Mapping[EventStatus, str]


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
    axis = _TITLE_HEIGHT + len(lanes) * _LANE_HEIGHT
    return document(
        WIDTH,
        axis + _FOOT_HEIGHT,
        words(_MARGIN, 45, legend.title, 34, room=WIDTH - 240),
        words(WIDTH - _MARGIN, 45, on.isoformat(), 26, room=180, fill=FAINT, anchor="end"),
        *_grid(scale, axis),
        *(
            _lane(legend.types[kind], [e for e in shown if e.type is kind], scale, i)
            for i, kind in enumerate(lanes)
        ),
        *_key(legend, {event.status for event in shown}, axis + 68),
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
        yield f'<path d="M{x} {_TITLE_HEIGHT}V{axis + 6}" stroke="{_GRID}" stroke-width="2"/>'
        yield words(x, axis + 30, name, 22, room=110, fill=FAINT, anchor="middle")


def _lane(name: str, events: Sequence[Event], scale: _Scale, row: int) -> str:
    top = _TITLE_HEIGHT + row * _LANE_HEIGHT
    days = [event.on for event in events if event.on]
    marks = [
        _mark(event, f"translate({scale.x(event.on)} {top + 50})")
        for event in sorted(events, key=lambda event: list(_MARKS).index(event.status))
        if event.on
    ]
    return (
        f'<path d="M{_LEFT} {top + 50}H{_RIGHT}" stroke="#B8C1C8" stroke-width="2"/>'
        + words(_MARGIN, top + 26, name, 24, room=700)
        + words(WIDTH - _MARGIN, top + 26, str(max(days)), 22, room=200, fill=FAINT, anchor="end")
        + "".join(marks)
    )


def _mark(event: Event, place: str) -> str:
    doubtful = event.contested or event.grade is Grade.CLAIMED
    opacity = ' opacity="0.4"' if doubtful else ""
    return f'<g transform="{place}"{opacity}>{_MARKS[event.status]}</g>'


def _key(legend: TimelineLegend, present: set[EventStatus], y: int) -> Iterable[str]:
    statuses = [status for status in _MARKS if status in present]
    room = (WIDTH - 2 * _MARGIN) / max(len(statuses), 1)
    for i, status in enumerate(statuses):
        x = _MARGIN + 14 + i * room
        yield f'<g transform="translate({x:g} {y})">{_MARKS[status]}</g>'
        yield words(x + 20, y + 8, legend.statuses[status], 22, room=room - 40, fill=INK)
