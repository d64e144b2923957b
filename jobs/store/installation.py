"""This installation's own number, by which what it publishes differs from any other's."""

from uuid import UUID, uuid4

from jobs.store import facts
from jobs.store.engine import Store

_FACT = "installation"


async def installation(store: Store) -> UUID:
    """Return the number; it is given once, kept with the ledger, and moves with it."""
    async with store.read() as conn:
        known = await facts.get(conn, _FACT)
    if known is not None:
        return UUID(known)
    async with store.write() as conn:
        # Asked again: another may have given it meanwhile.
        given = await facts.get(conn, _FACT) or str(uuid4())
        await facts.put(conn, _FACT, given)
    return UUID(given)
