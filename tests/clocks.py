"""A clock that goes only when it is told to, or when somebody sleeps by it."""

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Wall and monotonic time, moved together; sleeping takes no real time."""

    def __init__(self, now: datetime = datetime(2025, 7, 3, 12, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
