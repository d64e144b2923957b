"""Quiet hours: a chat's next night as instants, and what is held until it ends.

The fan-out gives what would ring in a night the night's end as its time (``places``), so
a chat wakes by itself even where no job runs.
"""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, ChatId, DeliveryState
from jobs.domain.rhythm import QuietHours, next_night
from jobs.store.joining import IS_HELD_ALERT, Held
from jobs.store.schema import alert, chat, outbox


async def read_quiet(conn: AsyncConnection, chat_id: ChatId) -> QuietHours:
    """Return a chat's quiet hours, off where it has none."""
    row = (await conn.execute(select(chat).where(chat.c.id == chat_id))).one_or_none()
    if row is None or row.quiet_from is None:
        return QuietHours()
    return QuietHours(row.quiet_from, row.quiet_to, row.quiet_lets_major)


async def set_quiet(
    conn: AsyncConnection, chat_id: ChatId, quiet: QuietHours, now: datetime
) -> None:
    """Set a chat's quiet hours; what the former ones hold goes by the new ones."""
    row = (await conn.execute(select(chat).where(chat.c.id == chat_id))).one_or_none()
    if row is None:
        return
    night = next_night(quiet, ZoneInfo(row.zone), now)
    begins, ends = night or (None, None)
    await conn.execute(
        update(chat)
        .where(chat.c.id == chat_id)
        .values(
            quiet_from=quiet.begin if quiet.is_on else None,
            quiet_to=quiet.end if quiet.is_on else None,
            quiet_lets_major=quiet.lets_major,
            quiet_begins_at=begins,
            quiet_ends_at=ends,
        )
    )
    if row.quiet_ends_at is not None and row.quiet_ends_at > now:
        until = ends if begins and ends and begins <= now else now
        held = (outbox.c.state == DeliveryState.PENDING, outbox.c.not_before == row.quiet_ends_at)
        await conn.execute(
            update(outbox).where(outbox.c.chat_id == chat_id, *held).values(not_before=until)
        )


async def held_until(
    conn: AsyncConnection, now: datetime, until: datetime, more_than: int, limit: int
) -> list[Held]:
    """Return up to ``limit`` places whose night ends by ``until`` and that hold more alerts."""
    there = (outbox.c.chat_id, outbox.c.thread_id)
    waiting = (
        chat.c.quiet_ends_at > now,
        chat.c.quiet_ends_at <= until,
        chat.c.closed_reason.is_(None),
        outbox.c.not_before == chat.c.quiet_ends_at,
        *IS_HELD_ALERT,
    )
    joined = chat.join(outbox, outbox.c.chat_id == chat.c.id).join(
        alert, alert.c.id == outbox.c.alert_id
    )
    many = (
        select(*there)
        .select_from(joined)
        .where(*waiting)
        .group_by(*there)
        .having(func.count() > more_than)
        .limit(limit)
        .subquery()
    )
    rows = await conn.execute(
        select(*there, outbox.c.alert_id, chat.c.quiet_begins_at)
        .select_from(joined)
        .join(many, (many.c.chat_id == there[0]) & (many.c.thread_id == there[1]))
        .where(*waiting)
        .order_by(outbox.c.id)
    )
    found: dict[tuple[int, int, datetime], list[AlertId]] = defaultdict(list)
    for row in rows:
        found[row.chat_id, row.thread_id, row.quiet_begins_at].append(AlertId(row.alert_id))
    return [
        Held(ChatId(chat_id), thread_id, since, tuple(numbers))
        for (chat_id, thread_id, since), numbers in found.items()
    ]


async def pass_nights(conn: AsyncConnection, now: datetime, limit: int) -> int:
    """Move chats whose night is over to their next one; return how many there were."""
    over = select(chat).where(chat.c.quiet_ends_at <= now).limit(limit)
    rows = (await conn.execute(over)).all()
    nights = []
    for row in rows:
        quiet = QuietHours(row.quiet_from, row.quiet_to, row.quiet_lets_major)
        begins, ends = next_night(quiet, ZoneInfo(row.zone), now) or (None, None)
        nights.append({"of": row.id, "begins": begins, "ends": ends})
    if nights:
        moved = update(chat).where(chat.c.id == bindparam("of"))
        await conn.execute(
            moved.values(quiet_begins_at=bindparam("begins"), quiet_ends_at=bindparam("ends")),
            nights,
        )
    return len(rows)


async def next_end(conn: AsyncConnection) -> datetime | None:
    """Return when the first night ends that is not passed yet, or None."""
    found: datetime | None = await conn.scalar(select(func.min(chat.c.quiet_ends_at)))
    return found
