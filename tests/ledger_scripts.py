"""Scripts for the ledger: items in, revisions out, without store or detection.

An item is one line: when it was published, who published it, and what it says, such as
``RU recognition done`` or ``ES recognition planned on 2024-05-28``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from jobs.domain.alerts import AlertKind, Facts, Reason, Transition, Withheld
from jobs.domain.events import (
    DateBasis,
    Event,
    EventId,
    EventStatus,
    EventType,
    Evidence,
    Mention,
    MentionId,
    Standing,
)
from jobs.domain.items import SUBJECT, THIRD, ItemId, Outlet, Tier
from jobs.ledger.fanout import facts_of, inhibitor
from jobs.ledger.fusion import fuse
from jobs.ledger.standings import stand
from jobs.ledger.transitions import Circumstances, Told, decide, take_in
from jobs.reference.cases import BaselineStanding

FRESHNESS = timedelta(hours=72)

OUTLETS = {
    outlet.host: outlet
    for outlet in (
        Outlet("mid.ru", "russian-government", Tier.OFFICIAL, "RU"),
        Outlet("kremlin.ru", "russian-government", Tier.OFFICIAL, "RU"),
        Outlet("mofa.gov.lr", "liberian-government", Tier.OFFICIAL, "LR"),
        Outlet("mfa.gov.gh", "ghanaian-government", Tier.OFFICIAL, "GH"),
        Outlet("mofa.vu", "vanuatu-government", Tier.OFFICIAL, "VU"),
        Outlet("mfa.kenya.ke", "kenyan-government", Tier.OFFICIAL, "KE"),
        Outlet("mofa.af", "taliban", Tier.OFFICIAL, SUBJECT),
        Outlet("mfa.rs", "serbian-government", Tier.OFFICIAL, "RS"),
        Outlet("b92.rs", "b92", Tier.OUTLET, "RS"),
        Outlet("tass.com", "tass", Tier.WIRE, "RU"),
        Outlet("qna.qa", "qna", Tier.WIRE, "QA"),
        Outlet("apnews.com", "ap", Tier.WIRE, THIRD),
        Outlet("reuters.com", "reuters", Tier.WIRE, THIRD),
        Outlet("afp.com", "afp", Tier.WIRE, THIRD),
        Outlet("bbc.com", "bbc", Tier.OUTLET, THIRD),
        Outlet("bbc.co.uk", "bbc", Tier.OUTLET, THIRD),
        Outlet("news.aggregate.example", "aggregate", Tier.AGGREGATOR, THIRD),
        Outlet("t.me/channel", "channel", Tier.CHANNEL, THIRD),
    )
}


def moment(text: str) -> datetime:
    """Read ``2025-07-03`` (noon) or ``2025-07-03 14:00``."""
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return at if " " in text else at.replace(hour=12)


def mention(says: str, published_at: datetime | None = None, **more: object) -> Mention:
    """Read ``ACTOR type status [on DAY]``; without a day it is the item's own, as detected."""
    words = says.split()
    actor, event_type, status = words[0], EventType(words[1]), EventStatus(words[2])
    on, basis = None, DateBasis.UNKNOWN
    if words[3:]:
        on, basis = date.fromisoformat(words[4]), DateBasis.STATED
    elif published_at and status not in (EventStatus.PLANNED, EventStatus.PAST):
        on, basis = published_at.date(), DateBasis.PUBLISHED
    fields = {"rule": "test", "clause": "", **more}
    return Mention("case", actor, event_type, status, on, basis, **fields)  # type: ignore[arg-type]


_count = 0


def item(
    published: str | None,
    host: str,
    says: str,
    *,
    title: str = "",
    seen: str | None = None,
    credited: Sequence[str] = (),
    detail: str = "",
) -> Evidence:
    """Return one item's mention; a title of its own unless one is given."""
    global _count
    _count += 1
    published_at = moment(published) if published else None
    seen_at = moment(seen or published or "2025-07-03")
    told = mention(says, published_at, attributions=tuple(credited), detail=detail)
    return Evidence(
        mention_id=MentionId(_count),
        item_id=ItemId(_count),
        mention=told,
        outlet=OUTLETS.get(host, Outlet(host, host)),
        url=f"https://{host}/{_count}",
        title=title or f"headline{_count}",
        published_at=published_at,
        seen_at=seen_at,
    )


