"""The ``source`` table: when each source is due, and how it has been doing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.items import Source, SourceId, Validators
from jobs.store.dialects import insert_into
from jobs.store.schema import source

WHOLE_EVERY = timedelta(days=1)
"""A host that answers "not modified" for ever is asked for the whole this often."""


@dataclass(frozen=True, slots=True)
class Due:
    """A source to be read now.

    ``is_first`` says that it never was, so that what it brings is a baseline; ``is_whole``
    that the whole is asked for whatever the host believes has changed; ``had_items`` that
    it has brought something before, so that nothing at all is a failure.
    """

    source_id: SourceId
    validators: Validators
    failures: int
    is_first: bool
    is_whole: bool
    had_items: bool


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source has been doing; ``alarmed_at`` is when its operator was told."""

    source_id: SourceId
    failures: int
    last_error: str | None
    baseline_at: datetime | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    next_due_at: datetime
    alarmed_at: datetime | None


async def sync(conn: AsyncConnection, sources: Collection[Source], now: datetime) -> None:
    """Make the table follow the configuration.

    A new source is due at once. One whose address changed starts over, with a baseline:
    what the new address shows first is no news. One that is gone keeps its row, unlisted.
    """
    await conn.execute(update(source).values(listed=False))
    for configured in sources:
        row = insert_into(conn, source).values(
            id=configured.id, url=configured.url, next_due_at=now, failures=0, listed=True
        )
        moved = source.c.url != row.excluded.url
        fresh = {
            "etag": None,
            "last_modified": None,
            "body_hash": None,
            "cursor": None,
            "baseline_at": None,
            "whole_at": None,
            "next_due_at": now,
            "failures": 0,
        }
        kept = {name: case((moved, value), else_=source.c[name]) for name, value in fresh.items()}
        await conn.execute(
            row.on_conflict_do_update(
                index_elements=["id"], set_={**kept, "url": row.excluded.url, "listed": True}
            )
        )


async def claim_due(
    conn: AsyncConnection, now: datetime, limit: int, lease: timedelta
) -> list[Due]:
    """Take up to ``limit`` due sources, longest due first.

    Each is put off by ``lease``: nobody else takes it meanwhile, and a reading that a
    crash cut off comes again.
    """
    waiting = (
        select(source)
        .where(source.c.listed, source.c.next_due_at <= now)
        .order_by(source.c.next_due_at, source.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await conn.execute(waiting)).all()
    taken = [row.id for row in rows]
    await conn.execute(update(source).where(source.c.id.in_(taken)).values(next_due_at=now + lease))
    return [_due(row, now) for row in rows]


def _due(row: Row[Any], now: datetime) -> Due:
    is_whole = row.whole_at is None or now - row.whole_at >= WHOLE_EVERY
    kept = Validators(row.etag, row.last_modified, row.body_hash, row.cursor)
    return Due(
        SourceId(row.id),
        replace(kept, etag=None, last_modified=None) if is_whole else kept,
        row.failures,
        is_first=row.baseline_at is None,
        is_whole=is_whole,
        had_items=row.last_new_at is not None,
    )


async def hasten(conn: AsyncConnection, ids: Collection[SourceId], now: datetime) -> None:
    """Let these sources be read at the next poll, for one who knows that they changed."""
    await conn.execute(update(source).where(source.c.id.in_(ids)).values(next_due_at=now))


async def record_reading(
    conn: AsyncConnection,
    due: Due,
    validators: Validators,
    *,
    now: datetime,
    next_due_at: datetime,
    new_items: int,
) -> None:
    """Keep what makes the next request conditional.

    Must stand in the transaction that stores the items: validators kept without them
    would hide those items for ever behind a 304.
    """
    await conn.execute(
        update(source)
        .where(source.c.id == due.source_id)
        .values(
            etag=validators.etag,
            last_modified=validators.last_modified,
            body_hash=validators.body_hash,
            cursor=validators.cursor,
            baseline_at=case((source.c.baseline_at.is_(None), now), else_=source.c.baseline_at),
            last_ok_at=now,
            last_new_at=now if new_items else source.c.last_new_at,
            whole_at=now if due.is_whole else source.c.whole_at,
            next_due_at=next_due_at,
            failures=0,
            last_error=None,
        )
    )


async def record_failure(
    conn: AsyncConnection, source_id: SourceId, error: str, *, next_due_at: datetime
) -> None:
    """Count a failed reading and put the source off."""
    await conn.execute(
        update(source)
        .where(source.c.id == source_id)
        .values(failures=source.c.failures + 1, last_error=error, next_due_at=next_due_at)
    )


async def health(conn: AsyncConnection) -> list[SourceHealth]:
    """Return how every listed source has been doing, by id."""
    rows = await conn.execute(select(source).where(source.c.listed).order_by(source.c.id))
    return [
        SourceHealth(
            SourceId(row.id),
            row.failures,
            row.last_error,
            row.baseline_at,
            row.last_ok_at,
            row.last_new_at,
            row.next_due_at,
            row.alarmed_at,
        )
        for row in rows
    ]


async def set_alarm(
    conn: AsyncConnection, source_ids: Collection[SourceId], alarmed_at: datetime | None
) -> None:
    """Remember that the operator was told of these sources, or (None) that all is well."""
    await conn.execute(
        update(source).where(source.c.id.in_(source_ids)).values(alarmed_at=alarmed_at)
    )
