"""The ``upload`` table: what Telegram calls each picture that it has already got."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store.dialects import insert_into
from jobs.store.schema import upload

KEPT = timedelta(days=7)
"""A picture has its day written in it: after that day nobody asks for it again."""


async def file_id_of(conn: AsyncConnection, picture: str) -> str | None:
    """Return what Telegram calls the picture of this hash, or None."""
    wanted = select(upload.c.file_id).where(upload.c.picture == picture)
    return (await conn.execute(wanted)).scalar_one_or_none()


async def note(conn: AsyncConnection, picture: str, file_id: str, now: datetime) -> None:
    """Remember what Telegram calls a picture, over what it did before."""
    values = {"file_id": file_id, "uploaded_at": now}
    row = insert_into(conn, upload).values(picture=picture, **values)
    await conn.execute(row.on_conflict_do_update(index_elements=["picture"], set_=values))


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` pictures uploaded before ``before``; return how many."""
    old = select(upload.c.picture).where(upload.c.uploaded_at < before).limit(limit)
    pictures = (await conn.execute(old)).scalars().all()
    await conn.execute(delete(upload).where(upload.c.picture.in_(pictures)))
    return len(pictures)
