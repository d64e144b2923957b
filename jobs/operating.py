"""What operators order of the program itself: stopping, going on, writing to every chat."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, Notice
from jobs.domain.orders import Broadcast, CallOff, OnProgram, Pause, Resume, Stopped
from jobs.store import alerts, broadcasts, pauses


async def operate(
    conn: AsyncConnection, wish: OnProgram, now: datetime
) -> tuple[Notice, AlertId | None]:
    """Do what is ordered; return the answer, and the number of what was written, if any."""
    number: AlertId | None = None
    match wish:
        case Pause():
            await pauses.stop(conn, wish.what)
            is_all = wish.what is Stopped.EVERYTHING
            said = Notice("everything_paused" if is_all else "alerts_paused", {})
        case Resume():
            was_stopped = await pauses.stopped(conn) is not None
            await pauses.stop(conn, None)
            said = Notice("resumed" if was_stopped else "not_paused", {})
        case Broadcast():
            number = await alerts.add_notice(conn, broadcasts.notice_of(wish.text), now)
            count = await broadcasts.put(conn, number, now)
            said = Notice("broadcast_begun", {"broadcast": number, "count": count})
        case CallOff():
            said = await _call_off(conn, wish)
    return said, number


async def _call_off(conn: AsyncConnection, wish: CallOff) -> Notice:
    values = {"broadcast": wish.broadcast}
    if not await broadcasts.is_one(conn, wish.broadcast):
        return Notice("no_such_broadcast", values)
    return Notice(
        "broadcast_ended", {**values, "count": await broadcasts.call_off(conn, wish.broadcast)}
    )
