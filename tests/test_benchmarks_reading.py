"""The benchmarks of reading, run small so that they go on running; their figures are not judged."""

import pytest

from tests.benchmarks import hostile, reading


async def test_the_warm_one_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    await reading.warm(count=24, runs=1)
    table = capsys.readouterr().out
    assert "all 304" in table
    assert "bare GET, unkept" in table


async def test_the_cold_one_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    await reading.cold(count=4, rounds=2, idle_seconds=0.1)
    table = capsys.readouterr().out
    assert "CPU a feed of 50 new items" in table
    assert "RSS main, most, MB" in table


@pytest.mark.slow
async def test_hostile_hosts_stay_within_the_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    await hostile.run(rounds=10)
    figures = {
        line[:52].strip(): float(line[52:]) for line in capsys.readouterr().out.splitlines()[1:]
    }
    assert figures["growth of resident memory after the first round, MB"] < 64
    assert figures["slowest fetch at a deadline of 0.5 s, s"] < 1.0
    assert figures["hostile addresses asked for"] >= 200
    assert figures["connects to any of them"] == 0
