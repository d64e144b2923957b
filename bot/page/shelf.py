"""What was made for one reader and serves the next ones, for a few seconds."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jobs.domain.clock import Clock

Making = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    making: asyncio.Task[str]


class Shelf:
    """Keeps documents by name; however many ask at once, each is made once.

    So a page costs as much when a thousand read it as when one does.
    """

    def __init__(self, clock: Clock, *, seconds: float = 10.0, most: int = 200) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def get(self, name: str, make: Making) -> str:
        """Return the document of that name, or make it; what fails is not kept."""
        now = self._clock.monotonic()
        found = self._kept.get(name)
        if found is None or found.until <= now:
            found = _Kept(now + self._seconds, asyncio.ensure_future(make()))
            self._kept[name] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        try:
            # Shielded: one who stops waiting must not take the document from the others.
            return await asyncio.shield(found.making)
        except Exception:
            if self._kept.get(name) is found:
                del self._kept[name]
            raise
