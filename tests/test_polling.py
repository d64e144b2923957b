from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.polling import Polled, Poller
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.store.items import StoredItem
from tests.feed_host import FeedHost, answer, conditional
from tests.samples import NOON, a_source
from tests.watching_world import REFERENCE

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>%s</channel></rss>"""
ITEM = b"<item><title>%s</title><link>https://n.example/%s</link></item>"
ONE, TWO = ITEM % (b"one", b"1"), ITEM % (b"two", b"2")
HOUR = timedelta(hours=1)


class Desk:
    """A poller of sources a (well), b (missing) on one host, over a real store."""

    def __init__(self, store: Store, host: FeedHost) -> None:
        self.store, self.host = store, host
        configured = [
            a_source("a", url=host.url("/a"), interval_seconds=300),
            a_source("b", url=host.url("/b"), interval_seconds=300),
        ]
        self.sources = {source.id: source for source in configured}
        self.client = GuardedClient(
            deadline_seconds=5, max_bytes=100_000, allow_loopback=True, contact=""
        )
        self.parser = ParserPool(deadline_seconds=5, memory_mb=256, size=1)
        self.poller = Poller(
            store,
            replace(REFERENCE, sources=self.sources),
            self.client,
            self.parser,
            concurrency=4,
        )

    async def waiting(self) -> list[StoredItem]:
        async with self.store.write() as conn:
            return await items.unprocessed(conn, 100)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    async with FeedHost({"/a": answer(RSS % ONE)}) as host:
        desk = Desk(store, host)
        async with store.write() as conn:
            await sources.sync(conn, desk.sources.values(), NOON)
        yield desk
        await desk.parser.close()
        await desk.client.aclose()


async def test_the_first_reading_is_the_baseline_and_the_next_is_news(desk: Desk) -> None:
    assert await desk.poller.poll(NOON) == Polled(read=1, failed=1, new_items=1)
    assert [each.is_baseline for each in await desk.waiting()] == [True]
    assert await desk.poller.poll(NOON) == Polled()
    desk.host.routes["/a"] = answer(RSS % (ONE + TWO))
    assert await desk.poller.poll(NOON + HOUR) == Polled(read=1, failed=1, new_items=1)
    assert [(each.item.title, each.is_baseline) for each in await desk.waiting()] == [
        ("one", True),
        ("two", False),
    ]


async def test_an_empty_first_reading_is_a_baseline_too(desk: Desk) -> None:
    desk.host.routes["/a"] = answer(RSS % b"")
    assert (await desk.poller.poll(NOON)).read == 1
    desk.host.routes["/a"] = answer(RSS % ONE)
    await desk.poller.poll(NOON + HOUR)
    assert [each.is_baseline for each in await desk.waiting()] == [False]


async def test_nothing_where_there_was_something_is_a_failure(desk: Desk) -> None:
    await desk.poller.poll(NOON)
    desk.host.routes["/a"] = answer(RSS % b"")
    assert (await desk.poller.poll(NOON + HOUR)).failed == 2
    async with desk.store.read() as conn:
        health = (await sources.health(conn))[0]
    assert health.failures == 1
    assert "empty" in (health.last_error or "")


async def test_failures_are_put_off_ever_longer(desk: Desk) -> None:
    waits = []
    at = NOON
    for _ in range(3):
        await desk.poller.poll(at)
        async with desk.store.read() as conn:
            due_at = (await sources.health(conn))[1].next_due_at
        waits.append((due_at - at).total_seconds())
        at = due_at
    assert [round(wait / 300) for wait in waits] == [2, 4, 8]


async def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    desk.host.routes["/a"] = conditional(RSS % ONE, {"ETag": '"x"'})
    for hours in range(3):
        await desk.poller.poll(NOON + hours * HOUR)
    asked = [each for each in desk.host.requests if each.target == "/a"]
    assert ["if-none-match" in each.headers for each in asked] == [False, True, True]
    assert len(await desk.waiting()) == 1


async def test_a_killed_poll_is_made_up_for(desk: Desk) -> None:
    async with desk.store.write() as conn:
        claimed = await sources.claim_due(conn, NOON, 10, timedelta(minutes=10))
    assert len(claimed) == 2
    assert (await desk.poller.poll(NOON)).read == 0
    assert (await desk.poller.poll(NOON + timedelta(minutes=10))).read == 1
