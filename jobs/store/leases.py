"""The ``lease`` table: what only one process at a time may do, such as asking for updates."""

from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store.dialects import insert_into
from jobs.store.schema import lease


async def hold(
    conn: AsyncConnection, name: str, holder: str, now: datetime, until: datetime
) -> bool:
    """Take a lease or prolong one's own; return False while another holder's is running."""
    row = insert_into(conn, lease).values(name=name, holder=holder, until=until)
    taken = await conn.scalar(
        row.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=or_(lease.c.holder == holder, lease.c.until <= now),
        ).returning(lease.c.holder)
    )
    return taken is not None


async def release(conn: AsyncConnection, name: str, holder: str) -> None:
    """Give a lease back before its time, so that another need not wait for its end."""
    await conn.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
