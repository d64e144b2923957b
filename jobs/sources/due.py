"""When a source is next read."""

import zlib
from datetime import datetime, timedelta

from jobs.domain.items import Source
from jobs.reference.sources import LEAST_INTERVAL_SECONDS

DAY = 86_400.0
JITTER = 0.1
"""The share of the interval over which sources are spread."""

SHORTEST_WAIT, LONGEST_WAIT = 60.0, DAY
"""Bounds on what a host may ask for: it is honoured, but neither 0 s nor ten years."""

GONE_WAIT = 7 * DAY
"""A source that its host calls gone for good is looked at once a week: hosts err, too."""


def next_due(
    source: Source,
    now: datetime,
    *,
    factor: float = 1.0,
    failures: int = 0,
    asked: float | None = None,
    is_gone: bool = False,
) -> datetime:
    """Return when to read a source again after a read that ended ``now``.

    Its interval, times ``factor``, is an upper bound: up to a tenth is taken off, by a
    share that each source always gets, so that a restart does not bring them together.
    After ``failures`` failures in a row it doubles as often, up to a day. ``asked`` (the
    host's own seconds) only ever makes the wait longer.
    """
    if is_gone:
        return now + timedelta(seconds=GONE_WAIT)
    interval = max(source.interval_seconds * factor, float(LEAST_INTERVAL_SECONDS))
    wait = max(interval, min(interval * 2.0 ** min(failures, 30), DAY))
    wait = max(wait - interval * JITTER * share_of(source.id), float(LEAST_INTERVAL_SECONDS))
    if asked is not None:
        wait = max(wait, min(max(asked, SHORTEST_WAIT), LONGEST_WAIT))
    return now + timedelta(seconds=wait)


def share_of(name: str) -> float:
    """Return a number from 0 to 1 that a name always gets."""
    return zlib.crc32(name.encode()) / 2**32
