"""How well the ledger tells what happened: once each, under the right name, and no more.

``python -m tests.benchmarks.ledger FILE… [--gold] [--part dev] [--cases DIR] [--errors]``

Replays labelled items and compares the revisions with the labels. ``--gold`` feeds the
labels themselves as mentions, so that only joining, splitting and dating are measured.
Prints figure, value and what it includes; errors are shown of the dev part only.
"""

import argparse
import asyncio
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jobs.detection import Detector, Text
from jobs.domain.alerts import AlertKind, Facts, Reason
from jobs.domain.events import DateBasis, EventStatus, EventType, Mention
from jobs.reference import Reference, load_reference
from jobs.replay import Entry, read_corpora, replay, with_baseline_before
from jobs.store.alerts import Revision

HAPPENED = ("done", "planned", "reversed")
TELLABLE = (*HAPPENED, "denied")
PLAN_OPEN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Label:
    """One label of one item."""

    event: str
    case: str
    actor: str
    type: str
    status: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One revision that was told: of which alert, with which items behind it so far."""

    alert: int
    kind: AlertKind
    actor: str
    type: str
    status: str
    items: tuple[str, ...]


@dataclass
class Score:
    """The figures, and the events behind each error."""

    alert_lines: int = 0
    right_lines: int = 0
    gold: int = 0
    told: int = 0
    told_events: int = 0
    alerts_of_told: int = 0
    joined: int = 0
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the table: figure, value, what it includes."""
        return [
            (
                "alert lines that are gold events",
                _share(self.right_lines, self.alert_lines),
                "actor, type and a tellable status; wanted >= 95 %",
            ),
            (
                "gold events told",
                _share(self.told, self.gold),
                "done, planned or reversed; wanted >= 88 %",
            ),
            (
                "alerts per gold event",
                f"{self.alerts_of_told / max(self.told_events, 1):.3f}",
                "alerts that begin with it; wanted <= 1.03",
            ),
            (
                "gold events joined into another's alert",
                _share(self.joined, self.told_events),
                "told by no alert of their own; wanted <= 3 %",
            ),
        ]


class Labelled(Detector):
    """Hears in each item what its labels say."""

    def __init__(self, mentions: Mapping[tuple[str, str], Sequence[Mention]]) -> None:
        self._mentions = mentions

    def detect(self, text: Text) -> list[Mention]:
        """Return the labels of the item with this title and summary."""
        return list(self._mentions.get((text.title, text.summary), ()))


def read_labels(paths: Iterable[Path]) -> dict[str, tuple[dict[str, Any], list[Label]]]:
    """Return each item's row and labels, by its id."""
    found = {}
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            labels = [
                Label(
                    each["event_id"],
                    row["case"],
                    each["actor"],
                    each["type"],
                    each["status"],
                    date.fromisoformat(each["date"]) if each["date"] else None,
                )
                for each in row["events"]
            ]
            found[row["id"]] = (row, labels)
    return found


def one_event_each(labels: Iterable[Label]) -> dict[str, str]:
    """Return which event a label's event counts as: a plan and its act are one."""
    acts = [each for each in labels if each.status in ("done", "reversed") and each.on]
    canonical: dict[str, str] = {}
    for each in labels:
        canonical.setdefault(each.event, each.event)
        if each.status == "planned" and each.on:
            near = [
                (abs((act.on or each.on) - each.on), act.event)
                for act in acts
                if (act.case, act.actor, act.type) == (each.case, each.actor, each.type)
                and act.on
                and -timedelta(days=3) <= act.on - each.on <= PLAN_OPEN
            ]
            if near and not any(act.event == each.event for act in acts):
                canonical[each.event] = min(near)[1]
    return canonical


def as_mention(
    label: Label, published: str | None, attributions: tuple[str, ...], *, undated: bool
) -> Mention:
    """Return a label as detection would have found it at its best, or in a text without days."""
    on, basis = label.on, DateBasis.STATED
    if on is None:
        basis = DateBasis.UNKNOWN
    elif label.status in ("planned", "past") and (undated or on.isoformat() == published):
        on, basis = None, DateBasis.UNKNOWN  # a plan without a day bears its announcement's
    elif (undated or on.isoformat() == published) and published:
        on, basis = date.fromisoformat(published[:10]), DateBasis.PUBLISHED
    return Mention(
        case=label.case,
        actor=label.actor,
        type=EventType(label.type),
        status=EventStatus(label.status),
        on=on,
        basis=basis,
        rule="label",
        clause="",
        attributions=attributions,
    )


async def told_lines(
    entries: Sequence[Entry], reference: Reference, detector: Detector, cases: Collection[str]
) -> list[Line]:
    """Return the alert and update lines of some cases that replay prints, with the items' ids."""
    names: dict[int, str] = {}
    lines = []
    async with aclosing(replay(entries, reference, detector)) as reading:
        async for read in reading:
            for entry in read.mentions:
                names[entry.evidence.item_id] = read.entry.id
                for telling in entry.tellings:
                    if telling.event.case in cases and _is_line(telling.revision):
                        items = [names[each.item_id] for each in telling.event.evidence]
                        lines.append(_line(telling.revision, items))
    return lines


