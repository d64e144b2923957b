"""Adding, pausing and removing sources while the program runs.

What is changed stands in the store, and the running jobs take it up at their next look.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.items import THIRD, Source, SourceId, SourceKind, Tier
from jobs.errors import ConfigError, InputError
from jobs.reference import Reference
from jobs.reference.added import checked, joined
from jobs.reference.sources import host_of
from jobs.store import roster, sources

USUAL_TIER = Tier.OUTLET.value
USUAL_INTERVAL = 600
LONGEST_ID = 60
_OWN_TABLES = frozenset({SourceKind.PAGE, SourceKind.GDELT})
"""Kinds that need more than a few words: layouts and scopes belong in a file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source as an operator names it: what is left out is guessed from the address."""

    url: str
    language: str
    id: str = ""
    name: str = ""
    kind: str = ""
    family: str = ""
    tier: str = USUAL_TIER
    side: str = THIRD
    cases: Sequence[str] = ()
    interval_seconds: int = USUAL_INTERVAL

    def definition(self) -> dict[str, Any]:
        """Return its keys as in the list of sources."""
        host = host_of(self.url)
        return {
            "name": self.name or host or self.url,
            "kind": self.kind or kind_of(self.url).value,
            "url": self.url,
            "language": self.language,
            "family": self.family or host or self.url,
            "tier": self.tier,
            "side": self.side,
            "cases": list(self.cases),
            "interval_seconds": self.interval_seconds,
        }

    def source_id(self, taken: Mapping[SourceId, Source]) -> SourceId:
        """Return its id: the given one, or one made of its host and a number if need be."""
        if self.id:
            return SourceId(self.id)
        host = host_of(self.url)
        name = urlsplit(self.url).path.rpartition("/")[2] if host == "t.me" else host
        made = (
            re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID].strip("-") or "source"
        )
        numbers = (f"{made}-{number}" for number in range(2, len(taken) + 3))
        return next(SourceId(each) for each in (made, *numbers) if each not in taken)


def kind_of(url: str) -> SourceKind:
    """Return what kind an address most likely is."""
    parts = urlsplit(url)
    if re.fullmatch(r"(www\.)?t\.me", parts.hostname or ""):
        return SourceKind.TELEGRAM
    if parts.path.startswith("/wiki/"):
        return SourceKind.MEDIAWIKI
    if "sitemap" in parts.path.lower():
        return SourceKind.SITEMAP
    return SourceKind.FEED


async def in_force(conn: AsyncConnection, listed: Reference) -> Reference:
    """Return the reference with the sources that were added."""
    return joined(listed, await roster.added(conn))[0]


async def check_wanted(conn: AsyncConnection, listed: Reference, wanted: Wanted) -> Source:
    """Return the source that is wanted; raises ``InputError`` saying what to correct."""
    reference = await in_force(conn, listed)
    source_id = wanted.source_id(reference.sources)
    if source_id in reference.sources:
        raise InputError(f"there is a source {source_id} already; give another id")
    try:
        source = checked(reference, source_id, wanted.definition())
    except ConfigError as error:
        raise InputError(str(error)) from None
    if source.kind in _OWN_TABLES:
        raise InputError(
            f"a source of kind {source.kind} needs a table of its own; write it in SOURCES_FILE"
        )
    return source


async def add(
    conn: AsyncConnection,
    listed: Reference,
    source: Source,
    definition: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep a source that was checked; its first reading will be a silent baseline."""
    await roster.add(conn, source.id, definition, now)
    reference = await in_force(conn, listed)
    await sources.sync(conn, reference.sources.values(), now)


async def remove(conn: AsyncConnection, listed: Reference, source_id: SourceId) -> None:
    """Drop a source that was added, with its history; raises ``InputError`` for others."""
    if source_id in listed.sources:
        raise InputError(
            f"{source_id} stands in the list of sources: pause it, or give a list of your own "
            "(SOURCES_FILE)"
        )
    if not await roster.remove(conn, source_id):
        raise InputError(f"there is no source {source_id}")
    await sources.forget(conn, source_id)


async def pause(conn: AsyncConnection, source_id: SourceId, paused_at: datetime | None) -> None:
    """Read a source no more, or (None) again; raises ``InputError`` if there is none such."""
    if not await sources.pause(conn, source_id, paused_at):
        raise InputError(f"there is no source {source_id}")
