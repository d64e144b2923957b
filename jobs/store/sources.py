"""The ``source`` table: when each source is due, and how it has been doing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.health import STAYS, Move, SourceHealth, Trouble, usual_gap
from jobs.domain.items import Source, SourceId, SourceKind, Validators
from jobs.store.dialects import insert_into
from jobs.store.schema import source

WHOLE_EVERY = timedelta(days=1)
"""A host that answers "not modified" for ever is asked for the whole this often."""

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a source is due that brings its items by itself."""


@dataclass(frozen=True, slots=True)
class Due:
    """A source to be read now.

    ``is_first`` says that it never was, so that what it brings is a baseline; ``is_whole``
    that the whole is asked for whatever the host believes has changed. ``current_url`` is
    where it is read if not at its own address.
    """

    source_id: SourceId
    validators: Validators
    failures: int
    is_first: bool
    is_whole: bool
    last_new_at: datetime | None = None
    gap_seconds: float | None = None
    current_url: str | None = None
    move: Move = STAYS

    @property
    def had_items(self) -> bool:
        """Tell whether it has brought something before, so that nothing is a failure."""
        return self.last_new_at is not None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reading that brought nothing new, and when the next one is due."""

    due: Due
    validators: Validators
    next_due_at: datetime
    move: Move = STAYS


async def sync(conn: AsyncConnection, sources: Collection[Source], now: datetime) -> None:
    """Make the table follow the configuration.

    A new source is due at once, one that is pushed never. One whose address changed starts
    over, with a baseline: what the new address shows first is no news. One that is gone
    keeps its row, unlisted; one that is paused stays so.
    """
    await conn.execute(update(source).values(listed=False))
    for configured in sources:
        due_at = NEVER if configured.kind is SourceKind.PUSH else now
        row = insert_into(conn, source).values(
            id=configured.id, url=configured.url, next_due_at=due_at, failures=0, listed=True
        )
        moved = source.c.url != row.excluded.url
        fresh = {
            "etag": None,
            "last_modified": None,
            "body_hash": None,
            "cursor": None,
            "baseline_at": None,
            "whole_at": None,
            "next_due_at": due_at,
            "failures": 0,
            "trouble": None,
            "last_error": None,
            "current_url": None,
            "moved_to": None,
            "moved_times": 0,
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
        .where(source.c.listed, source.c.paused_at.is_(None), source.c.next_due_at <= now)
        .order_by(source.c.next_due_at, source.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await conn.execute(waiting)).all()
    if rows:
        taken = source.c.id.in_([row.id for row in rows])
        await conn.execute(update(source).where(taken).values(next_due_at=now + lease))
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
        last_new_at=row.last_new_at,
        gap_seconds=row.gap_seconds,
        current_url=row.current_url,
        move=Move(row.moved_to, row.moved_times),
    )


async def hasten(conn: AsyncConnection, ids: Collection[SourceId], now: datetime) -> None:
    """Let these sources be read at the next poll, for one who knows that they changed."""
    await conn.execute(update(source).where(source.c.id.in_(ids)).values(next_due_at=now))


async def hold(conn: AsyncConnection, ids: Collection[SourceId], until: datetime) -> None:
    """Let nobody else read these sources before ``until``: they are being read."""
    if ids:
        await conn.execute(update(source).where(source.c.id.in_(ids)).values(next_due_at=until))


async def draw_near(conn: AsyncConnection, ids: Collection[SourceId], until: datetime) -> None:
    """Let these sources be read at ``until`` at the latest, those that fail apart."""
    await conn.execute(
        update(source)
        .where(source.c.id.in_(ids), source.c.failures == 0, source.c.next_due_at > until)
        .values(next_due_at=until)
    )


async def record_reading(
    conn: AsyncConnection,
    due: Due,
    validators: Validators,
    *,
    now: datetime,
    next_due_at: datetime,
    new_items: int,
    move: Move = STAYS,
) -> None:
    """Keep what makes the next request conditional.

    Must stand in the transaction that stores the items: validators kept without them
    would hide those items for ever behind a 304.
    """
    news = {}
    if new_items:
        gap = None if due.last_new_at is None else usual_gap(due.gap_seconds, now - due.last_new_at)
        news = {"last_new_at": now, "gap_seconds": gap}
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
            whole_at=now if due.is_whole else source.c.whole_at,
            next_due_at=next_due_at,
            failures=0,
            trouble=None,
            last_error=None,
            moved_to=move.to,
            moved_times=move.times,
            **news,
        )
    )


_KEEP_UNCHANGED = (
    update(source)
    .where(source.c.id == bindparam("of"))
    .values(
        etag=bindparam("etag_now"),
        last_modified=bindparam("last_modified_now"),
        body_hash=bindparam("body_hash_now"),
        cursor=bindparam("cursor_now"),
        last_ok_at=bindparam("now"),
        whole_at=case((bindparam("is_whole"), bindparam("now")), else_=source.c.whole_at),
        next_due_at=bindparam("due_at"),
        moved_to=bindparam("to"),
        moved_times=bindparam("times"),
        failures=0,
        trouble=None,
        last_error=None,
    )
)


async def record_unchanged(
    conn: AsyncConnection, readings: Sequence[Unchanged], now: datetime
) -> None:
    """Note many readings that brought nothing in one go: a transaction each costs more."""
    rows = [
        {
            "of": each.due.source_id,
            "etag_now": each.validators.etag,
            "last_modified_now": each.validators.last_modified,
            "body_hash_now": each.validators.body_hash,
            "cursor_now": each.validators.cursor,
            "now": now,
            "is_whole": each.due.is_whole,
            "due_at": each.next_due_at,
            "to": each.move.to,
            "times": each.move.times,
        }
        for each in readings
    ]
    if rows:
        await conn.execute(_KEEP_UNCHANGED, rows)


async def record_pushed(
    conn: AsyncConnection, source_id: SourceId, now: datetime, new_items: int
) -> None:
    """Note that a source's items were brought to us."""
    news = {"last_new_at": now} if new_items else {}
    await conn.execute(
        update(source).where(source.c.id == source_id).values(last_ok_at=now, **news)
    )


