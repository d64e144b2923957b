from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.domain.health import Move
from jobs.domain.items import SourceId, SourceKind, Validators
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.store.sources import Due, Unchanged
from tests.samples import NOON, a_source, an_item

LEASE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
ARIANA = SourceId("ariana")
SEEN = Validators('W/"a"', "Thu, 03 Jul 2025 12:00:00 GMT", "ff" * 32, cursor="7")


async def _due(store: Store, at: timedelta, limit: int = 10) -> list[Due]:
    async with store.write() as conn:
        return await sources.claim_due(conn, NOON + at, limit, LEASE)


NEW = Due(ARIANA, Validators(), 0, is_first=True, is_whole=True)
KNOWN = Due(ARIANA, SEEN, 0, is_first=False, is_whole=False, last_new_at=NOON)


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
    assert await _due(store, timedelta()) == [replace(NEW, last_new_at=NOON)]


async def test_a_source_that_is_gone_rests_and_returns_as_it_was(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.sync(conn, [], NOON)
        assert await sources.health(conn) == []
    assert await _due(store, HOUR) == []
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON + HOUR)
    assert await _due(store, HOUR) == [KNOWN]


async def test_readings_that_brought_nothing_are_noted_together(store: Store) -> None:
    listed = [a_source(f"s{number}") for number in range(3)]
    async with store.write() as conn:
        await sources.sync(conn, listed, NOON)
        due = await sources.claim_due(conn, NOON, 10, LEASE)
        await sources.record_failure(conn, due[0].source_id, "404", next_due_at=NOON)
        move = Move("https://new.example/", 2)
        noted = [Unchanged(each, SEEN, NOON + HOUR, move) for each in due[:2]]
        await sources.record_unchanged(conn, noted, NOON)
        await sources.record_unchanged(conn, [], NOON)
        health = await sources.health(conn)
    assert [(each.failures, each.last_ok_at, each.moved_times) for each in health] == [
        (0, NOON, 2),
        (0, NOON, 2),
        (0, None, 0),
    ]
    assert [each.next_due_at for each in health] == [NOON + HOUR, NOON + HOUR, NOON + LEASE]
    [_, first, second] = await _due(store, HOUR)
    assert first.validators == SEEN == second.validators
    assert not first.is_whole


async def test_a_paused_source_rests_until_it_is_resumed(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        assert await sources.pause(conn, ARIANA, NOON)
        assert not await sources.pause(conn, SourceId("nobody"), NOON)
    assert await _due(store, 2 * HOUR) == []
    async with store.write() as conn:
        await sources.sync(conn, [a_source()], NOON + HOUR)  # a restart does not wake it
    assert await _due(store, 2 * HOUR) == []
    async with store.write() as conn:
        await sources.pause(conn, ARIANA, None)
    assert await _due(store, 2 * HOUR) == [KNOWN]


async def test_a_source_that_pushes_is_never_due(store: Store) -> None:
    pushing = a_source(kind=SourceKind.PUSH)
    async with store.write() as conn:
        await sources.sync(conn, [pushing], NOON)
        await sources.record_pushed(conn, ARIANA, NOON + HOUR, 2)
        [health] = await sources.health(conn)
    assert (health.last_ok_at, health.last_new_at) == (NOON + HOUR, NOON + HOUR)
    assert await _due(store, timedelta(days=900)) == []


async def test_the_usual_gap_is_learnt(store: Store) -> None:
    await _read_once(store)
    for hours in (1, 3):
        [due] = await _due(store, hours * HOUR)
        await _read(store, due, hours * HOUR, 1)
    async with store.read() as conn:
        [health] = await sources.health(conn)
    assert health.gap_seconds == pytest.approx(0.8 * 3600 + 0.2 * 7200)


async def test_a_moved_source_is_read_elsewhere_as_the_same(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.move(conn, ARIANA, "https://ariananews.example/new")
    [due] = await _due(store, HOUR)
    assert due.current_url == "https://ariananews.example/new"
    assert due.validators == Validators(body_hash="ff" * 32, cursor="7")
    assert not due.is_first


async def test_what_is_drawn_near_comes_sooner_and_never_later(store: Store) -> None:
    await _read_once(store)
    async with store.write() as conn:
        await sources.draw_near(conn, [ARIANA], NOON + HOUR / 2)
        await sources.draw_near(conn, [ARIANA], NOON + 2 * HOUR)
        [health] = await sources.health(conn)
        assert health.next_due_at == NOON + HOUR / 2
        await sources.record_failure(conn, ARIANA, "404", next_due_at=NOON + HOUR)
        await sources.draw_near(conn, [ARIANA], NOON)
        [health] = await sources.health(conn)
        assert health.next_due_at == NOON + HOUR


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
