"""Replay: a corpus through the same pipeline as live, the clock moved along.

One JSON object a line, equal bytes for equal input (see ``RevisionLine``). What is said
goes to standard output, words for people to standard error.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from jobs.domain.items import NewsItem, SourceId
from jobs.errors import InputError, RecognitionWatchError
from jobs.reference import Reference

REPLAYED = SourceId("replay")
NOON = time(12, tzinfo=UTC)
DAWN = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the clock stands in a corpus without any date."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a corpus: its id there, and the moment at which it is read."""

    id: str
    item: NewsItem

    @property
    def at(self) -> datetime:
        """Return the clock's time while this item is read."""
        return self.item.first_seen_at


def read_corpora(paths: Iterable[Path]) -> list[Entry]:
    """Read corpora in the order of the clock.

    By ``published``, ties in file order over all files; an item without it comes last,
    with the clock standing, and stays undated. Raises ``InputError`` naming file, line
    and what is wrong.
    """
    rows = [row for path in paths for row in _read_rows(path)]
    dated = sorted((row for row in rows if row[1]), key=lambda row: row[1] or DAWN)
    undated = [row for row in rows if row[1] is None]
    last = dated[-1][1] if dated else None
    ordered = [*dated, *undated]
    return [
        Entry(fields["id"], _item(number, fields, published, published or last or DAWN))
        for number, (fields, published) in enumerate(ordered)
    ]


def _read_rows(path: Path) -> Iterator[tuple[dict[str, Any], datetime | None]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            yield _checked(fields), _moment(fields.get("published"))
        except (ValueError, TypeError) as error:
            raise InputError(f"{path}: line {number}: {error}") from error


def _checked(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise TypeError("not a JSON object")
    for name in ("id", "title", "summary", "lang", "outlet", "url"):
        if not isinstance(fields.get(name), str):
            raise TypeError(f"{name}: a text is expected")
    return fields


def _moment(published: object) -> datetime | None:
    """Read a day (its noon) or a time; without a zone it is UTC."""
    if published is None:
        return None
    if not isinstance(published, str):
        raise TypeError("published: a date or null is expected")
    if len(published) == len("2025-07-03"):
        return datetime.combine(date.fromisoformat(published), NOON)
    moment = datetime.fromisoformat(published)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _item(
    number: int, fields: dict[str, Any], published: datetime | None, at: datetime
) -> NewsItem:
    return NewsItem(
        source_id=REPLAYED,
        # Ids of different files may be the same, positions are not.
        key=str(number),
        url=fields["url"],
        title=fields["title"],
        summary=fields["summary"],
        lang=fields["lang"],
        outlet=fields["outlet"],
        published_at=published,
        first_seen_at=at,
    )


def with_baseline_before(reference: Reference, day: date | None) -> Reference:
    """Return the reference with only those baseline standings that are dated before a day."""
    cases = {
        name: replace(
            case, baseline=tuple(known for known in case.baseline if day and known.on < day)
        )
        for name, case in reference.cases.items()
    }
    return replace(reference, cases=cases)


def line_of(telling: Telling, names: Mapping[ItemId, str], reference: Reference) -> dict[str, Any]:
    """Return one revision as it is printed; keys and their order are part of the format."""
    revision, facts = telling.revision, telling.facts
    seen = dict.fromkeys(each.item_id for each in telling.event.evidence)
    return {
        "at": _stamp(revision.created_at),
        "alert": revision.alert_id,
        "revision": revision.revision,
        "kind": revision.kind,
        "case": facts.case,
        "actor": facts.actor,
        "type": facts.type,
        "status": facts.status,
        "grade": facts.grade,
        "date": facts.on.isoformat() if facts.on else None,
        "origins": facts.origins,
        "items": [names[item] for item in seen],
        "reason": revision.reason,
        "inhibited_by": telling.inhibited_by,
        "reverses": facts.reverses,
        "text": describe(facts, reference),
    }


def _reason_line(at: datetime, name: str, mention: Mention, reason: Reason) -> dict[str, Any]:
    return {
        "at": _stamp(at),
        "item": name,
        "case": mention.case,
        "actor": mention.actor,
        "type": mention.type,
        "status": mention.status,
        "date": mention.on.isoformat() if mention.on else None,
        "reason": reason,
        "rule": mention.rule,
        "clause": mention.clause,
    }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
