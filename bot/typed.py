"""Lines typed at a terminal, read without holding up the event loop."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

_CHUNK = 4096
_LONGEST_LINE = 100_000


class TypedLines:
    """The lines of a file descriptor, as they come.

    Read by a thread, since a terminal, a pipe and a file cannot all be watched by an
    event loop. ``ended`` is set when there is no more to read.
    """

    def __init__(self, descriptor: int) -> None:
        self.ended = asyncio.Event()
        self._descriptor = descriptor
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._started = False

    async def __aiter__(self) -> AsyncIterator[str]:
        """Give each line without its end; stop at the end of input."""
        self._start()
        while (line := await self._lines.get()) is not None:
            yield line
        self.ended.set()

    @contextmanager
    def ending(self, stop: asyncio.Event) -> Iterator[None]:
        """Set ``stop`` when the input ends while the block lasts: Ctrl-D is a wish to leave."""

        async def wait() -> None:
            await self.ended.wait()
            stop.set()

        waiting = asyncio.create_task(wait())
        try:
            yield
        finally:
            waiting.cancel()

    def _start(self) -> None:
        if self._started:
            return
        self._started = True
        loop = asyncio.get_running_loop()
        # A daemon: a read that nobody answers must not keep the process alive.
        threading.Thread(target=self._read, args=(loop,), name="typed", daemon=True).start()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        pending = b""
        while chunk := self._chunk():
            *lines, pending = (pending + chunk).split(b"\n")
            pending = pending[-_LONGEST_LINE:]
            for line in lines:
                self._hand_over(loop, line.decode(errors="replace"))
        if pending:
            self._hand_over(loop, pending.decode(errors="replace"))
        self._hand_over(loop, None)

    def _chunk(self) -> bytes:
        try:
            # Not through sys.stdin: its lock, held by this thread, would break the exit.
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            return b""

    def _hand_over(self, loop: asyncio.AbstractEventLoop, line: str | None) -> None:
        try:
            loop.call_soon_threadsafe(self._lines.put_nowait, line)
        except RuntimeError:
            # The loop is closed: nobody is listening any more.
            return
