"""The one HTTP server: health now; whatever else is served is a route added here.

It listens on loopback unless told otherwise, says nothing of the server behind it, and
takes no body larger than a megabyte.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from jobs.errors import ConfigError

MAX_BODY_BYTES = 1_048_576

Route = tuple[str, type[RequestHandler], dict[str, Any]]

Health = Mapping[str, Any]
"""What ``/healthz`` answers; ``ok`` decides between 200 and 503."""


class HealthHandler(RequestHandler):
    """``/healthz``: what runs, how late, and whether a person must look."""

    def initialize(self, health: Callable[[], Health]) -> None:
        """Take the function that tells how things are at this moment."""
        self.health = health

    def set_default_headers(self) -> None:
        """Do not name the server; nothing here may be cached."""
        self.set_header("Server", "recognition-watch")
        self.set_header("Cache-Control", "no-store")

    async def get(self) -> None:
        """Answer 200 when all is well, 503 when something needs a person."""
        report = self.health()
        self.set_status(200 if report["ok"] else 503)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(report, sort_keys=True))


class WebServer:
    """The server on its address; ``stop`` closes it within a second."""

    def __init__(self, health: Callable[[], Health], routes: Sequence[Route] = ()) -> None:
        table: list[Any] = [("/healthz", HealthHandler, {"health": health}), *routes]
        self._server = HTTPServer(
            Application(table, log_function=lambda handler: None),
            max_body_size=MAX_BODY_BYTES,
            max_buffer_size=2 * MAX_BODY_BYTES,
        )
        self.port = 0

    def start(self, host: str, port: int) -> None:
        """Listen; port 0 lets the system choose, and ``port`` then tells which.

        Raises ``ConfigError`` where the address is taken or not this machine's.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise ConfigError(
                f"HTTP_HOST, HTTP_PORT: cannot listen on {host}:{port} ({error.strerror}); "
                "choose another port, or 0 to serve nothing"
            ) from None
        listening.setblocking(False)
        self.port = listening.getsockname()[1]
        self._server.add_socket(listening)

    async def stop(self) -> None:
        """Take no more requests and drop what is left after a second."""
        self._server.stop()
        try:
            async with asyncio.timeout(1):
                await self._server.close_all_connections()
        except TimeoutError:
            pass