@dataclass(frozen=True)
class Line:
    """One revision, as replay would print it."""

    alert: int
    revision: int
    kind: AlertKind
    reason: Reason
    loud: bool
    facts: Facts

    def __str__(self) -> str:
        """Return what a script compares: kind, what, grade or reason."""
        facts = self.facts
        what = f"{facts.actor} {facts.type} {facts.status}"
        flags = " contested" * facts.contested + " retracted" * facts.retracted
        back = f" reverses {facts.reverses}" if facts.reverses else ""
        day = f" {facts.on}" if facts.on else ""
        told = f"{self.alert}.{self.revision} {self.kind} {what}{day} {facts.grade}"
        return f"{told}{flags}{back} {self.reason}"


@dataclass
class Ledger:
    """A ledger in memory that does with each mention what the pipeline does."""

    opponents: tuple[str, ...] = ()
    baseline: tuple[BaselineStanding, ...] = ()
    freshness: timedelta = FRESHNESS
    events: dict[EventId, Event] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    reasons: list[Reason | None] = field(default_factory=list)

    def read(self, evidence: Evidence, *, now: datetime | None = None, first: bool = False) -> None:
        """Fuse and decide one mention; ``first`` says that it came with a first read."""
        kin = [each for each in self.events.values() if each.actor == evidence.mention.actor]
        fused = fuse(evidence, kin, EventId(len(self.events) + 1), self.opponents)
        if fused.after is None:
            self.reasons.append(fused.reason)
            return
        event, told = fused.after, self.told(fused.after.id)
        self.events[event.id] = event
        around = Circumstances(
            now=now or evidence.seen_at,
            freshness=self.freshness,
            is_baseline=first,
            baseline=[each for each in self.baseline if each.standing.actor == event.actor],
            told_events=frozenset(EventId(line.alert) for line in self.lines),
        )
        decision = decide(evidence, event, list(self.events.values()), told, around)
        self.reasons.append(decision.reason)
        if isinstance(decision, Transition):
            greater = None if told else inhibitor(event, kin)
            if greater:
                self.events[event.id] = replace(event, inhibited_by=greater.id)
            self._write(decision)
            if greater and self.told(greater.id):
                self._write(take_in(self.events[greater.id]))

    def told(self, event_id: EventId) -> Told | None:
        """Return what was last told of an event; here an alert has its event's id."""
        lines = [line for line in self.lines if line.alert == event_id]
        return Told.of(lines[0].kind, lines[-1].facts) if lines else None

    def standing(self, actor: str) -> Standing:
        """Return where an actor stands by this ledger."""
        events = [each for each in self.events.values() if each.actor == actor]
        return stand("case", actor, events, self.baseline)

    def _write(self, decision: Transition) -> None:
        event = self.events[decision.event_id]
        includes = [each for each in self.events.values() if each.inhibited_by == event.id]
        facts = facts_of(event, reverses=event.reverses, includes=includes)  # type: ignore[arg-type]
        revision = 1 + sum(line.alert == event.id for line in self.lines)
        told = (decision.kind, decision.reason, decision.loud, facts)
        self.lines.append(Line(int(event.id), revision, *told))


def tell(items: Iterable[Evidence], ledger: Ledger | None = None) -> list[str]:
    """Return the revisions that items lead to, signals apart, in the order given."""
    ledger = ledger or Ledger()
    for each in items:
        ledger.read(each)
    return [str(line) for line in ledger.lines if line.kind is not AlertKind.SIGNAL]


def withheld(decision: Transition | Withheld) -> Reason | None:
    """Return why something is not told, None if it is."""
    return decision.reason if isinstance(decision, Withheld) else None
