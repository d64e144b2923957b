"""Entering one mention in the ledger and telling what it changed.

The pure parts decide; this joins them to the store. All of it runs on the caller's
connection, so that an item's events, revisions and deliveries are kept together or not at
all. The caller holds ``engine.lock_ledger``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    Facts,
    Reason,
    Transition,
    Withheld,
)
from jobs.domain.events import Event, EventId, EventStatus, EventType, Evidence, Mention
from jobs.domain.restored import Restored
from jobs.domain.rulings import RulingKind, Word
from jobs.indexing import words_of_event
from jobs.ledger.fanout import inhibitor
from jobs.ledger.fusion import fuse
from jobs.ledger.heads import Head, head_of
from jobs.ledger.identity import REACH, reprint_key
from jobs.ledger.origins import CORRECTABLE, TAKEN_BACK, is_same_story
from jobs.ledger.rulings import carry_out
from jobs.ledger.standings import stand
from jobs.ledger.transitions import Circumstances, Told, decide
from jobs.meters import Meters
from jobs.reference import Reference
from jobs.reference.cases import Case
from jobs.store import (
    alerts,
    events,
    mentions,
    search,
    standings,
)
from jobs.store.alerts import Revision
from jobs.store.items import StoredItem
from jobs.telling import Page, Teller, Telling, whole


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one mention: why it was told or not, and the revisions it made."""

    evidence: Evidence
    reason: Reason | None
    tellings: tuple[Telling, ...] = ()


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
        self._now = now
        self._meters = meters
        self._restored = restored
        self._teller = Teller(conn, reference, most_per_hour, now, meters)

    async def enter(self, stored: StoredItem, mention: Mention) -> Entry:
        """Enter one mention: into an event or none, and tell the change or say why not."""
        self._teller.is_unsure = self._restored is not None and self._restored.leaves_unsure(
            stored.item
        )
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
            page = page.holding(await whole(self._conn, fused.before))
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
        self._teller.is_unsure = False
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

    async def _open_page_for(self, evidence: Evidence) -> Page:
        """Open a page with the evidence that can matter to a report; of older events the shape."""
        mention = evidence.mention
        key = reprint_key(evidence.title, mention.clause)
        also = [] if key is None else await mentions.events_with(self._conn, key)
        day = min(self._now.date(), mention.on or self._now.date())
        return await self._open_page(mention.case, mention.actor, day - REACH, also)

    async def _open_page(
        self,
        case: str,
        actor: str,
        since: date | None = None,
        also: Collection[EventId] = (),
    ) -> Page:
        known = await events.of_actor(self._conn, case, actor, since=since, also=also)
        told = await alerts.of_events(self._conn, [each.id for each in known])
        return Page(case, actor, tuple(known), told)

    async def _settle(
        self,
        page: Page,
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
            tellings = await self._teller.tell(page, event, decision, revisions, note)
        return Entry(evidence, decision.reason, tellings)

    def _inhibit(self, event: Event, page: Page) -> Event:
        # A recognition that nobody was told of can take nothing into its message.
        told = [each for each in page.events if each.id in page.alerts]
        greater = inhibitor(event, told)
        return replace(event, inhibited_by=greater.id if greater else None)


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
