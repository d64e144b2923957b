from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.items import SourceId
from jobs.store import events, items, mentions
from jobs.store.engine import Store
from tests.samples import NOON, OUTLET, a_mention, an_event, an_item

DAY = timedelta(days=1)


async def test_an_item_is_stored_once(store: Store) -> None:
    async with store.write() as conn:
        assert await items.put_items(conn, [an_item("a"), an_item("b")], baseline=False) == 2
        again = [an_item("b", title="changed"), an_item("c"), an_item("c")]
        assert await items.put_items(conn, again, baseline=False) == 1
        assert await items.put_items(conn, [], baseline=False) == 0
        stored = await items.unprocessed(conn, 10)
    assert [(each.item.key, each.item.title == "changed") for each in stored] == [
        ("a", False),
        ("b", False),
        ("c", False),
    ]


async def test_the_same_key_of_another_source_is_another_item(store: Store) -> None:
    other = an_item(source_id=SourceId("tolo"))
    async with store.write() as conn:
        assert await items.put_items(conn, [an_item(), other], baseline=False) == 2


async def test_what_is_read_equals_what_was_stored(store: Store) -> None:
    whole = an_item(
        title="Россия признала \N{PILE OF POO} 阿富汗",
        summary="'; DROP TABLE item; --",
        published_at=datetime(2025, 7, 3, 23, 59, 59, 999999, tzinfo=UTC),
    )
    undated = an_item("k2", published_at=None)
    async with store.write() as conn:
        await items.put_items(conn, [undated, whole], baseline=True)
        stored = await items.unprocessed(conn, 10)
    assert [each.item for each in stored] == [whole, undated]
    assert all(each.is_baseline for each in stored)


async def test_a_naive_time_is_refused(store: Store) -> None:
    naive = an_item(published_at=datetime(2025, 7, 3))  # noqa: DTZ001
    with pytest.raises(Exception, match="aware"):
        async with store.write() as conn:
            await items.put_items(conn, [naive], baseline=False)


async def test_the_oldest_of_one_reading_go_first_and_processed_ones_are_done(
    store: Store,
) -> None:
    later, sooner = an_item("later", published_at=NOON + DAY), an_item("sooner")
    async with store.write() as conn:
        await items.put_items(conn, [later, sooner], baseline=False)
        [first] = await items.unprocessed(conn, 1)
        assert first.item.key == "sooner"
        await items.mark_processed(conn, [first.id], NOON)
        assert [each.item.key for each in await items.unprocessed(conn, 10)] == ["later"]


async def test_pruning_takes_small_bites_and_spares_evidence(store: Store) -> None:
    old = [an_item(f"k{number}") for number in range(5)]
    async with store.write() as conn:
        await items.put_items(conn, old, baseline=False)
        stored = [each.id for each in await items.unprocessed(conn, 10)]
        heard = [await mentions.put(conn, each, a_mention(), OUTLET) for each in stored[:2]]
        await items.mark_processed(conn, stored[:4], NOON)
    async with store.write() as conn:
        await events.put(conn, an_event(1), NOON)
        await mentions.settle(conn, heard[0], an_event(1).id, None)
    async with store.write() as conn:
        assert await items.prune(conn, NOON, 10) == 0
        assert await items.prune(conn, NOON + DAY, 2) == 2
        assert await items.prune(conn, NOON + DAY, 2) == 1
        assert await items.prune(conn, NOON + DAY, 2) == 0
