"""Several processes on one PostgreSQL, killed at random: nothing lost, nothing unmarked twice."""

import pytest

from tests.several import Plan, run

SMALL = Plan(
    processes=2,
    sources=30,
    interval=60,
    chats=40,
    watchers=3,
    events=12,
    seconds=10,
    lives=(40, 120),
    published_in=0,
    first_due_in=10,
)


@pytest.mark.slow
async def test_two_processes_killed_at_random_lose_and_double_nothing(postgres_url: str) -> None:
    found = await run(postgres_url, SMALL)
    assert found.lost == []
    assert found.doubled == []
    assert found.kills >= 2
    assert found.told == 40 + 3 * 12
    assert found.polls > 30  # more than the waits of feeds that nobody asked
    assert found.busiest <= 28
