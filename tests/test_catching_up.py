"""After a restore: nobody is told twice by a flood, and nothing is lost."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from jobs.domain.alerts import Notice
from jobs.domain.events import EventStatus, Mention
from jobs.domain.orders import OrderKind
from jobs.domain.restored import Restored
from jobs.domain.rhythm import Pace, Rhythm
from jobs.store import facts, missed, notices, orders, outbox, restoring, rhythms
from jobs.store.claims import claim
from jobs.store.copying import finish
from jobs.store.engine import Store
from jobs.store.schema import alert, lease, revision
from jobs.store.schema import outbox as table
from tests.samples import NOON, a_mention, an_item
from tests.watching_world import CHAT, OTHER_CHAT, REFERENCE, World

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
COPIED = NOON
BEGAN = NOON + 2 * HOUR
# To begin writes where everybody stands at first, which matters here to nobody.
BLANK = replace(
    REFERENCE, cases={name: replace(case, baseline=()) for name, case in REFERENCE.cases.items()}
)
SAID = a_mention(actor="UY", attributions=(), clause="")


def of(actor: str) -> Mention:
    return replace(SAID, actor=actor)


async def restored(world: World, *, begun_at: datetime = BEGAN) -> World:
    """Put the world's store back, as a restore does, and begin on it anew."""
    async with world.store.write() as conn:
        await restoring.settle(conn, COPIED, [CHAT], BEGAN)
        await finish(conn)
    await world.pipeline.start(begun_at)
    return world


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store, BLANK)
    await world.subscribe(CHAT, OTHER_CHAT)
    return world


async def going(world: World, now: datetime) -> list[tuple[int, int, str]]:
    """Take what may go now; return chat, alert and action of each."""
    async with world.store.write() as conn:
        taken = await claim(conn, now, limit=100, lease_until=now + HOUR, attempt_id=f"at {now}")
        await conn.execute(
            update(table)
            .where(table.c.id.in_([each.id for each in taken]))
            .values(state="SENT", message_id=1, started_at=now, sent_at=now)
        )
    return sorted((each.chat_id, each.alert_id, str(each.action)) for each in taken)


async def all_going(world: World, now: datetime) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    while taken := await going(world, now):
        found += taken
        now += timedelta(seconds=5)
    return found


async def digest_of(world: World, alert_id: int) -> dict[str, Any]:
    async with world.store.read() as conn:
        told: dict[str, Any] | None = await conn.scalar(
            select(revision.c.facts).where(revision.c.alert_id == alert_id)
        )
    assert told is not None
    return told


async def caught_up(world: World, now: datetime) -> dict[int, list[tuple[int, bool]]]:
    """Catch up, and return what each chat is told so: alerts, and whether they are new to it."""
    await world.pipeline.catch_up(now)
    found: dict[int, list[tuple[int, bool]]] = {}
    for chat_id, alert_id, _ in await all_going(world, now):
        told = await digest_of(world, alert_id)
        if told.get("digest") == "restored":
            assert chat_id not in found, "one message a chat"
            found[chat_id] = [(line[0], line[3]) for line in told["lines"]]
    return found


async def test_what_was_published_before_the_restore_comes_in_one_message(world: World) -> None:
    await restored(world)
    for actor in ("UY", "BR"):
        await world.put(f"{actor}.example", of(actor), at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + MINUTE)
    notice = await all_going(world, BEGAN + MINUTE)
    assert [each[0] for each in notice] == [CHAT], "only the operator is told at once"
    assert await caught_up(world, BEGAN + 5 * MINUTE) == {}
    both = await caught_up(world, BEGAN + 11 * MINUTE)
    assert {chat: len(lines) for chat, lines in both.items()} == {CHAT: 2, OTHER_CHAT: 2}
    assert all(is_new for _, is_new in both[CHAT])
    assert await caught_up(world, BEGAN + 30 * MINUTE) == {}


async def test_what_is_published_later_is_told_at_once(world: World) -> None:
    await restored(world)
    await world.put("old.example", of("UY"), at=BEGAN - MINUTE)
    await world.hear("new.example", of("BR"), at=BEGAN + MINUTE)
    told = [each for each in await all_going(world, BEGAN + MINUTE) if each[0] == OTHER_CHAT]
    assert len(told) == 1


