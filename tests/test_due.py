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


def wait(failures: int = 0, retry_after: float | None = None, interval_seconds: int = 300) -> float:
    due = next_due(source(interval_seconds=interval_seconds), NOW, failures, retry_after)
    return (due - NOW).total_seconds()


@pytest.mark.parametrize(
    ("failures", "retry_after", "least"),
    [
        (0, None, 300),
        (1, None, 600),
        (2, None, 1200),
        (8, None, 76_800),
        (9, None, 86_400),
        (100_000, None, 86_400),
        (0, 0, 300),
        (0, 900, 900),
        (1, 30, 600),
        (1, 900, 900),
        (1, 315_360_000, 86_400),
        (1, -5, 600),
    ],
)
def test_waits(failures: int, retry_after: float | None, least: float) -> None:
    assert least <= wait(failures, retry_after) <= least + 30


def test_a_host_may_ask_for_no_less_than_a_minute() -> None:
    assert wait(retry_after=1, interval_seconds=10) >= 60


def test_a_source_read_every_two_days_stays_so_when_it_fails() -> None:
    assert wait(failures=3, interval_seconds=172_800) >= 172_800


def test_sources_are_spread_and_each_always_alike() -> None:
    moments = [next_due(source(f"source-{number}"), NOW, 0, None) for number in range(200)]
    assert moments == [next_due(source(f"source-{number}"), NOW, 0, None) for number in range(200)]
    tenths = {(moment - NOW - timedelta(seconds=300)) // timedelta(seconds=3) for moment in moments}
    assert tenths == set(range(10))
