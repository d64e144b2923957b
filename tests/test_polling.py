from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.domain.health import SourceHealth, State, state_of
from jobs.domain.items import SourceId
from jobs.polling import LEASE, Polled, Poller
from jobs.reference import load_reference
from jobs.sources.http import GuardedClient
from jobs.sources.workers import ParserPool
from jobs.store import events, items, sources
from jobs.store.engine import Store
from jobs.store.items import StoredItem
from tests.feed_host import FeedHost, Script, answer, conditional, redirect, stalled
from tests.samples import NOON, a_source, an_event
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
        claimed = await sources.claim_due(conn, NOON, 10, LEASE)
    assert len(claimed) == 2
    assert (await desk.poller.poll(NOON)).read == 0
    assert (await desk.poller.poll(NOON + LEASE)).read == 1


async def one_health(desk: Desk, name: str = "a") -> SourceHealth:
    async with desk.store.read() as conn:
        return next(each for each in await sources.health(conn) if each.source_id == name)


async def test_gone_for_good_is_asked_again_in_a_week(desk: Desk) -> None:
    desk.host.routes["/a"] = answer(b"", 410)
    await desk.poller.poll(NOON)
    health = await one_health(desk)
    assert state_of(health, NOON) is State.DEAD
    assert health.next_due_at == NOON + timedelta(days=7)
    desk.host.routes["/a"] = answer(RSS % ONE)
    await desk.poller.poll(NOON + timedelta(days=7))
    assert state_of(await one_health(desk), NOON + timedelta(days=7)) is State.FRESH


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (answer(b"", 403), State.BLOCKED),
        (answer(b"", 429, {"Retry-After": "7200"}), State.BLOCKED),
        (answer(b"", 503), State.FAILING),
        (answer(b"<html><title>Just a moment</title>"), State.CHANGED),
        (answer(RSS % b""), State.CHANGED),
    ],
    ids=["forbidden", "too many", "unavailable", "challenge", "emptied"],
)
async def test_what_ails_a_source_is_told_apart(desk: Desk, script: Script, state: State) -> None:
    await desk.poller.poll(NOON)
    desk.host.routes["/a"] = script
    await desk.poller.poll(NOON + HOUR)
    health = await one_health(desk)
    assert state_of(health, NOON) is state
    if "429" in (health.last_error or ""):
        assert health.next_due_at == NOON + 3 * HOUR
    desk.host.routes["/a"] = answer(RSS % (ONE + TWO))
    await desk.poller.poll(NOON + 5 * HOUR)
    assert state_of(await one_health(desk), NOON + 5 * HOUR) is State.FRESH


async def test_a_host_is_not_asked_while_its_answer_is_fresh(desk: Desk) -> None:
    for age, least, most in ((500, 500, 500), (86_400, 900, 900), (10, 270, 300)):
        desk.host.routes["/a"] = answer(RSS % ONE, headers={"Cache-Control": f"max-age={age}"})
        async with desk.store.write() as conn:
            await sources.hasten(conn, [SourceId("a")], NOON)
        await desk.poller.poll(NOON)
        wait = ((await one_health(desk)).next_due_at - NOON).total_seconds()
        assert least <= wait <= most


async def test_a_move_for_good_is_followed_after_five_readings(desk: Desk) -> None:
    desk.host.routes |= {"/a": redirect("/new", 301), "/new": answer(RSS % ONE)}
    for hours in range(7):
        await desk.poller.poll(NOON + hours * HOUR)
    asked = [each.target for each in desk.host.requests if each.target != "/b"]
    assert asked == ["/a", "/new"] * 5 + ["/new"] * 2
    assert len(await desk.waiting()) == 1
    # A restart with the same list keeps what was learnt.
    async with desk.store.write() as conn:
        await sources.sync(conn, desk.sources.values(), NOON + 7 * HOUR)
    desk.host.requests.clear()
    await desk.poller.poll(NOON + 8 * HOUR)
    assert "/a" not in [each.target for each in desk.host.requests]


async def test_a_move_to_another_site_waits_for_a_person(desk: Desk) -> None:
    elsewhere = desk.host.url("/new", host="localhost")
    desk.host.routes |= {"/a": redirect(elsewhere, 301), "/new": answer(RSS % ONE)}
    for hours in range(7):
        await desk.poller.poll(NOON + hours * HOUR)
    assert [each.target for each in desk.host.requests if each.target != "/b"] == ["/a", "/new"] * 7
    health = await one_health(desk)
    assert (health.moved_to, health.has_moved) == (elsewhere, True)


