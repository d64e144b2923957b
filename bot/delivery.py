"""From the outbox to the chats: claim, put into words, say that it begins, call, record.

What is promised: a row is lost by no crash; what certainly did not arrive is tried
again; what may have arrived is sent again at most once, and says so, or is closed, as
the setting says; a refusal is not repeated; one chat's trouble delays no other chat.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot

from bot.calls import attempt, token_holds
from bot.meters import Meters
from bot.outcomes import Outcome, Verdict
from bot.pacing import Pacer
from bot.recording import MAX_ATTEMPTS, record
from bot.texts.messages import Message
from bot.upkeep import Policy, Upkeep
from bot.windows import SharedWindow
from jobs.domain.alerts import ChatId, DeliveryId, Notice
from jobs.domain.clock import Clock
from jobs.domain.orders import Stopped
from jobs.errors import StoreError
from jobs.store import attempts, facts, pauses, silences
from jobs.store.claims import Delivery, claim
from jobs.store.engine import Store, moment

log = logging.getLogger(__name__)

MAX_IN_FLIGHT = 100
"""Telegram's own server begins to refuse at a few hundred open calls."""

CLAIM_LEASE = timedelta(seconds=30)
LEASE_MARGIN = timedelta(seconds=30)
IDLE_SECONDS = 0.5
TIDY_SECONDS = 5.0
PROBE_SECONDS = 30.0
SHARED_PAUSE_SECONDS = 0.1
"""How soon room is looked for again where other processes have taken it."""
HALT_WORTH_TELLING = 60.0
CLOSED_UNTIL = "sending closed until"
"""The fact that a restart, and every other process, must keep to."""


