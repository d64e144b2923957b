"""This installation's own number, by which what it publishes differs from any other's."""

from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.store import facts

_FACT = "installation"


async def installation(conn: AsyncConnection) -> UUID:
    """Return the number; it is given once, kept with the ledger, and moves with it."""
    known = await facts.get(conn, _FACT)
    if known is not None:
        return UUID(known)
    given = uuid4()
    await facts.put(conn, _FACT, str(given))
    return given