async def test_a_move_to_a_page_is_never_followed(desk: Desk) -> None:
    await desk.poller.poll(NOON)
    desk.host.routes |= {"/a": redirect("/new", 301), "/new": answer(b"<html>For sale</html>")}
    for hours in range(1, 9):
        await desk.poller.poll(NOON + timedelta(days=hours))
    health = await one_health(desk)
    assert (state_of(health, NOON), health.moved_to) == (State.CHANGED, None)


async def test_a_slow_host_holds_up_neither_the_poll_nor_the_others(desk: Desk) -> None:
    async with FeedHost({"/slow": stalled()}) as slow:
        name = SourceId("slow")
        desk.sources[name] = a_source("slow", url=slow.url("/slow", host="localhost"))
        async with desk.store.write() as conn:
            await sources.sync(conn, desk.sources.values(), NOON)
        desk.poller.follow(replace(REFERENCE, sources=desk.sources))
        impatient = Poller(
            desk.store,
            replace(REFERENCE, sources=desk.sources),
            desk.client,
            desk.parser,
            concurrency=4,
            patience_seconds=0.05,
        )
        read = 0
        for _ in range(100):  # the first parse waits for its process to start
            read += (await impatient.poll(NOON)).read
            if read:
                break
        assert read == 1
        assert len(slow.requests) == 1
        # Each poll keeps what is in hand from other processes, and from itself.
        await impatient.poll(NOON + LEASE * 0.9)
        await desk.poller.poll(NOON + LEASE * 1.5)
        await impatient.poll(NOON + LEASE * 2)
        assert len(slow.requests) == 1
        await impatient.close()
        # What a stop gave up is not put off until the lease is over.
        assert (await one_health(desk, "slow")).next_due_at == NOON + LEASE * 2


async def test_what_is_due_together_is_spread_over_polls(desk: Desk) -> None:
    desk.sources = {
        SourceId(f"s{n}"): a_source(f"s{n}", url=desk.host.url(f"/s{n}")) for n in range(6)
    }
    async with desk.store.write() as conn:
        await sources.sync(conn, desk.sources.values(), NOON)
    few = Poller(
        desk.store,
        replace(REFERENCE, sources=desk.sources),
        desk.client,
        desk.parser,
        concurrency=4,
        at_once=2,
    )
    assert [(await few.poll(NOON)).failed for _ in range(4)] == [2, 2, 2, 0]


async def test_a_restart_asks_no_host_before_its_interval_is_over(desk: Desk) -> None:
    await desk.poller.poll(NOON)
    before = len(desk.host.requests)
    for seconds in (5, 60, 269):
        at = NOON + timedelta(seconds=seconds)
        async with desk.store.write() as conn:  # what a start does
            await sources.sync(conn, desk.sources.values(), at)
        restarted = Poller(
            desk.store,
            replace(REFERENCE, sources=desk.sources),
            desk.client,
            desk.parser,
            concurrency=4,
        )
        assert await restarted.poll(at) == Polled()
    assert len(desk.host.requests) == before


async def test_after_a_recognition_the_watched_are_read_more_often(desk: Desk) -> None:
    watched = replace(desk.sources[SourceId("a")], cases=("taliban",))
    desk.sources[watched.id] = watched
    desk.poller.follow(replace(load_reference(), sources=desk.sources))
    await desk.poller.poll(NOON)
    assert (await one_health(desk)).next_due_at >= NOON + timedelta(seconds=135)
    recognised = an_event(case="taliban", on=NOON.date())
    async with desk.store.write() as conn:
        await events.put(conn, recognised, NOON)
    soon = NOON + timedelta(minutes=1)
    await desk.poller.poll(soon)  # looks at the windows; draws near what is watched
    assert (await one_health(desk)).next_due_at <= soon + timedelta(minutes=1)
    await desk.poller.poll(soon + timedelta(minutes=1))
    wait = (await one_health(desk)).next_due_at - soon - timedelta(minutes=1)
    assert timedelta(seconds=60) <= wait <= timedelta(seconds=100)
    # A restart within the window brings nothing nearer than that.
    due_at = (await one_health(desk)).next_due_at
    reference = replace(load_reference(), sources=desk.sources)
    again = Poller(desk.store, reference, desk.client, desk.parser, concurrency=4)
    await again.poll(soon + timedelta(minutes=1))
    assert (await one_health(desk)).next_due_at == due_at
