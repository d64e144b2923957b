"""Sources that an operator added at run time, checked like those of the list."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs.domain.items import Outlet, Source, SourceId, SourceKind
from jobs.errors import ConfigError
from jobs.reference import Reference
from jobs.reference.sources import ID, outlet_host, source_of
from jobs.reference.tables import Table

PLACE = Path("added source")
"""What an error names in the place of a file."""


def checked(reference: Reference, source_id: SourceId, definition: Mapping[str, Any]) -> Source:
    """Return a source that is to stand beside those there are.

    Raises ``ConfigError`` naming the key and what to do.
    """
    table = Table(PLACE, "", {source_id: dict(definition)})
    if not ID.fullmatch(source_id):
        table.fail(source_id, "is no id; use small letters, digits and single hyphens")
    urls = {each.url: str(each.id) for each in reference.sources.values() if each.id != source_id}
    source = source_of(table, source_id, reference.cases, reference.actors, urls)
    if source.kind is SourceKind.TELEGRAM and not reference.reads_channels:
        table.fail(source_id, "is a channel; set TELEGRAM_CHANNELS to read such (see there)")
    return source


def joined(
    reference: Reference, definitions: Mapping[SourceId, Mapping[str, Any]]
) -> tuple[Reference, list[str]]:
    """Return the reference with added sources beside the list's, and what was wrong with any.

    The list comes first: an added source of the same id or address is left out.
    """
    problems = []
    for source_id, definition in definitions.items():
        if source_id in reference.sources:
            problems.append(f"{PLACE}: {source_id}: the list has a source of this id now")
            continue
        try:
            source = checked(reference, source_id, definition)
        except ConfigError as error:
            problems.append(str(error))
            continue
        host = outlet_host(source)
        known = Outlet(host, source.family, source.tier, source.side)
        reference = replace(
            reference,
            sources={**reference.sources, source_id: source},
            outlets={host: known, **reference.outlets},
        )
    return reference, problems
