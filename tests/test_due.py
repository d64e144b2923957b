from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.items import Source, SourceId, SourceKind, Tier
from jobs.sources.due import next_due

NOW = datetime(2025, 7, 3, 12, tzinfo=UTC)


def source(name: str = "example", interval_seconds: int = 300) -> Source:
    return Source(
        id=SourceId(name),
        name=name,
        kind=SourceKind.FEED,
        url=f"https://{name}.example/rss",
        language="en",
        family=name,
        tier=Tier.OUTLET,
        interval_seconds=interval_seconds,
    )


def wait(failures: int = 0, asked: float | None = None, interval_seconds: int = 300) -> float:
    due = next_due(source(interval_seconds=interval_seconds), NOW, failures=failures, asked=asked)
    return (due - NOW).total_seconds()


@pytest.mark.parametrize(
    ("failures", "asked", "most"),
    [
        (0, None, 300),
        (1, None, 600),
        (2, None, 1200),
        (8, None, 76_800),
        (9, None, 86_400),
        (100_000, None, 86_400),
        (0, 0, 300),
        (1, 30, 600),
        (1, -5, 600),
    ],
)
def test_an_interval_is_the_longest_wait(failures: int, asked: float | None, most: float) -> None:
    assert most - 30 <= wait(failures, asked) <= most


@pytest.mark.parametrize(
    ("failures", "asked", "exactly"), [(0, 900, 900), (1, 900, 900), (1, 315_360_000, 86_400)]
)
def test_what_a_host_asks_for_is_the_shortest_wait(
    failures: int, asked: float, exactly: float
) -> None:
    assert wait(failures, asked) == exactly


def test_nothing_is_read_more_often_than_once_a_minute() -> None:
    assert wait(asked=1, interval_seconds=60) >= 60
    many = [next_due(source(f"s{n}", 60), NOW, factor=0.1) for n in range(50)]
    assert {(moment - NOW).total_seconds() for moment in many} == {60.0}


def test_a_source_read_every_two_days_stays_so_when_it_fails() -> None:
    assert wait(failures=3, interval_seconds=172_800) >= 0.9 * 172_800


def test_a_factor_changes_the_interval() -> None:
    waits = [(next_due(source(), NOW, factor=f) - NOW).total_seconds() for f in (0.5, 3.0)]
    assert 135 <= waits[0] <= 150
    assert 810 <= waits[1] <= 900


def test_what_is_gone_is_looked_at_once_a_week() -> None:
    assert next_due(source(), NOW, failures=1, is_gone=True) == NOW + timedelta(days=7)


def test_sources_are_spread_and_each_always_alike() -> None:
    moments = [next_due(source(f"source-{number}"), NOW) for number in range(200)]
    assert moments == [next_due(source(f"source-{number}"), NOW) for number in range(200)]
    tenths = {(moment - NOW - timedelta(seconds=270)) // timedelta(seconds=3) for moment in moments}
    assert tenths == set(range(10))
