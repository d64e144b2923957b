"""Several processes on one PostgreSQL, killed at random: ``python -m tests.benchmarks.several``.

Each process is the whole program (``run``). Feeds and Bot API are in this process, which
shares the machine with all of them. Prints what was lost, doubled, late.
"""

import argparse
import asyncio
import os
import platform

from tests.benchmarks.crash_runs import postgres_places
from tests.benchmarks.latency import ACTORS
from tests.benchmarks.reading import say
from tests.several import LATE_SECONDS, Plan, run


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--interval", type=int, default=120)
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    args = parser.parse_args()
    plan = Plan(
        *(args.processes, args.sources, args.interval, args.chats),
        watchers=20,
        events=len(ACTORS),
        seconds=60 * args.minutes,
        lives=(200, 1200),
        published_in=48 * args.minutes,
        first_due_in=args.interval,
    )
    with postgres_places() as fresh:
        found = asyncio.run(run(fresh(), plan))
    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    say(
        f"{plan.processes} processes, {plan.sources} sources each {plan.interval} s, "
        f"{plan.chats} chats, {plan.seconds / 60:g} minutes"
    )
    say(f"kills {found.kills}; messages owed {found.told}, lost {len(found.lost)}")
    say(f"doubled without a mark {len(found.doubled)}, marked repeats {found.marked}")
    say(
        f"readings {found.polls}, on time (within {LATE_SECONDS:g} s) {found.on_time:.2%}; "
        f"most calls in a second {found.busiest}"
    )
    for line in (found.lost + found.doubled)[:20]:
        say(f"  {line}")


if __name__ == "__main__":
    main()
