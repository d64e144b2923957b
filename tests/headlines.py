"""Headlines read by the real detection and ledger: items in, revisions out.

A headline is a line: day, outlet, words. What comes out is written as the alert's number
and revision, what it says, how sure it is, and why it was told.
"""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from jobs.detection import Detector
from jobs.domain.alerts import AlertKind, Facts
from jobs.domain.items import NewsItem, SourceId
from jobs.reference import load_reference
from jobs.replay import Entry, Read, replay, with_baseline_before
from jobs.store.alerts import Revision

CASES = Path(__file__).parent / "data" / "cases"


class Room:
    """Where headlines are read: every case of ours and of the tests, and nothing known before."""

    def __init__(self) -> None:
        self.reference = with_baseline_before(load_reference(CASES), None)
        self.detector = Detector(self.reference)

    def read(self, story: str) -> list[Read]:
        async def run() -> list[Read]:
            reading = replay(list(items(story)), self.reference, self.detector)
            async with aclosing(reading):
                return [each async for each in reading]

        return asyncio.run(run())

    def told(self, story: str) -> list[str]:
        """Return the revisions that headlines lead to, signals apart."""
        return [
            line(telling.revision)
            for each in self.read(story)
            for entry in each.mentions
            for telling in entry.tellings
            if telling.revision.kind is not AlertKind.SIGNAL
        ]

    def why(self, story: str) -> list[str]:
        """Return why each mention was told, or was not."""
        return [str(entry.reason) for each in self.read(story) for entry in each.mentions]


def items(story: str) -> Iterator[Entry]:
    """Read headlines: ``2025-07-03 14:00 | apnews.com | Russia recognises …``; ``-`` is no date."""
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for number, line in enumerate(story.strip().splitlines()):
        day, host, words = (part.strip() for part in line.split("|", 2))
        lang, _, title = words.rpartition(">>")
        published = None
        if day != "-":
            published = datetime.fromisoformat(day).replace(tzinfo=UTC)
            published = published if " " in day else published.replace(hour=12)
            last = published
        item = NewsItem(
            source_id=SourceId("affair"),
            key=str(number),
            url=f"https://{host}/{number}",
            title=title.strip(),
            summary="",
            lang=lang.strip() or "en",
            outlet=host,
            published_at=published,
            first_seen_at=last,
        )
        yield Entry(str(number), item)


def line(revision: Revision) -> str:
    facts = revision.facts
    assert isinstance(facts, Facts)
    flags = " contested" * facts.contested + " retracted" * facts.retracted
    what = f"{facts.actor} {facts.type} {facts.status} {facts.on} {facts.grade}{flags}"
    back = f" reverses {facts.reverses}" if facts.reverses else ""
    return f"{revision.alert_id}.{revision.revision} {what}{back} {revision.reason}"
