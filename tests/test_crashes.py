"""A seeded sample of the crash runs; ``tests.benchmarks.crash_runs`` does thousands."""

import pytest

from tests.crash_sender import kill_runs
from tests.crashing import POINTS, crash_runs

WORLDS = 12
CRASHES = {"sqlite": 25, "postgresql": 5}


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_no_crash_loses_or_doubles_anything(store_url: str, seed: int) -> None:
    engine = "sqlite" if store_url.startswith("sqlite") else "postgresql"
    tally = await crash_runs(store_url, seed, CRASHES[engine])
    assert tally.lost == []
    assert tally.doubled == []
    assert tally.crashes == CRASHES[engine]
    assert set(tally.at) <= set(POINTS)


@pytest.mark.parametrize("seed", range(2))
async def test_no_kill_of_a_real_process_loses_or_doubles_anything(
    store_url: str, seed: int
) -> None:
    kills = 5 if store_url.startswith("sqlite") else 2
    tally = await kill_runs(store_url, seed, kills)
    assert (tally.lost, tally.doubled) == ([], [])
    assert tally.crashes >= kills
