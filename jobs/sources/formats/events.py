"""GDELT 2.0's export files: coded events, of which the addresses are worth a look.

A row names no headline, only what a program took the article to say. So its item's title
is made of the words in the address, its outlet is GDELT and not the publisher (whose
word it is not), and the program's coding stays out of it.
"""

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator

from jobs.errors import NotAFeed
from jobs.sources.cleaning import clean_text
from jobs.sources.formats.slugs import slug_words
from jobs.sources.links import canonical_link
from jobs.sources.parsed import LONGEST_TITLE, MOST_ITEMS, ParsedFeed, ParsedItem, item_key

OUTLET = "gdeltproject.org"
MOST_UNPACKED = 40_000_000
"""Bytes; files of 15 minutes have 1 MB, and 4 MB on the busiest days."""

COLUMNS = 61
_ACTOR_CODES = (5, 7, 8, 15, 17, 18)  # code, country, known group, of both actors
_PLACES = (37, 45, 53)  # FIPS country of both actors and of the act
_EVENT_CODE, _ADDRESS = 26, 60
_LONGEST_LINE = 20_000

_ROOT_CODES = ("04", "05", "12", "16")
"""CAMEO: consult, diplomatic cooperation, reject, reduce relations."""


def parse_events(
    body: bytes, content_type: str, url: str, *, actors: Collection[str], places: Collection[str]
) -> ParsedFeed:
    """Read a zipped export file: one item an address, for rows of the wanted codes.

    Items have no date: they are hints. Raises
    ``NotAFeed`` for what is no such file or unpacks to more than ``MOST_UNPACKED``.
    """
    found: dict[str, ParsedItem] = {}
    rows = wrong = 0
    for line in _lines(body):
        fields = line.split("\t")
        rows += 1
        if len(fields) != COLUMNS:
            wrong += 1
        elif _is_wanted(fields, tuple(actors), places) and (item := _item(fields)):
            found.setdefault(item.key, item)
    if wrong * 2 > rows:
        raise NotAFeed(f"its rows have not the {COLUMNS} columns of a GDELT export; see its news")
    return ParsedFeed(items=tuple(found.values())[:MOST_ITEMS])


def _lines(body: bytes) -> Iterator[str]:
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (member,) = archive.infolist()
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotAFeed("is packed in a way that GDELT does not use; it is not read")
            with archive.open(member) as lines:
                while line := lines.readline(_LONGEST_LINE):
                    unpacked += len(line)
                    # Counted, not believed: an archive may lie about its size.
                    if unpacked > MOST_UNPACKED:
                        raise NotAFeed(f"unpacks to more than {MOST_UNPACKED:,} bytes")
                    yield line.decode("utf-8", "replace").rstrip("\r\n")
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError) as error:
        # RuntimeError: it wants a password. ValueError: not just one file in it.
        raise NotAFeed(f"is no zip file with one table in it ({type(error).__name__})") from None


def _is_wanted(fields: list[str], actors: tuple[str, ...], places: Collection[str]) -> bool:
    if not fields[_EVENT_CODE].startswith(_ROOT_CODES):
        return False
    return any(fields[place] in places for place in _PLACES) or any(
        fields[code].startswith(actors) for code in _ACTOR_CODES
    )


def _item(fields: list[str]) -> ParsedItem | None:
    url = canonical_link(fields[_ADDRESS], "")
    title = clean_text(slug_words(url), LONGEST_TITLE) if url else ""
    if not url or not title:
        return None
    return ParsedItem(
        key=item_key(url),
        url=url,
        title=title,
        summary="",
        outlet=OUTLET,
        # A hint may strengthen what others tell and date nothing: an address alone, in
        # which words such as “not” are dropped, must not start an alert.
        published_at=None,
    )
