"""Orders: what people want done to the ledger, as the bot writes them down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from jobs.domain.alerts import AlertId
from jobs.domain.events import EventStatus, EventType

_Choice = TypeVar("_Choice", bound=StrEnum)


class OrderKind(StrEnum):
    """What can be ordered; ``read_order`` knows each kind's payload, SOURCE's apart.

    All are an operator's but REPORT, which is anybody's.
    """

    CONFIRM = "confirm"
    RETRACT = "retract"
    CORRECT = "correct"
    MERGE = "merge"
    SPLIT = "split"
    ADD = "add"
    REPORT = "report"
    DISMISS = "dismiss"
    PAUSE = "pause"
    RESUME = "resume"
    BROADCAST = "broadcast"
    CALL_OFF = "call off"
    SOURCE = "source"
    """Of no alert; the payload: ``{"action": SourceAction, "source": id or address, …}``."""


class Stopped(StrEnum):
    """What an operator can stop: what is new, or corrections too."""

    ALERTS = "alerts"
    EVERYTHING = "everything"


class SourceAction(StrEnum):
    """What can be done with a source; ``add`` takes further keys of the list of sources."""

    ADD = "add"
    PAUSE = "pause"
    RESUME = "resume"
    TEST = "test"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Confirm:
    """Count an alert as confirmed; ``url`` is the page that says so."""

    alert: AlertId
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Retract:
    """Take an alert back wherever it was told."""

    alert: AlertId
    note: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Say what an alert has wrong. Another actor or type makes a new alert of it."""

    alert: AlertId
    note: str
    status: EventStatus | None = None
    on: date | None = None
    detail: str | None = None
    actor: str | None = None
    type: EventType | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """Say that an alert tells of the same event as another one, which goes on."""

    alert: AlertId
    into: AlertId
    note: str


@dataclass(frozen=True, slots=True)
class Split:
    """Say that some of an alert's sources (by their place in /why) tell of another event."""

    alert: AlertId
    sources: tuple[int, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Add:
    """Enter an event by hand, with its source; ``report`` is what brought it up, if any."""

    case: str
    actor: str
    type: EventType
    status: EventStatus
    on: date | None
    url: str
    note: str
    detail: str = ""
    report: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Point to a page that was missed, or that an alert gets wrong."""

    url: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Close a report without an alert, saying why."""

    report: int
    note: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Send no alerts, or nothing at all, until it is resumed; all is kept."""

    what: Stopped
    note: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Send again."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Write to every chat that hears alerts."""

    text: str


@dataclass(frozen=True, slots=True)
class CallOff:
    """Let a broadcast go to no further chat."""

    broadcast: AlertId


OnLedger = Confirm | Retract | Correct | Merge | Split | Add | Report | Dismiss
OnProgram = Pause | Resume | Broadcast | CallOff
Wish = OnLedger | OnProgram


def read_order(kind: str, payload: Mapping[str, Any]) -> Wish:
    """Return what is ordered.

    Raises:
        ValueError: the kind is unknown, or a part is missing or makes no sense.
    """
    part = _Payload(payload)
    match kind:
        case OrderKind.CONFIRM:
            return Confirm(part.alert(), part.text("url"), part.text("note"))
        case OrderKind.RETRACT:
            return Retract(part.alert(), part.text("note"))
        case OrderKind.CORRECT:
            return _correct(part)
        case OrderKind.MERGE:
            return Merge(part.alert(), part.alert("into"), part.text("note"))
        case OrderKind.SPLIT:
            return Split(part.alert(), part.numbers("sources"), part.text("note"))
        case OrderKind.ADD:
            return _add(part)
        case OrderKind.REPORT:
            return Report(part.needed("url"))
        case OrderKind.DISMISS:
            return Dismiss(part.number("report"), part.text("note"))
        case OrderKind.PAUSE:
            return Pause(part.stopped(), part.needed("note"))
        case OrderKind.RESUME:
            return Resume(part.text("note"))
        case OrderKind.BROADCAST:
            return Broadcast(part.needed("text"))
        case OrderKind.CALL_OFF:
            return CallOff(part.alert("broadcast"))
    raise ValueError(f"{kind}: no such order")


def _correct(part: "_Payload") -> Correct:
    ordered = Correct(
        alert=part.alert(),
        note=part.text("note"),
        status=part.status(),
        on=part.day(),
        detail=part.text("detail") if "detail" in part.payload else None,
        actor=part.text("actor") or None,
        type=part.event_type(),
    )
    if all(
        each is None
        for each in (ordered.status, ordered.on, ordered.detail, ordered.actor, ordered.type)
    ):
        raise ValueError("nothing to correct was named")
    return ordered


def _add(part: "_Payload") -> Add:
    event_type, status = part.event_type(), part.status()
    if event_type is None or status is None:
        raise ValueError("type and status are needed")
    return Add(
        case=part.needed("case"),
        actor=part.needed("actor"),
        type=event_type,
        status=status,
        on=part.day(),
        url=part.needed("url"),
        note=part.text("note"),
        detail=part.text("detail"),
        report=part.number("report") if part.payload.get("report") is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _Payload:
    payload: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.payload.get(name, "")
        if not isinstance(value, str):
            raise ValueError(f"{name}: words are expected")
        return value.strip()

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise ValueError(f"{name}: is needed")
        return value

    def number(self, name: str) -> int:
        value = self.payload.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{name}: a number is expected")
        return value

    def alert(self, name: str = "alert") -> AlertId:
        return AlertId(self.number(name))

    def numbers(self, name: str) -> tuple[int, ...]:
        value = self.payload.get(name)
        if not isinstance(value, list) or not value or not all(type(n) is int for n in value):
            raise ValueError(f"{name}: numbers are expected")
        return tuple(value)

    def day(self) -> date | None:
        value = self.text("on")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise ValueError(f"on: {value} is no day; write it as 2025-07-03") from None

    def status(self) -> EventStatus | None:
        return self._choice("status", EventStatus)

    def event_type(self) -> EventType | None:
        return self._choice("type", EventType)

    def stopped(self) -> Stopped:
        what = self._choice("what", Stopped)
        if what is None:
            raise ValueError("what: is needed")
        return what

    def _choice(self, name: str, choices: type[_Choice]) -> _Choice | None:
        value = self.text(name)
        try:
            return choices(value) if value else None
        except ValueError:
            raise ValueError(f"{name}: {value} is none of {', '.join(choices)}") from None
