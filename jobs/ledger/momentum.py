"""Momentum and waves: how much an actor has moved of late, and when several move at once.

The score is a plain sum that anybody can redo: each signal's points (``POINTS``, by what
it is), times how sure it is (``SURENESS``), halved for every ``HALF_LIFE`` since. It says
what has happened; it is not a forecast.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade
from jobs.ledger.dating import announced_on
from jobs.ledger.identity import aim

POINTS: Mapping[EventType, float] = {
    EventType.RECOGNITION: 10,
    EventType.CREDENTIALS: 5,
    EventType.MISSION: 4,
    EventType.DELISTING: 4,
    EventType.AGREEMENT: 2,
    EventType.FORUM: 1,
    EventType.MEETING: 1,
}
"""What a step is worth when done: the nearer to recognition, the more."""

SHARE: Mapping[EventStatus, float] = {
    EventStatus.DONE: 1.0,
    EventStatus.PLANNED: 0.6,
    EventStatus.CONSIDERED: 0.2,
    EventStatus.DENIED: -0.4,
    EventStatus.REVERSED: -1.0,
}
"""What part of a step's points a status earns; steps back count against."""

SURENESS: Mapping[Grade, float] = {
    Grade.CLAIMED: 0.2,
    Grade.REPORTED: 0.5,
    Grade.CORROBORATED: 0.9,
    Grade.CONFIRMED: 1.0,
}
HALF_LIFE = timedelta(days=180)
HORIZON = timedelta(days=730)
"""What is older is left out: it has under a sixteenth of its points."""

WAVE_DAYS = timedelta(days=7)
WAVE_ACTORS = 3
"""Three actors within a week: found once in five years of the Taliban case (August 2024)."""

_MOVES = frozenset(
    {EventType.RECOGNITION, EventType.CREDENTIALS, EventType.MISSION, EventType.DELISTING}
)
"""What counts as a move in a wave: talks and papers are daily business."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One event in a score: what it is, when, and what it adds or takes away."""

    event_id: EventId
    type: EventType
    status: EventStatus
    grade: Grade
    on: date
    points: float


@dataclass(frozen=True, slots=True)
class Momentum:
    """An actor's score, with the signals that make it, the weightiest first."""

    actor: str
    score: float
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Wave:
    """Actors that moved toward a case within days of each other, the first mover first."""

    actors: tuple[str, ...]
    since: date
    until: date


def momentum(actor: str, events: Iterable[Event], today: date) -> Momentum:
    """Return how much an actor has moved toward a case by what is believed today."""
    found = [signal for event in events if (signal := _signal(event, today)) is not None]
    found.sort(key=lambda each: (-abs(each.points), each.event_id))
    return Momentum(actor, round(sum(each.points for each in found), 1), tuple(found))


def wave(events: Sequence[Event], today: date) -> Wave | None:
    """Return the wave that is going on in a case, None if there is none.

    ``events`` are those of one case. An actor moves by a step done or announced that
    more than an interested party reports.
    """
    moves: dict[str, date] = {}
    for event in sorted(events, key=lambda each: (_day(each) or date.max, each.id)):
        on = _day(event)
        if on is not None and _is_move(event) and timedelta(0) <= today - on < WAVE_DAYS:
            moves.setdefault(event.actor, on)
    if len(moves) < WAVE_ACTORS:
        return None
    return Wave(tuple(moves), min(moves.values()), max(moves.values()))


def _is_move(event: Event) -> bool:
    is_forward = event.status in (EventStatus.DONE, EventStatus.PLANNED)
    is_believed = event.grade is not Grade.CLAIMED and not (event.contested or event.retracted)
    return event.type in _MOVES and is_forward and is_believed and _aims_forward(event)


def _aims_forward(event: Event) -> bool:
    return aim(event.detail) is EventStatus.DONE


def _day(event: Event) -> date | None:
    """Return the day that counts: a plan is a signal when it is announced."""
    if event.status is EventStatus.PLANNED and event.evidence:
        return announced_on(event.evidence)
    return event.on


def _signal(event: Event, today: date) -> Signal | None:
    on = _day(event)
    if on is None or event.retracted or event.status not in SHARE:
        return None
    age = today - on
    if not timedelta(0) <= age <= HORIZON:
        return None
    share = SHARE[event.status] * (1.0 if _aims_forward(event) else -1.0)
    doubt = 0.5 if event.contested else 1.0
    fade = 0.5 ** (age / HALF_LIFE)
    points = POINTS[event.type] * share * SURENESS[event.grade] * doubt * fade
    return Signal(event.id, event.type, event.status, event.grade, on, round(points, 2))
