"""How costs grow: with stored items, with chats, with sources; and the exponent of each curve.

``python -m tests.benchmarks.growth [CURVE …] [--most N]`` measures each curve at sizes ten
times apart and fits cost = a · size^exponent through them (least squares of the logarithms):
0 costs the same at every size, 1 grows as the size does. Costs are processor time of this
process, all threads, the median of some runs. The host that sources are read from is a
process of its own. A small size is mostly what every run costs anyway, which bends a curve
down there: the exponent between the two largest sizes is printed beside the whole one's.
"""

import argparse
import asyncio
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobs.domain.events import EventType
from jobs.reference import load_reference
from jobs.store.engine import Store
from tests.benchmarks import commands, deciding, wishes
from tests.benchmarks.large_ledger import Size, build
from tests.benchmarks.quiet_host import quiet_host
from tests.benchmarks.reading import START, Bench, a_source, cpu_of
from tests.samples import NOON, a_mention
from tests.watching_world import World

REPORTS, ASKS = 100, 50
"""Of how many reports, and of how many questions, a figure is the median."""

Point = tuple[int, float]
Measure = Callable[[Path, int], Coroutine[Any, Any, float]]


def exponent(points: Sequence[Point]) -> float:
    """Return the exponent of the curve that fits the points best."""
    x = [math.log(size) for size, _ in points]
    y = [math.log(max(cost, 1e-9)) for _, cost in points]
    return statistics.linear_regression(x, y).slope


async def decide(folder: Path, events: int) -> float:
    """Return the milliseconds that a report costs to decide, with so many events stored."""
    spent = await deciding.measure(folder / "decide.sqlite", events, events * 10, REPORTS)
    return statistics.median(spent)


async def status(folder: Path, items: int) -> float:
    """Return the milliseconds that /status costs, with so many items stored."""
    reference = load_reference()
    path = folder / "status.sqlite"
    await build(path, Size(max(1, items // 10), items), reference)
    store = await Store.open(f"sqlite:///{path}", migrate=False)
    desk = commands.desk_on(store, reference)
    spent = []
    for _ in range(ASKS):
        spent.append(1000 * await cpu_of(lambda: commands.answer(desk, "status", "")))
    await store.close()
    return statistics.median(spent)


async def fan_out(folder: Path, chats: int) -> float:
    """Return the milliseconds that one alert costs to be written for so many chats."""
    store = await Store.open(f"sqlite:///{folder / 'chats.sqlite'}", migrate=True)
    await wishes.fill(store, chats)
    world = World(store, wishes.REFERENCE)
    said = a_mention(actor="UY", attributions=(), clause="")
    spent = []
    kinds = (EventType.MISSION, EventType.AGREEMENT, EventType.DELISTING, EventType.MEETING)
    for number, kind in enumerate(kinds):
        at = NOON + timedelta(minutes=number)
        await world.put(f"o{number}.example", replace(said, type=kind), at=at)
        spent.append(1000 * await cpu_of(lambda at=at: world.pipeline.detect(at)))  # type: ignore[misc]
    await store.close()
    return statistics.median(spent)


async def poll(folder: Path, sources: int) -> float:
    """Return the milliseconds that it costs to read so many sources once, nothing being new."""
    with quiet_host() as port:
        store = await Store.open(f"sqlite:///{folder / 'poll.sqlite'}", migrate=True)
        listed = [a_source(number, port, "/304") for number in range(sources)]
        bench = Bench(store, listed, at_once=max(8, sources // 22))
        await bench.begin(known=True)
        at, spent = START, []
        for _ in range(3):
            at += timedelta(hours=1)
            await bench.hasten(at)
            spent.append(1000 * await cpu_of(lambda at=at: bench.poll_all(at)))  # type: ignore[misc]
        await bench.close()
        await store.close()
    return statistics.median(spent)


CURVES: dict[str, tuple[str, Measure, tuple[int, ...], float | None]] = {
    "decide": ("a report decided, by stored events", decide, (100, 1_000, 10_000, 100_000), 0.2),
    "status": ("/status, by stored items", status, (1_000, 10_000, 100_000, 1_000_000), 0.2),
    "fan out": ("one alert, by chats", fan_out, (10, 100, 1_000, 10_000, 100_000), None),
    "poll": ("all sources once, by sources", poll, (10, 50, 500, 5_000), 1.05),
}
"""Each curve: what is measured, at which sizes, and the exponent that it may have at most."""


def curve(name: str, most: int) -> Iterator[Point]:
    """Measure one curve, up to a size."""
    _, measure, sizes, _ = CURVES[name]
    for size in sizes:
        if size <= most:
            with tempfile.TemporaryDirectory() as folder:
                yield size, asyncio.run(measure(Path(folder), size))


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each size, and each curve's exponent; return 1 if one is too steep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(CURVES))
    parser.add_argument("--most", type=int, default=1_000_000, help="the largest size")
    args = parser.parse_args(argv)
    steep = False
    for name in args.names or CURVES:
        what, _, _, allowed = CURVES[name]
        began = time.perf_counter()
        points = []
        for size, cost in curve(name, args.most):
            points.append((size, cost))
            print(f"{what}: {size:,}  {cost:.2f} ms of CPU", flush=True)  # noqa: T201
        if len(points) < 2:
            continue
        whole, last = exponent(points), exponent(points[-2:])
        target = "" if allowed is None else f" (at most {allowed})"
        print(  # noqa: T201
            f"{what}: exponent  {whole:.2f}{target}; between the two largest {last:.2f}; "
            f"took {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        steep |= allowed is not None and whole > allowed
    return 1 if steep else 0


if __name__ == "__main__":
    raise SystemExit(main())
