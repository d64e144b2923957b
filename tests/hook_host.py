"""A receiver of webhooks on loopback that answers as scripted."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Received:
    target: str
    headers: Mapping[str, str]
    body: bytes


Scripted = int | None | tuple[int, Mapping[str, str]]
"""A status, with headers perhaps; None hangs up without an answer."""


class HookHost:
    """Answers with ``answers`` in turn, or by path, or 204; remembers what was posted."""

    def __init__(self) -> None:
        self.posted: list[Received] = []
        self.taken: list[Received] = []
        self.answers: Sequence[Scripted] = ()
        self.by_path: dict[str, int] = {}
        self._answered = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines if line)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        method, target, _ = first.split(" ")
        assert method == "POST"
        received = Received(target, headers, body)
        self.posted.append(received)
        answer = self._next(target)
        if answer is not None:
            status, more = answer if isinstance(answer, tuple) else (answer, {})
            if 200 <= status < 300:
                self.taken.append(received)
            told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n{told}\r\n".encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def _next(self, target: str) -> Scripted:
        if target in self.by_path:
            return self.by_path[target]
        if self._answered < len(self.answers):
            self._answered += 1
            return self.answers[self._answered - 1]
        return 204
