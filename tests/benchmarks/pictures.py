"""What pictures cost: the first time, again, and the loop while 200 are asked for at once.

``python -m tests.benchmarks.pictures [--asks N]`` prints a table: for each picture what its
answer takes from the store to the PNG, the first time (the other process and its start
included) and again, and how late the loop ran while N answers with pictures, no two of
them the same, were waited for, as many at once as the bot handles. Each by the clock on
the wall, and of the processor: on a machine that others use the former says more about
them. Of the loop that is what its thread worked between two ticks.
"""

import argparse
import asyncio
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.commands.desk import Desk
from bot.pictures.renderer import Renderer
from bot.taking import MOST_AT_ONCE
from jobs.domain.events import Standing
from jobs.reference import load_reference
from jobs.store import standings
from jobs.store.engine import Store
from tests.benchmarks.commands import answer, desk_on
from tests.benchmarks.large_ledger import NEWEST, Size, build

FIRST_MS, AGAIN_MS, LAG_MS = 700.0, 20.0, 100.0
ASKED = {
    "world map": ("map", ""),
    "region": ("chart", "region"),
    "meetings": ("chart", "meetings"),
    "wave": ("chart", "wave russia"),
    "card": ("status", "uzbekistan"),
    "timeline": ("timeline", "russia"),
}
_REPEATS = 10
_TICK = 0.002


@dataclass(frozen=True, slots=True)
class Cost:
    """What one picture took, in milliseconds, and its bytes."""

    name: str
    first: float
    first_processor: float
    again: float
    again_processor: float
    size: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of many answers: with pictures, without, and how late the loop ran."""

    pictured: int
    alone: int
    seconds: float
    lag_p999: float
    busy_p999: float
    busy_most: float


async def cost_of(desk: Desk, name: str) -> Cost:
    """Ask for one picture that nobody has asked for before, and then again and again."""
    again, again_processor = [], []
    worked = _worked()
    async with Renderer() as renderer:
        fresh = replace(desk, renderer=renderer)
        began = time.perf_counter()
        shown = await answer(fresh, *ASKED[name])
        first = time.perf_counter() - began
    # The other process counts once it has ended.
    worked = _worked() - worked
    async with Renderer() as renderer:
        fresh = replace(desk, renderer=renderer)
        await answer(fresh, *ASKED[name])
        for _ in range(_REPEATS):
            began, before = time.perf_counter(), time.process_time()
            await answer(fresh, *ASKED[name])
            again.append(time.perf_counter() - began)
            again_processor.append(time.process_time() - before)
    return Cost(
        name,
        1000 * first,
        1000 * worked,
        1000 * median(again),
        1000 * median(again_processor),
        len(shown.photo),
    )


def _worked() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


async def crowd(desk: Desk, asks: Sequence[tuple[str, str]]) -> Crowd:
    """Ask for all of these and watch the loop until the last is answered."""
    lags: list[float] = []
    busy: list[float] = []
    room = asyncio.Semaphore(MOST_AT_ONCE)

    async def watch() -> None:
        while True:
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK)
            lags.append(1000 * (time.perf_counter() - began - _TICK))
            busy.append(1000 * (time.thread_time() - worked))

    async def ask(name: str, argument: str) -> bool:
        async with room:
            return bool((await answer(fresh, name, argument)).photo)

    watching = asyncio.create_task(watch())
    async with Renderer() as renderer:
        fresh = replace(desk, renderer=renderer)
        began = time.perf_counter()
        pictured = sum(await asyncio.gather(*(ask(*each) for each in asks)))
        seconds = time.perf_counter() - began
    watching.cancel()
    place = int(0.999 * len(lags))
    busy.sort()
    return Crowd(
        pictured, len(asks) - pictured, seconds, sorted(lags)[place], busy[place], busy[-1]
    )


def different_asks(desk: Desk, count: int) -> list[tuple[str, str]]:
    """Return so many asks for pictures, as different as there are."""
    states = [code for code in desk.reference.actors if len(code) == 2]
    cases = list(desk.reference.cases)
    kinds = [("map", case) for case in cases]
    kinds += [("chart", f"{kind} {case}") for kind in ("region", "wave") for case in cases]
    kinds += [("chart", f"meetings {case}") for case in cases]
    kinds += [(name, code) for code in states for name in ("timeline", "status")]
    return [kinds[n % len(kinds)] for n in range(count)]


async def _main(asks: int) -> int:
    with tempfile.TemporaryDirectory(prefix="recognition-watch-benchmark-") as name:
        path = Path(name) / "ledger.sqlite"
        reference = load_reference()
        await build(path, Size(10_000, 10_000), reference)
        store = await Store.open(f"sqlite:///{path}", migrate=False)
        desk = desk_on(store, reference)
        async with store.write() as conn:
            recognised = Standing("taliban", "RU", "de_jure", NEWEST.date() - timedelta(days=60))
            await standings.put(conn, recognised, NEWEST)
        costs = [await cost_of(desk, each) for each in ASKED]
        found = await crowd(desk, different_asks(desk, asks))
        await store.close()
    head = "| picture | first, ms (of the processor) | again, ms (of the processor) | kB |"
    lines = [head, "|---|---|---|---|"]
    lines += [
        f"| {one.name} | {one.first:.0f} ({one.first_processor:.0f}) | {one.again:.1f}"
        f" ({one.again_processor:.1f}) | {one.size / 1000:.0f} |"
        for one in costs
    ]
    lines += [
        f"{asks} asked for: {found.pictured} came with a picture, {found.alone} in words alone, "
        f"in {found.seconds:.1f} s; the loop was late by {found.lag_p999:.0f} ms (p99.9), of which "
        f"its own work {found.busy_p999:.0f} ms ({found.busy_most:.0f} ms at most)",
        f"targets: first {FIRST_MS:.0f} ms, again {AGAIN_MS:.0f} ms, p99.9 {LAG_MS:.0f} ms",
        f"{platform.machine()}, Python {platform.python_version()}, SQLite on disk, 10,000 events",
    ]
    print("\n".join(lines))  # noqa: T201 - the result
    is_well = (
        max(one.first_processor for one in costs) < FIRST_MS
        and max(one.again_processor for one in costs) < AGAIN_MS
        and found.busy_p999 < LAG_MS
    )
    return 0 if is_well else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=200)
    sys.exit(asyncio.run(_main(parser.parse_args().asks)))
