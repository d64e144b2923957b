"""A host on loopback that answers as scripted: well, slowly, endlessly or maliciously."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Request:
    target: str
    headers: Mapping[str, str]  # names in lower case, values as Latin-1


Script = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class FeedHost:
    """Serves ``routes`` (path to script) and remembers what it was asked."""

    def __init__(self, routes: Mapping[str, Script], tls: ssl.SSLContext | None = None) -> None:
        self.routes = dict(routes)
        self.requests: list[Request] = []
        self._tls = tls
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            request = _request(await reader.readuntil(b"\r\n\r\n"))
            self.requests.append(request)
            script = self.routes.get(request.target.partition("?")[0], answer(b"", status=404))
            await script(request, writer)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines if line)
    return Request(first.split(" ")[1], {name.lower(): value for name, _, value in pairs})


def head(status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} So",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Script:
    """A whole answer at once."""
    whole = {"Content-Length": str(len(body)), **(headers or {})}

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, whole) + body)
        await writer.drain()

    return script


def redirect(location: str, status: int = 302) -> Script:
    return answer(b"", status, {"Location": location})


def conditional(body: bytes, headers: Mapping[str, str]) -> Script:
    """304 if the request holds just the validators of ``headers``, else the body."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        known = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        same = any(known) and known == (headers.get("ETag"), headers.get("Last-Modified"))
        await (answer(b"", 304) if same else answer(body, 200, headers))(request, writer)

    return script


def raw(*chunks: bytes) -> Script:
    """These bytes, then the end of the connection."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.writelines(chunks)
        await writer.drain()

    return script


def stalled(start: bytes = b"") -> Script:
    """These bytes, then nothing for ever."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await asyncio.Event().wait()

    return script


def endless(start: bytes, again: bytes, pause: float = 0.0) -> Script:
    """``start``, then ``again`` and again."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return script
