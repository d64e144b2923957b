"""What hostile hosts can cost: ``python -m tests.benchmarks.hostile``.

Every fault of the fault matrix's rows 48 to 52 is served again and again to one source,
and every hostile address is asked for; the host is in this process and counts, too.
"""

import argparse
import asyncio
import logging
import os
import platform
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from jobs.domain.items import Validators
from jobs.errors import SourceError
from jobs.sources.http import GuardedClient
from tests.benchmarks.reading import lags_while, quantile, rss_mb, say
from tests.faults_line import CAP, Line, a_line
from tests.feed_host import Script, answer
from tests.samples import NOON
from tests.test_addresses import resolver
from tests.test_faults_fetching import BOMBS, ENDLESS, HOSTILE_TARGETS, SLOW, XML_ATTACKS

DEADLINE = 0.5

_connects: list[object] = []
_watching = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_audit)


async def denied_connects() -> int:
    """Ask for every hostile address; return how many were connected to."""
    global _watching
    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=CAP, allow_loopback=False, contact="", resolver=resolver
    )
    _watching = True
    for url in HOSTILE_TARGETS:
        with suppress(SourceError):
            await guarded.get(url, Validators())
    _watching = False
    await guarded.aclose()
    return len(_connects)


async def slowest_fetch(line: Line, scripts: Mapping[str, Script], rounds: int) -> float:
    """Fetch each fault; return the longest time that one took."""
    slowest = 0.0
    for _ in range(rounds):
        for script in scripts.values():
            line.serve(script)
            started = time.monotonic()
            with suppress(SourceError):
                await line.client.get(line.source.url, Validators())
            slowest = max(slowest, time.monotonic() - started)
    return slowest


async def run(rounds: int) -> None:
    """Print the table."""
    documents: dict[str, Script] = {
        name: answer(text.replace("@", "<rss>", 1).encode()) for name, text in XML_ATTACKS.items()
    }
    faults: dict[str, Script] = {**SLOW, **BOMBS, **ENDLESS, **documents}
    async with a_line(deadline=DEADLINE) as line:
        at = NOON

        async def read_all(times: int) -> None:
            nonlocal at
            for _ in range(times):
                for script in faults.values():
                    line.serve(script)
                    at += timedelta(hours=1)
                    await line.read(at)

        await read_all(1)
        before = rss_mb()
        lags = await lags_while(lambda: read_all(rounds))
        growth = rss_mb() - before
        slowest = await slowest_fetch(line, {**SLOW, **BOMBS, **ENDLESS}, 1)
    say(f"{'figure':52}{'value':>10}")
    for name, value in (
        ("faults served", len(faults) * rounds),
        ("growth of resident memory after the first round, MB", growth),
        (f"slowest fetch at a deadline of {DEADLINE} s, s", slowest),
        ("event loop lag p99.9, ms", 1000 * quantile(lags.wall)),
        ("  of it by our own CPU p99.9, ms", 1000 * quantile(lags.own)),
        ("hostile addresses asked for", len(HOSTILE_TARGETS)),
        ("connects to any of them", await denied_connects()),
    ):
        say(f"{name:52}{value:10.2f}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    logging.disable()  # each fault would be told
    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    asyncio.run(run(args.rounds))


if __name__ == "__main__":
    main()
