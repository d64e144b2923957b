"""The way of a news item, joined up: read, detect, fuse, decide, fan out.

Two transactions and no gap: a source's items with its validators (``poll``), and items
marked as processed with all that follows from them (``detect``). A crash between them
repeats work and loses none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.bookkeeping import Bookkeeper, Entry
from jobs.detection import Detector, Text
from jobs.digesting import catch_up, end_nights, expire_proposals, make_room, write_digests
from jobs.domain.alerts import ChatId
from jobs.domain.events import EventId
from jobs.domain.items import NewsItem
from jobs.domain.orders import OrderKind
from jobs.domain.restored import Restored
from jobs.gatherings import note_forums
from jobs.indexing import RULES, all_words_of
from jobs.meters import Meters
from jobs.ordering import Answer, Ordering
from jobs.polling import Polled, Poller
from jobs.quarantine import Quarantine
from jobs.reference import Reference
from jobs.roster import Roster
from jobs.source_orders import SourceOrders
from jobs.store import (
    chats,
    digests,
    events,
    facts,
    items,
    latencies,
    notices,
    orders,
    outbox,
    restoring,
    search,
    silences,
    sources,
    uploads,
)
from jobs.store.engine import Store, lock_ledger
from jobs.store.items import StoredItem
from jobs.store.orders import Order
from jobs.trends import note_trends
from jobs.trials import Trial
from jobs.watching import watch, watch_cases

BATCH = 25
"""Items of one transaction: deliveries wait for it, so it is kept short."""

BITE = 500
"""Rows of one transaction when old ones are deleted."""

KEEP_UPDATES = timedelta(days=9)
"""Telegram keeps updates for a day, and counts on for a week."""

SOURCES_TOLD = "sources told at"
"""The fact that remembers when the operators were last told of sources."""

WORDS_INDEXED = "words indexed"
"""The fact that remembers by which rules words lead to the ledger's events."""

CASES_SILENT = "silent cases"
"""The fact that remembers which cases the operators were told are silent."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long items, deliveries and orders are kept."""

    items: timedelta
    outbox: timedelta
    audit: timedelta = timedelta(days=400)


