"""What is decided about an event, and what a chat is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Self

from jobs.domain.events import EventId, EventStatus, EventType, Grade

AlertId = NewType("AlertId", int)
ChatId = NewType("ChatId", int)
DeliveryId = NewType("DeliveryId", int)

MOST_LINES = 20
"""Lines of a digest: each is two of a message that Telegram cuts at 4096 characters."""


class AlertKind(StrEnum):
    """What a revision is, in CAP's sense; a signal is told only to who asked for it."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"
    SIGNAL = "signal"


class Reason(StrEnum):
    """Why something is told, or why not."""

    FIRST = "FIRST"
    GRADE_RAISED = "GRADE_RAISED"
    GRADE_LOWERED = "GRADE_LOWERED"
    STATUS_CHANGED = "STATUS_CHANGED"
    DISPUTED = "DISPUTED"
    SETTLED = "SETTLED"
    DATE_CHANGED = "DATE_CHANGED"
    RETRACTED = "RETRACTED"
    RESTORED = "RESTORED"
    MERGED = "MERGED"
    REVERSAL = "REVERSAL"
    ORDERED = "ORDERED"
    ALREADY_KNOWN = "ALREADY_KNOWN"
    BACKGROUND = "BACKGROUND"
    STALE = "STALE"
    BASELINE = "BASELINE"
    UNDATED = "UNDATED"
    BELOW_LEVEL = "BELOW_LEVEL"
    INHIBITED = "INHIBITED"
    OTHER_CASE = "OTHER_CASE"


class Level(StrEnum):
    """How great a thing is, greatest first; a chat chooses the least it wants."""

    MAJOR = "major"
    """Recognitions: done, announced, disputed or withdrawn."""
    ALERT = "alert"
    """Everything else that is news."""
    SIGNAL = "signal"
    """What is considered, and refusals said again."""

    @property
    def rank(self) -> int:
        """Return 0 for the greatest level."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Voice:
    """One source behind an alert, as it is shown: whose word, where, when.

    ``denies`` marks a voice that speaks against the event.
    """

    outlet: str
    url: str
    title: str
    published_at: datetime | None
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """An alert's facts as of one decision: everything a message needs, and no prose.

    ``voices`` holds the best few sources, best first; ``includes`` the lesser events
    (type and detail) that this alert takes into its message; ``reverses`` the alert
    whose event this one takes back, ``reversed_by`` the one that takes this one back;
    ``same_as`` the alert that goes on telling of this event; ``recognises`` says that the
    actor recognises the case already, so that a meeting need not be told from a
    recognition.
    """

    case: str
    actor: str
    type: EventType
    status: EventStatus
    grade: Grade
    on: date | None
    first_seen_at: datetime
    origins: int
    voices: tuple[Voice, ...] = ()
    detail: str = ""
    contested: bool = False
    retracted: bool = False
    reverses: AlertId | None = None
    includes: tuple[tuple[EventType, str], ...] = ()
    note: str = ""
    recognises: bool = False
    reversed_by: AlertId | None = None
    same_as: AlertId | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A word that tells of no event: an answer to an order, something for the operator.

    ``key`` names the sentence; ``values`` are what it is filled with.
    """

    key: str
    values: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One alert in a digest, as of one of its revisions; ``is_new`` unless told before."""

    alert_id: AlertId
    revision: int
    reason: Reason
    is_new: bool
    facts: Facts

    @classmethod
    def of(
        cls, alert_id: AlertId, revision: int, reason: Reason, facts: Facts, *, is_new: bool
    ) -> Self:
        """Return a line with no more of an alert than it shows."""
        shown = replace(facts, voices=facts.voices[:1])
        return cls(alert_id, revision, reason, is_new, shown)


class Occasion(StrEnum):
    """Why a digest is written: by the clock, or as many alerts are joined."""

    DAILY = "daily"
    WEEKLY = "weekly"
    LAST = "last"
    """The chat hears at once from now on; this is what had gathered."""
    QUIET = "quiet"
    """Quiet hours are over, and held back more than a few alerts."""
    AWAY = "away"
    """The bot could not send for so long that the alerts are no news any more."""
    FULL = "full"
    """The hour has room again, and had more alerts than a place is sent in one."""
    RESTORED = "restored"
    """The store was put back to a copy: some of it may be known to the chat already."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Many alerts in one message, the weightiest first; ``more`` counts those left out.

    ``sources_read`` of ``sources`` were read since the last one, so that a digest without
    lines says how much was looked at.
    """

    occasion: Occasion
    since: datetime
    lines: tuple[DigestLine, ...]
    more: int
    sources_read: int
    sources: int

    @classmethod
    def of(
        cls,
        occasion: Occasion,
        since: datetime,
        lines: Sequence[DigestLine],
        *,
        sources_read: int = 0,
        sources: int = 0,
    ) -> Self:
        """Return a digest with the first lines of these, and a count of the others."""
        kept = tuple(lines[:MOST_LINES])
        return cls(occasion, since, kept, len(lines) - len(kept), sources_read, sources)


class ProposalState(StrEnum):
    """What became of an alert that an editor is asked about."""

    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    """It was taken back before anybody let it through."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An alert that waits for an editor of a channel (or group), as the editor sees it."""

    state: ProposalState
    chat_id: ChatId
    chat_kind: str
    thread_id: int
    alert_id: AlertId
    facts: Facts


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of an event that is worth telling.

    ``loud`` says that chats which already have the message get a reply beside the
    edit: a change of status, a dispute, a retraction. A mere rise in grade edits only.
    """

    event_id: EventId
    kind: AlertKind
    reason: Reason
    level: Level
    loud: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """One revision of an alert, when it was made, and what it was."""

    revision: int
    kind: AlertKind
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One alert as it stands, with all its tellings, oldest first; signals are none."""

    alert_id: AlertId
    facts: Facts
    tellings: tuple[Telling, ...]

    @property
    def last(self) -> Telling:
        """Return the newest telling."""
        return self.tellings[-1]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A change, or a mention, that is not told, and why."""

    reason: Reason


class Action(StrEnum):
    """What a delivery does in its chat."""

    SEND = "send"
    EDIT = "edit"
    REPLY = "reply"


class DeliveryState(StrEnum):
    """Where a delivery stands; SENDING is committed before the call is made."""

    PENDING = "PENDING"
    CLAIMED = "CLAIMED"
    SENDING = "SENDING"
    SENT = "SENT"
    RETRY = "RETRY"
    DEAD = "DEAD"
    UNCERTAIN = "UNCERTAIN"
    CANCELLED = "CANCELLED"
    UNAPPROVED = "UNAPPROVED"
    """Not sent before an editor lets it through."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a chat wants to hear; an empty set means all.

    ``actors`` and ``groups`` (ids of the reference's groups) together say whose acts;
    ``grade`` is the least certainty that is told.
    """

    cases: frozenset[str] = frozenset()
    types: frozenset[EventType] = frozenset()
    level: Level = Level.ALERT
    actors: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    statuses: frozenset[EventStatus] = frozenset()
    grade: Grade = Grade.CLAIMED
