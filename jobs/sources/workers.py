"""Parser processes: foreign bytes are parsed apart, under limits of time and memory.

A parser may hang, swell or crash on what a host sends. So it runs in a process that is
given none of our environment, is killed at a deadline, and is replaced by the next parse.
The two speak in frames on stdin and stdout: a length, then JSON (and, toward the worker,
the body). JSON, not pickle: what parses foreign bytes is not trusted with our memory.
"""

import asyncio
import json
import os
import struct
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jobs
from jobs.errors import FetchFailed, NotAFeed
from jobs.sources.parsed import Form, ParsedFeed, ParsedItem

FRAME = struct.Struct(">I")
NO_OPTIONS: Mapping[str, Any] = {}
START_SECONDS = 30.0
MOST_ANSWER = 16_000_000
"""Bytes; more than the largest feed that parsing lets through."""


class ParserPool:
    """At most ``size`` worker processes, each started when first needed.

    ``deadline_seconds`` is for one parse, by the clock and (on POSIX) in CPU time;
    ``memory_mb`` limits a worker's address space. ``close`` must be awaited at the end.
    """

    def __init__(self, *, deadline_seconds: float, memory_mb: int, size: int = 2) -> None:
        self._deadline_seconds = deadline_seconds
        self._memory_mb = memory_mb
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Worker] = []

    async def parse(
        self,
        body: bytes,
        content_type: str,
        url: str,
        form: Form = Form.FEED,
        options: Mapping[str, Any] = NO_OPTIONS,
    ) -> ParsedFeed:
        """Parse a body in a worker; ``options`` (plain values) are those of the form's parser.

        Raises ``NotAFeed``, also if the worker died of it or was killed at the deadline:
        then only this parse fails, and the next one gets a new worker.
        """
        async with self._slots:
            worker = await self._take()
            try:
                async with asyncio.timeout(self._deadline_seconds):
                    question = {"type": content_type, "url": url, "form": form}
                    answer = await worker.ask({**question, "options": dict(options)}, body)
                feed = _feed(answer)
            except TimeoutError:
                await worker.kill()
                raise NotAFeed(
                    f"takes more than {self._deadline_seconds:g} s to parse and was given up; "
                    "PARSER_DEADLINE_SECONDS sets the limit"
                ) from None
            except NotAFeed:
                self._idle.append(worker)
                raise
            except (EOFError, ConnectionError, ValueError, TypeError, KeyError) as error:
                code = await worker.kill()
                raise NotAFeed(
                    f"the parser broke down on it ({type(error).__name__}, exit {code}), "
                    "probably for want of memory; PARSER_MEMORY_MB sets the limit"
                ) from None
            except BaseException:
                await worker.kill()  # given up halfway: its answer would be the next one's
                raise
            self._idle.append(worker)
            return feed

    async def close(self) -> None:
        """End the idle workers; no parse may follow."""
        while self._idle:
            await self._idle.pop().kill()

    async def _take(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.kill()
        return await _Worker.start(self._deadline_seconds, self._memory_mb)


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._questions = cast(asyncio.StreamWriter, process.stdin)
        self._answers = cast(asyncio.StreamReader, process.stdout)

    @classmethod
    async def start(cls, deadline_seconds: float, memory_mb: int) -> "_Worker":
        """Start a process and wait until it is ready; raises ``FetchFailed`` if it is not."""
        try:
            async with asyncio.timeout(START_SECONDS):
                return await cls._start(deadline_seconds, memory_mb)
        except (OSError, EOFError):  # a TimeoutError is an OSError
            raise FetchFailed(
                "the parser process does not start; give it more PARSER_MEMORY_MB, "
                "and look whether this machine has memory left"
            ) from None

    @classmethod
    async def _start(cls, deadline_seconds: float, memory_mb: int) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "jobs.sources.worker",
            str(deadline_seconds),
            str(memory_mb),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for us, not for it
        )
        worker = cls(process)
        try:
            await worker._receive()
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, question: dict[str, Any], body: bytes) -> Any:
        head = json.dumps(question).encode()
        self._questions.write(FRAME.pack(len(head)) + head + FRAME.pack(len(body)))
        self._questions.write(body)
        await self._questions.drain()
        return await self._receive()

    async def _receive(self) -> Any:
        (length,) = FRAME.unpack(await self._answers.readexactly(FRAME.size))
        if length > MOST_ANSWER:
            raise ValueError(f"an answer of {length} bytes")
        return json.loads(await self._answers.readexactly(length))

    async def kill(self) -> int | None:
        """End the process; returns its exit status, its own if it had ended by itself."""
        if self.alive:
            self._process.kill()
        self._questions.close()
        # communicate, not wait: it also reads what is left, so that the pipes close.
        await self._process.communicate()
        return self._process.returncode


def _environment() -> dict[str, str]:
    """Return the little that a worker needs: no token, no proxy, no settings."""
    root = str(Path(jobs.__file__).resolve().parent.parent)
    kept = {
        name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return {"PYTHONPATH": root, "PYTHONUTF8": "1", **kept}


def _feed(answer: dict[str, Any]) -> ParsedFeed:
    if "error" in answer:
        raise NotAFeed(answer["error"])
    items = (
        ParsedItem(**{**item, "published_at": _moment(item["published_at"])})
        for item in answer["items"]
    )
    parts = tuple((str(url), str(stamp)) for url, stamp in answer["parts"])
    return ParsedFeed(items=tuple(items), whole=answer["whole"], parts=parts)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
