"""One source on a host of the test's, and all that reading it needs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.sources.http import GuardedClient
from jobs.sources.read import read_source
from jobs.sources.reading import Reading
from jobs.sources.workers import ParserPool
from tests.feed_host import FeedHost, Script

FORMATS = Path(__file__).parent / "data" / "formats"
NOW = datetime(2025, 7, 6, 12, tzinfo=UTC)
CONTACT = "mailto:operator@watch.example"


class Desk:
    def __init__(self, host: FeedHost, source: Source) -> None:
        self.host = host
        self.source = source
        self.now = NOW
        self.client = GuardedClient(
            deadline_seconds=5, max_bytes=1_000_000, allow_loopback=True, contact=CONTACT
        )
        self.parser = ParserPool(deadline_seconds=5, memory_mb=256)

    def configure(self, **changes: Any) -> None:
        self.source = replace(self.source, **changes)

    async def read(self, validators: Validators = Validators()) -> Reading:  # noqa: B008
        return await read_source(self.source, validators, self.client, self.parser, self.now)

    def asked(self) -> list[str]:
        """What the host was asked for since last asked here."""
        targets = [request.target for request in self.host.requests]
        self.host.requests.clear()
        return targets


@asynccontextmanager
async def desk(
    kind: SourceKind, path: str, routes: Mapping[str, Script], **options: Any
) -> AsyncIterator[Desk]:
    async with FeedHost(routes) as host:
        source = Source(
            id=SourceId("example"),
            name="Example",
            kind=kind,
            url=host.url(path),
            language="en",
            family="example",
            tier=Tier.OUTLET,
            **options,
        )
        opened = Desk(host, source)
        try:
            yield opened
        finally:
            await opened.parser.close()
            await opened.client.aclose()
