"""What keeps the outbox in order between the calls: leases, doubts, what is too old, alarms."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, DeliveryId, Level, Notice
from jobs.domain.clock import Clock
from jobs.store import attempts, missed, notices, outbox, pauses
from jobs.store.engine import moment

log = logging.getLogger(__name__)

RESEND_AFTER = timedelta(seconds=15)
LONGEST_BACKOFF = timedelta(seconds=600)


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator decides about delivery."""

    resent: frozenset[Level]
    """The levels of which a message is sent again, marked, when nobody knows whether it arrived."""
    deadline: timedelta
    """For one call, from connecting to the last byte of the answer."""
    ttl: timedelta
    """A first telling that is older is no news; the chat is told in one message what it missed."""
    grace: timedelta = timedelta(seconds=3)
    """How long a stop waits for the calls in hand; what is left is uncertain at the next start."""
    operators: tuple[ChatId, ...] = ()
    paid: bool = False
    """Whether Telegram may charge for messages beyond the free pace."""


@dataclass
class Upkeep:
    """Tidies the outbox; ``alarms`` are the notices that wait to be written for the operators."""

    policy: Policy
    clock: Clock
    alarms: list[Notice] = field(default_factory=list)

    async def tidy(self, conn: AsyncConnection, flying: Collection[DeliveryId]) -> None:
        """Take back lapsed leases, decide on the uncertain, close what is too old.

        ``flying`` are the calls of this process: whatever its clock does, they are not
        given up before their own deadline.
        """
        now = await moment(conn, self.clock)
        await attempts.recover(conn, now, except_ids=flying)
        closed = await attempts.resolve_uncertain(conn, self.policy.resent, now + RESEND_AFTER)
        # While an operator holds everything back nothing ages: one list at the end, not many.
        is_held = await pauses.stopped(conn) is not None
        expired = 0 if is_held else await missed.expire(conn, now - self.policy.ttl, now)
        # A clock that was put back would make them wait for hours.
        await outbox.bring_forward(conn, now + LONGEST_BACKOFF, now)
        if closed:
            log.error("%d messages were closed without knowing whether they arrived", closed)
            self.alarms.append(Notice("arrival_unknown", {"count": closed}))
        if expired:
            log.error("%d messages were too old to be sent and were closed", expired)
        for notice in self.alarms:
            await notices.alarm(conn, notice, self.policy.operators, now)

    def tidied(self) -> None:
        """Forget the alarms, now that they are stored."""
        self.alarms.clear()
