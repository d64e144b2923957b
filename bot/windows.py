"""The window over the calls of all processes of one bot, where several share a PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.pacing import HOLD_SECONDS, PER_SECOND, WINDOW_SECONDS
from jobs.domain.clock import Clock
from jobs.store import slots
from jobs.store.engine import Store, moment


class SharedWindow:
    """Counts calls in the store; on SQLite there is one sender, and it does nothing.

    What ``Pacer`` promises of one process this promises of all together, by the
    server's clock.
    """

    def __init__(self, store: Store, clock: Clock, per_second: int = PER_SECOND) -> None:
        self._shared = store.dialect == "postgresql"
        self._clock = clock
        self._per_second = per_second

    async def take(self, conn: AsyncConnection, ids: Sequence[str]) -> list[str]:
        """Take room for calls that begin once this transaction is stored; return which may."""
        if not self._shared:
            return list(ids)
        now = await moment(conn, self._clock)
        until = now + timedelta(seconds=HOLD_SECONDS)
        return await slots.take(conn, ids, self._per_second, now, until)

    async def take_alone(self, store: Store, id_: str) -> bool:
        """Take room for one call that begins at once; return whether there is any."""
        if not self._shared:
            return True
        async with store.write() as conn:
            return bool(await self.take(conn, [id_]))

    async def end_alone(self, store: Store, id_: str) -> None:
        """Note that a call taken alone has ended."""
        if self._shared:
            async with store.write() as conn:
                await self.end(conn, id_)

    async def end(self, conn: AsyncConnection, id_: str) -> None:
        """Note that a call has ended."""
        if self._shared:
            now = await moment(conn, self._clock)
            await slots.end(conn, id_, now + timedelta(seconds=WINDOW_SECONDS))
