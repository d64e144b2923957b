"""What digests have told, and to whom: the lines that places know."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, Digest, Occasion
from jobs.store.alerts import add_notice
from jobs.store.dialects import insert_into
from jobs.store.outbox import Priority, put_digests, write
from jobs.store.schema import digest_line, outbox
from jobs.store.states import CLOSED

Where = tuple[ChatId, int]
"""A chat and one of its topics."""


async def known_by(
    conn: AsyncConnection, alert_ids: Collection[AlertId], chat_ids: Collection[ChatId]
) -> Mapping[Where, dict[AlertId, int]]:
    """Return up to which revision digests told each place of some alerts."""
    rows = await conn.execute(
        select(digest_line).where(
            digest_line.c.alert_id.in_(alert_ids), digest_line.c.chat_id.in_(chat_ids)
        )
    )
    found: dict[Where, dict[AlertId, int]] = defaultdict(dict)
    for row in rows:
        found[ChatId(row.chat_id), row.thread_id][AlertId(row.alert_id)] = row.revision
    return found


async def told_alone(
    conn: AsyncConnection, alert_ids: Collection[AlertId], chat_ids: Collection[ChatId]
) -> Mapping[Where, set[AlertId]]:
    """Return which of some alerts each place has, or is about to get, as messages of their own."""
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.thread_id, outbox.c.alert_id)
        .distinct()
        .where(
            outbox.c.alert_id.in_(alert_ids),
            outbox.c.chat_id.in_(chat_ids),
            outbox.c.action == Action.SEND,
            outbox.c.state.not_in(CLOSED),
        )
    )
    found: dict[Where, set[AlertId]] = defaultdict(set)
    for row in rows:
        found[ChatId(row.chat_id), row.thread_id].add(AlertId(row.alert_id))
    return found


async def put(
    conn: AsyncConnection, digest: Digest, places: Collection[Where], now: datetime
) -> AlertId:
    """Write a digest for some places, and note what they know by it."""
    digest_id = await add_notice(conn, digest, now)
    # What was joined is news as its alerts are; a digest by the clock may wait behind them.
    by_clock = digest.occasion in (Occasion.DAILY, Occasion.WEEKLY, Occasion.LAST)
    priority = Priority.DIGEST if by_clock else Priority.ALERT
    await put_digests(conn, digest_id, places, priority, now)
    await note_lines(conn, ((line.alert_id, line.revision) for line in digest.lines), places, now)
    return digest_id


async def note_lines(
    conn: AsyncConnection,
    told: Iterable[tuple[AlertId, int]],
    places: Collection[Where],
    now: datetime,
) -> None:
    """Note that places know of alerts as of these revisions, though not by own messages."""
    rows = [
        {
            "alert_id": alert_id,
            "chat_id": chat_id,
            "thread_id": thread_id,
            "revision": number,
            "told_at": now,
        }
        for alert_id, number in told
        for chat_id, thread_id in places
    ]
    if not rows:
        return
    written = insert_into(conn, digest_line)
    newer = {"revision": written.excluded.revision, "told_at": written.excluded.told_at}
    keys = ["alert_id", "chat_id", "thread_id"]
    await conn.execute(written.on_conflict_do_update(index_elements=keys, set_=newer), rows)


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` lines told before ``before``; return how many."""
    old = (
        select(digest_line.c.alert_id, digest_line.c.chat_id, digest_line.c.thread_id)
        .where(digest_line.c.told_at < before)
        .limit(limit)
    )
    rows = (await conn.execute(old)).all()
    for row in rows:
        await write(
            conn,
            delete(digest_line).where(
                digest_line.c.alert_id == row.alert_id,
                digest_line.c.chat_id == row.chat_id,
                digest_line.c.thread_id == row.thread_id,
            ),
        )
    return len(rows)
