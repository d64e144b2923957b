"""A tick to somebody outside while all is well: its absence is the alarm.

A program that is dead, hung or cut off can tell nobody; a service that waits for a tick each
minute can. Nothing is sent but the request itself.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from jobs.domain.clock import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
TICK_SECONDS = 15.0
"""How long one tick may take in all."""


async def beat(url: str, health: Callable[[], Mapping[str, Any]], clock: Clock) -> None:
    """Ask for ``url`` each minute for which all is well; never returns by itself.

    The first failure in a row is logged, without the address: it may hold a secret.
    """
    answered = True
    async with httpx.AsyncClient(timeout=TICK_SECONDS) as client:
        while True:
            if health()["ok"]:
                answers = await is_heard(client, url)
                if answered and not answers:
                    log.warning("HEARTBEAT_URL does not answer as it should; still trying")
                answered = answers
            await clock.sleep(EVERY_SECONDS)


async def is_heard(client: httpx.AsyncClient, url: str) -> bool:
    """Tick once; tell whether it was taken."""
    try:
        # The library's own timeouts start anew with each byte.
        async with asyncio.timeout(TICK_SECONDS), client.stream("GET", url) as answer:
            return answer.is_success
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        return False
