"""No command takes longer because the ledger has grown: counted in SQLite's own steps.

Steps are the same on every machine; how many milliseconds they are is a matter of
``python -m tests.benchmarks.commands``.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot import publications
from jobs.reference import Reference, load_reference
from jobs.store import search
from jobs.store.engine import Store
from tests.benchmarks.commands import ASKED, answer, desk_on
from tests.benchmarks.large_ledger import Size, build

SMALL, LARGE = Size(250, 1_000), Size(2_500, 10_000)
STEP = 10
GROWN = 1.6
SLACK = 5_000
"""Steps that any answer may differ by: the one country has more to show than the other."""


async def _steps(path: Path, size: Size, reference: Reference) -> Counter[str]:
    """Return how many steps each command took in a ledger of that size."""
    await build(path, size, reference)
    store = await Store.open(f"sqlite:///{path}", migrate=False)
    counted = [0]

    def count() -> int:
        counted[0] += STEP
        return 0

    def watch(connection: Any, _record: Any) -> None:
        connection.run_async(lambda driver: driver.set_progress_handler(count, STEP))

    event.listen(store._engine.sync_engine, "connect", watch)
    await store._engine.dispose()
    steps: Counter[str] = Counter()
    desk = desk_on(store, reference)
    for name, arguments in ASKED.items():
        for argument in arguments:
            counted[0] = 0
            await answer(desk, name, argument)
            steps[f"{name} {argument[:20]}"] = counted[0]
    await store.close()
    return steps


@pytest_asyncio.fixture
async def steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Counter[str], Counter[str]]:
    # How far a search looks is what bounds it; here the smaller ledger must reach that, too.
    for name, few in (("RARE", 20), ("FIRST_LOOK", 10), ("LOOK_THROUGH", 30)):
        monkeypatch.setattr(search, name, few)
    for name, few in (("ROWS", 40), ("ENTRIES", 10)):
        monkeypatch.setattr(publications, name, few)
    reference = load_reference()
    small = await _steps(tmp_path / "small.sqlite", SMALL, reference)
    return small, await _steps(tmp_path / "large.sqlite", LARGE, reference)


async def test_ten_times_the_ledger_takes_no_more_steps(
    steps: tuple[Counter[str], Counter[str]],
) -> None:
    small, large = steps
    assert sum(small.values()) > 10_000, "nothing was counted"
    grown = {
        asked: (small[asked], count)
        for asked, count in large.items()
        if count > GROWN * small[asked] + SLACK
    }
    assert grown == {}
