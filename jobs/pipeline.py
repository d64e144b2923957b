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
from jobs.digesting import BITE as DIGESTS
from jobs.digesting import JOINED_BEFORE, end_nights, write_due_digests
from jobs.domain.alerts import ChatId
from jobs.domain.items import NewsItem
from jobs.ordering import Ordering
from jobs.polling import Polled, Poller
from jobs.quarantine import Quarantine
from jobs.reference import Reference
from jobs.store import (
    chats,
    digests,
    items,
    nights,
    notices,
    orders,
    outbox,
    proposals,
    rhythms,
    silences,
    sources,
)
from jobs.store.engine import Store, lock_ledger
from jobs.store.items import StoredItem
from jobs.watching import watch

BATCH = 25
"""Items of one transaction: deliveries wait for it, so it is kept short."""

BITE = 500
"""Rows of one transaction when old ones are deleted."""

APPROVAL_LIFE = timedelta(hours=12)
"""What no editor lets through in half a day is no news any more."""

KEEP_UPDATES = timedelta(days=9)
"""Telegram keeps updates for a day, and counts on for a week."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long items and deliveries are kept."""

    items: timedelta
    outbox: timedelta


class Pipeline:
    """What the jobs do; each method is one job's run, with the time passed in.

    ``poller`` is None where items come from elsewhere (``take``), as in a replay.
    ``operators`` are the chats that are told how the sources fare.
    """

    def __init__(
        self,
        store: Store,
        reference: Reference,
        detector: Detector,
        *,
        freshness: timedelta,
        keeping: Keeping,
        poller: Poller | None = None,
        operators: Collection[ChatId] = (),
    ) -> None:
        self._store = store
        self._reference = reference
        self._detector = detector
        self._freshness = freshness
        self._keeping = keeping
        self._poller = poller
        self._operators = operators
        self._quarantine = Quarantine(BATCH)

    async def start(self, now: datetime) -> None:
        """Make the store follow the configuration: sources, and where actors stand.

        To be awaited before anything else; harmless when repeated.
        """
        async with self._store.write() as conn:
            await lock_ledger(conn)
            await sources.sync(conn, self._reference.sources.values(), now)
            keeper = self._keeper(conn, now)
            for case in self._reference.cases.values():
                for actor in sorted({known.standing.actor for known in case.baseline}):
                    await keeper.write_standing(case.id, actor)

    async def poll(self, now: datetime) -> Polled:
        """Read the sources that are due; a first reading is a silent baseline."""
        return await self._poller.poll(now) if self._poller else Polled()

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
        said = self._detector.detect(text)
        entries = [await keeper.enter(stored, mention) for mention in said]
        return [*entries, *await keeper.take_back(stored, said)]

    async def carry_out_orders(self, now: datetime) -> int:
        """Carry out what admins ordered, each in its own transaction; return how many."""
        done = 0
        while await self._carry_out_one(now):
            done += 1
        return done

    async def _carry_out_one(self, now: datetime) -> bool:
        async with self._store.write() as conn:
            await lock_ledger(conn)
            waiting = await orders.pending(conn, 1)
            for order in waiting:
                ordering = Ordering(
                    conn, self._reference, self._keeper(conn, now), self._operators, now
                )
                answer = await ordering.carry_out(order)
                for chat_ids, notice in (([order.chat_id], answer.notice), *answer.others):
                    await notices.tell(conn, notice, chat_ids, now)
                await orders.finish(conn, order.id, answer.notice.key, now, answer.made)
        return bool(waiting)

    async def digest(self, now: datetime) -> int:
        """Write the digests that are due into the outbox; return how many."""
        async with self._store.read() as conn:
            if not await rhythms.due_digests(conn, now, 1):
                return 0
        written = 0
        while True:
            async with self._store.write() as conn:
                await lock_ledger(conn)
                bitten = await write_due_digests(conn, self._reference, now)
            written += bitten
            if bitten < DIGESTS:
                return written

    async def end_nights(self, now: datetime) -> None:
        """Join what quiet hours held, and move on those that are over."""
        async with self._store.read() as conn:
            end = await nights.next_end(conn)
        if end is None or end > now + JOINED_BEFORE:
            return
        async with self._store.write() as conn:
            await lock_ledger(conn)
            await end_nights(conn, now)

    async def expire_proposals(self, now: datetime) -> None:
        """Close what no editor let through in time, and tell the editors."""
        async with self._store.write() as conn:
            await lock_ledger(conn)
            await proposals.expire(conn, now - APPROVAL_LIFE, now)

    async def check_sources(self, now: datetime) -> None:
        """Tell the operators once of a source that fails or is silent, and once it is well."""
        async with self._store.write() as conn:
            found = watch(await sources.health(conn), now)
            for notice in found.notices:
                await notices.tell(conn, notice, self._operators, now)
            await sources.set_alarm(conn, found.ailing, now)
            await sources.set_alarm(conn, found.well, None)

    async def prune(self, now: datetime) -> None:
        """Delete what is older than its days of keeping, a bite at a time."""
        for prune, before in (
            (items.prune, now - self._keeping.items),
            (outbox.prune, now - self._keeping.outbox),
            (digests.prune, now - self._keeping.outbox),
        ):
            bitten = BITE
            while bitten == BITE:
                async with self._store.write() as conn:
                    bitten = await prune(conn, before, BITE)
        async with self._store.write() as conn:
            await chats.forget_updates(conn, now - KEEP_UPDATES)
            await silences.forget_ended(conn, now)

    def _keeper(self, conn: AsyncConnection, now: datetime) -> Bookkeeper:
        return Bookkeeper(conn, self._reference, self._freshness, now)
