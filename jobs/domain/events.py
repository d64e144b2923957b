"""Mentions, the evidence they become, and the events they are fused into."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from jobs.domain.items import ItemId, Outlet
from jobs.domain.members import with_plain_members

EventId = NewType("EventId", int)
MentionId = NewType("MentionId", int)


@with_plain_members
class EventType(StrEnum):
    """What a state or organisation can do toward a case."""

    RECOGNITION = "recognition"
    CREDENTIALS = "credentials"
    MISSION = "mission"
    MEETING = "meeting"
    DELISTING = "delisting"
    AGREEMENT = "agreement"
    FORUM = "forum"


@with_plain_members
class EventStatus(StrEnum):
    """Whether it happened (PLOVER's auxiliary modes, told apart)."""

    DONE = "done"
    PLANNED = "planned"
    CONSIDERED = "considered"
    DENIED = "denied"
    REVERSED = "reversed"
    PAST = "past"


class DateBasis(StrEnum):
    """Where a mention's date comes from."""

    STATED = "stated"
    """The text names the day, absolutely or relative to its own date."""
    PUBLISHED = "published"
    """The text names no day: the item's own date, which is a latest possible day."""
    UNKNOWN = "unknown"
    """Neither text nor item has a date."""


class Grade(StrEnum):
    """How sure an event is, least first."""

    CLAIMED = "claimed"
    REPORTED = "reported"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"

    @property
    def rank(self) -> int:
        """Return 0 for the least sure grade up to 3 for the surest."""
        return _RANKS[self]


_RANKS = {grade: rank for rank, grade in enumerate(Grade)}


class Ruling(StrEnum):
    """An operator's word on an event; it stands over what the evidence amounts to."""

    CONFIRMED = "confirmed"
    RETRACTED = "retracted"


ALERTABLE = frozenset(
    {EventStatus.DONE, EventStatus.PLANNED, EventStatus.DENIED, EventStatus.REVERSED}
)
"""The statuses that can be news; considered is a signal, past is background."""


TAKES_BACK = "withdrawal"
"""The detail of a plan, thought or denial that is about taking something back."""


@dataclass(frozen=True, slots=True)
class Mention:
    """What one item says of one event.

    ``actor`` is an ISO 3166-1 alpha-2 code or an organisation's. ``on`` is the event's
    day where known (for planned: the named day). ``rule`` and ``words`` say which rule
    fired on which words of ``clause``. ``attributions`` are the voices the text itself
    names (wire ids such as ``TASS``; ``organ:RU`` for an organ of a state quoted by
    name, ``embassy:RU`` for its embassies). ``detail`` refines the type: a meeting's mode
    (visit, host, phone, third-place, multilateral), a mission's change (opened, closed,
    handed-over …).
    """

    case: str
    actor: str
    type: EventType
    status: EventStatus
    on: date | None
    basis: DateBasis
    rule: str
    clause: str
    words: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    detail: str = ""
    rules_version: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored mention with what is known of the item it stands in.

    ``seen_at`` is when the item was first read, ``published_at`` what it says itself.
    """

    mention_id: MentionId
    item_id: ItemId
    mention: Mention
    outlet: Outlet
    url: str
    title: str
    published_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What an operator says of an event that its evidence has wrong; None leaves a part.

    ``until`` is the last mention that the operator had seen: only what comes after can
    show that a corrected plan has been carried out.
    """

    until: MentionId
    status: EventStatus | None = None
    on: date | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One real-world occurrence, as believed from its evidence; never edited by hand.

    Everything but the id and an operator's words (``ruling``, ``correction``,
    ``merged_into``) follows from ``evidence`` (oldest first), so the ledger can be
    rebuilt. ``origins`` are the independent voices. ``reverses`` is the event that this
    one takes back; ``inhibited_by`` the greater event in whose message this one is told.
    An event merged into another keeps its own evidence, counts as retracted, and hands
    on to the other whatever later report fits it.
    """

    id: EventId
    case: str
    actor: str
    type: EventType
    status: EventStatus
    grade: Grade
    on: date | None
    first_seen_at: datetime
    evidence: tuple[Evidence, ...]
    origins: tuple[str, ...] = ()
    contested: bool = False
    retracted: bool = False
    detail: str = ""
    reverses: EventId | None = None
    inhibited_by: EventId | None = None
    ruling: Ruling | None = None
    correction: Correction | None = None
    merged_into: EventId | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an actor stands toward a case now, and by which event or baseline.

    ``recognition`` is ``de_jure``, ``none`` or ``withdrawn``; the other fields are free
    short words of the field (``embassy``, ``ambassador``, ``delisted``) or empty.
    ``certain`` is False where only one weak source gave a baseline: such a standing
    never holds an alert back.
    """

    case: str
    actor: str
    recognition: str = "none"
    recognised_on: date | None = None
    mission: str = ""
    mission_on: date | None = None
    head_of_mission: str = ""
    head_on: date | None = None
    listing: str = ""
    listing_on: date | None = None
    last_meeting_on: date | None = None
    certain: bool = True
    events: tuple[EventId, ...] = field(default=())
