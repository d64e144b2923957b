"""What the settings give: the tables to go by, and the means of reading."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobs.reference import Reference, load_reference
from jobs.settings import Settings
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool


def load_all(settings: Settings) -> Reference:
    """Read the tables that the settings name."""
    reference = load_reference(
        settings.cases_dir, settings.sources_file, telegram_channels=settings.telegram_channels
    )
    # They and the modules stay to the end: walked through in one piece every few seconds
    # for garbage that is not there, they kept the event loop for a tenth of a second.
    gc.freeze()
    return reference


def guarded_client(settings: Settings) -> GuardedClient:
    """Return a client that keeps to the settings' limits; the caller closes it."""
    return GuardedClient(
        deadline_seconds=settings.fetch_deadline_seconds,
        max_bytes=settings.fetch_max_bytes,
        allow_loopback=settings.fetch_allow_loopback,
        contact=settings.operator_contact,
    )


@asynccontextmanager
async def means_of_reading(settings: Settings) -> AsyncIterator[tuple[GuardedClient, ParserPool]]:
    """Lend the guarded client and the parser processes, and end those after."""
    client = guarded_client(settings)
    parser = ParserPool(
        deadline_seconds=settings.parser_deadline_seconds, memory_mb=settings.parser_memory_mb
    )
    try:
        yield client, parser
    finally:
        await client.aclose()
        await parser.close()
