"""How long each command takes to answer, and that it takes no longer the larger the ledger.

``python -m tests.benchmarks.commands [--calls N] [--small]`` builds ledgers of three sizes
and prints, for each command, what it costs from the ask to the answer in words: the store
and the texts, without Telegram, and without the pictures, which another process draws.
"""

import argparse
import asyncio
import platform
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from telegram import Bot

from bot.commands.access import Access, Limits
from bot.commands.alert_buttons import AlertButtons
from bot.commands.asks import Ask, Sender
from bot.commands.buttons import Signer
from bot.commands.countries import Gazetteer
from bot.commands.desk import Desk
from bot.commands.filter_line import FilterGrammar
from bot.commands.table import BY_NAME, PRESSES
from bot.publications import Publications
from bot.texts.language import words_of
from bot.texts.messages import Message
from jobs.domain.alerts import ChatId
from jobs.exports.cap import CapStatus
from jobs.reference import Reference, load_reference
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from tests.benchmarks.large_ledger import NEWEST, Size, build
from tests.blank_pictures import BlankRenderer
from tests.clocks import ManualClock

SIZES = (Size(1_000, 10_000), Size(10_000, 100_000), Size(100_000, 1_000_000))
TARGET_MS = 50.0
ASKED: Mapping[str, Sequence[str]] = {
    "start": ("", "a_1"),
    "status": ("", "uzbekistan", "Россия", "palestine", "Kazahstan", "Atlantis"),
    "latest": ("", "20"),
    "timeline": ("russia", "uz", "China", "palau"),
    "meetings": ("", "iran", "china 3650", "3650"),
    "countries": ("",),
    "map": ("",),
    "chart": ("wave", "region", "meetings", "uzbekistan"),
    "watch": ("", "palestine"),
    "forums": ("",),
    "why": ("1", "7", "500"),
    "search": (
        "embassy",
        "russia meeting",
        "塔利班",
        "meeting agreement",
        "Muttaqi Москва",
        "taliban meeting done embassy",
        "nowhere embassy",
        "x" * 300,
    ),
    "stats": ("",),
    "export": ("", "csv taliban", "json", "atom", "calendar", "cap 7", "cap 0"),
    "demo": ("",),
    "help": ("",),
    "privacy": ("",),
    "stop": ("",),
    "admin": ("", "queue", "health", "audit", "chats", "broadcasts", "1", "sing"),
}
"""What each command is asked: the common, the rare, the misspelt, and what is no answer."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one command took, in milliseconds: by the clock on the wall, and of the processor.

    On a machine that others use the wall clock says more about them.
    """

    name: str
    median: float
    p99: float
    processor_median: float
    processor_p99: float


def desk_on(store: Store, reference: Reference) -> Desk:
    """Return a desk whose clock stands at the ledger's newest day."""
    signer, gazetteer = Signer(b"a secret"), Gazetteer(reference)
    return Desk(
        store=store,
        bot=Bot("1:nobody"),
        reference=reference,
        clock=ManualClock(NEWEST),
        signer=signer,
        gazetteer=gazetteer,
        grammar=FilterGrammar(reference, gazetteer),
        alert_buttons=AlertButtons(signer, lambda: "a_bot", PRESSES),
        operators=frozenset(),
        access=Access("open", frozenset(), frozenset()),
        limits=Limits(),
        renderer=BlankRenderer(),
        publications=Publications(store, reference, ManualClock(NEWEST), "", CapStatus.TEST),
        default_zone="UTC",
        keep_outbox_days=90,
        silence_hours=24,
    )


async def answer(desk: Desk, name: str, argument: str) -> Message:
    """Let one command be answered, as in a private chat."""
    ask = Ask(ChatId(7), ChatKind.PRIVATE, Sender.PERSON, 7, argument)
    return await BY_NAME[name].answer(desk, ask, words_of("en"))


async def measure(desk: Desk, calls: int) -> list[Figure]:
    """Ask every command ``calls`` times, in mixed order, and return what each took."""
    asks = [
        (name, arguments[n % len(arguments)])
        for name, arguments in ASKED.items()
        for n in range(calls)
    ]
    random.Random(3).shuffle(asks)
    for name, arguments in ASKED.items():
        await answer(desk, name, arguments[0])
    wall: dict[str, list[float]] = {name: [] for name in ASKED}
    processor: dict[str, list[float]] = {name: [] for name in ASKED}
    for name, argument in asks:
        began, worked = time.perf_counter(), time.process_time()
        await answer(desk, name, argument)
        wall[name].append(1000 * (time.perf_counter() - began))
        processor[name].append(1000 * (time.process_time() - worked))
    return [
        Figure(name, *_median_and_p99(wall[name]), *_median_and_p99(processor[name]))
        for name in ASKED
    ]


def _median_and_p99(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


async def _figures(size: Size, calls: int, folder: Path, reference: Reference) -> list[Figure]:
    path = folder / f"{size.events}.sqlite"
    began = time.perf_counter()
    await build(path, size, reference)
    megabytes = path.stat().st_size / 1e6
    note = f"built {size} in {time.perf_counter() - began:.0f} s, {megabytes:.0f} MB"
    print(note, file=sys.stderr, flush=True)  # noqa: T201 - words go to stderr
    store = await Store.open(f"sqlite:///{path}", migrate=False)
    figures = await measure(desk_on(store, reference), calls)
    await store.close()
    return figures


async def _main(sizes: Sequence[Size], calls: int) -> int:
    reference = load_reference()
    with tempfile.TemporaryDirectory(prefix="recognition-watch-benchmark-") as name:
        by_size = [await _figures(size, calls, Path(name), reference) for size in sizes]
    heads = " | ".join(f"{s.events:,} events, {s.items:,} items" for s in sizes)
    what = f"command, ms: median / p99 of {calls} (of the processor)"
    lines = [f"| {what} | {heads} |", "|---" * (len(sizes) + 1) + "|"]
    for row in zip(*by_size, strict=True):
        cells = " | ".join(
            f"{one.median:.1f} / {one.p99:.1f} "
            f"({one.processor_median:.1f} / {one.processor_p99:.1f})"
            for one in row
        )
        lines.append(f"| /{row[0].name} | {cells} |")
    slowest = max(by_size[-1], key=lambda one: one.p99)
    lines.append(f"slowest p99: /{slowest.name} {slowest.p99:.1f} ms (target {TARGET_MS:.0f} ms)")
    lines.append(f"{platform.machine()}, Python {platform.python_version()}, SQLite on disk")
    print("\n".join(lines))  # noqa: T201 - the result
    return 0 if slowest.p99 < TARGET_MS else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--small", action="store_true", help="the smallest ledger only")
    given = parser.parse_args()
    sys.exit(asyncio.run(_main(SIZES[:1] if given.small else SIZES, given.calls)))
