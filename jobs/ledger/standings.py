"""Standings: where an actor stands toward a case, rebuilt from baseline and events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade, Standing
from jobs.ledger.dating import Day, announced_on, event_day, gap
from jobs.ledger.identity import ACTS, aim, is_once
from jobs.ledger.windows import WINDOWS
from jobs.reference.cases import BaselineStanding

_UNNAMED_MISSION = "mission"
_WORDS = {
    (EventType.RECOGNITION, EventStatus.DONE): "de_jure",
    (EventType.RECOGNITION, EventStatus.REVERSED): "withdrawn",
    (EventType.MISSION, EventStatus.DONE): _UNNAMED_MISSION,
    (EventType.MISSION, EventStatus.REVERSED): "closed",
    (EventType.CREDENTIALS, EventStatus.DONE): "ambassador",
    (EventType.CREDENTIALS, EventStatus.REVERSED): "none",
    (EventType.DELISTING, EventStatus.DONE): "delisted",
    (EventType.DELISTING, EventStatus.REVERSED): "listed",
    (EventType.MEETING, EventStatus.DONE): "met",
}
"""What an act leaves behind; agreements and forums leave no standing of their own."""

_MISSIONS = frozenset({"embassy", "consulate", "office"})


@dataclass(frozen=True, slots=True)
class _Change:
    on: date
    type: EventType
    word: str
    certain: bool
    event_id: EventId | None = None

    @property
    def is_taken_back(self) -> bool:
        return self.word in ("withdrawn", "closed", "none", "listed")


def stand(
    case: str, actor: str, events: Sequence[Event], baseline: Sequence[BaselineStanding] = ()
) -> Standing:
    """Return the standing that the actor's baseline and its events, by day, lead to.

    Retracted and contested events, and what only an interested party claims, change
    nothing. The standing is certain if all that it rests on is: each baseline part, and
    each event corroborated at least.
    """
    changes = [*_from_baseline(baseline), *_from_events(events)]
    changes.sort(key=lambda each: (each.on, each.event_id or 0))
    stands, last = dict[str, Any](), dict[EventType, _Change]()
    for change in changes:
        if not _says_again(change, last.get(change.type)):
            _apply(stands, change)
            last[change.type] = change
    certain = all(each.certain for each in last.values())
    ids = sorted(each.event_id for each in last.values() if each.event_id is not None)
    return Standing(case=case, actor=actor, certain=certain, events=tuple(ids), **stands)


def _says_again(change: _Change, held: _Change | None) -> bool:
    """Say whether a recognition already stands: it dates from its first sure day."""
    return (
        held is not None
        and change.type is EventType.RECOGNITION
        and change.word == held.word
        and (held.certain or not change.certain)
    )


def is_in_baseline(
    event: Event, baseline: Sequence[BaselineStanding], kin: Sequence[Event]
) -> bool:
    """Say whether a case's certain baseline already holds what an event tells.

    It does so for reports within the type's window of the baseline's day and, for what
    a state does once, for every later one, unless an event has undone it since. ``kin``
    are the actor's events of that type.
    """
    is_plan = event.status is EventStatus.PLANNED
    aimed = aim(event.detail) if is_plan else event.status
    day = event_day(event) or (Day(announced_on(event.evidence), stated=False) if is_plan else None)
    if aimed not in ACTS or day is None:
        return False
    window = WINDOWS[event.type]
    parts = [each for each in _from_baseline(baseline) if each.type is event.type]
    last = max(
        (each for each in parts if each.on <= day.on + window.apart),
        key=lambda each: each.on,
        default=None,
    )
    if last is None or not last.certain or last.is_taken_back is (aimed is EventStatus.DONE):
        return False
    if _is_undone_since(last, aimed, day.on, kin):
        return False
    near = gap(day, Day(last.on, stated=True), window) is not None
    return is_once(event) or (near and not is_plan)


def _is_undone_since(last: _Change, aimed: EventStatus, until: date, kin: Iterable[Event]) -> bool:
    return any(
        each.status in ACTS
        and each.status is not aimed
        and not each.retracted
        and each.on is not None
        and last.on <= each.on <= until
        for each in kin
    )


def _from_baseline(baseline: Iterable[BaselineStanding]) -> Iterator[_Change]:
    for known in baseline:
        part = known.standing
        words = {
            EventType.RECOGNITION: part.recognition if part.recognised_on else "",
            EventType.MISSION: part.mission,
            EventType.CREDENTIALS: part.head_of_mission,
            EventType.DELISTING: part.listing,
            EventType.MEETING: "met" if part.last_meeting_on else "",
        }
        for event_type, word in words.items():
            if word:
                yield _Change(known.on, event_type, word, known.certain)


def _from_events(events: Iterable[Event]) -> Iterator[_Change]:
    for event in events:
        word = _WORDS.get((event.type, event.status))
        is_believed = event.grade is not Grade.CLAIMED and not event.contested
        if word is None or event.on is None or event.retracted or not is_believed:
            continue
        if event.type is EventType.MISSION and event.detail in _MISSIONS and word != "closed":
            word = event.detail
        is_sure = event.grade.rank >= Grade.CORROBORATED.rank
        yield _Change(event.on, event.type, word, is_sure, event.id)


def _apply(stands: dict[str, Any], change: _Change) -> None:
    """Enter a change in the fields of the standing that is being rebuilt."""
    on, word = change.on, change.word
    match change.type:
        case EventType.RECOGNITION:
            stands.update(recognition=word, recognised_on=on)
        case EventType.MISSION if word == _UNNAMED_MISSION and stands.get("mission") in _MISSIONS:
            pass  # what kind it is, is known better
        case EventType.MISSION:
            stands.update(mission=word, mission_on=on)
        case EventType.CREDENTIALS:
            stands.update(head_of_mission=word, head_on=on)
        case EventType.DELISTING:
            stands.update(listing=word, listing_on=on)
        case _:
            stands.update(last_meeting_on=on)
