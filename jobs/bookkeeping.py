"""Entering one mention in the ledger and telling what it changed.

The pure parts decide; this joins them to the store. All of it runs on the caller's
connection, so that an item's events, revisions and deliveries are kept together or not at
all. The caller holds ``engine.lock_ledger``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    AlertId,
    AlertKind,
    Facts,
    Filter,
    Reason,
    Transition,
    Withheld,
)
from jobs.domain.events import Event, EventId, EventStatus, EventType, Evidence, Mention
from jobs.domain.restored import Restored
from jobs.domain.rulings import RulingKind, Word
from jobs.indexing import words_of_event
from jobs.ledger.fanout import facts_of, inhibitor, wants
from jobs.ledger.fusion import fuse
from jobs.ledger.heads import Head, head_of
from jobs.ledger.identity import REACH, reprint_key
from jobs.ledger.origins import CORRECTABLE, TAKEN_BACK, is_same_story
from jobs.ledger.rulings import carry_out
from jobs.ledger.standings import stand
from jobs.ledger.transitions import Circumstances, Told, decide, take_in, taken_back
from jobs.meters import Meters
from jobs.reference import Reference
from jobs.reference.cases import Case
from jobs.store import (
    alerts,
    catching_up,
    chats,
    events,
    mentions,
    outbox,
    proposals,
    room,
    search,
    standings,
)
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

    def holding(self, event: Event, alert_id: AlertId | None = None) -> Self:
        told = {} if alert_id is None else {event.id: alert_id}
        changed = (*self.beside(event), event)
        return replace(self, events=changed, alerts={**self.alerts, **told})

    def find(self, event_id: EventId) -> Event:
        return next(each for each in self.events if each.id == event_id)


class Bookkeeper:
    """Keeps the ledger for the length of one transaction."""

    def __init__(
        self,
        conn: AsyncConnection,
        reference: Reference,
        freshness: timedelta,
        most_per_hour: int,
        now: datetime,
        meters: Meters,
        restored: Restored | None = None,
    ) -> None:
        self._conn = conn
        self._reference = reference
        self._freshness = freshness
        self._most_per_hour = most_per_hour
        self._now = now
        self._meters = meters
        self._restored = restored
        self._is_unsure = False
        self._filters: Sequence[tuple[int, Filter]] | None = None

    async def enter(self, stored: StoredItem, mention: Mention) -> Entry:
        """Enter one mention: into an event or none, and tell the change or say why not."""
        self._is_unsure = self._restored is not None and self._restored.leaves_unsure(stored.item)
        evidence = await self.record(stored, mention)
        source = self._reference.sources.get(stored.item.source_id)
        if source is not None and source.cases and mention.case not in source.cases:
            return await self._leave_out(evidence, Reason.OTHER_CASE)
        page = await self._open_page_for(evidence)
        case = self._reference.cases[mention.case]
        new_id = await events.next_id(self._conn)
        with self._meters.stage("fuse"):
            fused = fuse(evidence, page.events, new_id, case.opponents)
        if fused.before is not None and not fused.before.evidence:
            page = page.holding(await self._whole(fused.before))
            fused = fuse(evidence, page.events, new_id, case.opponents)
        if fused.after is None:
            return await self._leave_out(evidence, fused.reason)
        entry = await self._settle(page, fused.after, evidence, is_baseline=stored.is_baseline)
        await mentions.settle(self._conn, evidence.mention_id, fused.after.id, entry.reason)
        return entry

    async def take_back(self, stored: StoredItem, said: Sequence[Mention]) -> list[Entry]:
        """Enter what an item takes back without saying it: of another actor, kind or none.

        A withdrawn story may name nobody, and a corrected one somebody else; its title
        then tells which story of that owner it means.
        """
        item = stored.item
        if head_of(item.title) not in (Head.WITHDRAWN, Head.CORRECTED):
            return []
        family = self._reference.outlet_of(item.outlet).family
        since = item.first_seen_at - CORRECTABLE
        spoken = {(each.case, each.actor, each.type) for each in said}
        meant: dict[tuple[str, str, EventType], Mention] = {}
        for each in await mentions.recent_of(self._conn, family, since):
            old = each.mention
            key = (old.case, old.actor, old.type)
            if key not in spoken and is_same_story(item.title, each.title):
                meant[key] = replace(old, rule=TAKEN_BACK, words=())
        return [await self.enter(stored, each) for each in meant.values()]

    async def rule(
        self, word: Word, event: Event, note: str, pages: Sequence[Evidence] = ()
    ) -> list[Telling]:
        """Carry out an operator's word on an event, and tell what it changes.

        ``pages`` are what was recorded of the page that confirms.
        """
        self._is_unsure = False
        page = await self._open_page(event.case, event.actor)
        opponents = self._reference.cases[event.case].opponents
        changed = carry_out(word, page.events, opponents, pages)
        for each in changed:
            page = page.holding(each)
        tellings: list[Telling] = []
        is_ordered = word.kind in (RulingKind.CORRECT, RulingKind.SPLIT)
        for place, each in enumerate(changed):
            entry = await self._settle(
                page,
                each,
                _latest(each),
                is_baseline=False,
                note="" if place else note,
                is_ordered=is_ordered,
            )
            tellings.extend(entry.tellings)
        if word.kind is RulingKind.SPLIT and word.other is not None:
            await mentions.move(self._conn, word.mentions, word.other)
        for each_page in pages:
            await mentions.settle(self._conn, each_page.mention_id, event.id, Reason.ORDERED)
        return tellings

    async def write_baseline(self, case: Case) -> None:
        """Write where the actors of a case's baseline stand, by it and by the ledger.

        Most of them have done nothing since, and stand as is stored: a start writes none.
        """
        stored = {each.actor: each for each in await standings.of_case(self._conn, case.id)}
        acted = await events.actors_of(self._conn, case.id)
        for actor in sorted({known.standing.actor for known in case.baseline}):
            known = case.known(actor)
            done = (await self._open_page(case.id, actor)).events if actor in acted else ()
            stands = stand(case.id, actor, done, known)
            if stored.get(actor) != stands:
                await standings.put(self._conn, stands, self._now)

    async def record(self, stored: StoredItem, mention: Mention) -> Evidence:
        """Store what an item says, not yet as part of any event."""
        outlet = self._reference.outlet_of(stored.item.outlet, mention.case)
        return Evidence(
            mention_id=await mentions.put(
                self._conn,
                stored.id,
                mention,
                outlet,
                reprint_key(stored.item.title, mention.clause),
            ),
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

    async def _open_page_for(self, evidence: Evidence) -> _Page:
        """Open a page with the evidence that can matter to a report; of older events the shape."""
        mention = evidence.mention
        key = reprint_key(evidence.title, mention.clause)
        also = [] if key is None else await mentions.events_with(self._conn, key)
        day = min(self._now.date(), mention.on or self._now.date())
        return await self._open_page(mention.case, mention.actor, day - REACH, also)

    async def _whole(self, event: Event) -> Event:
        return event if event.evidence else await events.get(self._conn, event.id) or event

    async def _open_page(
        self,
        case: str,
        actor: str,
        since: date | None = None,
        also: Collection[EventId] = (),
    ) -> _Page:
        known = await events.of_actor(self._conn, case, actor, since=since, also=also)
        told = await alerts.of_events(self._conn, [each.id for each in known])
        return _Page(case, actor, tuple(known), told)

    async def _settle(
        self,
        page: _Page,
        event: Event,
        evidence: Evidence,
        *,
        is_baseline: bool,
        note: str = "",
        is_ordered: bool = False,
    ) -> Entry:
        """Store an event as now believed, and the telling of it if it is to be told."""
        revisions = await alerts.revisions_of(self._conn, event.id) if page.events else []
        baseline = self._reference.cases[page.case].known(page.actor)
        circumstances = Circumstances(
            self._now, self._freshness, is_baseline, baseline, frozenset(page.alerts), is_ordered
        )
        with self._meters.stage("decide"):
            decision = decide(evidence, event, page.events, _told(revisions), circumstances)
        if isinstance(decision, Transition) and not revisions:
            event = self._inhibit(event, page)
        page = page.holding(event)
        await events.put(self._conn, event, self._now)
        words = words_of_event(event, evidence, self._reference)
        await search.add_words(self._conn, event.id, words)
        after = stand(page.case, page.actor, page.events, baseline)
        await standings.put(self._conn, after, self._now)
        if isinstance(decision, Withheld):
            return Entry(evidence, decision.reason)
        with self._meters.stage("tell"):
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
        page = page.holding(event, alert_id)
        revision = await self._write(page, event, decision, alert_id, note)
        if event.inhibited_by is None:
            return Telling(revision, event), *await self._answer(page, event)
        greater = page.find(event.inhibited_by)
        own = Telling(revision, event, page.alerts[greater.id])
        return (
            (own,) if revisions else (own, await self._follow_up(page, greater, take_in(greater)))
        )

    async def _answer(self, page: _Page, event: Event) -> tuple[Telling, ...]:
        """Let the alert of what an event takes back say so, or say so no more."""
        if event.reverses is None or event.reverses not in page.alerts:
            return ()
        undone = page.find(event.reverses)
        last = (await alerts.revisions_of(self._conn, undone.id))[-1]
        is_said = isinstance(last.facts, Facts) and (
            last.facts.reversed_by == self._facts(page, undone).reversed_by
        )
        if is_said or last.kind is AlertKind.SIGNAL:
            return ()
        said = taken_back(undone, is_undone=not event.retracted)
        return (await self._follow_up(page, undone, said),)

    async def _follow_up(self, page: _Page, event: Event, decision: Transition) -> Telling:
        """Revise an alert quietly for what happened to another one."""
        event = await self._whole(event)
        last = (await alerts.revisions_of(self._conn, event.id))[-1]
        revision = await self._write(page, event, decision, last.alert_id, _note(last))
        return Telling(revision, event)

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
        wanting = await self._wanting(event, facts, decision)
        await room.fill(self._conn, alert_id, number, wanting, self._most_per_hour, self._now)
        await outbox.fan_out(
            self._conn,
            alert_id,
            number,
            wanting,
            level=decision.level,
            loud=decision.loud,
            now=self._now,
            answers=facts.reverses if decision.reason is Reason.REVERSAL else None,
            is_unsure=self._is_unsure,
        )
        if self._is_unsure:
            await catching_up.hold(self._conn, alert_id, number, self._now)
        await proposals.propose(self._conn, alert_id, facts, self._now)
        self._meters.revisions.labels(decision.kind).inc()
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
        undoing = [e.id for e in others if e.reverses == event.id and not e.retracted]
        return facts_of(
            event,
            reverses=_alert_of(page, event.reverses),
            reversed_by=_alert_of(page, max(undoing, default=None)),
            same_as=_alert_of(page, event.merged_into),
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


def _alert_of(page: _Page, event_id: EventId | None) -> AlertId | None:
    return None if event_id is None else page.alerts.get(event_id)


def _latest(event: Event) -> Evidence:
    """Return the newest report of an event, by which an order on it is decided."""
    told = [each for each in event.evidence if each.mention.status is not EventStatus.PAST]
    return max(told, key=lambda each: (each.seen_at, each.mention_id))


def _told(revisions: Sequence[Revision]) -> Told | None:
    if not revisions:
        return None
    last = revisions[-1].facts
    if not isinstance(last, Facts):
        raise TypeError(f"alert {revisions[-1].alert_id} tells of an event, yet is a notice")
    return Told.of(revisions[0].kind, last)


def _note(revision: Revision) -> str:
    return revision.facts.note if isinstance(revision.facts, Facts) else ""
