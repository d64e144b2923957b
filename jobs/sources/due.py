"""When a source is next read."""

import zlib
from datetime import datetime, timedelta

from jobs.domain.items import Source

DAY = 86_400.0
JITTER = 0.1
"""The share of the interval over which sources are spread."""

SHORTEST_WAIT, LONGEST_WAIT = 60.0, DAY
"""Bounds on what a host may ask for: it is honoured, but neither 0 s nor ten years."""


def next_due(source: Source, now: datetime, failures: int, retry_after: float | None) -> datetime:
    """Return when to read a source again after a read that ended ``now``.

    After ``failures`` failures in a row the interval doubles as often, up to a day.
    ``retry_after`` (seconds) only ever makes the wait longer. Sources of one interval are
    spread by a share that each always gets, so a restart does not bring them together.
    """
    interval = float(source.interval_seconds)
    wait = max(interval, min(interval * 2.0 ** min(failures, 30), DAY))
    if retry_after is not None:
        wait = max(wait, min(max(retry_after, SHORTEST_WAIT), LONGEST_WAIT))
    return now + timedelta(seconds=wait + interval * JITTER * _share(source.id))


def _share(name: str) -> float:
    return zlib.crc32(name.encode()) / 2**32
