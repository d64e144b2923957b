"""The most new messages an hour: what waits for room, what never does, how it comes then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.domain.alerts import AlertId, ChatId, Digest, Level, Occasion
from jobs.domain.events import EventStatus, EventType, Mention
from jobs.domain.orders import OrderKind
from jobs.domain.rhythm import QuietHours
from jobs.store import alerts, nights, orders, outbox, room
from jobs.store.engine import Store
from jobs.store.schema import outbox as outbox_table
from jobs.store.schema import subscription
from tests.samples import NOON, a_mention
from tests.telling import take
from tests.watching_world import CHAT, OTHER_CHAT, World

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
MOST = 3
# When the first message is an hour old.
ROOM = NOON + HOUR
KINDS = (EventType.MISSION, EventType.AGREEMENT)
ACTORS = ("UY", "PY", "BO", "EC", "PE", "SR")


def said(actor: str, kind: EventType = EventType.MISSION, **changes: object) -> Mention:
    return a_mention(actor=actor, type=kind, attributions=(), clause="", **changes)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store, most_per_hour=MOST)
    await world.subscribe(CHAT)
    return world


async def hear(world: World, actors: Sequence[str] = ACTORS, at: datetime = NOON) -> None:
    """Let each actor's event be told, a minute after the other, and sent at once."""
    for place, actor in enumerate(actors):
        now = at + place * MINUTE
        await world.hear(f"{actor.lower()}.example", said(actor), at=now)
        await send(world, now)


async def send(world: World, now: datetime) -> list[tuple[int, str]]:
    """Send whatever may go to the chat now, and return which alerts and how."""
    found: list[tuple[int, str]] = []
    async with world.store.write() as conn:
        while taken := await take(conn, now):
            for each in taken:
                done = outbox_table.update().where(outbox_table.c.id == each.id)
                sent = {"state": "SENT", "started_at": now, "message_id": 5}
                await conn.execute(done.values(sent))
                found.append((each.alert_id, each.action.value))
            # Telegram's own pace is not what is looked at here.
            now += 4 * SECOND
    return found


async def joined(world: World, chat_id: ChatId = CHAT) -> list[Digest]:
    """Return what was written for the chat in one message of many."""
    async with world.store.read() as conn:
        rows = await conn.execute(
            select(outbox_table.c.alert_id).where(outbox_table.c.chat_id == chat_id)
        )
        found = [await alerts.get_revision(conn, AlertId(row.alert_id), 1) for row in rows]
    return [each.facts for each in found if each and isinstance(each.facts, Digest)]


async def test_beyond_the_cap_alerts_wait_and_come_in_one_message(world: World) -> None:
    await hear(world)
    await world.pipeline.make_room(ROOM - SECOND)
    assert await send(world, ROOM - SECOND) == []
    await world.pipeline.make_room(ROOM)
    [digest] = await joined(world)
    assert digest.occasion is Occasion.FULL
    assert digest.since == NOON + MOST * MINUTE
    assert [line.facts.actor for line in digest.lines] == [*reversed(ACTORS[MOST:])]
    assert await send(world, ROOM) == [(len(ACTORS) + 1, "send")]


@pytest.mark.parametrize("minutes", [4, 18], ids=["a rush", "a trickle"])
async def test_no_hour_has_more_and_nothing_is_lost(world: World, minutes: int) -> None:
    at: list[datetime] = []
    news = [said(actor, kind) for kind in KINDS for actor in ACTORS]
    for place in range(30):
        now = NOON + place * minutes * MINUTE
        # The job runs every few seconds: so also just when there is room.
        async with world.store.read() as conn:
            until = await conn.scalar(select(subscription.c.full_until))
        if until is not None and until - room.SPARE < now:
            await world.pipeline.make_room(until - room.SPARE)
            at += [until - room.SPARE] * len(await send(world, until - room.SPARE))
        if place < len(news):
            await world.hear(f"s{place}.example", news[place], at=now)
        await world.pipeline.make_room(now)
        at += [now] * len(await send(world, now))
    told = {line.alert_id for digest in await joined(world) for line in digest.lines}
    numbers = {each.alert_id for each in await world.told()}
    alone = {row[0] for row in await world.deliveries() if row[3] == "send"} & numbers
    assert len(numbers) == len(news)
    assert told | alone == numbers
    assert not told & alone
    assert max(sum(1 for each in at if start - HOUR < each <= start) for start in at) == MOST


async def test_one_that_waited_alone_comes_as_itself(world: World) -> None:
    await hear(world, ACTORS[: MOST + 1])
    await world.pipeline.make_room(ROOM)
    assert await joined(world) == []
    assert await send(world, ROOM) == [(MOST + 1, "send")]


async def test_a_recognition_does_not_wait(world: World) -> None:
    await hear(world, ACTORS[: MOST + 1])
    now = NOON + 10 * MINUTE
    await world.hear("co.example", said("CO", EventType.RECOGNITION), at=now)
    assert await send(world, now) == [(MOST + 2, "send")]


async def test_what_becomes_major_while_it_waits_goes_at_once(world: World) -> None:
    await hear(world, ACTORS[: MOST + 1])
    async with world.store.write() as conn:
        number = AlertId(MOST + 1)
        await outbox.fan_out(conn, number, 1, (), level=Level.MAJOR, loud=True, now=NOON)
    assert await send(world, NOON + 10 * MINUTE) == [(MOST + 1, "send")]


