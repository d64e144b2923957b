"""How soon the program reads after its start, and what it holds while nothing happens.

``python -m tests.benchmarks.starting [--sources N] [--idle SECONDS]``: the real program in a
process of its own, over feeds and a Bot API in this one. The time is from the process's
start to the first request that a feed sees. Memory is resident, after every source was read
once and some idle time; the parser's and the renderer's processes are counted apart.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.latency import Feeds, listed, prepare
from tests.benchmarks.reading import rss_mb
from tests.bot_api import BotApi
from tests.feed_host import FeedHost
from tests.whole_program import ROOT, World


@dataclass
class Seen:
    """When the program was started, and when each feed was asked for."""

    started_at: float = 0.0
    asked_at: list[float] = field(default_factory=list)


@asynccontextmanager
async def running(count: int) -> AsyncIterator[tuple[Seen, int]]:
    """Run the program over so many feeds; gives what is seen of it, and its process id."""
    seen, feeds = Seen(), Feeds()

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.asked_at.append(time.monotonic())
        await feeds.serve(reader, writer)

    server = await asyncio.start_server(noting, "0.0.0.0", 0, backlog=1000)
    feeds.port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await prepare(folder, listed(count, feeds.port), [1])
        async with BotApi() as api, FeedHost({}) as unused:
            api.add_chat(1)
            seen.started_at = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                env=World(unused, api, folder).environment(),
                cwd=ROOT,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                yield seen, process.pid
            finally:
                process.terminate()
                await process.wait()
    server.close()


def cpu_seconds(pid: int) -> float:
    """Return how long the processor has worked for a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, and theirs."""
    own = [
        int(line)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for line in (task / "children").read_text().split()
    ]
    return own + [further for child in own for further in children(child)]


async def measure(sources: int, idle_seconds: float) -> list[tuple[str, float, str]]:
    """Return each figure with its value and unit."""
    async with running(sources) as (seen, pid):
        while not seen.asked_at:
            await asyncio.sleep(0.01)
        worked = cpu_seconds(pid)
        while len(seen.asked_at) < sources:
            await asyncio.sleep(0.2)
        samples = []
        for _ in range(10):
            await asyncio.sleep(idle_seconds / 10)
            samples.append(rss_mb(str(pid)))
        workers = [rss_mb(str(child)) for child in children(pid)]
        descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return [
        ("start to first request", seen.asked_at[0] - seen.started_at, "s"),
        ("  of it the processor worked", worked, "s"),
        (f"start to all {sources} read once", seen.asked_at[sources - 1] - seen.started_at, "s"),
        (f"resident, main process, {sources} sources", statistics.median(samples), "MB"),
        (f"resident, its {len(workers)} worker processes", sum(workers), "MB"),
        ("open descriptors, main process", descriptors, ""),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--idle", type=float, default=60, help="seconds before memory is read")
    args = parser.parse_args(argv)
    for name, value, unit in asyncio.run(measure(args.sources, args.idle)):
        print(f"{name:44}  {value:.1f} {unit}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
