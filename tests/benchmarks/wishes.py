"""What the hours of many chats cost: ``python -m tests.benchmarks.wishes [CHATS]``.

One SQLite file, so many chats with 500 different filters. Timed are the statements that write
the outbox, in one process, with nothing sent: one alert's fan-out, the digests of all chats
due in the same minute, the end of all chats' quiet hours with five alerts held in each, and
an hour that is full everywhere: one alert more, and the message that joins five.
"""

import argparse
import asyncio
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from jobs.domain.alerts import Filter
from jobs.domain.events import EventType
from jobs.domain.rhythm import Pace
from jobs.reference import load_reference
from jobs.store.chats import filter_to_json
from jobs.store.engine import Store
from jobs.store.schema import chat, filter_row, outbox, subscription
from tests.samples import NOON, a_mention
from tests.watching_world import World

FILTERS = 500
HOUR = timedelta(hours=1)
REFERENCE = replace(load_reference(), sources={})
ACTORS = ("UY", "PY", "BO", "EC", "CO")


async def fill(store: Store, chats: int) -> None:
    """Let there be so many private chats, each with one of 500 filters that want Uruguay."""
    others = sorted(code for code in REFERENCE.actors if code not in ACTORS)
    wished = [
        Filter(actors=frozenset({*ACTORS, *others[n % 200 : n % 200 + 1 + n // 200]}))
        for n in range(FILTERS)
    ]
    definitions = list(dict.fromkeys(filter_to_json(each) for each in wished))
    async with store.write() as conn:
        await conn.execute(insert(filter_row), [{"definition": each} for each in definitions])
        numbers = list(await conn.scalars(select(filter_row.c.id)))
        rows = [{"id": n, "kind": "private", "created_at": NOON} for n in range(1, chats + 1)]
        await conn.execute(insert(chat), rows)
        wishes = [
            {"chat_id": n, "filter_id": numbers[n % len(numbers)], "created_at": NOON}
            for n in range(1, chats + 1)
        ]
        await conn.execute(insert(subscription), wishes)


async def timed(run: Callable[[], Awaitable[object]]) -> float:
    """Return how many seconds a run takes."""
    began = time.perf_counter()
    await run()
    return time.perf_counter() - began


async def measure(folder: Path, chats: int) -> list[tuple[str, float]]:
    """Return each figure's name and its seconds."""
    store = await Store.open(f"sqlite:///{folder / 'wishes.sqlite'}", migrate=True)
    await fill(store, chats)
    world = World(store, REFERENCE)
    said = a_mention(actor="UY", type=EventType.MISSION, attributions=(), clause="")
    await world.put("one.example", said)
    figures = [("one alert fanned out", await timed(lambda: world.pipeline.detect(NOON)))]
    async with store.write() as conn:
        night = {"quiet_from": 660, "quiet_to": 1080, "quiet_begins_at": NOON - HOUR}
        await conn.execute(update(chat).values(**night, quiet_ends_at=NOON + 6 * HOUR))
    for actor in ACTORS:
        mission = replace(said, actor=actor, type=EventType.AGREEMENT)
        await world.hear(f"{actor.lower()}.example", mission, at=NOON + HOUR)
    end = NOON + 6 * HOUR
    joining = await timed(lambda: world.pipeline.end_nights(end - timedelta(seconds=20)))
    figures.append(("five alerts of a night joined", joining))
    figures.append(("nights moved on", await timed(lambda: world.pipeline.end_nights(end))))
    async with store.write() as conn:
        await conn.execute(update(chat).values(quiet_begins_at=None, quiet_ends_at=None))
        due = {"pace": Pace.DAILY, "digest_at": end + HOUR, "digest_since": end}
        await conn.execute(update(subscription).values(**due))
    await world.hear("late.example", replace(said, actor="PY"), at=end + HOUR)
    figures.append(("digests written", await timed(lambda: world.pipeline.digest(end + HOUR))))
    await store.close()
    return figures


async def measure_room(folder: Path, chats: int) -> list[tuple[str, float]]:
    """Return what a full hour costs, with twelve messages of it in every chat."""
    store = await Store.open(f"sqlite:///{folder / 'room.sqlite'}", migrate=True)
    await fill(store, chats)
    world = World(store, REFERENCE, most_per_hour=12)
    said = a_mention(actor="UY", type=EventType.MISSION, attributions=(), clause="")
    kinds = (EventType.MISSION, EventType.AGREEMENT, EventType.DELISTING, EventType.MEETING)
    news = [replace(said, actor=actor, type=kind) for kind in kinds for actor in ACTORS]
    seconds = []
    for place, each in enumerate(news[:17]):
        at = NOON + place * timedelta(minutes=1)
        await world.put(f"s{place}.example", each, at=at)
        seconds.append(await timed(lambda at=at: world.pipeline.detect(at)))  # type: ignore[misc]
        sent = update(outbox).where(outbox.c.state == "PENDING", outbox.c.not_before <= at)
        async with store.write() as conn:
            await conn.execute(sent.values(state="SENT", started_at=at, sent_at=at))
    made = await timed(lambda: world.pipeline.make_room(NOON + HOUR))
    await store.close()
    return [
        ("the twelfth alert of an hour", seconds[11]),
        ("the thirteenth, which is held", seconds[12]),
        ("the fourteenth, held too", seconds[13]),
        ("room made, five alerts joined", made),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chats", nargs="?", type=int, default=10_000)
    chats = parser.parse_args().chats
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), chats))
        figures += asyncio.run(measure_room(Path(folder), chats))
    print(f"{chats} chats, {FILTERS} filters, SQLite, {platform.machine()}")  # noqa: T201
    for name, seconds in figures:
        print(f"{name:32} {seconds:8.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