class Deliverer:
    """Sends what the outbox holds; one a process.

    ``render`` puts a delivery into words and may raise: the row is then put off, and
    given up after a few times. A stop, an outage or a doubtful token leaves all rows in
    the outbox.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        clock: Clock,
        pacer: Pacer,
        render: Callable[[Delivery], Message],
        policy: Policy,
    ) -> None:
        self.halted: str | None = None
        """Why nothing is sent at present, or None."""
        self.meters = Meters()
        self.turned_at = clock.monotonic()
        """When the last round ended, in monotonic seconds; there is one every few seconds."""
        self._store = store
        self._bot = bot
        self._clock = clock
        self._pacer = pacer
        self._render = render
        self._policy = policy
        self._upkeep = Upkeep(policy, clock)
        self._window = SharedWindow(store, clock, pacer.per_second)
        self._flying: dict[asyncio.Task[None], DeliveryId] = {}
        self._halted_at = 0.0
        self._plain: set[DeliveryId] = set()
        self._probe_at: float | None = None
        self._tidied_at: float | None = None
        self._stopped: Stopped | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop`` is set; then finish the calls in hand, or let them go."""
        stopping = asyncio.create_task(stop.wait())
        try:
            await self._recover_at_start(stop)
            while not stop.is_set():
                taken = await self._round()
                self.turned_at = self._clock.monotonic()
                await self._pause(taken, stopping)
        finally:
            stopping.cancel()
            await self._land()

    async def drain_once(self) -> int:
        """Send what may go now, wait for what comes of it; return how many rows were taken."""
        await self._tidy()
        taken = await self._launch()
        if self._flying:
            await asyncio.wait(self._flying)
        return taken

    async def recover(self) -> None:
        """Take back what a former process of ours left; call it once, before sending."""
        # On SQLite there is one process, so whatever looks held is held by the dead.
        alone = self._store.dialect == "sqlite"
        async with self._store.write() as conn:
            now = await moment(conn, self._clock)
            doubtful = await attempts.recover(conn, now, alone=alone)
        if doubtful:
            log.warning("%d messages may or may not have arrived before the stop", doubtful)

    def halt(self, cause: str) -> None:
        """Send nothing until ``resume``; the outbox is kept."""
        if self.halted is None:
            log.error("sending stops: %s; the outbox is kept", cause)
            self._halted_at = self._clock.monotonic()
        self.halted = cause
        self._probe_at = None

    def resume(self) -> None:
        """Send again."""
        if self.halted is not None:
            log.warning("sending goes on")
            seconds = self._clock.monotonic() - self._halted_at
            if seconds >= HALT_WORTH_TELLING:
                minutes = round(seconds / 60)
                stopped = Notice("sending_stopped", {"why": self.halted, "minutes": minutes})
                self._upkeep.alarms.append(stopped)
        self.halted = None
        self._probe_at = None

    @property
    def in_flight(self) -> int:
        """Return how many calls are open."""
        return len(self._flying)

    async def _recover_at_start(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.recover()
            except StoreError as error:
                log.error("the outbox cannot be read: %s", error)
                await self._clock.sleep(IDLE_SECONDS)
            else:
                return

    async def _round(self) -> int:
        try:
            if self.halted is not None:
                await self._probe()
                return 0
            now = self._clock.monotonic()
            if self._tidied_at is None or now - self._tidied_at >= TIDY_SECONDS:
                await self._tidy()
                self._tidied_at = now
            return await self._launch()
        except StoreError as error:
            log.error("the outbox cannot be used: %s", error)
        except Exception:
            # The loop must outlive a mistake of ours; the rows stay where they are.
            log.exception("a round of delivery failed")
        return 0

    async def _tidy(self) -> None:
        async with self._store.write() as conn:
            await self._upkeep.tidy(conn, list(self._flying.values()))
        self._upkeep.tidied()

    async def _launch(self) -> int:
        """Claim what may go, and start its calls; return how many rows were taken."""
        now = self._clock.monotonic()
        limit = min(self._pacer.room(now), MAX_IN_FLIGHT - len(self._flying))
        if limit <= 0 or self.halted is not None:
            return 0
        claimed = await self._claim(limit, self._pacer.closed_chats(now))
        self._pacer.alerts_wait = len(claimed) == limit
        worded = [(row, words) for row in claimed if (words := await self._word(row))]
        if worded:
            await self._start(worded)
        return len(claimed)

    async def _claim(self, limit: int, closed: list[ChatId]) -> list[Delivery]:
        async with self._store.write() as conn:
            now = await moment(conn, self._clock)
            if await self._is_closed(conn, now):
                return []
            stopped, before = await pauses.stopped(conn), self._stopped
            self._stopped = stopped
            if before is not None and stopped is None:
                # What has become too old meanwhile comes as one list.
                await self._upkeep.tidy(conn, list(self._flying.values()))
            hold = pauses.Hold(stopped, self._policy.operators)
            claimed = await claim(
                conn,
                now,
                limit=limit,
                lease_until=now + CLAIM_LEASE,
                attempt_id=uuid.uuid4().hex,
                except_chats=closed,
                hold=hold,
            )
            return await silences.keep_back(conn, claimed, now)

    async def _is_closed(self, conn: AsyncConnection, now: datetime) -> bool:
        """Whether Telegram asked all of the bot for silence, this process or another."""
        until = await facts.get(conn, CLOSED_UNTIL)
        seconds = (datetime.fromisoformat(until) - now).total_seconds() if until else 0.0
        if seconds <= 0:
            return False
        self._pacer.close(self._clock.monotonic() + seconds)
        return True

    async def _word(self, delivery: Delivery) -> Message | None:
        try:
            return self._render(delivery)
        except Exception:
            # Whatever a text trips over must not hold up the other rows.
            log.exception("alert %d could not be put into words", delivery.alert_id)
        async with self._store.write() as conn:
            if delivery.attempts + 1 >= MAX_ATTEMPTS:
                await attempts.mark_dead(conn, delivery, "could not be put into words")
            else:
                later = self._clock.now() + _backoff(delivery.attempts)
                await attempts.put_off(conn, delivery, later, "could not be put into words")
        return None

    async def _start(self, worded: list[tuple[Delivery, Message]]) -> None:
        attempt_id = worded[0][0].attempt_id
        calls = {_call_of(row): row.id for row, _ in worded}
        async with self._store.write() as conn:
            now = await moment(conn, self._clock)
            may = [calls[call] for call in await self._window.take(conn, list(calls))]
            lease_until = now + self._policy.deadline + LEASE_MARGIN
            ours = await attempts.mark_sending(conn, may, attempt_id, now, lease_until)
            if len(may) < len(calls):
                await attempts.put_back(conn, set(calls.values()) - set(may), attempt_id)
        if len(may) < len(calls):
            self._pacer.close(self._clock.monotonic() + SHARED_PAUSE_SECONDS)
        for row, words in worded:
            if row.id not in ours:
                continue
            place = self._pacer.start(row.chat_id, _is_private(row), self._clock.monotonic())
            task = asyncio.create_task(self._deliver(row, words, place))
            self._flying[task] = row.id
            task.add_done_callback(self._flying.pop)

    async def _deliver(self, delivery: Delivery, words: Message, place: int) -> None:
        plain = delivery.id in self._plain
        began = self._clock.monotonic()
        try:
            outcome = await attempt(self._bot, delivery, words, self._policy, plain=plain)
        finally:
            self._pacer.finish(place, self._clock.monotonic())
        self.meters.sent(delivery.action, outcome.verdict, self._clock.monotonic() - began)
        wide = self._adjust(delivery, outcome)
        while True:
            try:
                async with self._store.write() as conn:
                    await self._record(conn, delivery, outcome, wide)
            except StoreError as error:
                # Only this process knows the outcome: to forget it is to repeat the message.
                log.error("the outcome of delivery %d is not stored yet: %s", delivery.id, error)
                await self._clock.sleep(IDLE_SECONDS)
            else:
                return

    async def _record(
        self, conn: AsyncConnection, delivery: Delivery, outcome: Outcome, wide: float
    ) -> None:
        now = await moment(conn, self._clock)
        await record(conn, delivery, outcome, now, self._policy.operators)
        await self._window.end(conn, _call_of(delivery))
        if wide:
            until = now + timedelta(seconds=wide)
            await facts.put(conn, CLOSED_UNTIL, until.isoformat())

    def _adjust(self, delivery: Delivery, outcome: Outcome) -> float:
        """Draw what follows from an outcome for the calls to come.

        Returns for how many seconds all of the bot must be silent.
        """
        now = self._clock.monotonic()
        if outcome.verdict is Verdict.NOT_SENT:
            self._pacer.link_failed(now)
        elif outcome.verdict is not Verdict.UNCERTAIN:
            self._pacer.link_worked()
        self._plain.discard(delivery.id)
        match outcome.verdict:
            case Verdict.WAIT:
                private = _is_private(delivery)
                log.warning("delivery %d must wait %g seconds", delivery.id, outcome.seconds)
                return self._pacer.refused(delivery.chat_id, private, outcome.seconds, now)
            case Verdict.PLAIN:
                log.error("the entities of alert %d: %s", delivery.alert_id, outcome.cause)
                self._plain.add(delivery.id)
            case Verdict.HALT:
                self.halt(outcome.cause)
                self._probe_at = now + PROBE_SECONDS
        return 0.0

    async def _probe(self) -> None:
        """Ask whether the token holds again, if it was the token that stopped us."""
        now = self._clock.monotonic()
        if self._probe_at is None or now < self._probe_at:
            return
        self._probe_at = now + PROBE_SECONDS
        if await token_holds(self._bot):
            self.resume()

    async def _pause(self, taken: int, stopping: asyncio.Task[bool]) -> None:
        """Wait until there may be something to do."""
        now = self._clock.monotonic()
        opens_at = self._pacer.opens_at(now)
        change = self._pacer.next_change(now)
        seconds = min(IDLE_SECONDS, (change or now + IDLE_SECONDS) - now)
        if opens_at > now:
            seconds = min(opens_at - now, TIDY_SECONDS)
        elif taken:
            return
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        # A call that ends may make room sooner.
        waiting = {sleeping, stopping, *self._flying}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            with suppress(asyncio.CancelledError):
                await sleeping

    async def _land(self) -> None:
        if not self._flying:
            return
        _, late = await asyncio.wait(self._flying, timeout=self._policy.grace.total_seconds())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1)


def _call_of(delivery: Delivery) -> str:
    """Return a name for the call that no other call ever has."""
    return f"{delivery.attempt_id}:{delivery.id}"


def _is_private(delivery: Delivery) -> bool:
    return delivery.chat_kind == "private"


def _backoff(tries: int) -> timedelta:
    return timedelta(seconds=min(600.0, 5.0 * 2.0 ** min(tries, 10)))
