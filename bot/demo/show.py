"""The show: history printed as feeds, read, told in the terminal, and summed up."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.demo.clock import DemoClock
from bot.demo.press import Press
from bot.runtime import Station
from bot.terminal import TerminalRequest
from jobs.domain.alerts import AlertKind, Reason
from jobs.domain.items import Source, SourceId, SourceKind
from jobs.pipeline import Pipeline
from jobs.reference import Reference
from jobs.reference.demo import DemoItem
from jobs.store import outbox, sources
from jobs.store.engine import Store

STEP = timedelta(minutes=6)
"""From a story's appearing to the look that finds it, and the least between two looks."""

INTERVAL_SECONDS = 30 * 86_400
"""Five years of asking every feed each five minutes would be 18 million requests: here a
feed is asked when it has changed, and once a month besides."""

BAR = 24
PACING_STEP_SECONDS = 0.5
TELLING = (AlertKind.ALERT, AlertKind.UPDATE, AlertKind.CANCEL)


def source_id(outlet: str) -> SourceId:
    """Return the id under which an outlet's feed is polled."""
    return SourceId(outlet.replace(".", "-"))


def demo_reference(reference: Reference, press: Press, outlets: Sequence[str]) -> Reference:
    """Return the reference with the press's feeds as its only sources."""
    feeds = {}
    for outlet in outlets:
        known = reference.outlet_of(outlet)
        name = source_id(outlet)
        feeds[name] = Source(
            *(name, outlet, SourceKind.FEED, press.address(outlet), "en"),
            *(known.family, known.tier, known.side),
            interval_seconds=INTERVAL_SECONDS,
        )
    return replace(reference, sources=feeds)


@dataclass
class Tally:
    """What the show counts while it runs."""

    items: int = 0
    told: Counter[AlertKind] = field(default_factory=Counter)
    held_back: Counter[Reason] = field(default_factory=Counter)
    mentions: int = 0
    seconds_to_chat: list[float] = field(default_factory=list)

    def summary(self, seconds: float) -> str:
        """Return the closing words."""
        held = ", ".join(f"{reason.value} {n}" for reason, n in self.held_back.most_common())
        ordered = sorted(self.seconds_to_chat) or [0.0]
        median, slowest = ordered[len(ordered) // 2], ordered[-1]
        return (
            f"{self.items} items read in {seconds:.0f} s, {self.mentions} mentions of events; "
            f"{self.told[AlertKind.ALERT]} alerts, {self.told[AlertKind.UPDATE]} updates, "
            f"{self.told[AlertKind.CANCEL]} taken back.\n"
            f"From a feed's change to the message: median {median * 1000:.0f} ms, "
            f"slowest {slowest * 1000:.0f} ms (real time).\n"
            f"Held back, and why: {held or 'nothing'}."
        )


class Progress:
    """One line on stderr that says how far history has come; silent without a tty."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._start = start
        self._span = (end - start).total_seconds() or 1.0
        self._is_shown = sys.stderr.isatty()

    def show(self, moment: datetime, items: int) -> None:
        """Draw the bar for this moment."""
        done = round(BAR * (moment - self._start).total_seconds() / self._span)
        bar = "█" * done + "░" * (BAR - done)
        self._write(f"\r{moment:%d %b %Y} {bar} {items} items read ")

    def clear(self) -> None:
        """Take the line away."""
        self._write("\r\033[K")

    def _write(self, text: str) -> None:
        if self._is_shown:
            print(text, end="", file=sys.stderr, flush=True)  # noqa: T201


def by_moment(stream: Sequence[DemoItem]) -> Iterator[tuple[datetime, list[DemoItem]]]:
    """Yield the stories that appear between two looks at the feeds, with the later look."""
    waiting: list[DemoItem] = []
    for item in stream:
        if waiting and item.published >= waiting[0].published + STEP:
            yield waiting[0].published + STEP, waiting
            waiting = []
        waiting.append(item)
    if waiting:
        yield waiting[0].published + STEP, waiting


class Show:
    """Plays a stream through the real pipeline into the terminal's chat."""

    def __init__(
        self,
        press: Press,
        store: Store,
        pipeline: Pipeline,
        station: Station,
        screen: TerminalRequest,
        clock: DemoClock,
    ) -> None:
        self._press = press
        self._store = store
        self._pipeline = pipeline
        self._station = station
        self._screen = screen
        self._clock = clock
        self.tally = Tally()

    async def play(self, stream: Sequence[DemoItem]) -> None:
        """Print, read and tell the whole stream, in its order and in its own time."""
        # Each feed is first read empty: a source's first reading is its silent baseline.
        await self._pipeline.poll(self._clock.now())
        progress = Progress(stream[0].published, stream[-1].published)
        for moment, stories in by_moment(stream):
            self._clock.move_to(moment)
            await self._look(stories)
            progress.show(moment, self.tally.items)
        progress.clear()

    async def _look(self, stories: Sequence[DemoItem]) -> None:
        for story in stories:
            self._press.print(story.outlet, story)
        changed = {source_id(story.outlet) for story in stories}
        async with self._store.write() as conn:
            await sources.hasten(conn, changed, self._clock.now())
        changed_at = time.perf_counter()
        shown = self._screen.shown
        polled = await self._pipeline.poll(self._clock.now())
        self.tally.items += polled.new_items
        for entry in await self._pipeline.detect(self._clock.now()):
            self.tally.mentions += 1
            self.tally.told.update(telling.revision.kind for telling in entry.tellings)
            if not entry.tellings and entry.reason is not None:
                self.tally.held_back[entry.reason] += 1
        await self._deliver()
        if self._screen.shown > shown:
            self.tally.seconds_to_chat.append(time.perf_counter() - changed_at)

    async def _deliver(self) -> None:
        """Send all there is, moving the clock on where a chat's pace asks for it."""
        while await self._owes():
            if not await self._station.deliverer.drain_once():
                await self._clock.sleep(PACING_STEP_SECONDS)

    async def _owes(self) -> bool:
        async with self._store.read() as conn:
            return await outbox.count_open(conn) > 0
