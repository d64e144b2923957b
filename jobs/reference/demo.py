"""The demo stream: what the world's feeds might have said of the cases, 2021 to 2026.

``jobs/data/demo/stream.jsonl`` holds one JSON object a line, ordered by ``published``
(RFC 3339). The sentences are our own and the outlets' names real, so nothing in it is a
quotation; the acts told are true, and so is the one report that its actor denied
(December 2023). Beside them stand reprints, wire copies, background pieces, plans later
carried out, and items that only look like news. ``id``, ``case`` and ``events`` say what
each item should give, in the labelled corpora's format, so that ``evaluate`` and ``replay``
read the file too; the demo itself never looks at them. It serves one feed per outlet.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

STREAM = Path(__file__).parents[1] / "data" / "demo" / "stream.jsonl"


@dataclass(frozen=True, slots=True)
class DemoItem:
    """One item of the stream; ``published`` is aware UTC, ``outlet`` a host."""

    published: datetime
    outlet: str
    url: str
    lang: str
    title: str
    summary: str


def load_demo() -> tuple[DemoItem, ...]:
    """Return the stream, oldest first."""
    lines = STREAM.read_text(encoding="utf-8").splitlines()
    return tuple(_item(json.loads(line)) for line in lines)


def _item(row: dict[str, str]) -> DemoItem:
    return DemoItem(
        published=datetime.fromisoformat(row["published"]),
        outlet=row["outlet"],
        url=row["url"],
        lang=row["lang"],
        title=row["title"],
        summary=row["summary"],
    )