async def record_failure(
    conn: AsyncConnection,
    source_id: SourceId,
    error: str,
    *,
    next_due_at: datetime,
    trouble: Trouble = Trouble.FAILING,
) -> None:
    """Count a failed reading and put the source off."""
    await conn.execute(
        update(source)
        .where(source.c.id == source_id)
        .values(
            failures=source.c.failures + 1,
            last_error=error,
            next_due_at=next_due_at,
            trouble=trouble,
        )
    )


async def move(conn: AsyncConnection, source_id: SourceId, url: str) -> None:
    """Read a source at another address from now on, as the same source."""
    await conn.execute(
        update(source)
        .where(source.c.id == source_id)
        .values(current_url=url, etag=None, last_modified=None, moved_to=None, moved_times=0)
    )


async def pause(conn: AsyncConnection, source_id: SourceId, paused_at: datetime | None) -> bool:
    """Read a source no more, or (None) again; return False if there is no such source."""
    result = await conn.execute(
        update(source)
        .where(source.c.id == source_id, source.c.listed)
        .values(paused_at=paused_at, alarmed_at=None)
    )
    return result.rowcount == 1


async def forget(conn: AsyncConnection, source_id: SourceId) -> None:
    """Drop a source's history: should it come again, it begins with a baseline."""
    await conn.execute(delete(source).where(source.c.id == source_id))


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
            trouble=None if row.trouble is None else Trouble(row.trouble),
            gap_seconds=row.gap_seconds,
            paused_at=row.paused_at,
            moved_to=row.moved_to,
            moved_times=row.moved_times,
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
