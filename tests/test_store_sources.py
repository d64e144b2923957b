from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.domain.items import SourceId, Validators
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.store.sources import Due
from tests.samples import NOON, a_source, an_item

LEASE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
ARIANA = SourceId("ariana")
SEEN = Validators('W/"a"', "Thu, 03 Jul 2025 12:00:00 GMT", "ff" * 32, cursor="7")


async def _due(store: Store, at: timedelta, limit: int = 10) -> list[Due]:
    async with store.write() as conn:
        return await sources.claim_due(conn, NOON + at, limit, LEASE)


NEW = Due(ARIANA, Validators(), 0, is_first=True, is_whole=True, had_items=False)
KNOWN = Due(ARIANA, SEEN, 0, is_first=False, is_whole=False, had_items=True)


async def _read(store: Store, due: Due, at: timedelta, new_items: int) -> None:
    async with store.write() as conn:
        await sources.record_reading(
            conn,
            due,
            SEEN,
            now=NOON + at,
            next_due_at=NOON + at + HOUR,
            new_items=new_items,
        )


async def _read_once(store: Store) -> None:
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON)
    await _read(store, NEW, timedelta(), 3)


async def test_a_new_source_is_due_at_once_and_its_first_reading_is_known_as_such(
    store: Store,
) -> None:
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON)
    assert await _due(store, timedelta()) == [NEW]


async def test_a_claimed_source_comes_again_only_after_the_lease(store: Store) -> None:
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON)
    assert len(await _due(store, timedelta())) == 1
    assert await _due(store, LEASE - timedelta(seconds=1)) == []
    assert len(await _due(store, LEASE)) == 1


async def test_the_longest_due_go_first_up_to_the_limit(store: Store) -> None:
    async with store.write() as conn:
        await sources.sync(conn, [a_source("b")], NOON)
        await sources.sync(conn, [a_source("b"), a_source("a"), a_source("c")], NOON + HOUR)
    assert [due.source_id for due in await _due(store, HOUR, limit=2)] == ["b", "a"]
    assert [due.source_id for due in await _due(store, HOUR)] == ["c"]


async def test_validators_come_back_byte_for_byte(store: Store) -> None:
    await _read_once(store)
    assert await _due(store, HOUR) == [KNOWN]


async def test_failures_are_counted_until_a_reading_succeeds(store: Store) -> None:
    await _read_once(store)
    for hours in (2, 4):
        async with store.write() as conn:
            await sources.record_failure(conn, ARIANA, "404", next_due_at=NOON + hours * HOUR)
    async with store.read() as conn:
        [health] = await sources.health(conn)
    assert (health.failures, health.last_error, health.last_ok_at) == (2, "404", NOON)
    assert health.next_due_at == NOON + 4 * HOUR
    await _read(store, KNOWN, HOUR, 0)
    async with store.read() as conn:
        [health] = await sources.health(conn)
    assert (health.failures, health.last_error) == (0, None)
    assert (health.last_ok_at, health.last_new_at, health.baseline_at) == (NOON + HOUR, NOON, NOON)


async def test_configuring_again_changes_nothing(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.sync(conn, [a_source(name="Ariana, renamed")], NOON)
    assert await _due(store, timedelta()) == []
    assert await _due(store, HOUR) == [KNOWN]


async def test_once_a_day_the_whole_is_asked_for(store: Store) -> None:
    await _read_once(store)
    day = timedelta(days=1)
    [due] = await _due(store, day)
    assert due == replace(
        KNOWN, is_whole=True, validators=Validators(body_hash="ff" * 32, cursor="7")
    )
    await _read(store, due, day, 0)
    assert await _due(store, 2 * day - HOUR) == [KNOWN]


async def test_another_address_starts_over(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.sync(conn, [a_source(url="https://moved.example/feed")], NOON)
    assert await _due(store, timedelta()) == [replace(NEW, had_items=True)]


async def test_a_source_that_is_gone_rests_and_returns_as_it_was(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.sync(conn, [], NOON)
        assert await sources.health(conn) == []
    assert await _due(store, HOUR) == []
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON + HOUR)
    assert await _due(store, HOUR) == [KNOWN]


async def test_an_alarm_is_remembered(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.set_alarm(conn, [ARIANA], NOON)
        assert [health.alarmed_at for health in await sources.health(conn)] == [NOON]
        await sources.set_alarm(conn, [ARIANA], None)
        assert [health.alarmed_at for health in await sources.health(conn)] == [None]


async def test_validators_without_their_items_are_never_kept(store: Store) -> None:
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON)

    async def die_between() -> None:
        async with store.write() as conn:
            await sources.record_reading(
                conn, NEW, SEEN, now=NOON, next_due_at=NOON + HOUR, new_items=1
            )
            await items.put_items(conn, [an_item()], baseline=False)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die_between()
    assert await _due(store, timedelta()) == [NEW]
    async with store.write() as conn:
        assert await items.unprocessed(conn, 10) == []
