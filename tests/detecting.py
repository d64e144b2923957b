"""What the tests of detection share: one detector over shipped data and a third case."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jobs.detection import Detector, Text
from jobs.domain.events import Mention
from jobs.reference import load_reference

DATA = Path(__file__).parent / "data"
PUBLISHED = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""


@cache
def detector() -> Detector:
    return Detector(load_reference(DATA / "cases"))


def text(title: str, summary: str = "", published: datetime | None = PUBLISHED) -> Text:
    return Text(title, summary, "en", "example.org", published)


def mentions(title: str, summary: str = "", case: str = "taliban") -> list[Mention]:
    return [m for m in detector().detect(text(title, summary)) if m.case == case]
