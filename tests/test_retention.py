"""What is pruned after its days, a bite at a time, and what is still needed and stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from jobs import pipeline
from jobs.domain.alerts import AlertId, ChatId, Notice
from jobs.domain.events import EventStatus, EventType
from jobs.store import alerts, chats, notices, outbox, reports
from jobs.store.engine import Store
from jobs.store.schema import alert, chat, report, revision, seen_update
from jobs.store.schema import outbox as table
from tests.samples import NOON, a_mention
from tests.watching_world import CHAT, OTHER_CHAT, World

DAY = timedelta(days=1)
SAID = a_mention(actor="UY", attributions=(), clause="")


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.subscribe(CHAT, OTHER_CHAT)
    return world


async def count(world: World, table: Any) -> int:
    async with world.store.read() as conn:
        return int(await conn.scalar(select(func.count()).select_from(table)) or 0)


async def sent(world: World) -> None:
    async with world.store.write() as conn:
        await conn.execute(update(table).values(state="SENT", message_id=5))


async def test_a_message_is_known_while_it_may_be_corrected(world: World) -> None:
    planned = replace(
        SAID, status=EventStatus.PLANNED, type=EventType.MISSION, on=(NOON + 200 * DAY).date()
    )
    await world.hear("one.example", planned)
    await sent(world)
    await world.pipeline.prune(NOON + 150 * DAY)
    assert await count(world, table) == 2, "its day is still to come"
    done = replace(planned, status=EventStatus.DONE)
    await world.hear("two.example", done, at=NOON + 200 * DAY)
    actions = [each[3] for each in await world.deliveries()]
    assert sorted(actions) == ["edit", "edit", "reply", "reply", "send", "send"]
    await sent(world)
    await world.pipeline.prune(NOON + 289 * DAY)
    assert await count(world, table) == 6, "it has changed of late"
    await world.pipeline.prune(NOON + 292 * DAY)
    assert await count(world, table) == 0
    async with world.store.read() as conn:
        why = await alerts.why(conn, AlertId(1))
    assert why is not None
    assert len(why.accounts) == 2, "/why can still say on whose word"


async def test_notices_go_with_their_messages(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await notices.tell(conn, Notice("retracted", {"alert": 1}), [CHAT], NOON)
    await sent(world)
    await world.pipeline.prune(NOON + 89 * DAY)
    assert (await count(world, alert), await count(world, revision)) == (2, 2)
    await world.pipeline.prune(NOON + 92 * DAY)
    assert (await count(world, alert), await count(world, revision)) == (1, 1)
    async with world.store.read() as conn:
        [left] = (await conn.execute(select(alert))).all()
    assert left.event_id == 1


async def test_a_notice_that_waits_is_kept(world: World) -> None:
    async with world.store.write() as conn:
        await notices.tell(conn, Notice("retracted", {"alert": 1}), [CHAT], NOON)
    await world.pipeline.prune(NOON + 400 * DAY)
    assert (await count(world, alert), await count(world, table)) == (1, 1)


async def test_a_chat_that_left_is_forgotten_a_year_later(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await outbox.close_chat(conn, CHAT, "blocked")
    await world.pipeline.prune(NOON)
    await world.pipeline.prune(NOON + 364 * DAY)
    assert await count(world, chat) == 2
    await world.pipeline.prune(NOON + 366 * DAY)
    async with world.store.read() as conn:
        assert await conn.scalar(select(chat.c.id)) == OTHER_CHAT
        assert (await conn.scalars(select(table.c.chat_id).distinct())).all() == [OTHER_CHAT]


async def test_a_chat_that_came_back_begins_anew(world: World) -> None:
    async with world.store.write() as conn:
        await outbox.close_chat(conn, CHAT, "blocked")
    await world.pipeline.prune(NOON)
    await world.subscribe(CHAT)
    await world.pipeline.prune(NOON + 400 * DAY)
    assert await count(world, chat) == 2


async def test_closed_reports_go_and_open_ones_stay(world: World) -> None:
    async with world.store.write() as conn:
        numbers = [await reports.put(conn, f"https://x.example/{n}", CHAT, NOON) for n in (1, 2)]
        await reports.close(conn, numbers[0] or 0, "dismissed", NOON)
    await world.pipeline.prune(NOON + 401 * DAY)
    async with world.store.read() as conn:
        assert (await conn.scalars(select(report.c.id))).all() == numbers[1:]


async def test_much_is_deleted_in_bites(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BITE", 7)
    async with world.store.write() as conn:
        seen = [{"update_id": number, "seen_at": NOON} for number in range(30)]
        await conn.execute(insert(seen_update), seen)
        assert await chats.forget_updates(conn, NOON + DAY, 7) == 7
    await world.pipeline.prune(NOON + 8 * DAY)
    assert await count(world, seen_update) == 23
    await world.pipeline.prune(NOON + 10 * DAY)
    assert await count(world, seen_update) == 0


async def test_only_closed_chats_are_forgotten(store: Store) -> None:
    world = World(store)
    await world.subscribe(*(ChatId(number) for number in range(1, 6)))
    async with store.write() as conn:
        assert await chats.forget_closed(conn, NOON + DAY, 10) == 0
        for number in (2, 3, 4):
            await outbox.close_chat(conn, ChatId(number), "kicked")
        await chats.note_closed(conn, NOON)
        assert await chats.forget_closed(conn, NOON + DAY, 2) == 2
        assert await chats.forget_closed(conn, NOON + DAY, 2) == 1
        assert (await conn.scalars(select(chat.c.id).order_by(chat.c.id))).all() == [1, 5]
