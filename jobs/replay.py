"""Replay: a corpus through the same pipeline as live, the clock moved along.

One JSON object a line and revision (``revision_line``), equal bytes for equal input:
neither the machine's clock nor its settings have a say. Lines go to standard output,
words for people to standard error.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO, cast

from jobs import bookkeeping
from jobs.detection import Detector
from jobs.domain.alerts import AlertKind, Facts, Reason
from jobs.domain.items import ItemId, NewsItem, SourceId
from jobs.errors import InputError, RecognitionWatchError
from jobs.pipeline import Keeping, Pipeline
from jobs.reference import Reference, load_reference
from jobs.settings import Settings
from jobs.store.alerts import Revision
from jobs.store.engine import Store
from jobs.telling import Telling
from jobs.wording import describe

REPLAYED = SourceId("replay")
NOON = time(12, tzinfo=UTC)
FRESHNESS = timedelta(hours=Settings.model_fields["freshness_hours"].default)
"""The setting's default: a replay is the same on every machine."""

FOREVER = timedelta(days=365_000)
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


@dataclass(frozen=True, slots=True)
class Read:
    """One item of the corpus and what became of each of its mentions."""

    entry: Entry
    mentions: tuple[bookkeeping.Entry, ...]


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


async def replay(
    entries: Sequence[Entry], reference: Reference, detector: Detector | None = None
) -> AsyncGenerator[Read, None]:
    """Put items through the pipeline, one by one, on a fresh store in memory.

    ``detector`` stands in for the real one where only the ledger is to be measured.
    """
    store = await Store.open("sqlite://", migrate=True)
    keeping = Keeping(items=FOREVER, outbox=FOREVER)
    pipeline = Pipeline(
        store,
        reference,
        detector or Detector(reference),
        freshness=FRESHNESS,
        keeping=keeping,
    )
    try:
        await pipeline.start(entries[0].at if entries else DAWN)
        for entry in entries:
            await pipeline.take([entry.item])
            yield Read(entry, tuple(await pipeline.detect(entry.at)))
    finally:
        await store.close()


def revision_line(
    telling: Telling, names: Mapping[ItemId, str], reference: Reference
) -> dict[str, Any]:
    """Return a revision as it is printed; the keys and their order are the format."""
    revision, evidence = telling.revision, telling.event.evidence
    # A telling is of an event, so its revision holds no notice.
    facts = cast(Facts, revision.facts)
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
        "items": list(dict.fromkeys(names[each.item_id] for each in evidence)),
        "reason": revision.reason,
        "inhibited_by": telling.inhibited_by,
        "reverses": facts.reverses,
        "text": describe(facts, reference),
    }


def reason_line(read: Read, told: bookkeeping.Entry) -> dict[str, Any]:
    """Return why a mention was not told."""
    mention = told.evidence.mention
    return {
        "at": _stamp(read.entry.at),
        "item": read.entry.id,
        "case": mention.case,
        "actor": mention.actor,
        "type": mention.type,
        "status": mention.status,
        "date": mention.on.isoformat() if mention.on else None,
        "reason": told.reason,
        "rule": mention.rule,
        "clause": mention.clause,
    }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of ``replay``."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a corpus (JSON lines)")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="a folder of further cases")
    parser.add_argument(
        "--baseline",
        action="store_true",
        help="begin with what the cases say was so before the first item",
    )
    parser.add_argument("--signals", action="store_true", help="print signals too")
    parser.add_argument(
        "--reasons", type=Path, metavar="PATH", help="write there why mentions were not told"
    )


def main(args: argparse.Namespace) -> int:
    """Replay the files; return 0, or 2 where a file or a case cannot be read."""
    try:
        entries = read_corpora(args.files)
        reference = _reference(args.cases, entries if args.baseline else [])
        with _open_reasons(args.reasons) if args.reasons else nullcontext() as reasons:
            asyncio.run(_print(entries, reference, reasons, with_signals=args.signals))
    except RecognitionWatchError as error:
        sys.stderr.write(f"replay: {error}\n")
        return 2
    return 0


def _reference(cases_dir: Path | None, entries: Sequence[Entry]) -> Reference:
    published = [each.item.published_at for each in entries if each.item.published_at]
    first = min(published).date() if published else None
    return with_baseline_before(load_reference(cases_dir), first)


def _open_reasons(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"--reasons {path}: cannot be written: {error.strerror}") from error


def _is_printed(revision: Revision, *, with_signals: bool) -> bool:
    """Say whether a revision is one of the event, not only of its message.

    What a recognition takes into its message is printed as itself, with ``inhibited_by``.
    """
    is_signal = revision.kind is AlertKind.SIGNAL
    return revision.reason is not Reason.INHIBITED and (with_signals or not is_signal)


async def _print(
    entries: Sequence[Entry], reference: Reference, reasons: TextIO | None, *, with_signals: bool
) -> None:
    names: dict[ItemId, str] = {}
    async with aclosing(replay(entries, reference)) as reading:
        async for read in reading:
            for told in read.mentions:
                names[told.evidence.item_id] = read.entry.id
                for telling in told.tellings:
                    if _is_printed(telling.revision, with_signals=with_signals):
                        _write(sys.stdout, revision_line(telling, names, reference))
                if reasons is not None and not told.tellings:
                    _write(reasons, reason_line(read, told))


def _write(stream: TextIO, line: Mapping[str, Any]) -> None:
    # ASCII, so that the bytes do not depend on the terminal's encoding.
    stream.write(json.dumps(line) + "\n")