async def test_a_correction_does_not_wait(world: World) -> None:
    await hear(world)
    denial = replace(said("UY"), status=EventStatus.DENIED, attributions=("organ:UY",))
    now = NOON + 10 * MINUTE
    await world.hear("organ.example", denial, at=now)
    assert await send(world, now) == [(1, "edit"), (1, "reply")]


async def test_what_was_joined_is_corrected_by_a_message(world: World) -> None:
    await hear(world)
    await world.pipeline.make_room(ROOM)
    await send(world, ROOM)
    denial = replace(said("SR"), status=EventStatus.DENIED, attributions=("organ:SR",))
    await world.hear("organ.example", denial, at=ROOM + SECOND)
    assert (len(ACTORS), "send") in await send(world, ROOM + SECOND)


async def retract(world: World, number: int) -> None:
    async with world.store.write() as conn:
        told = {"alert": number, "note": "a misreading"}
        await orders.put(conn, OrderKind.RETRACT, told, ordered_by=9, chat_id=ChatId(9), now=NOON)
    await world.pipeline.carry_out_orders(NOON + 20 * MINUTE)


async def test_what_was_retracted_while_it_waited_is_told_to_nobody(world: World) -> None:
    await hear(world, ACTORS[: MOST + 3])
    await retract(world, MOST + 1)
    await world.pipeline.make_room(ROOM)
    [digest] = await joined(world)
    assert [line.alert_id for line in digest.lines] == [MOST + 3, MOST + 2]
    assert all(number != MOST + 1 for number, _ in await send(world, ROOM))


async def test_what_waited_alone_and_was_retracted_is_told_to_nobody(world: World) -> None:
    await hear(world, ACTORS[: MOST + 1])
    await retract(world, MOST + 1)
    await world.pipeline.make_room(ROOM)
    assert await send(world, ROOM) == []


async def test_each_chat_and_topic_has_an_hour_of_its_own(world: World) -> None:
    await hear(world, ACTORS[:2])
    await world.subscribe(OTHER_CHAT)
    await hear(world, ACTORS[2:5], NOON + 2 * MINUTE)
    sent = [row for row in await world.deliveries() if row[2] == OTHER_CHAT]
    assert len(sent) == 3
    async with world.store.read() as conn:
        waiting = await conn.scalars(
            select(outbox_table.c.chat_id).where(outbox_table.c.state == "PENDING")
        )
        assert waiting.all() == [CHAT, CHAT]


async def test_messages_that_have_not_gone_yet_count(world: World) -> None:
    for actor in ACTORS[: MOST + 2]:
        await world.hear(f"{actor.lower()}.example", said(actor))
    # Nothing was sent for an hour: what waits would fill it by itself.
    await world.pipeline.make_room(ROOM)
    assert len(await send(world, ROOM)) == MOST
    assert await joined(world) == []
    await world.pipeline.make_room(ROOM + HOUR + MINUTE)
    [digest] = await joined(world)
    assert len(digest.lines) == 2


async def test_the_night_holds_what_there_is_room_for_by_then(world: World) -> None:
    await hear(world)
    async with world.store.write() as conn:
        quiet = QuietHours(12 * 60 + 30, 18 * 60)
        await nights.set_quiet(conn, CHAT, quiet, NOON + 10 * MINUTE)
    await world.hear("cl.example", said("CL"), at=NOON + 40 * MINUTE)
    await world.pipeline.make_room(ROOM)
    assert await send(world, ROOM + HOUR) == []
    await world.pipeline.end_nights(NOON + 6 * HOUR - 20 * SECOND)
    [digest] = await joined(world)
    assert digest.occasion is Occasion.QUIET
    assert len(digest.lines) == len(ACTORS) - MOST + 1


async def test_a_night_is_held_by_the_night_alone(world: World) -> None:
    async with world.store.write() as conn:
        await nights.set_quiet(conn, CHAT, QuietHours(11 * 60, 18 * 60), NOON - 2 * HOUR)
    await hear(world)
    await world.pipeline.make_room(ROOM)
    await world.pipeline.end_nights(NOON + 6 * HOUR - 20 * SECOND)
    [digest] = await joined(world)
    assert len(digest.lines) == len(ACTORS)


async def test_where_no_job_runs_alerts_come_one_by_one(world: World) -> None:
    await hear(world)
    assert len(await send(world, ROOM + MINUTE)) == len(ACTORS) - MOST


async def test_what_waits_for_room_is_not_taken_for_a_clock_put_back(world: World) -> None:
    await hear(world)
    async with world.store.write() as conn:
        assert await outbox.bring_forward(conn, NOON + 20 * MINUTE, NOON + 10 * MINUTE) == 0


async def test_a_clock_put_back_does_not_lengthen_the_wait(world: World) -> None:
    await hear(world)
    await world.pipeline.make_room(NOON - 5 * HOUR)
    assert len(await send(world, NOON - 5 * HOUR)) == 1
    assert len(await joined(world)) == 1


@pytest.mark.parametrize("most", [0, 100])
async def test_a_cap_that_was_raised_holds_for_what_waits(world: World, most: int) -> None:
    await hear(world)
    raised = World(world.store, most_per_hour=most)
    now = NOON + 10 * MINUTE if not most else ROOM
    await raised.pipeline.make_room(now)
    assert len(await joined(world)) == 1


async def test_without_a_cap_everything_goes_at_once(store: Store) -> None:
    world = World(store)
    await world.subscribe(CHAT)
    await hear(world)
    assert len([row for row in await world.deliveries() if row[3] == "send"]) == len(ACTORS)
    async with store.read() as conn:
        states = await conn.scalars(select(outbox_table.c.state))
        assert set(states.all()) == {"SENT"}
