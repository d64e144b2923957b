"""Pictures for the loop: rendered in a process of their own, within a deadline, once."""

import asyncio
import os
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.pictures import PictureError

_ROOT = Path(__file__).parents[2]
"""Where ``bot`` is, installed or not."""
_MOST_BYTES = 5_000_000
"""Of one picture; Telegram takes ten million, and ours are a hundredth of this."""


class Renderer:
    """Turns SVG into PNG without holding the loop, which resvg would do for 0.1 s and more.

    One process serves everyone in turn; it starts with the first picture, and anew after
    a failure. The newest ``kept`` pictures stay in memory by the hash of their SVG, and
    those who ask for the same picture at the same time share one rendering.
    """

    def __init__(self, *, deadline_seconds: float = 5.0, kept: int = 32) -> None:
        self._deadline_seconds = deadline_seconds
        self._kept = kept
        self._pictures: OrderedDict[bytes, bytes] = OrderedDict()
        self._under_way: dict[bytes, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Lock()
        self._last_seconds = 0.0
        self.drawing = asyncio.Lock()
        """Held by whoever draws what is to be rendered: a few milliseconds of the loop's."""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def render(self, svg: str) -> bytes:
        """Return the picture as PNG, or raise ``PictureError`` within the deadline.

        The deadline counts the time spent waiting for others' pictures, too.
        """
        key = sha256(svg.encode()).digest()
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._render(key, svg))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Shielded: one who stops waiting must not take the picture from the others.
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Give up what is under way and end the process."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end()

    async def _render(self, key: bytes, svg: str) -> bytes:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._deadline_seconds
        try:
            async with asyncio.timeout_at(until), self._turn:
                began = loop.time()
                if until - began < self._last_seconds:
                    raise TimeoutError  # to begin and be cut short would cost the next one, too
                picture = await self._ask(svg)
                self._last_seconds = loop.time() - began
        except TimeoutError:
            raise PictureError(
                f"a picture was not ready within {self._deadline_seconds:g} s"
            ) from None
        self._pictures[key] = picture
        while len(self._pictures) > self._kept:
            self._pictures.popitem(last=False)
        return picture

    async def _ask(self, svg: str) -> bytes:
        try:
            return await self._exchange(svg)
        except PictureError:
            raise
        except (OSError, asyncio.IncompleteReadError) as error:
            await self._end()
            raise PictureError(f"the process that renders pictures failed: {error}") from error
        except BaseException:
            # Cancelled by the deadline: it may hang, and its answer is nobody's any more.
            await self._end()
            raise

    async def _exchange(self, svg: str) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await _start()
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise OSError("it has no pipes")
        question = svg.encode()
        questions.write(len(question).to_bytes(4) + question)
        await questions.drain()
        head = await answers.readexactly(5)
        length = int.from_bytes(head[1:])
        if length > _MOST_BYTES:
            raise OSError(f"a picture of {length} bytes is too large")
        body = await answers.readexactly(length)
        if head[:1] != b"P":
            raise PictureError(f"a picture could not be rendered: {body.decode(errors='replace')}")
        return body

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            # Not process.kill(): it polls first, and so takes the exit status of one that has
            # just crashed away from asyncio, which then warns of an unknown child.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.pictures.worker"),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; it ends when its input does.
    )
