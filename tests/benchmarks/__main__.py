"""All benchmarks by one command: ``python -m tests.benchmarks [NAME …] [--whole] [--list]``.

Without names all are run, each in a process of its own, one after the other, and one table
is printed: benchmark, figure, value and what it includes. Small by default (some minutes in
all; good for seeing that nothing has become ten times slower); ``--whole`` is what the figures
in the documents were measured with, and takes hours. ``--list`` says what there is.
"""

import argparse
import importlib
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Benchmark:
    """One module here, and what it is given: to be quick, and to be whole."""

    module: str
    quick: tuple[str, ...]
    whole: tuple[str, ...] = ()
    name: str = ""

    @property
    def title(self) -> str:
        """Return the name by which it is asked for."""
        return self.name or self.module

    @property
    def purpose(self) -> str:
        """Return the first line of what it says of itself."""
        module = importlib.import_module(f"tests.benchmarks.{self.module}")
        return (module.__doc__ or "").partition("\n")[0].partition("``")[0].rstrip(" :.")


KNOWN = (
    Benchmark("starting", ("--sources", "100", "--idle", "5")),
    Benchmark("growth", ("--most", "10000")),
    Benchmark("reading", ("warm", "--sources", "200", "--runs", "1"), ("warm",), "reading warm"),
    Benchmark("reading", ("cold", "--sources", "20", "--runs", "3"), ("cold",), "reading cold"),
    Benchmark("soak", ("--days", "1")),
    Benchmark("hostile", ("--rounds", "1")),
    Benchmark("detection", ("--most", "1000")),
    Benchmark("deciding", ("0", "0", "1000", "10000", "--reports", "50")),
    Benchmark("wishes", ("1000",), ("10000",)),
    Benchmark("commands", ("--calls", "30", "--small")),
    Benchmark("pictures", ("--asks", "20")),
    Benchmark("crowd", ("--seconds", "10", "--events", "1000")),
    Benchmark("page", ("--views", "50", "--small")),
    Benchmark("delivery", ("restart",)),
    Benchmark("keeping", ("--rows", "10000"), ("--rows", "1000000")),
    Benchmark("latency", ("--sources", "50", "--chats", "20", "--events", "3")),
    Benchmark(
        "crash_runs",
        (
            *("--sqlite", "49", "--postgres", "0"),
            *("--sqlite-kills", "2", "--postgres-kills", "0"),
        ),
    ),
    Benchmark(
        "several",
        (
            *("--processes", "2", "--sources", "40", "--interval", "60"),
            *("--chats", "40", "--minutes", "0.5"),
        ),
    ),
    Benchmark("mutants", ("bot.outcomes", "--most", "5")),
)
"""Those whose small run needs arguments, in the order in which they are run."""

APART = frozenset({"__main__", "ledger", "quiet_host"})
"""The command itself; what needs labelled news of one's own; a host for others."""


def benchmarks() -> list[Benchmark]:
    """Return all there are: those known, then whatever else here runs by itself."""
    known = {each.module for each in KNOWN} | APART
    others = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in known)
    return [*KNOWN, *(Benchmark(name, ()) for name in others if _runs_by_itself(name))]


def _runs_by_itself(name: str) -> bool:
    return '\nif __name__ == "__main__":' in (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def rows(output: str) -> Iterator[tuple[str, str]]:
    """Yield figure and value of each line that a benchmark printed."""
    for line in output.splitlines():
        cells = [cell.strip() for cell in re.split(r"\s{2,}|\s*\|\s*", line) if cell.strip(" -|")]
        if cells:
            yield cells[0], " · ".join(cells[1:])


def run(benchmark: Benchmark, *, whole: bool) -> Iterator[tuple[str, str, str]]:
    """Run one and yield its rows; the last says how long it took and how it ended."""
    given = benchmark.whole if whole else benchmark.quick
    command = [sys.executable, "-m", f"tests.benchmarks.{benchmark.module}", *given]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    for figure, value in rows(done.stdout):
        yield benchmark.title, figure, value
    how = "ended well"
    if "Traceback" in done.stderr:
        how = f"FAILED: {done.stderr.strip().splitlines()[-1]}"
    elif done.returncode:
        how = "MISSED a target"
    took = f"{time.monotonic() - began:.0f} s"
    yield benchmark.title, f"`{' '.join(command[1:])}`", f"{how} · {took}"


def machine() -> str:
    """Return what the figures were measured on."""
    model = re.search(r"model name\s*:\s*(.*)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    return ", ".join(
        [
            f"{os.cpu_count()} cores {model[1] if model else platform.machine()}",
            f"{int(memory[1]) / 1e6:.1f} GB" if memory else "memory unknown",
            f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
            f"load {os.getloadavg()[0]:.1f} at the start",
        ]
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def main(argv: Sequence[str] | None = None) -> int:
    """List or run; return 1 if one of them failed or missed its target."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    there = benchmarks()
    known = sorted({each.title for each in there} | {each.module for each in there})
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--whole", action="store_true", help="at full size: hours")
    parser.add_argument("--list", action="store_true", help="say what there is")
    args = parser.parse_args(argv)
    if unknown := set(args.names) - set(known):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {known}")
    chosen = [b for b in there if not args.names or {b.title, b.module} & {*args.names}]
    if args.list:
        for each in chosen:
            print(f"{each.title:14} {each.purpose}")  # noqa: T201
        return 0
    print(f"{machine()}; {'whole' if args.whole else 'small'} runs\n")  # noqa: T201
    print("| benchmark | figure | value and what it includes |\n|---|---|---|")  # noqa: T201
    failed = False
    for each in chosen:
        for row in run(each, whole=args.whole):
            print(f"| {' | '.join(row)} |", flush=True)  # noqa: T201
            failed |= row[2].startswith(("FAILED", "MISSED"))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
