"""Detection against labels: the figures, and each miss by its cause.

Elements are (case, actor, type) and (case, actor, type, status); the format of the result
is the one the corpus describes. Items of the kept part are counted, never shown.
"""

import argparse
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jobs.detection import Detector, Finding, Text
from jobs.domain.events import ALERTABLE, EventStatus, EventType
from jobs.errors import ConfigError, InputError
from jobs.reference import load_reference

PARTS = ("dev", "kept", "all")
_ENOUGH_SECONDS = 1.0
_NONE = "none"


class Element(NamedTuple):
    """One event as it is counted; two that differ in date only are one."""

    case: str
    actor: str
    type: EventType
    status: EventStatus


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled line of a corpus file."""

    id: str
    case: str
    text: Text
    gold: frozenset[Element]
    slug: str

    @property
    def is_kept(self) -> bool:
        """Say whether the item is of the part that nobody looks at."""
        return zlib.crc32(self.id.encode()) % 3 == 0


@dataclass(frozen=True, slots=True)
class Scored:
    """An item with what was found in it."""

    item: Item
    found: frozenset[Element]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's arguments to its parser."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="labelled items (JSONL)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--errors", action="store_true", help="each miss by cause, never of the kept part"
    )
    parser.add_argument(
        "--explain", action="store_true", help="each rule that fired, and on which words"
    )
    parser.add_argument(
        "--slugs", action="store_true", help="read each published headline as the title"
    )
    parser.add_argument("--part", choices=PARTS, default="all", help="which items to count")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="a folder of further cases")


def main(args: argparse.Namespace) -> int:
    """Print the figures; return 0, or 2 where the input or a data file is bad."""
    try:
        items = [item for path in args.files for item in read_items(path)]
        detector = Detector(load_reference(args.cases))
    except (InputError, ConfigError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    counted = {item.case for item in items} - {_NONE}
    chosen = choose(items, args.part, slugs=args.slugs)
    scored = [Scored(item, found_in(item, detector, counted)) for item in chosen]
    figures = count(scored) | timing(detector, chosen)
    print(json.dumps(figures) if args.json else as_lines(figures))  # noqa: T201
    shown = [one for one in scored if not one.item.is_kept]
    out = sys.stderr if args.json else sys.stdout
    if (args.errors or args.explain) and len(shown) < len(scored):
        print(f"{len(scored) - len(shown)} items of the kept part are counted, not shown", file=out)
    if args.errors:
        print("\n".join(error_lines(shown, detector)), file=out)
    if args.explain:
        print("\n".join(explain_lines(shown, detector)), file=out)
    return 0


def read_items(path: Path) -> list[Item]:
    """Return the items of a corpus file.

    Raises:
        InputError: the file cannot be read, or a line is not an item.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    items = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            items.append(_item(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: not a labelled item: {error!r}") from error
    return items


def _item(raw: Mapping[str, Any]) -> Item:
    case = str(raw["case"])
    gold = frozenset(
        Element(case, event["actor"], EventType(event["type"]), EventStatus(event["status"]))
        for event in raw.get("events", ())
    )
    text = Text(
        title=raw["title"] or "",
        summary=raw.get("summary") or "",
        lang=raw["lang"],
        outlet=raw.get("outlet") or "",
        published_at=_published(raw.get("published")),
    )
    return Item(
        str(raw["id"]), case, text, gold if case != _NONE else frozenset(), raw.get("slug") or ""
    )


def _published(day: str | None) -> datetime | None:
    """Return an item's time; a bare day is noon, so that no zone moves it."""
    if day is None:
        return None
    at = datetime.fromisoformat(day)
    if len(day) == len("2025-07-03"):
        return at.replace(hour=12, tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def choose(items: Iterable[Item], part: str, *, slugs: bool) -> list[Item]:
    """Return the items of a part; with ``slugs`` those that have one, under it as title."""
    chosen = [item for item in items if part == "all" or item.is_kept is (part == "kept")]
    if not slugs:
        return chosen
    return [_under_slug(item) for item in chosen if item.slug]


def _under_slug(item: Item) -> Item:
    text = item.text
    titled = Text(item.slug, text.summary, text.lang, text.outlet, text.published_at)
    return Item(item.id, item.case, titled, item.gold, item.slug)


def found_in(item: Item, detector: Detector, counted: Collection[str]) -> frozenset[Element]:
    """Return what detection finds in an item of the cases that are counted."""
    return frozenset(
        Element(mention.case, mention.actor, mention.type, mention.status)
        for mention in detector.detect(item.text)
        if mention.case in counted
    )


def count(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return every figure but the time."""
    negatives = [one for one in scored if not one.item.gold]
    elements = {e for one in scored for e in one.item.gold | one.found}
    return {
        "items": len(scored),
        "overall": figures_of(scored),
        "by_lang": {
            lang: figures_of([one for one in scored if one.item.text.lang == lang])
            for lang in sorted({one.item.text.lang for one in scored})
        },
        "by_type": {
            t.value: figures_of(scored, "type", t) for t in sorted({e.type for e in elements})
        },
        "by_status": {
            s.value: figures_of(scored, "status", s) for s in sorted({e.status for e in elements})
        },
        "by_case": {c: figures_of(scored, "case", c) for c in sorted({e.case for e in elements})},
        "negatives": {
            "items": len(negatives),
            "with_alertable": sum(
                any(e.status in ALERTABLE for e in one.found) for one in negatives
            ),
        },
    }


def figures_of(scored: Sequence[Scored], field: str = "", value: str = "") -> dict[str, Any]:
    """Return the three figures over some items, restricted to one value of a field."""

    def restricted(elements: Iterable[Element]) -> set[Element]:
        return {e for e in elements if not field or getattr(e, field) == value}

    pairs = [(restricted(one.found), restricted(one.item.gold)) for one in scored]
    return {
        "actor_type": micro([({e[:3] for e in f}, {e[:3] for e in g}) for f, g in pairs]),
        "actor_type_status": micro(pairs),
        "alertable": micro(
            [
                ({e for e in f if e.status in ALERTABLE}, {e for e in g if e.status in ALERTABLE})
                for f, g in pairs
            ]
        ),
    }


def micro(pairs: Iterable[tuple[Collection[Any], Collection[Any]]]) -> dict[str, float | None]:
    """Return micro precision, recall and F1 of (found, gold) sets; 0/0 is None."""
    hits = found = gold = 0
    for one_found, one_gold in pairs:
        hits += len(set(one_found) & set(one_gold))
        found += len(one_found)
        gold += len(one_gold)
    return {
        "precision": _share(hits, found),
        "recall": _share(hits, gold),
        "f1": _share(2 * hits, found + gold),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def timing(detector: Detector, items: Sequence[Item]) -> dict[str, float | None]:
    """Return the seconds of one pass of detect(), passes repeated until they last a second."""
    passes, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < _ENOUGH_SECONDS and items:
        for item in items:
            detector.detect(item.text)
        passes += 1
    seconds = spent / passes if passes else 0.0
    return {"seconds": seconds, "items_per_second": len(items) / seconds if seconds else None}


def as_lines(figures: Mapping[str, Any]) -> str:
    """Return the figures for a reader."""
    lines = [f"{figures['items']} items, {figures['items_per_second'] or 0:.0f} a second"]
    lines.append(_row("overall", figures["overall"]))
    for group in ("by_lang", "by_type", "by_status", "by_case"):
        lines += [_row(name, row) for name, row in figures[group].items()]
    negatives = figures["negatives"]
    lines.append(
        f"negatives: {negatives['items']}, with an alertable mention {negatives['with_alertable']}"
    )
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, Mapping[str, float | None]]) -> str:
    cells = [
        f"{key} {_cell(row[key]['precision'])} / {_cell(row[key]['recall'])}"
        for key in ("actor_type", "actor_type_status", "alertable")
    ]
    return f"{name:14} " + "   ".join(cells)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def error_lines(scored: Iterable[Scored], detector: Detector) -> list[str]:
    """Return every miss and false find, grouped by cause."""
    causes: dict[str, list[str]] = defaultdict(list)
    for one in scored:
        if one.found == one.item.gold:
            continue
        findings = detector.explain(one.item.text)
        for element in sorted(one.item.gold - one.found):
            causes[miss_cause(element, one.found, findings)].append(_line(one.item, element))
        for element in sorted(one.found - one.item.gold):
            if not any(element[:3] == gold[:3] for gold in one.item.gold):
                causes[f"false: {_rule_of(element, findings)}"].append(_line(one.item, element))
    out = []
    for cause, lines in sorted(causes.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        out += [f"{cause} ({len(lines)})", *lines]
    return out


def miss_cause(element: Element, found: Iterable[Element], findings: Iterable[Finding]) -> str:
    """Return why a gold element was not found, as far as the findings tell."""
    for other in found:
        if other[:3] == element[:3]:
            return f"missed: status {element.status} read as {other.status}"
    of_type = [f for f in findings if f.rule.split(".")[0] == element.type]
    dropped = sorted({f.dropped for f in of_type if f.dropped})
    if dropped:
        return f"missed: {dropped[0]}"
    return "missed: other actor" if of_type else f"missed: no trigger of {element.type}"


def _rule_of(element: Element, findings: Iterable[Finding]) -> str:
    for finding in findings:
        for mention in finding.mentions:
            if (mention.case, mention.actor, mention.type, mention.status) == tuple(element):
                return finding.rule
    return "?"


def _line(item: Item, element: Element) -> str:
    what = f"{element.case} {element.actor} {element.type} {element.status}"
    return f"  {item.id} [{what}] {item.text.title} | {item.text.summary}"


def explain_lines(scored: Iterable[Scored], detector: Detector) -> list[str]:
    """Return for each item every rule that fired, with its words and result."""
    out = []
    for one in scored:
        out.append(f"{one.item.id} {one.item.text.title}")
        for finding in detector.explain(one.item.text):
            result = ", ".join(f"{m.actor} {m.status} {m.on or '?'}" for m in finding.mentions)
            out.append(f"  {finding.rule} {' + '.join(finding.words)}: {result or finding.dropped}")
    return out
