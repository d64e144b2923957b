"""Orders about sources, from the row an admin's command wrote to its answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Notice
from jobs.domain.items import SourceId
from jobs.domain.orders import OrderKind
from jobs.pipeline import Keeping, Pipeline
from jobs.polling import Poller
from jobs.source_orders import SourceOrders
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool
from jobs.store import contents, facts, items, orders, roster, sources
from jobs.store.engine import Store
from jobs.store.schema import revision
from jobs.trials import Trier
from tests.feed_host import FeedHost, answer
from tests.samples import NOON, a_source
from tests.watching_world import CHAT, REFERENCE, Scripted, World
from tests.whole_program import rss

SOON = timedelta(minutes=20)


async def notices(conn: AsyncConnection, most: int) -> list[Notice]:
    """Return the newest notices, the newest first."""
    rows = await conn.execute(
        select(revision.c.facts).order_by(revision.c.alert_id.desc()).limit(most)
    )
    found = [contents.facts_from_json(row.facts) for row in rows]
    return [each for each in found if isinstance(each, Notice)]


class Place:
    """A pipeline that reads, with one listed source and a host beside."""

    def __init__(self, store: Store, host: FeedHost) -> None:
        self.store, self.host = store, host
        self.listed = a_source("listed", url=host.url("/listed"))
        reference = replace(REFERENCE, sources={self.listed.id: self.listed})
        self.client = GuardedClient(
            deadline_seconds=5, max_bytes=100_000, allow_loopback=True, contact=""
        )
        self.parser = ParserPool(deadline_seconds=5, memory_mb=256, size=1)
        self.pipeline = Pipeline(
            store,
            reference,
            Scripted(),
            freshness=timedelta(hours=72),
            keeping=Keeping(items=timedelta(days=400), outbox=timedelta(days=90)),
            poller=Poller(store, reference, self.client, self.parser, concurrency=4),
            source_orders=SourceOrders(store, reference, Trier(self.client, self.parser, 1)),
            operators=[CHAT],
        )

    async def order(self, action: str, source: str, **more: str) -> Notice:
        async with self.store.write() as conn:
            payload = {"action": action, "source": source, **more}
            number = await orders.put(
                conn, OrderKind.SOURCE, payload, ordered_by=7, chat_id=CHAT, now=NOON
            )
        assert await self.pipeline.carry_out_orders(NOON) == 1
        async with self.store.write() as conn:
            assert number not in [each.id for each in await orders.pending(conn, 9)]
            [newest] = await notices(conn, 1)
        return newest


@pytest.fixture
async def place(store: Store) -> AsyncIterator[Place]:
    async with FeedHost({"/new": answer(rss("One", "Two")), "/listed": answer(rss("A"))}) as host:
        place = Place(store, host)
        await World(store).subscribe(CHAT)
        await place.pipeline.start(NOON)
        yield place
        await place.parser.close()
        await place.client.aclose()


async def test_a_source_is_added_read_silently_and_told_of_only_then(place: Place) -> None:
    url = place.host.url("/new")
    done = await place.order("add", url, language="ru", tier="wire", id="mine")
    assert done == Notice("source_added", {"source": "mine", "items": 2})
    await place.pipeline.poll(NOON)
    async with place.store.write() as conn:
        waiting = await items.unprocessed(conn, 9)
    mine = [each for each in waiting if each.item.source_id == "mine"]
    assert [each.is_baseline for each in mine] == [True, True]
    assert {each.item.lang for each in mine} == {"ru"}
    place.host.routes["/new"] = answer(rss("One", "Two", "Three"))
    await place.pipeline.poll(NOON + SOON)
    async with place.store.write() as conn:
        waiting = await items.unprocessed(conn, 9)
    assert [each.item.title for each in waiting if not each.is_baseline] == ["Three"]
    removed = await place.order("remove", "mine")
    assert removed == Notice("source_removed", {"source": "mine"})
    place.host.requests.clear()
    await place.pipeline.poll(NOON + 2 * SOON)
    assert {each.target for each in place.host.requests} == {"/listed"}


async def test_a_source_that_cannot_be_read_is_not_added_and_explained(place: Place) -> None:
    place.host.routes["/new"] = answer(b"<html><title>Hello</title></html>")
    done = await place.order("add", place.host.url("/new"), language="ru")
    assert done.key == "source_refused"
    assert "HTML page titled “Hello”" in str(done.values["why"])
    async with place.store.read() as conn:
        assert await roster.added(conn) == {}


@pytest.mark.parametrize(
    ("action", "source", "why"),
    [
        ("pause", "nobody", "there is no source nobody"),
        ("remove", "listed", "stands in the list"),
        ("test", "nobody", "there is no source nobody"),
        ("add", "nobody", "http:// or https://"),
        ("burn", "listed", "not known to this version"),
    ],
)
async def test_what_cannot_be_done_is_explained(
    place: Place, action: str, source: str, why: str
) -> None:
    done = await place.order(action, source, language="ru")
    assert (done.key, why in str(done.values["why"])) == ("source_refused", True)


async def test_a_source_is_paused_resumed_and_tried(place: Place) -> None:
    assert (await place.order("pause", "listed")).key == "source_paused"
    await place.pipeline.poll(NOON)
    assert place.host.requests == []
    assert (await place.order("resume", "listed")).key == "source_resumed"
    await place.pipeline.poll(NOON)
    assert len(place.host.requests) == 1
    done = await place.order("test", "listed")
    assert (done.key, done.values["items"]) == ("source_tried", 1)


async def test_a_case_that_falls_silent_is_told_of_once_and_once_when_heard_again(
    place: Place,
) -> None:
    async def keys(hours: int) -> list[str]:
        await place.pipeline.check_sources(NOON + timedelta(hours=hours))
        async with place.store.read() as conn:
            return [each.key for each in await notices(conn, 9)]

    await place.pipeline.poll(NOON)
    assert await keys(5) == []
    assert await keys(7) == ["case_silent"] * 3
    assert await keys(9) == ["case_silent"] * 3
    place.host.routes["/listed"] = answer(rss("A", "B"))
    await place.pipeline.poll(NOON + timedelta(hours=9))
    assert await keys(9) == ["case_heard"] * 3 + ["case_silent"] * 3
    async with place.store.read() as conn:
        assert await facts.get(conn, "silent cases") == []


async def test_an_added_source_survives_a_restart(place: Place) -> None:
    await place.order("add", place.host.url("/new"), language="ru", id="mine")
    again = Place(place.store, place.host)
    again.host.requests.clear()
    await again.pipeline.start(NOON)
    await again.pipeline.poll(NOON)
    assert "/new" in {each.target for each in again.host.requests}
    async with place.store.read() as conn:
        assert SourceId("mine") in {each.source_id for each in await sources.health(conn)}
    await again.parser.close()
    await again.client.aclose()