def _is_line(revision: Revision) -> bool:
    told = (AlertKind.ALERT, AlertKind.UPDATE)
    quiet = (Reason.INHIBITED, Reason.REVERSAL)
    return revision.kind in told and (
        revision.reason not in quiet or revision.kind is AlertKind.ALERT
    )


def _line(revision: Revision, items: Sequence[str]) -> Line:
    facts = revision.facts
    assert isinstance(facts, Facts)
    what = (facts.actor, facts.type.value, facts.status.value)
    return Line(revision.alert_id, revision.kind, *what, tuple(dict.fromkeys(items)))


def score(lines: Sequence[Line], labels: Mapping[str, Sequence[Label]]) -> Score:
    """Compare what was told with the labels."""
    every = [each for those in labels.values() for each in those]
    canonical = one_event_each(every)
    result = Score()
    began: dict[str, set[int]] = defaultdict(set)
    heard: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        meant = _meant(line, labels, TELLABLE)
        for each in meant:
            heard[canonical[each.event]].add(line.alert)
        if line.kind is AlertKind.ALERT:
            result.alert_lines += 1
            result.right_lines += bool(meant)
            first = _best(line, meant)
            if first is not None:
                began[canonical[first.event]].add(line.alert)
            else:
                result.errors["false"].append(f"{line}")
    gold = {canonical[each.event] for each in every if each.status in HAPPENED}
    result.gold = len(gold)
    result.told = len(gold & heard.keys())
    for event in sorted(gold - heard.keys()):
        result.errors["not told"].append(event)
    told = gold & (began.keys() | heard.keys())
    result.told_events = len(told)
    result.alerts_of_told = sum(max(len(began.get(event, ())), 1) for event in told)
    for event in sorted(told):
        if len(began.get(event, ())) > 1:
            result.errors["several alerts"].append(f"{event}: {sorted(began[event])}")
        if event not in began:
            result.joined += 1
            result.errors["joined"].append(f"{event}: in {sorted(heard[event])}")
    return result


def _meant(
    line: Line, labels: Mapping[str, Sequence[Label]], statuses: Sequence[str]
) -> list[Label]:
    """Return the labels, of the items behind a line, that it tells of."""
    return [
        each
        for item in line.items
        for each in labels.get(item, ())
        if (each.actor, each.type) == (line.actor, line.type) and each.status in statuses
    ]


def _best(line: Line, meant: Sequence[Label]) -> Label | None:
    same = [each for each in meant if each.status == line.status]
    return next(iter(same or meant), None)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "-"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--gold", action="store_true", help="feed the labels as mentions")
    parser.add_argument("--undated", action="store_true", help="as --gold, but no text names a day")
    parser.add_argument("--part", choices=("dev", "all"), default="all")
    parser.add_argument("--cases", type=Path, metavar="DIR")
    parser.add_argument("--errors", action="store_true", help="show errors (dev part only)")
    args = parser.parse_args(argv)
    if args.errors and args.part != "dev":
        parser.error("--errors needs --part dev")
    rows = read_labels(args.files)
    chosen = {name for name in rows if args.part == "all" or zlib.crc32(name.encode()) % 3}
    reference = with_baseline_before(load_reference(args.cases), None)
    real = Detector(reference)
    entries = [each for each in read_corpora(args.files) if each.id in chosen]
    cases = {row["case"] for row, _ in rows.values()} & reference.cases.keys()
    labels = {name: [e for e in rows[name][1] if e.case in cases] for name in chosen}
    detector = real
    if args.gold or args.undated:
        detector = _labelled(entries, rows, cases, real, undated=args.undated)
    lines = asyncio.run(told_lines(entries, reference, detector, cases))
    result = score(lines, labels)
    for figure, value, includes in result.rows():
        print(f"{figure:42} {value:22} {includes}")  # noqa: T201
    if args.errors:
        for kind, those in result.errors.items():
            print(f"\n{kind} ({len(those)})", *those, sep="\n  ")  # noqa: T201
    return 0


def _labelled(
    entries: Sequence[Entry],
    rows: Mapping[str, tuple[dict[str, Any], list[Label]]],
    cases: Iterable[str],
    real: Detector,
    *,
    undated: bool,
) -> Labelled:
    heard = {}
    for entry in entries:
        row, labels = rows[entry.id]
        item = entry.item
        text = Text(item.title, item.summary, item.lang, item.outlet, item.published_at)
        credited = {(each.actor, each.type.value): each.attributions for each in real.detect(text)}
        heard[item.title, item.summary] = [
            as_mention(
                each,
                row["published"],
                credited.get((each.actor, each.type), ()),
                undated=undated,
            )
            for each in labels
            if each.case in set(cases)
        ]
    return Labelled(heard)


if __name__ == "__main__":
    raise SystemExit(main())
