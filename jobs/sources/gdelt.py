"""GDELT: its 15-minute files of coded events, and searches of its DOC API."""

import hashlib
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from jobs.domain.items import Source, Validators
from jobs.errors import FetchFailed, NotAFeed
from jobs.sources.http import NotModified, Response
from jobs.sources.parsed import Form, ParsedItem
from jobs.sources.reading import (
    Means,
    Reading,
    news_items,
    parse,
    read_cursor,
    read_document,
)

SLOT = timedelta(minutes=15)
MOST_SLOTS = 8
"""Files fetched in one reading; what was missed is caught up over several."""

GIVEN_UP_AFTER = timedelta(days=1)
"""A file that did not come by then never does, and is no news any more."""

NOT_THERE = (404, 410)

_log = logging.getLogger(__name__)
_STAMP = "%Y%m%d%H%M%S"
_EXPORT = re.compile(
    r"^\d+ ([0-9a-f]{32}) \S*/(\d{14})((?:\.translation)?\.export\.CSV\.zip)\s*$",
    re.MULTILINE | re.I,
)


@dataclass(frozen=True, slots=True)
class _Newest:
    slot: datetime
    md5: str
    ending: str


async def read_articles(source: Source, validators: Validators, means: Means) -> Reading:
    """Read a search of the DOC API; the client keeps its one request in five seconds.

    A search may find nothing: that is no change, and no fault either.
    """
    reading = await read_document(source, validators, means, Form.ARTICLES)
    return replace(reading, changed=bool(reading.items))


async def read_events(source: Source, validators: Validators, means: Means) -> Reading:
    """Read the files that came since the last reading, and those that were missing then.

    The first reading takes the newest alone. Files are fetched from beside the list, not
    from where it points, so that a mirror stays one.
    """
    listed = await means.client.get(source.url, validators)
    cursor = read_cursor(validators.cursor, str, list)
    if isinstance(listed, NotModified):
        return Reading((), validators, changed=False)
    newest = _newest(listed)
    waiting = _waiting(cursor, newest.slot)
    found: list[ParsedItem] = []
    for slot in waiting[:MOST_SLOTS]:
        items = await _read_slot(source, newest, slot, means)
        if items is not None:
            waiting = [each for each in waiting if each != slot]
            found.extend(items)
    stamps = [slot.strftime(_STAMP) for slot in waiting]
    # While files are missing the list is read in full, so that they are asked for again.
    kept = Validators() if waiting else listed.validators
    cursor_text = json.dumps([newest.slot.strftime(_STAMP), stamps])
    unique = {item.key: item for item in found}.values()
    return Reading(
        news_items(source, unique, means.now),
        replace(kept, cursor=cursor_text),
        changed=bool(unique),
    )


def _newest(listed: Response) -> _Newest:
    text = listed.body[:10_000].decode("ascii", "replace")
    if match := _EXPORT.search(text):
        try:
            return _Newest(_slot(match[2]), match[1].lower(), match[3])
        except ValueError:
            pass  # fourteen digits that are no time
    raise NotAFeed(
        f"{urlsplit(listed.url).hostname}: answered with a list that names no export file; "
        "look up the address of GDELT's lastupdate.txt"
    )


def _waiting(cursor: list[object] | None, newest: datetime) -> list[datetime]:
    """Return the slots to read, newest first."""
    if cursor is None:
        return [newest]
    done, missing = cursor
    slots = _slots(missing if isinstance(missing, list) else [])
    last = max([*_slots([done]), newest - GIVEN_UP_AFTER])
    while last < newest:
        last += SLOT
        slots.append(min(last, newest))
    kept = {slot for slot in slots if newest - GIVEN_UP_AFTER <= slot <= newest}
    return sorted(kept, reverse=True)


def _slots(stamps: Iterable[object]) -> list[datetime]:
    found = []
    for stamp in stamps:
        try:
            found.append(_slot(str(stamp)))
        except ValueError:
            continue
    return found


def _slot(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP)  # noqa: DTZ007 - compared among themselves only


async def _read_slot(
    source: Source, newest: _Newest, slot: datetime, means: Means
) -> tuple[ParsedItem, ...] | None:
    """Return a file's items, or None if it is not there yet."""
    url = urljoin(source.url, f"{slot.strftime(_STAMP)}{newest.ending}")
    try:
        file = await means.client.get(url, Validators())
    except FetchFailed as error:
        if error.status in NOT_THERE:
            return None
        raise
    # Only the newest file's digest is in the short list; the zip's own sums guard the others.
    is_newest = slot == newest.slot
    if isinstance(file, NotModified) or (is_newest and not _is_whole(file, newest.md5)):
        return None
    try:
        feed = await parse(file, means, Form.EVENTS, asdict(source.scope))
    except NotAFeed as error:
        if is_newest:
            raise
        _log.warning("%s: the file of %s is left out: %s", source.id, slot, error)
        return ()
    return feed.items


def _is_whole(file: Response, md5: str) -> bool:
    return hashlib.md5(file.body, usedforsecurity=False).hexdigest() == md5
