"""The sources in force: those of the list, and those an operator added meanwhile."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.items import SourceId
from jobs.reference import Reference
from jobs.reference.added import joined
from jobs.store import roster, sources

log = logging.getLogger(__name__)


class Roster:
    """Keeps the reference up with the store; ``reference`` is the one in force."""

    def __init__(self, reference: Reference) -> None:
        self._listed = reference
        self._added: Mapping[SourceId, Mapping[str, Any]] | None = None
        self.reference = reference

    async def is_behind(self, conn: AsyncConnection) -> bool:
        """Tell whether sources were added or removed since the last refresh."""
        return await roster.added(conn) != self._added

    async def refresh(self, conn: AsyncConnection, now: datetime) -> bool:
        """Look whether sources were added or removed; return whether anything changed.

        The first call makes the table of sources follow the list, too.
        """
        added = await roster.added(conn)
        if added == self._added:
            return False
        self._added = added
        self.reference, problems = joined(self._listed, added)
        for problem in problems:
            log.warning("%s", problem)
        await sources.sync(conn, self.reference.sources.values(), now)
        return True
