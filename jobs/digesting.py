"""The jobs of the hours: digests, the ends of quiet hours, room again, approval run out.

What a digest tells, the rows that send it and the note that it is written are kept in one
transaction, under ``engine.lock_ledger``: together, or not at all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, ChatId, Digest, DigestLine, Facts, Occasion
from jobs.domain.rhythm import Pace
from jobs.domain.silences import is_silenced
from jobs.ledger.digests import Candidate, pick
from jobs.reference import Reference
from jobs.store import (
    alerts,
    catching_up,
    digests,
    nights,
    proposals,
    rhythms,
    room,
    silences,
    sources,
)
from jobs.store.alerts import Revision
from jobs.store.digests import Where
from jobs.store.engine import Store, lock_ledger
from jobs.store.joining import join
from jobs.store.rhythms import Due

BITE = 200
"""Digests of one transaction."""

NIGHTS = 2000
"""Nights joined in one transaction: each looks through all that end, so there are few."""

ROOMS = 1000
"""Places that get room in one transaction."""

LATE_COMMIT = timedelta(minutes=10)
"""A revision's time is when its job began, which may be before a digest that could not see it
yet; so each digest looks back so much further, and what was told is known by its lines."""

JOINED_BEFORE = timedelta(seconds=45)
"""How long before the end of quiet hours; the job runs several times in it."""

APPROVAL_LIFE = timedelta(hours=12)
"""What no editor lets through in half a day is no news any more."""

MOST_APART = 3
"""So many alerts come as messages of their own when quiet hours end."""

_OCCASIONS = {
    Pace.DAILY: Occasion.DAILY,
    Pace.WEEKLY: Occasion.WEEKLY,
    Pace.AT_ONCE: Occasion.LAST,
}
_Group = tuple[Occasion, datetime, tuple[DigestLine, ...]]


async def write_digests(store: Store, reference: Reference, now: datetime) -> int:
    """Write the digests that are due into the outbox; return how many."""
    async with store.read() as conn:
        if not await rhythms.due_digests(conn, now, 1):
            return 0
    written = 0
    while True:
        async with store.write() as conn:
            await lock_ledger(conn)
            bitten = await _write_bite(conn, reference, now)
        written += bitten
        if bitten < BITE:
            return written


async def end_nights(store: Store, most_per_hour: int, now: datetime) -> None:
    """Join what many a night held, shortly before it ends; move on the nights that are over."""
    apart = min(MOST_APART, most_per_hour) if most_per_hour else MOST_APART
    async with store.read() as conn:
        end = await nights.next_end(conn)
    if end is None or end > now + JOINED_BEFORE:
        return
    bitten = NIGHTS
    while bitten == NIGHTS:
        async with store.write() as conn:
            await lock_ledger(conn)
            until = now + JOINED_BEFORE
            found = await nights.held_until(conn, now, until, apart, NIGHTS)
            bitten = len(found)
            await join(conn, Occasion.QUIET, found, now)
    bitten = BITE
    while bitten == BITE:
        async with store.write() as conn:
            await lock_ledger(conn)
            bitten = await nights.pass_nights(conn, now, BITE)


async def make_room(store: Store, most_per_hour: int, now: datetime) -> None:
    """Let places that were full go on: what each holds is joined in one message."""
    async with store.read() as conn:
        if not await room.due(conn, most_per_hour, now, 1):
            return
    bitten = ROOMS
    while bitten == ROOMS:
        async with store.write() as conn:
            await lock_ledger(conn)
            bitten = await _make_room(conn, most_per_hour, now)


async def _make_room(conn: AsyncConnection, most: int, now: datetime) -> int:
    due = await room.due(conn, most, now, ROOMS)
    full = await room.refill(conn, due, most, now)
    free = {where: until for where, until in due.items() if where not in full}
    found = await room.held(conn, free, now)
    await room.let_go(conn, free, now)
    await join(conn, Occasion.FULL, found, now, apart=1)
    return len(due)


async def catch_up(store: Store, since: datetime, now: datetime) -> None:
    """Tell in one message a place what it may have been told after the copy of ``since``."""
    async with store.write() as conn:
        await lock_ledger(conn)
        found = await catching_up.held(conn, since, now)
        await join(conn, Occasion.RESTORED, found, now)


async def expire_proposals(store: Store, now: datetime) -> None:
    """Close what no editor let through in time, and tell the editors."""
    async with store.write() as conn:
        await lock_ledger(conn)
        await proposals.expire(conn, now - APPROVAL_LIFE, now)


async def _write_bite(conn: AsyncConnection, reference: Reference, now: datetime) -> int:
    due = await rhythms.due_digests(conn, now, BITE)
    groups = _grouped(due, await _lines(conn, reference, due, now)) if due else {}
    health = await sources.health(conn)
    for (occasion, since, lines), places in groups.items():
        if occasion is Occasion.LAST and not lines:
            continue
        read = sum(1 for each in health if each.last_ok_at and each.last_ok_at > since)
        digest = Digest.of(occasion, since, lines, sources_read=read, sources=len(health))
        await digests.put(conn, digest, places, now)
    await rhythms.close_digests(conn, due, now)
    return len(due)


def _candidate(found: Revision) -> Candidate:
    if not isinstance(found.facts, Facts):
        raise TypeError(f"alert {found.alert_id} tells of no event")
    return Candidate(found.alert_id, found.revision, found.level, found.reason, found.facts)


async def _lines(
    conn: AsyncConnection, reference: Reference, due: Sequence[Due], now: datetime
) -> Mapping[Where, list[DigestLine]]:
    """Return what each place is told; the alerts are read once for all of them."""
    earliest = min(each.since for each in due) - LATE_COMMIT
    revised = await alerts.revised_since(conn, earliest)
    numbers = [each.alert_id for each in revised]
    chat_ids = sorted({each.chat_id for each in due})
    known = await digests.known_by(conn, numbers, chat_ids)
    alone = await digests.told_alone(conn, numbers, chat_ids)
    quiet = await silences.of_chats(conn, chat_ids, now)
    found = {}
    for each in due:
        where = (each.chat_id, each.thread_id)
        mine = [
            _candidate(one)
            for one in revised
            if one.created_at > each.since - LATE_COMMIT
            and one.alert_id not in alone.get(where, ())
        ]
        kept = quiet.get(where, ())
        mine = [one for one in mine if not is_silenced(one.alert_id, one.facts, kept)]
        found[where] = pick(mine, each.wanted, known.get(where, {}), reference)
    return found


def _grouped(
    due: Sequence[Due], lines: Mapping[Where, list[DigestLine]]
) -> Mapping[_Group, list[Where]]:
    """Return each different digest with the places that get it: most want the same."""
    groups: dict[_Group, list[Where]] = defaultdict(list)
    seen: dict[tuple[tuple[AlertId, int, bool], ...], tuple[DigestLine, ...]] = {}
    for each in due:
        where: Where = (ChatId(each.chat_id), each.thread_id)
        mine = lines[where]
        key = tuple((line.alert_id, line.revision, line.is_new) for line in mine)
        shared = seen.setdefault(key, tuple(mine))
        groups[_OCCASIONS[each.rhythm.pace], each.since, shared].append(where)
    return groups
