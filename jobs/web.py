"""The one HTTP server: health, readiness, metrics; whatever else is served is a route added here.

It listens on loopback unless told otherwise, says nothing of the server behind it, and
takes no body larger than a megabyte.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from jobs.errors import ConfigError

MAX_BODY_BYTES = 1_048_576

Route = tuple[str, type[RequestHandler], dict[str, Any]]

Health = Mapping[str, Any]
"""What ``/healthz`` and ``/readyz`` answer; ``ok`` decides between 200 and 503."""

Readiness = Callable[[], Awaitable[Health]]
Metrics = Callable[[], Awaitable[Iterable[Metric]]]


class _Plain(RequestHandler):
    """What all answers to machines have in common."""

    def set_default_headers(self) -> None:
        """Do not name the server; nothing here may be cached."""
        self.set_header("Server", "recognition-watch")
        self.set_header("Cache-Control", "no-store")

    def answer(self, report: Health) -> None:
        """Answer 200 when all is well, 503 when not."""
        self.set_status(200 if report["ok"] else 503)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(report, sort_keys=True))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error with its number alone."""
        self.finish()


class HealthHandler(_Plain):
    """``/healthz``: what runs, how late, and whether a person must look."""

    def initialize(self, health: Callable[[], Health]) -> None:
        """Take the function that tells how things are at this moment."""
        self.health = health

    def get(self) -> None:
        """Answer 503 when something needs a person."""
        self.answer(self.health())


class ReadinessHandler(_Plain):
    """``/readyz``: whether everything is there that the work needs."""

    def initialize(self, readiness: Readiness) -> None:
        """Take the function that looks for it."""
        self.readiness = readiness

    async def get(self) -> None:
        """Answer 503 while something is missing."""
        self.answer(await self.readiness())


class MetricsHandler(_Plain):
    """``/metrics``: figures in Prometheus's text format."""

    def initialize(self, metrics: Metrics) -> None:
        """Take the function that gathers them."""
        self.metrics = metrics

    async def get(self) -> None:
        """Answer with all figures there are."""
        found = _Gathered(await self.metrics())
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(found))


class _Gathered(CollectorRegistry):
    """Figures that are already there, as the library's writer wants them."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        super().__init__()
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


class WebServer:
    """The server on its address; ``stop`` closes it within a second."""

    def __init__(
        self,
        health: Callable[[], Health],
        readiness: Readiness,
        metrics: Metrics,
        routes: Sequence[Route] = (),
    ) -> None:
        table: list[Any] = [
            ("/healthz", HealthHandler, {"health": health}),
            ("/readyz", ReadinessHandler, {"readiness": readiness}),
            ("/metrics", MetricsHandler, {"metrics": metrics}),
            *routes,
        ]
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
