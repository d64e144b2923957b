"""What detection costs: its tables, an item, many items, a long text.

``python -m tests.benchmarks.detection FILE...`` reads labelled items (JSONL); without a
file those of ``tests/data/items`` are read. Times are of this process's own work, so that
a busy machine spoils them less.
"""

import argparse
import itertools
import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from jobs.detection import Detector, Text
from jobs.evaluate import read_items
from jobs.reference import load_reference

ITEMS = Path(__file__).parent.parent / "data" / "items"
COUNTS = (1_000, 10_000, 100_000)
LENGTHS = (1_000, 10_000, 100_000)
Row = tuple[str, float, str, str]


def measure(texts: Sequence[Text], counts: Sequence[int], lengths: Sequence[int]) -> Iterator[Row]:
    """Yield (figure, value, unit, what it includes), the tables first, while they are cold."""
    before = _resident()
    started = time.process_time()
    reference = load_reference()
    detector = Detector(reference)
    for language in reference.phrases:
        detector.detect(Text("Kabul", "", language, "", None))
    yield "tables, start", time.process_time() - started, "s", "all languages, files read"
    yield "tables, memory", _resident() - before, "MB", "growth of the resident set"
    yield "speed", len(texts) / _seconds(detector, texts), "items/s", f"{len(texts)} texts once"
    for count in counts:
        many = list(itertools.islice(itertools.cycle(texts), count))
        cost = _seconds(detector, many) / count * 1e6
        yield f"item, of {count:,}", cost, "µs", "same detector, one after another"
    for length in lengths:
        cost = _seconds(detector, [_long(texts, length)]) / length * 1e6
        yield f"character, of {length:,}", cost, "µs", "one text of that length"


def _long(texts: Sequence[Text], length: int) -> Text:
    """Return one text made of many in the first's language."""
    parts = [text.summary for text in texts if text.lang == texts[0].lang and text.summary]
    whole = " ".join(itertools.islice(itertools.cycle(parts or ["Kabul."]), length // 20 + 1))
    return replace(texts[0], summary=whole[:length])


def _seconds(detector: Detector, texts: Sequence[Text]) -> float:
    started = time.process_time()
    for text in texts:
        detector.detect(text)
    return max(time.process_time() - started, 1e-9)


def _resident() -> float:
    """Return the megabytes that the process has held at most."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="labelled items")
    parser.add_argument("--most", type=int, default=COUNTS[-1], help="the most items, and signs")
    args = parser.parse_args(arguments)
    files = args.files or sorted(ITEMS.glob("*.jsonl"))
    texts = [item.text for path in files for item in read_items(path)]
    counts, lengths = ([size for size in sizes if size <= args.most] for sizes in (COUNTS, LENGTHS))
    print(f"{platform.machine()}, Python {platform.python_version()}, {len(texts)} texts")  # noqa: T201
    for figure, value, unit, note in measure(texts, counts, lengths):
        print(f"{figure:24} {value:12.2f} {unit:8} {note}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
