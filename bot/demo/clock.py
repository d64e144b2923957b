"""A clock that is moved along while history is shown, and then let go."""

import asyncio
import time
from datetime import datetime, timedelta


class DemoClock:
    """Stands still until moved; after ``let_go`` it runs on at the world's pace.

    Whoever sleeps on it while it is held moves it: so pacing is kept in its own time and
    five years take seconds.
    """

    def __init__(self, start: datetime) -> None:
        self._moment = start
        self._seconds = 0.0
        self._released_at: float | None = None

    def _since_release(self) -> float:
        return 0.0 if self._released_at is None else time.monotonic() - self._released_at

    def now(self) -> datetime:
        """Return the moment that the show has reached, in UTC."""
        return self._moment + timedelta(seconds=self._since_release())

    def monotonic(self) -> float:
        """Return the seconds that have passed on this clock."""
        return self._seconds + self._since_release()

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock: at once, by moving it, while it is held."""
        if self._released_at is None:
            self.move_to(self._moment + timedelta(seconds=seconds))
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(seconds)

    def move_to(self, moment: datetime) -> None:
        """Move on to ``moment``; an earlier one leaves the clock where it is."""
        passed = (moment - self._moment).total_seconds()
        if passed > 0:
            self._moment = moment
            self._seconds += passed

    def let_go(self) -> None:
        """From here on, run at the pace of the machine's clock."""
        self._released_at = time.monotonic()