class Pipeline:
    """What the jobs do; each method is one job's run, with the time passed in.

    ``poller`` and ``source_orders`` are None where items come from elsewhere (``take``), as
    in a replay. A case of which nothing new is heard for ``silence`` is told of.
    ``operators`` are the chats that are told how the sources fare. A chat's topic gets at
    most ``most_per_hour`` new messages an hour, 0 being no cap.
    """

    def __init__(
        self,
        store: Store,
        reference: Reference,
        detector: Detector,
        *,
        freshness: timedelta,
        keeping: Keeping,
        silence: timedelta = timedelta(hours=6),
        most_per_hour: int = 0,
        poller: Poller | None = None,
        source_orders: SourceOrders | None = None,
        operators: Collection[ChatId] = (),
        meters: Meters | None = None,
    ) -> None:
        self._store = store
        self._roster = Roster(reference)
        self._detector = detector
        self._freshness = freshness
        self._keeping = keeping
        self._silence = silence
        self._most_per_hour = most_per_hour
        self._poller = poller
        self._source_orders = source_orders
        self._operators = operators
        self._meters = meters or Meters()
        self._quarantine = Quarantine(BATCH)
        self._restored: Restored | None = None

    async def start(self, now: datetime) -> None:
        """Make the store follow the configuration: sources, forums, and where actors stand.

        To be awaited before anything else; harmless when repeated.
        """
        async with self._store.write() as conn:
            await lock_ledger(conn)
            self._restored = await restoring.begin(conn, now)
            await self._follow(conn, now)
            await note_forums(conn, self._roster.reference.cases.values(), now)
            keeper = self._keeper(conn, now)
            for case in self._roster.reference.cases.values():
                await keeper.write_baseline(case)
        await self._index_old()

    async def _index_old(self) -> None:
        """Let words lead to the events of a ledger that was written before they did."""
        async with self._store.read() as conn:
            if await facts.get(conn, WORDS_INDEXED) == RULES:
                return
        before: EventId | None = None
        while True:
            async with self._store.write() as conn:
                batch = await events.recent(conn, limit=BATCH, before_id=before)
                for event in batch:
                    if event.case in self._roster.reference.cases:
                        words = all_words_of(event, self._roster.reference)
                        await search.add_words(conn, event.id, words)
                if len(batch) < BATCH:
                    await facts.put(conn, WORDS_INDEXED, RULES)
                    return
            before = batch[-1].id

    async def poll(self, now: datetime) -> Polled:
        """Read the sources that are due; a first reading is a silent baseline."""
        if self._poller is None:
            return Polled()
        async with self._store.read() as conn:
            is_behind = await self._roster.is_behind(conn)
        if is_behind:
            async with self._store.write() as conn:
                await self._follow(conn, now)
        polled = await self._poller.poll(now)
        self._meters.readings.labels("ok").inc(polled.read)
        self._meters.readings.labels("failed").inc(polled.failed)
        self._meters.items.inc(polled.new_items)
        return polled

    async def take(self, news: Sequence[NewsItem], *, is_baseline: bool = False) -> int:
        """Store items that were read elsewhere, and return how many were new."""
        async with self._store.write() as conn:
            return await items.put_items(conn, news, baseline=is_baseline)

    async def detect(self, now: datetime) -> list[Entry]:
        """Work through all items that wait, and return what became of each mention, in order."""
        entries: list[Entry] = []
        while await self._detect_batch(entries, now):
            pass
        return entries

    async def _detect_batch(self, entries: list[Entry], now: datetime) -> bool:
        """Work through one batch, adding to ``entries``; say whether more may wait."""
        async with self._store.write() as conn:
            await lock_ledger(conn)
            size = self._quarantine.size
            batch = await items.unprocessed(conn, size, self._quarantine.resting(now))
            ids = [each.id for each in batch]
            with self._quarantine.watch(ids, now):
                keeper = self._keeper(conn, now)
                found = [entry for each in batch for entry in await self._enter(keeper, each)]
                await items.mark_processed(conn, ids, now)
        entries.extend(found)
        return len(batch) == size

    async def _enter(self, keeper: Bookkeeper, stored: StoredItem) -> list[Entry]:
        item = stored.item
        text = Text(item.title, item.summary, item.lang, item.outlet, item.published_at)
        with self._meters.stage("detect"):
            said = self._detector.detect(text)
        entries = [await keeper.enter(stored, mention) for mention in said]
        entries += await keeper.take_back(stored, said)
        for entry in entries:
            self._meters.mentions.labels(entry.reason or "NONE").inc()
        return entries

    async def carry_out_orders(self, now: datetime) -> int:
        """Carry out what admins ordered, each in its own transaction; return how many."""
        done = 0
        while await self._carry_out_one(now):
            done += 1
        return done

    async def _carry_out_one(self, now: datetime) -> bool:
        async with self._store.write() as conn:
            waiting = await orders.pending(conn, 1)
        for order in waiting:
            # What asks a host stands outside of the transaction: it may take its time.
            trial = None
            if order.kind == OrderKind.SOURCE and self._source_orders is not None:
                trial = await self._source_orders.try_out(order.payload, now)
            async with self._store.write() as conn:
                await lock_ledger(conn)
                if [each.id for each in await orders.pending(conn, 1)] != [order.id]:
                    continue  # another process has it
                answer = await self._carry_out(conn, order, trial, now)
                for chat_ids, notice in (([order.chat_id], answer.notice), *answer.others):
                    await notices.tell(conn, notice, chat_ids, now)
                await orders.finish(conn, order.id, answer.notice.key, now, answer.made)
        return bool(waiting)

    async def _carry_out(
        self, conn: AsyncConnection, order: Order, trial: Trial | None, now: datetime
    ) -> Answer:
        if order.kind == OrderKind.SOURCE and self._source_orders is not None:
            return Answer(await self._source_orders.carry_out(conn, order.payload, trial, now))
        reference = self._roster.reference
        ordering = Ordering(conn, reference, self._keeper(conn, now), self._operators, now)
        return await ordering.carry_out(order)

    async def digest(self, now: datetime) -> int:
        """Write the digests that are due into the outbox; return how many."""
        return await write_digests(self._store, self._roster.reference, now)

    async def end_nights(self, now: datetime) -> None:
        """Join what quiet hours held, and move on those that are over."""
        await end_nights(self._store, self._most_per_hour, now)

    async def make_room(self, now: datetime) -> None:
        """Join what waited in places that had their hour's most messages."""
        await make_room(self._store, self._most_per_hour, now)

    async def catch_up(self, now: datetime) -> None:
        """After a restore: tell in one message a place what it may know already."""
        if self._restored is not None:
            await catch_up(self._store, self._restored.copied_at, now)

    async def expire_proposals(self, now: datetime) -> None:
        """Close what no editor let through in time, and tell the editors."""
        await expire_proposals(self._store, now)

    async def check_sources(self, now: datetime) -> None:
        """Tell the operators once of a source that ails or a case that nothing is heard of.

        Once more when all is well again.
        """
        async with self._store.write() as conn:
            await lock_ledger(conn)  # two processes that look at once would both tell it
            health = await sources.health(conn)
            told = await facts.get(conn, SOURCES_TOLD)
            found = watch(health, now, datetime.fromisoformat(told) if told else None)
            if found.notices:
                await facts.put(conn, SOURCES_TOLD, now.isoformat())
            silent = await facts.get(conn, CASES_SILENT) or []
            reference = self._roster.reference
            heard = watch_cases(reference, health, silent, self._silence, now)
            if heard.notices:
                await facts.put(conn, CASES_SILENT, list(heard.silent))
            for notice in (*found.notices, *heard.notices):
                await notices.tell(conn, notice, self._operators, now)
            await sources.set_alarm(conn, found.ailing, now)
            await sources.set_alarm(conn, found.well, None)

    async def note_trends(self, now: datetime) -> None:
        """Keep watched actors' momenta up to date, and announce a wave that is new."""
        async with self._store.write() as conn:
            await lock_ledger(conn)
            await note_trends(conn, self._roster.reference, now)

    async def note_latencies(self, now: datetime) -> None:
        """Measure how long the alerts took that have settled since the last look."""
        async with self._store.write() as conn:
            await latencies.measure(conn, now)

    async def prune(self, now: datetime) -> None:
        """Delete what is older than its days of keeping, a bite at a time."""
        for prune, before in (
            (items.prune, now - self._keeping.items),
            (outbox.prune, now - self._keeping.outbox),
            (digests.prune, now - self._keeping.outbox),
            (orders.prune, now - self._keeping.audit),
            (uploads.prune, now - uploads.KEPT),
        ):
            bitten = BITE
            while bitten == BITE:
                async with self._store.write() as conn:
                    bitten = await prune(conn, before, BITE)
        async with self._store.write() as conn:
            await chats.forget_updates(conn, now - KEEP_UPDATES)
            await silences.forget_ended(conn, now)

    async def _follow(self, conn: AsyncConnection, now: datetime) -> None:
        """Take up sources that were added or removed since the last look."""
        if await self._roster.refresh(conn, now) and self._poller is not None:
            self._poller.follow(self._roster.reference)

    def _keeper(self, conn: AsyncConnection, now: datetime) -> Bookkeeper:
        reference = self._roster.reference
        return Bookkeeper(
            *(conn, reference, self._freshness, self._most_per_hour, now),
            self._meters,
            self._restored,
        )
