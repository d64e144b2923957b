"""Keeping requests apart where a host asks for it in words."""

from collections.abc import Mapping

from jobs.domain.clock import Clock

PAUSES: Mapping[str, float] = {"api.gdeltproject.org": 5.0}
"""Seconds between the starts of two requests, by host."""


class Turns:
    """Gives each request to a host with a pause its turn, in the order they come."""

    def __init__(self, clock: Clock, pauses: Mapping[str, float]) -> None:
        self._clock = clock
        self._pauses = pauses
        self._free_at: dict[str, float] = {}

    async def wait(self, host: str) -> None:
        """Return when a request to the host may start; at once for most."""
        pause = self._pauses.get(host)
        if pause is None:
            return
        now = self._clock.monotonic()
        turn = max(now, self._free_at.get(host, now))
        self._free_at[host] = turn + pause
        if turn > now:
            await self._clock.sleep(turn - now)
