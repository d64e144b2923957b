"""Backups by themselves: the verb ``backup``, run by the jobs when one is due.

In a process of its own, so that packing and encrypting hold up neither reading nor sending.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from jobs.domain.alerts import ChatId, Notice
from jobs.store import facts, notices
from jobs.store.engine import Store

log = logging.getLogger(__name__)

DUE = "backup due"
"""The fact that remembers when the next backup is due."""

AGAIN = timedelta(hours=1)
"""When a backup is tried again that failed, or whose process ended in the middle of it."""

COMMAND = (sys.executable, "-m", "jobs", "backup")
GRACE_SECONDS = 1.0


class BackingUp:
    """Has the store backed up every so many hours, by one process of all that share it.

    A failure is told to the operators. The first backup is due that long after the first
    start, whatever restarts come between.
    """

    def __init__(
        self,
        store: Store,
        every: timedelta,
        operators: Collection[ChatId],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._store = store
        self._every = every
        self._operators = operators
        self._command = command

    async def run(self, now: datetime) -> bool:
        """Make a backup if one is due; return whether one was made."""
        if not await self._take_turn(now):
            return False
        trouble = await self._make()
        async with self._store.write() as conn:
            if trouble is None:
                await facts.put(conn, DUE, (now + self._every).isoformat())
                return True
            log.error("no backup was made: %s", trouble)
            failed = Notice("backup_failed", {"why": trouble})
            await notices.alarm(conn, failed, self._operators, now)
        return False

    async def _take_turn(self, now: datetime) -> bool:
        """Say whether a backup is due; who was told so once is the only one for an hour."""
        async with self._store.write() as conn:
            known = await facts.get(conn, DUE, to_change=True)
            due = now + self._every if known is None else datetime.fromisoformat(known)
            # The clock may have been put back, or the setting lowered.
            due = min(due, now + self._every)
            following = (now + AGAIN if due <= now else due).isoformat()
            if following != known:
                await facts.put(conn, DUE, following)
        return due <= now

    async def _make(self) -> str | None:
        """Run the verb; return why it failed, None if it did not."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate()
        finally:
            await _end(process)
        words = said.decode(errors="replace").strip().splitlines() or [""]
        if process.returncode == 0:
            log.info("backed up: %s", words[-1])
            return None
        return words[-1].removeprefix("python -m jobs: ") or f"it ended with {process.returncode}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process that is given up, so that it can still clear away its readable copy."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
