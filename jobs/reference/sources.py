"""The sources that are polled, and who publishes at which host."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jobs.domain.items import (
    THIRD,
    EventScope,
    ListLayout,
    Outlet,
    Source,
    SourceId,
    SourceKind,
    Tier,
)
from jobs.reference.tables import Table, read_table

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
LEAST_INTERVAL_SECONDS = 60
"""No host deserves to be asked more often than once a minute."""

CHANNEL = re.compile(r"https://t\.me/s/([A-Za-z0-9_]{4,40})")
GDELT_HOST = "gdeltproject.org"


def load_sources(
    path: Path, cases: Collection[str], actors: Collection[str]
) -> dict[SourceId, Source]:
    """Read the list of sources: one table ``[id]`` each.

    ``cases`` and ``actors`` are the ids and codes there are. Raises ``ConfigError``
    naming file, key and what to do.
    """
    table = read_table(path)
    known: dict[str, str] = {}
    found: dict[SourceId, Source] = {}
    for name in table.entries():
        if not ID.fullmatch(name):
            table.fail(name, "is no id; use small letters, digits and single hyphens")
        found[SourceId(name)] = source_of(table, name, cases, actors, known)
    if not found:
        table.fail("[source]", "the file names no source; give at least one")
    return found


def load_outlets(path: Path, actors: Collection[str]) -> dict[str, Outlet]:
    """Read who publishes where, by host.

    Raises ``ConfigError`` naming file, key and what to do.
    """
    table = read_table(path)
    return {host: _outlet(table, host, actors) for host in table.entries()}


def host_of(url: str) -> str:
    """Return an address's host, lower case, without a leading ``www.`` or ``m.``."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return re.sub(r"^(www\d?|m|amp)\.(?=.*\.)", "", host)


def outlet_host(source: Source) -> str:
    """Return the host that stands for who publishes a source.

    A channel has the second form of its address (``name.t.me``), since all of them share
    one host; GDELT's files come from mirrors.
    """
    if source.kind in (SourceKind.GDELT, SourceKind.GDELT_DOC):
        return GDELT_HOST
    channel = CHANNEL.fullmatch(source.url)
    return f"{channel[1].lower()}.t.me" if channel else host_of(source.url)


def source_of(
    table: Table,
    name: str,
    cases: Collection[str],
    actors: Collection[str],
    urls: dict[str, str],
) -> Source:
    """Read the source ``[name]`` of a table; ``urls`` says which addresses are taken."""
    entry = table.table(name)
    source = Source(
        id=SourceId(name),
        name=entry.text("name"),
        kind=entry.choice("kind", SourceKind),
        url=entry.url("url"),
        language=entry.language("language"),
        family=entry.text("family"),
        tier=entry.choice("tier", Tier),
        side=_side(entry, actors),
        cases=entry.texts("cases"),
        interval_seconds=entry.value("interval_seconds", int, 300),
    )
    if source.kind in _OWN_KEYS:
        source = _OWN_KEYS[source.kind](entry, source)
    for case in source.cases:
        if case not in cases:
            entry.fail("cases", f"there is no case {case!r}; known are {', '.join(cases)}")
    if source.interval_seconds < LEAST_INTERVAL_SECONDS:
        entry.fail("interval_seconds", f"give {LEAST_INTERVAL_SECONDS} or more")
    other = urls.setdefault(source.url, name)
    if other != name:
        entry.fail("url", f"is read by {other} already; drop one of the two")
    entry.close()
    return source


def _outlet(table: Table, host: str, actors: Collection[str]) -> Outlet:
    if not HOST.fullmatch(host) or host_of(f"//{host}") != host:
        table.fail(host, 'is no bare host; give it in quotes and without www., as "example.org"')
    entry = table.table(host)
    outlet = Outlet(
        host=host,
        family=entry.text("family"),
        tier=entry.choice("tier", Tier),
        side=_side(entry, actors),
    )
    entry.close()
    return outlet


def _side(entry: Table, actors: Collection[str]) -> str:
    side = entry.value("side", str, THIRD)
    return side if side == THIRD else entry.code("side", actors)


def _with_layout(entry: Table, source: Source) -> Source:
    table = entry.table("layout")
    table.text("row")
    layout = ListLayout(
        **{each.name: table.value(each.name, str, str(each.default)) for each in fields(ListLayout)}
    )
    try:
        ZoneInfo(layout.zone)
    except (ZoneInfoNotFoundError, ValueError):
        table.fail("zone", f"is {layout.zone!r}; give an IANA time zone such as Asia/Tashkent")
    try:
        groups = re.compile(layout.link_date).groups
    except re.error as error:
        table.fail("link_date", f"is no pattern ({error}); mend it or leave it out")
    if layout.link_date and groups != 3:
        table.fail("link_date", "give a pattern with three groups: year, month and day")
    table.close()
    return replace(source, layout=layout)


def _with_scope(entry: Table, source: Source) -> Source:
    table = entry.table("scope")
    scope = EventScope(actors=table.texts("actors"), places=table.texts("places"))
    if not (scope.actors or scope.places):
        entry.fail("scope", 'names nothing; give actors = ["AFG"] or places = ["AF"], or both')
    table.close()
    return replace(source, scope=scope)


def _with_sections(entry: Table, source: Source) -> Source:
    if not urlsplit(source.url).path.startswith("/wiki/"):
        entry.fail("url", "give the address of one page, as https://en.wikipedia.org/wiki/Title")
    return replace(source, sections=entry.texts("sections"))


def _checked_channel(entry: Table, source: Source) -> Source:
    if not CHANNEL.fullmatch(source.url):
        entry.fail("url", "give the address of a channel's preview, as https://t.me/s/name")
    return source


_OWN_KEYS: Mapping[SourceKind, Callable[[Table, Source], Source]] = {
    SourceKind.PAGE: _with_layout,
    SourceKind.GDELT: _with_scope,
    SourceKind.MEDIAWIKI: _with_sections,
    SourceKind.TELEGRAM: _checked_channel,
}