async def test_without_jobs_nothing_unsure_goes(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await restoring.settle(conn, COPIED, [], BEGAN)
    assert await all_going(world, BEGAN + 30 * HOUR) == []


@pytest.mark.parametrize("state", ["PENDING", "CLAIMED", "SENDING", "RETRY", "UNCERTAIN"])
async def test_what_the_copy_had_still_to_send_is_joined(world: World, state: str) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await conn.execute(update(table).values(state=state, attempt_id="dead", attempts=3))
    await restored(world)
    # What waited was written long ago, which makes it no older for the list of what was missed.
    async with world.store.write() as conn:
        await missed.expire(conn, BEGAN - 24 * HOUR, BEGAN + MINUTE)
        await outbox.bring_forward(conn, BEGAN + 10 * MINUTE, BEGAN)
    await world.hear("one.example", SAID, at=BEGAN - HOUR)
    told = await caught_up(world, BEGAN + 11 * MINUTE)
    assert told == {CHAT: [(1, True)], OTHER_CHAT: [(1, True)]}


async def test_what_was_sent_before_the_copy_is_not_told_again(world: World) -> None:
    await world.hear("one.example", SAID)
    assert len(await all_going(world, NOON)) == 2
    await restored(world)
    await world.hear("one.example", SAID, at=BEGAN - HOUR)
    assert await caught_up(world, BEGAN + 11 * MINUTE) == {}


async def test_a_correction_of_the_lost_hours_edits_and_is_told_as_one(world: World) -> None:
    await world.hear("one.example", SAID)
    await all_going(world, NOON)
    await restored(world)
    denial = replace(SAID, status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.put("two.example", denial, at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + MINUTE)
    at_once = [each for each in await all_going(world, BEGAN + MINUTE) if each[1] == 1]
    assert at_once == [(CHAT, 1, "edit"), (OTHER_CHAT, 1, "edit")]
    told = await caught_up(world, BEGAN + 11 * MINUTE)
    assert told == {CHAT: [(1, False)], OTHER_CHAT: [(1, False)]}


async def test_what_becomes_a_recognition_afterwards_goes_at_once(world: World) -> None:
    await restored(world)
    plan = replace(SAID, status=EventStatus.PLANNED, on=(BEGAN + HOUR).date())
    await world.put("one.example", plan, at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + MINUTE)
    await all_going(world, BEGAN + MINUTE)
    done = replace(SAID, on=BEGAN.date())
    [entry] = await world.hear("two.example", done, at=BEGAN + 2 * MINUTE)
    assert entry.tellings
    assert {each[0] for each in await all_going(world, BEGAN + 3 * MINUTE)} == {CHAT, OTHER_CHAT}
    assert await caught_up(world, BEGAN + 20 * MINUTE) == {}


async def test_a_source_that_was_out_of_order_is_caught_up_with_later(world: World) -> None:
    await restored(world)
    assert await caught_up(world, BEGAN + 11 * MINUTE) == {}
    await world.put("late.example", SAID, at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + HOUR)
    assert await caught_up(world, BEGAN + HOUR + MINUTE) == {}
    assert list(await caught_up(world, BEGAN + HOUR + 11 * MINUTE)) == [CHAT, OTHER_CHAT]


async def test_a_restart_in_between_begins_nothing_anew(world: World) -> None:
    await restored(world)
    await world.put("one.example", SAID, at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + MINUTE)
    again = World(world.store, BLANK)
    await again.pipeline.start(BEGAN + 9 * MINUTE)
    await again.hear("two.example", of("BR"), at=BEGAN + 9 * MINUTE)
    assert {each[1] for each in await all_going(again, BEGAN + 9 * MINUTE)} >= {2 + 10_000}
    assert len(await caught_up(again, BEGAN + 11 * MINUTE)) == 2


async def test_answers_of_then_are_dropped_and_digests_come_marked(world: World) -> None:
    for actor in ("UY", "BR"):
        await world.hear(f"{actor}.example", of(actor), at=NOON - 30 * HOUR)
    async with world.store.write() as conn:
        await missed.expire(conn, NOON, NOON)
        await notices.tell(conn, Notice("retracted", {"alert": 1}), [CHAT], NOON)
        await orders.put(
            conn, OrderKind.BROADCAST, {"text": "hello"}, ordered_by=7, chat_id=CHAT, now=NOON
        )
    await restored(world)
    assert await world.pipeline.carry_out_orders(BEGAN) == 0
    async with world.store.read() as conn:
        rows = await conn.execute(
            select(revision.c.facts, table.c.possibly_repeated)
            .join(table, table.c.alert_id == revision.c.alert_id)
            .where(table.c.state == "PENDING", table.c.chat_id == CHAT)
        )
        waiting = {row.facts.get("notice") or row.facts.get("digest"): row[1] for row in rows}
    assert waiting == {"away": True, "restored": False}


async def test_a_digest_that_was_due_is_part_of_the_next_one(world: World) -> None:
    daily = Rhythm(Pace.DAILY, hour=13)
    async with world.store.write() as conn:
        await rhythms.set_rhythm(conn, OTHER_CHAT, 0, daily, NOON)
    await restored(world)
    await world.put("one.example", SAID, at=BEGAN - HOUR)
    await world.pipeline.detect(BEGAN + MINUTE)
    assert await world.pipeline.digest(BEGAN + MINUTE) == 0
    assert list(await caught_up(world, BEGAN + 11 * MINUTE)) == [CHAT]
    assert await world.pipeline.digest(NOON + 25 * HOUR + MINUTE) == 1


async def test_the_numbers_of_the_lost_hours_lead_to_nothing(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await conn.execute(lease.insert().values(name="x", holder="y", until=NOON))
    await restored(world)
    await world.hear("two.example", of("BR"), at=BEGAN + MINUTE)
    async with world.store.read() as conn:
        numbers = (await conn.scalars(select(alert.c.id).order_by(alert.c.id))).all()
        assert (await conn.execute(select(lease))).all() == []
    assert numbers == [1, 10_001, 10_002]


@pytest.mark.parametrize(
    ("published", "seen", "unsure"),
    [
        (BEGAN - HOUR, BEGAN + MINUTE, True),
        (BEGAN, BEGAN, True),
        (BEGAN + MINUTE, BEGAN + MINUTE, False),
        # A clock of theirs that is ahead makes nothing new.
        (BEGAN + HOUR, BEGAN - HOUR, True),
        (None, BEGAN + MINUTE, True),
        (None, BEGAN + 2 * HOUR, False),
    ],
)
def test_what_is_unsure(published: datetime | None, seen: datetime, unsure: bool) -> None:
    item = an_item(published_at=published, first_seen_at=seen)
    assert Restored(COPIED, BEGAN).leaves_unsure(item) is unsure


async def test_a_store_that_was_never_put_back_holds_nothing(world: World) -> None:
    await world.pipeline.start(NOON)
    await world.hear("one.example", SAID, at=NOON - MINUTE)
    assert len(await all_going(world, NOON)) == 2
    await world.pipeline.catch_up(NOON + HOUR)
    async with world.store.read() as conn:
        assert await facts.get(conn, restoring.RESTORED) is None
