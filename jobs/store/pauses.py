"""Whether an operator has stopped the sending, and how much of it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId
from jobs.domain.orders import Stopped
from jobs.store import facts
from jobs.store.outbox import Priority

_FACT = "paused"
_FOLLOWS = (Priority.CORRECTION, Priority.QUIET)
"""What belongs to a message that a chat already has."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What may not go at present; the operators' chats get their notices all the same.

    An operator who stopped everything must still be answered.
    """

    stopped: Stopped | None = None
    operators: Collection[ChatId] = ()

    def lets_go(self, row: object) -> ColumnElement[bool]:
        """Return whether a row of the outbox (the table or an alias) may go."""
        if self.stopped is None:
            return true()
        columns = row.c  # type: ignore[attr-defined]
        answer = and_(columns.chat_id.in_(self.operators), columns.priority == int(Priority.NOTICE))
        if self.stopped is Stopped.EVERYTHING:
            return answer
        return or_(answer, columns.priority.in_([int(each) for each in _FOLLOWS]))


async def stopped(conn: AsyncConnection) -> Stopped | None:
    """Return what is stopped at present, or None."""
    found = await facts.get(conn, _FACT)
    return None if found is None else Stopped(found)


async def stop(conn: AsyncConnection, what: Stopped | None) -> None:
    """Stop the sending of alerts or of everything, or (None) let all go on."""
    await facts.put(conn, _FACT, None if what is None else str(what))
