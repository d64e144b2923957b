"""Entering one mention in the ledger and telling what it changed.

The pure parts decide; this joins them to the store. All of it runs on the caller's
connection, so that an item's events, revisions and deliveries are kept together or not at
all. The caller holds ``engine.lock_ledger``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    AlertId,
    Facts,
    Filter,
    Reason,
    Transition,
    Withheld,
)
from jobs.domain.events import Event, EventId, EventStatus, Evidence, Mention, Ruling
from jobs.ledger.fanout import facts_of, inhibitor, wants
from jobs.ledger.fusion import fuse
from jobs.ledger.rulings import lay_over
from jobs.ledger.standings import stand
from jobs.ledger.transitions import Circumstances, Told, decide, take_in
from jobs.reference import Reference
from jobs.store import alerts, chats, events, mentions, outbox, proposals, standings
from jobs.store.alerts import Revision
from jobs.store.items import StoredItem


@dataclass(frozen=True, slots=True)
class Telling:
    """A revision just written; ``inhibited_by`` is the alert in whose message it stands."""

    revision: Revision
    event: Event
    inhibited_by: AlertId | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one mention: why it was told or not, and the revisions it made."""

    evidence: Evidence
    reason: Reason | None
    tellings: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """The ledger's page of one case and actor: its events, and the alerts that tell of them."""

    case: str
    actor: str
    events: tuple[Event, ...]
    alerts: dict[EventId, AlertId]

    def beside(self, event: Event) -> tuple[Event, ...]:
        return tuple(each for each in self.events if each.id != event.id)


