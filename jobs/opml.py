"""Lists of feeds in OPML, as feed readers exchange them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from jobs.domain.items import THIRD, Source, SourceKind
from jobs.errors import InputError
from jobs.reference.sources import host_of
from jobs.sourcing import USUAL_INTERVAL, USUAL_TIER, Wanted

LARGEST = 5_000_000
_OURS = ("kind", "tier", "side", "family", "cases", "interval_seconds")
"""Attributes beside OPML's own; other readers pass over them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One outline of a list: the source it describes."""

    wanted: Wanted
    line: str


def read_opml(text: str, language: str) -> list[Listed]:
    """Return the feeds of an OPML list; ``language`` is theirs where none is named.

    Raises ``InputError`` for what is no such list.
    """
    if len(text) > LARGEST:
        raise InputError(f"the list is longer than {LARGEST:,} signs; split it")
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.I):
        raise InputError("the list holds a DOCTYPE, which is not read; remove that line")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a DOCTYPE nothing expands
    except ElementTree.ParseError as error:
        raise InputError(f"the list is no OPML: {error}") from None
    if root.tag.lower() != "opml":
        raise InputError(f"the list is no OPML but <{root.tag[:40]}>; export it again")
    outlines = [each for each in root.iter("outline") if each.get("xmlUrl")]
    return [_listed(each.attrib, language) for each in outlines]


def _listed(found: Mapping[str, str], language: str) -> Listed:
    url = found["xmlUrl"].strip()
    seconds = found.get("interval_seconds", "")
    wanted = Wanted(
        url,
        found.get("language", "")[:2].lower() or language,
        name=found.get("title", "") or found.get("text", ""),
        kind=found.get("kind", ""),
        family=found.get("family", ""),
        tier=found.get("tier", "") or USUAL_TIER,
        side=found.get("side", "") or THIRD,
        cases=tuple(found.get("cases", "").split()),
        interval_seconds=int(seconds) if seconds.isdecimal() else USUAL_INTERVAL,
    )
    return Listed(wanted, host_of(url) or url[:80])


def write_opml(sources: Iterable[Source]) -> str:
    """Return a list of the sources; those of kinds other readers know not are left out."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = "Recognition Watch"
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        if source.kind in (SourceKind.FEED, SourceKind.SITEMAP):
            ElementTree.SubElement(body, "outline", _attributes(source))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _attributes(source: Source) -> dict[str, str]:
    ours: dict[str, Any] = {name: getattr(source, name) for name in _OURS}
    ours["cases"] = " ".join(source.cases)
    return {
        "type": "rss",
        "text": source.name,
        "title": source.name,
        "xmlUrl": source.url,
        "language": source.language,
        **{name: str(value) for name, value in ours.items() if str(value)},
    }
