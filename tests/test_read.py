from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.domain.items import Source, SourceId, SourceKind, Tier, Validators
from jobs.errors import FetchFailed, NotAFeed
from jobs.sources.http import GuardedClient
from jobs.sources.read import READERS, read_source
from jobs.sources.reading import believed_date
from jobs.sources.workers import ParserPool
from tests.feed_host import FeedHost, answer, conditional

FEED = (Path(__file__).parent / "data" / "feeds" / "rss.xml").read_bytes()
NOW = datetime(2025, 7, 4, 12, tzinfo=UTC)
STAMPED = {"ETag": 'W/"x-gzip"', "Last-Modified": "Thu, 03 Jul 2025 10:00:00 GMT"}


class Reader:
    """A source on a host of the test's, and what reading it needs."""

    def __init__(self, host: FeedHost) -> None:
        self.host = host
        self.client = GuardedClient(
            deadline_seconds=5, max_bytes=1_000_000, allow_loopback=True, contact=""
        )
        self.parser = ParserPool(deadline_seconds=5, memory_mb=256)
        self.source = Source(
            id=SourceId("example"),
            name="Example",
            kind=SourceKind.FEED,
            url=host.url("/feed"),
            language="en",
            family="example",
            tier=Tier.OUTLET,
        )

    async def read(self, validators: Validators = Validators()):  # type: ignore[no-untyped-def]  # noqa: B008
        return await read_source(self.source, validators, self.client, self.parser, NOW)


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with FeedHost({"/feed": conditional(FEED, STAMPED)}) as host:
        reader = Reader(host)
        yield reader
        await reader.parser.close()


async def test_a_first_reading_brings_all_items(reader: Reader) -> None:
    reading = await reader.read()
    assert reading.changed
    assert len(reading.items) == 6
    item = reading.items[0]
    assert (item.source_id, item.lang, item.first_seen_at) == ("example", "en", NOW)
    assert item.outlet == "news.example"
    # 1970 and 2099 are not believed.
    assert [entry.published_at for entry in reading.items[-2:]] == [None, None]


async def test_not_modified_brings_nothing_and_keeps_the_validators(reader: Reader) -> None:
    first = await reader.read()
    second = await reader.read(first.validators)
    assert (second.items, second.changed, second.validators) == ((), False, first.validators)


async def test_an_unchanged_body_is_not_parsed(reader: Reader) -> None:
    first = await reader.read()
    await reader.parser.close()
    reader.parser = ParserPool(deadline_seconds=1e-9, memory_mb=256)  # parsing would fail
    for number in range(3):
        reader.host.routes["/feed"] = answer(FEED, headers={"ETag": f'"{number}"'})
        reading = await reader.read(first.validators)
        assert not reading.changed
        assert reading.validators == Validators(f'"{number}"', None, first.validators.body_hash)


async def test_what_broke_off_is_asked_for_again(reader: Reader) -> None:
    reader.host.routes["/feed"] = answer(FEED[: FEED.index(b"Only content")], headers=STAMPED)
    reading = await reader.read()
    assert reading.items
    assert reading.validators == Validators()


async def test_a_whole_body_can_be_asked_for(reader: Reader) -> None:
    first = await reader.read()
    whole = await reader.read(replace(first.validators, etag=None, last_modified=None))
    assert not whole.changed
    assert whole.validators == first.validators
    assert "if-none-match" not in reader.host.requests[-1].headers


async def test_a_page_instead_of_a_feed_is_named_with_its_host(reader: Reader) -> None:
    reader.host.routes["/feed"] = answer(b"<html><title>Checking your browser</title></html>")
    with pytest.raises(NotAFeed, match=r"^127\.0\.0\.1: answered with an HTML page titled “Check"):
        await reader.read()


async def test_a_host_that_fails_is_a_failure(reader: Reader) -> None:
    reader.host.routes["/feed"] = answer(b"", 503, {"Retry-After": "120"})
    with pytest.raises(FetchFailed) as failed:
        await reader.read()
    assert failed.value.retry_after == 120


@pytest.mark.parametrize(
    ("published_at", "believed"),
    [
        (NOW, True),
        (NOW + timedelta(minutes=10), True),
        (NOW + timedelta(minutes=11), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(2002, 1, 1, tzinfo=UTC), True),
    ],
)
def test_dates_that_are_believed(published_at: datetime, believed: bool) -> None:
    assert believed_date(published_at, NOW) == (published_at if believed else None)


def test_every_kind_that_is_read_has_a_reader() -> None:
    assert set(READERS) == set(SourceKind) - {SourceKind.PUSH}


def test_no_date_is_not_now() -> None:
    assert believed_date(None, NOW) is None
