"""Asking Telegram for updates: one long call after the other, watched.

Ours rather than the library's, because that one ends without a word on a refused token
and repeats for ever on a second poller; here either stops the sending too, says so, and
goes on by itself once the cause is gone.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.delivery import Deliverer
from bot.taking import UPDATES_A_CALL
from jobs.domain.clock import Clock
from jobs.errors import ConfigError, StoreError
from jobs.store import leases
from jobs.store.engine import Store, moment

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
MARGIN_SECONDS = 15
"""How much longer than asked one call may take before it is given up and made anew."""
LONGEST_PAUSE_SECONDS = 30.0
CONFLICT_SECONDS = 60.0
"""How long a second poller may be there before this one gives way."""
POLLING = "getUpdates"
LEASE = timedelta(seconds=LONG_POLL_SECONDS + MARGIN_SECONDS + 10)
"""Longer than any one call: nobody else asks while ours is still open."""
STAND_BY_SECONDS = 5.0


class PollingTurn:
    """The right to ask for updates: one process of a shared PostgreSQL at a time has it.

    On SQLite there is one process, and it always has it.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._holder = uuid.uuid4().hex
        self._shared = store.dialect == "postgresql"

    async def take(self) -> bool:
        """Take or prolong the right for one more call; False while another has it."""
        if not self._shared:
            return True
        async with self._store.write() as conn:
            now = await moment(conn, self._clock)
            return await leases.hold(conn, POLLING, self._holder, now, now + LEASE)

    async def give_up(self) -> None:
        """Let another process have it at once."""
        if self._shared:
            async with self._store.write() as conn:
                await leases.release(conn, POLLING, self._holder)


class Poller:
    """Brings updates to ``put`` until told to stop; each is confirmed by the next call.

    While ``room`` is not set it waits: what is not asked for stays with Telegram.
    """

    def __init__(
        self,
        bot: Bot,
        put: Callable[[Update], None],
        deliverer: Deliverer,
        clock: Clock,
        kinds: Sequence[str],
        turn: PollingTurn,
        room: asyncio.Event,
    ) -> None:
        self._bot = bot
        self._put = put
        self._deliverer = deliverer
        self._clock = clock
        self._kinds = list(kinds)
        self._turn = turn
        self._room = room
        self.stands_by = False
        """Whether another process asks for the updates, and this one only sends."""
        self._next_id: int | None = None
        self._pause = 0.0
        self._conflict_since: float | None = None
        self.completed_at = clock.monotonic()
        """When the last call came back with an answer, in monotonic seconds."""

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop`` is set.

        Raises ``ConfigError`` once another program has polled with the same token for a
        minute: two would tear the updates apart between them.
        """
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                asking = asyncio.create_task(self._ask())
                await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not asking.done():
                    asking.cancel()
                await asyncio.gather(asking, return_exceptions=stop.is_set())
                if self._pause and not stop.is_set():
                    pausing = asyncio.create_task(self._clock.sleep(self._pause))
                    await asyncio.wait({pausing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    pausing.cancel()
        finally:
            stopping.cancel()
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(1):
                    await self._turn.give_up()

    async def _ask(self) -> None:
        await self._room.wait()
        try:
            if not await self._is_our_turn():
                return
            async with asyncio.timeout(LONG_POLL_SECONDS + MARGIN_SECONDS):
                updates = await self._bot.get_updates(
                    offset=self._next_id,
                    limit=UPDATES_A_CALL,
                    timeout=LONG_POLL_SECONDS,
                    read_timeout=MARGIN_SECONDS,
                    allowed_updates=self._kinds,
                )
        except Conflict:
            self._note_conflict()
        except InvalidToken:
            self._deliverer.halt("Telegram refuses the token")
            self._pause = LONGEST_PAUSE_SECONDS
        except RetryAfter as error:
            wait = error.retry_after
            self._pause = float(wait if isinstance(wait, int) else wait.total_seconds())
        except (TelegramError, TimeoutError, StoreError) as error:
            log.warning("updates cannot be fetched: %s", type(error).__name__)
            self._pause = min(max(1.0, self._pause * 2), LONGEST_PAUSE_SECONDS)
        else:
            self._take(updates)

    async def _is_our_turn(self) -> bool:
        ours = await self._turn.take()
        if self.stands_by is ours:
            log.info("another process %s", "stopped asking" if ours else "asks for updates")
        self.stands_by = not ours
        if not ours:
            self._pause = STAND_BY_SECONDS
            self.completed_at = self._clock.monotonic()
        return ours

    def _take(self, updates: Sequence[Update]) -> None:
        if self._conflict_since is not None or self._deliverer.halted is not None:
            self._deliverer.resume()
        self._pause = 0.0
        self._conflict_since = None
        self.completed_at = self._clock.monotonic()
        for update in updates:
            self._put(update)
            self._next_id = update.update_id + 1

    def _note_conflict(self) -> None:
        now = self._clock.monotonic()
        if self._conflict_since is None:
            self._conflict_since = now
        self._deliverer.halt("another program polls with the same token")
        if now - self._conflict_since > CONFLICT_SECONDS:
            raise ConfigError(
                "BOT_TOKEN: another program has been polling with this token for a minute; "
                "stop one of the two (nothing in the outbox is lost)"
            )
        self._pause = min(max(1.0, self._pause * 2), 5.0)