class Bookkeeper:
    """Keeps the ledger for the length of one transaction."""

    def __init__(
        self,
        conn: AsyncConnection,
        reference: Reference,
        freshness: timedelta,
        now: datetime,
    ) -> None:
        self._conn = conn
        self._reference = reference
        self._freshness = freshness
        self._now = now
        self._filters: Sequence[tuple[int, Filter]] | None = None

    async def enter(self, stored: StoredItem, mention: Mention) -> Entry:
        """Enter one mention: into an event or none, and tell the change or say why not."""
        evidence = await self._evidence(stored, mention)
        source = self._reference.sources.get(stored.item.source_id)
        if source is not None and source.cases and mention.case not in source.cases:
            return await self._leave_out(evidence, Reason.OTHER_CASE)
        page = await self._open_page(mention.case, mention.actor)
        case = self._reference.cases[mention.case]
        new_id = await events.next_id(self._conn)
        fused = fuse(evidence, page.events, new_id, case.opponents)
        if fused.after is None:
            return await self._leave_out(evidence, fused.reason)
        event = lay_over(fused.after, fused.before.ruling if fused.before else None)
        entry = await self._settle(page, event, evidence, is_baseline=stored.is_baseline)
        await mentions.settle(self._conn, evidence.mention_id, event.id, entry.reason)
        return entry

    async def rule(self, event: Event, ruling: Ruling, note: str) -> Telling | None:
        """Carry out an operator's word on an event; None if that changes nothing told."""
        page = await self._open_page(event.case, event.actor)
        ruled = lay_over(event, ruling)
        # The word itself is no evidence; whatever stands for the event will do.
        told = next(each for each in event.evidence if each.mention.status is not EventStatus.PAST)
        entry = await self._settle(page, ruled, told, is_baseline=False, note=note)
        return entry.tellings[0] if entry.tellings else None

    async def write_standing(self, case: str, actor: str) -> None:
        """Write where an actor stands by its baseline and what is in the ledger."""
        page = await self._open_page(case, actor)
        known = self._reference.cases[case].known(actor)
        await standings.put(self._conn, stand(case, actor, page.events, known))

    async def _evidence(self, stored: StoredItem, mention: Mention) -> Evidence:
        outlet = self._reference.outlet_of(stored.item.outlet, mention.case)
        return Evidence(
            mention_id=await mentions.put(self._conn, stored.id, mention, outlet),
            item_id=stored.id,
            mention=mention,
            outlet=outlet,
            url=stored.item.url,
            title=stored.item.title,
            published_at=stored.item.published_at,
            seen_at=stored.item.first_seen_at,
        )

    async def _leave_out(self, evidence: Evidence, reason: Reason | None) -> Entry:
        await mentions.settle(self._conn, evidence.mention_id, None, reason)
        return Entry(evidence, reason)

    async def _open_page(self, case: str, actor: str) -> _Page:
        known = await events.of_actor(self._conn, case, actor)
        told = await alerts.of_events(self._conn, [each.id for each in known])
        return _Page(case, actor, tuple(known), told)

    async def _settle(
        self, page: _Page, event: Event, evidence: Evidence, *, is_baseline: bool, note: str = ""
    ) -> Entry:
        """Store an event as now believed, and the telling of it if it is to be told."""
        revisions = await alerts.revisions_of(self._conn, event.id) if page.events else []
        baseline = self._reference.cases[page.case].known(page.actor)
        circumstances = Circumstances(
            self._now, self._freshness, is_baseline, baseline, frozenset(page.alerts)
        )
        decision = decide(evidence, event, page.events, _told(revisions), circumstances)
        if isinstance(decision, Transition) and not revisions:
            event = self._inhibit(event, page)
        others = page.beside(event)
        await events.put(self._conn, event, self._now)
        after = stand(page.case, page.actor, [*others, event], baseline)
        await standings.put(self._conn, after)
        if isinstance(decision, Withheld):
            return Entry(evidence, decision.reason)
        tellings = await self._tell(page, event, decision, revisions, note)
        return Entry(evidence, decision.reason, tellings)

    def _inhibit(self, event: Event, page: _Page) -> Event:
        # A recognition that nobody was told of can take nothing into its message.
        told = [each for each in page.events if each.id in page.alerts]
        greater = inhibitor(event, told)
        return replace(event, inhibited_by=greater.id if greater else None)

    async def _tell(
        self,
        page: _Page,
        event: Event,
        decision: Transition,
        revisions: Sequence[Revision],
        note: str,
    ) -> tuple[Telling, ...]:
        if revisions:
            alert_id = revisions[-1].alert_id
            # The operator's words stay until there are others.
            note = note or _note(revisions[-1])
        else:
            alert_id = await alerts.create(self._conn, event.id, self._now)
        revision = await self._write(page, event, decision, alert_id, note)
        if event.inhibited_by is None:
            return (Telling(revision, event),)
        greater = next(each for each in page.events if each.id == event.inhibited_by)
        own = Telling(revision, event, page.alerts[greater.id])
        if revisions:
            return (own,)
        grown = replace(page, events=(*page.beside(event), event))
        return own, await self._take_in(grown, greater)

    async def _take_in(self, page: _Page, greater: Event) -> Telling:
        """Revise a recognition's alert quietly, so that its message holds the lesser event."""
        last = (await alerts.revisions_of(self._conn, greater.id))[-1]
        revision = await self._write(page, greater, take_in(greater), last.alert_id, _note(last))
        return Telling(revision, greater)

    async def _write(
        self, page: _Page, event: Event, decision: Transition, alert_id: AlertId, note: str
    ) -> Revision:
        """Write an alert's next revision together with its deliveries."""
        facts = replace(self._facts(page, event), note=note)
        number = await alerts.add_revision(
            self._conn,
            alert_id,
            kind=decision.kind,
            level=decision.level,
            reason=decision.reason,
            facts=facts,
            now=self._now,
        )
        await outbox.fan_out(
            self._conn,
            alert_id,
            number,
            await self._wanting(event, facts, decision),
            level=decision.level,
            loud=decision.loud,
            now=self._now,
        )
        await proposals.propose(self._conn, alert_id, facts, self._now)
        return Revision(
            alert_id,
            event.id,
            number,
            decision.kind,
            decision.level,
            decision.reason,
            facts,
            self._now,
        )

    def _facts(self, page: _Page, event: Event) -> Facts:
        others = page.beside(event)
        known = self._reference.cases[page.case].known(page.actor)
        return facts_of(
            event,
            reverses=None if event.reverses is None else page.alerts.get(event.reverses),
            includes=[each for each in others if each.inhibited_by == event.id],
            recognises=stand(page.case, page.actor, others, known).recognition == "de_jure",
        )

    async def _wanting(self, event: Event, facts: Facts, decision: Transition) -> list[int]:
        if event.inhibited_by is not None:
            return []
        # Asked for once, and only if anything is told: most items tell nothing.
        if self._filters is None:
            self._filters = await chats.wanted_filters(self._conn)
        return [
            filter_id
            for filter_id, chosen in self._filters
            if wants(chosen, facts, decision.level, self._reference)
        ]


def _told(revisions: Sequence[Revision]) -> Told | None:
    if not revisions:
        return None
    last = revisions[-1].facts
    if not isinstance(last, Facts):
        raise TypeError(f"alert {revisions[-1].alert_id} tells of an event, yet is a notice")
    return Told.of(revisions[0].kind, last)


def _note(revision: Revision) -> str:
    return revision.facts.note if isinstance(revision.facts, Facts) else ""
