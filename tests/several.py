"""Several processes of the whole program on one PostgreSQL, each killed again and again.

Used small by a test and large by ``python -m tests.benchmarks.several``.
"""

import asyncio
import random
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from jobs.domain.alerts import ChatId, Filter
from jobs.domain.items import Validators
from jobs.store import chats, sources
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from tests.benchmarks.latency import ACTORS, Feeds, listed
from tests.bot_api import BotApi
from tests.bot_api.server import SENDS
from tests.feed_host import FeedHost
from tests.whole_program import REPEAT, World, program

FIRST, FIRST_CODE = ACTORS[0], "UY"
"""Whose act every chat is told; the watchers are told everybody's."""
LATE_SECONDS = 60.0
"""How long after its time a source's reading may come and still be on time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what; a process lives for ``lives`` commits (from, to) until it is killed.

    Events appear within ``published_in`` seconds (0: before all), sources are first due one
    after the other within ``first_due_in``.
    """

    processes: int
    sources: int
    interval: int
    chats: int
    watchers: int
    events: int
    seconds: float
    lives: tuple[int, int]
    published_in: float
    first_due_in: float
    seed: int = 7


@dataclass(slots=True)
class Outcome:
    """What became of it."""

    kills: int = 0
    told: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    marked: int = 0
    polls: int = 0
    late: int = 0
    busiest: int = 0

    @property
    def on_time(self) -> float:
        """Return the share of readings that came when they were due, or within a minute."""
        return 1 - self.late / max(1, self.polls)


@dataclass
class AskedFeeds(Feeds):
    """Feeds that remember when each was asked."""

    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, path: str) -> None:
        self.asked[path].append(time.monotonic())


async def run(url: str, plan: Plan) -> Outcome:
    """Prepare the store, run and kill, and look into every chat."""
    rng, outcome, feeds = random.Random(plan.seed), Outcome(), AskedFeeds()
    server = await asyncio.start_server(feeds.serve, "0.0.0.0", 0, backlog=1000)
    feeds.port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="recognition-watch-") as name:
        folder = Path(name)
        watchers = range(1, plan.watchers + 1)
        everybody = range(1, plan.watchers + plan.chats + 1)
        await _prepare(url, folder, feeds.port, plan, watchers, everybody)
        async with BotApi() as api, FeedHost({}) as unused:
            for chat in everybody:
                api.add_chat(chat)
            world, calm, over = World(unused, api, folder), asyncio.Event(), asyncio.Event()
            publishing = asyncio.create_task(_publish(feeds, plan, rng))
            await asyncio.sleep(0)
            living = [
                asyncio.create_task(_live(world, url, plan, rng, calm, over, outcome))
                for _ in range(plan.processes)
            ]
            began = time.monotonic()
            await publishing
            await asyncio.sleep(max(0.0, began + plan.seconds - time.monotonic()))
            calm.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * plan.interval + plan.seconds):
                    while _judged(api, plan, watchers, everybody).lost:
                        await asyncio.sleep(1)
            ended = time.monotonic()
            over.set()
            await asyncio.gather(*living)
            found = _judged(api, plan, watchers, everybody)
    server.close()
    found.kills = outcome.kills
    found.busiest = _busiest([call.at for call in api.calls if call.method in SENDS])
    _judge_readings(feeds, plan, began, ended, found)
    return found


async def _prepare(
    url: str,
    folder: Path,
    port: int,
    plan: Plan,
    watchers: Collection[int],
    everybody: Collection[int],
) -> None:
    """Leave a store whose sources are past their baseline, due one after the other."""
    feeds = [replace(each, interval_seconds=plan.interval) for each in listed(plan.sources, port)]
    store = await Store.open(url, migrate=True)
    now = datetime.now(UTC)
    async with store.write() as conn:
        await sources.sync(conn, feeds, now)
        taken = await sources.claim_due(conn, now, plan.sources, timedelta())
        for number, due in enumerate(taken):
            spread = timedelta(seconds=plan.first_due_in * number / plan.sources)
            await sources.record_reading(
                conn, due, Validators(), now=now, next_due_at=now + spread, new_items=1
            )
        for chat in everybody:
            actors = frozenset() if chat in watchers else frozenset({FIRST_CODE})
            await chats.open_chat(
                conn, ChatId(chat), ChatKind.PRIVATE, language="en", zone="UTC", now=now
            )
            await chats.subscribe(conn, ChatId(chat), Filter(actors=actors), now)
    await store.close()
    tables = (
        f'[{each.id}]\nname = "{each.name}"\nkind = "feed"\nurl = "{each.url}"\n'
        f'language = "en"\nfamily = "{each.family}"\ntier = "wire"\n'
        f"interval_seconds = {plan.interval}\n"
        for each in feeds
    )
    (folder / "sources.toml").write_text("\n".join(tables), encoding="utf-8")


def _judged(
    api: BotApi, plan: Plan, watchers: Collection[int], everybody: Collection[int]
) -> Outcome:
    """Return what every chat was shown, told apart by how often."""
    found = Outcome()
    for chat in everybody:
        shown = [message.text for message in api.shown(chat)]
        for actor in ACTORS[: plan.events] if chat in watchers else [FIRST]:
            found.told += 1
            copies = [text for text in shown if _tells_of(actor, text)]
            marked = sum(REPEAT in text for text in copies)
            if not copies:
                found.lost.append(f"{actor} in {chat}")
            found.marked += marked
            if len(copies) - marked > 1:
                found.doubled.append(f"{actor} in {chat}")
    return found


def _tells_of(actor: str, text: str) -> bool:
    """Say whether a message is an actor's alert; a repeat says so in a line before it."""
    return any(line.startswith(actor) for line in text.splitlines()[:3])


def _judge_readings(
    feeds: AskedFeeds, plan: Plan, began: float, ended: float, found: Outcome
) -> None:
    """Count the readings, and those whose feed had waited too long; the wait at the end too."""
    for number in range(plan.sources):
        times = [began, *(at for at in feeds.asked[f"/{number}"] if at < ended), ended]
        waits = [later - earlier for earlier, later in pairwise(times)]
        found.polls += len(waits)
        found.late += sum(wait > plan.interval + LATE_SECONDS for wait in waits)


def _busiest(times: Sequence[float]) -> int:
    """Return the most calls that arrived within any second."""
    recent: deque[float] = deque()
    most = 0
    for at in sorted(times):
        recent.append(at)
        while recent[0] <= at - 1.0:
            recent.popleft()
        most = max(most, len(recent))
    return most


async def _live(
    world: World,
    url: str,
    plan: Plan,
    rng: random.Random,
    calm: asyncio.Event,
    over: asyncio.Event,
    outcome: Outcome,
) -> None:
    """Be one process after the other; each kills itself before some commit, by SIGKILL.

    The last, in the calm, is let be. Commits, not seconds: a busy machine changes nothing.
    """
    while not calm.is_set():
        async with program(world, rng.randint(*plan.lives), STORE_URL=url) as process:
            await process.wait()
        outcome.kills += 1
    async with program(world, STORE_URL=url):
        await over.wait()


async def _publish(feeds: Feeds, plan: Plan, rng: random.Random) -> None:
    """Let one event after the other appear, each in a feed of its own."""
    for actor, number in zip(
        ACTORS[: plan.events], rng.sample(range(plan.sources), plan.events), strict=True
    ):
        title = f"{actor} recognises the Taliban government"
        feeds.published.setdefault(f"/{number}", []).append(title)
        if plan.published_in:
            await asyncio.sleep(plan.published_in / plan.events)
