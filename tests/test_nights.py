"""Quiet hours: what they hold, what comes through, what comes when they end."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.domain.alerts import ChatId, Digest, Notice, Occasion
from jobs.domain.events import EventStatus, EventType, Mention
from jobs.domain.orders import OrderKind
from jobs.domain.rhythm import Pace, QuietHours, Rhythm
from jobs.store import alerts, nights, orders, outbox, rhythms
from jobs.store.engine import Store
from jobs.store.schema import outbox as outbox_table
from tests.samples import NOON, a_mention
from tests.telling import take
from tests.watching_world import CHAT, World

HOUR = timedelta(hours=1)
# Noon is night in this chat, from 11 to 18.
QUIET = QuietHours(11 * 60, 18 * 60)
END = NOON + 6 * HOUR


def said(actor: str = "UY", kind: EventType = EventType.MISSION, **changes: object) -> Mention:
    return a_mention(actor=actor, type=kind, attributions=(), clause="", **changes)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.subscribe(CHAT)
    async with store.write() as conn:
        await nights.set_quiet(conn, CHAT, QUIET, NOON - HOUR)
    return world


class _TakenBack(Exception):
    pass


async def claimable(world: World, now: datetime) -> list[tuple[int, int, str]]:
    """Return what could go out now, without taking it."""
    found: list[tuple[int, int, str]] = []
    with suppress(_TakenBack):
        async with world.store.write() as conn:
            while taken := await take(conn, now):
                found += [(each.alert_id, each.revision, each.action.value) for each in taken]
                for each in taken:
                    done = outbox_table.update().where(outbox_table.c.id == each.id)
                    await conn.execute(done.values(state="SENT"))
            raise _TakenBack
    return found


async def test_an_alert_waits_for_the_end_of_the_night(world: World) -> None:
    await world.hear("one.example", said())
    assert await claimable(world, END - timedelta(seconds=1)) == []
    assert await claimable(world, END) == [(1, 1, "send")]


@pytest.mark.parametrize(("lets_major", "expected"), [(True, [(1, 1, "send")]), (False, [])])
async def test_a_recognition_comes_through_if_wished(
    world: World, lets_major: bool, expected: list[tuple[int, int, str]]
) -> None:
    async with world.store.write() as conn:
        await nights.set_quiet(conn, CHAT, replace(QUIET, lets_major=lets_major), NOON - HOUR)
    await world.hear("one.example", said(kind=EventType.RECOGNITION))
    assert await claimable(world, NOON) == expected


async def test_a_silent_edit_goes_by_night_and_what_rings_does_not(world: World) -> None:
    async with world.store.write() as conn:
        await nights.set_quiet(conn, CHAT, QuietHours(), NOON - HOUR)
    await world.hear("one.example", said())
    async with world.store.write() as conn:
        [taken] = await take(conn, NOON)
        done = outbox_table.update().where(outbox_table.c.id == taken.id)
        await conn.execute(done.values(state="SENT", message_id=5))
        await nights.set_quiet(conn, CHAT, QUIET, NOON)
    denial = replace(said(), status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.hear("two.example", denial, at=NOON + HOUR)
    assert await claimable(world, NOON + 2 * HOUR) == [(1, 2, "edit")]
    assert await claimable(world, END) == [(1, 2, "edit"), (1, 2, "reply")]


async def test_by_day_everything_goes_at_once(world: World) -> None:
    await world.hear("one.example", said(), at=END + HOUR)
    assert await claimable(world, END + HOUR) == [(1, 1, "send")]


async def joined(world: World) -> list[Digest]:
    async with world.store.read() as conn:
        rows = await conn.execute(
            select(outbox_table.c.alert_id).where(outbox_table.c.state == "PENDING")
        )
        found = [await alerts.get_revision(conn, row.alert_id, 1) for row in rows]
    return [each.facts for each in found if each and isinstance(each.facts, Digest)]


MANY = ("UY", "PY", "BO", "EC")


async def test_few_come_one_by_one_and_many_in_one_message(world: World) -> None:
    for actor in MANY[:3]:
        await world.hear(f"{actor.lower()}.example", said(actor))
    await world.pipeline.end_nights(END - timedelta(seconds=30))
    assert await joined(world) == []
    await world.hear("ec.example", said(MANY[3]), at=NOON + HOUR)
    await world.pipeline.end_nights(END - timedelta(minutes=5))
    assert await joined(world) == []
    await world.pipeline.end_nights(END - timedelta(seconds=20))
    [digest] = await joined(world)
    assert digest.occasion is Occasion.QUIET
    assert [line.facts.actor for line in digest.lines] == [*reversed(MANY)]
    assert await claimable(world, END - timedelta(seconds=1)) == []
    assert await claimable(world, END) == [(5, 1, "send")]


async def test_a_recognition_stands_first_in_what_is_joined(world: World) -> None:
    async with world.store.write() as conn:
        await nights.set_quiet(conn, CHAT, replace(QUIET, lets_major=False), NOON - HOUR)
    await world.hear("one.example", said("CO", EventType.RECOGNITION))
    for actor in MANY:
        await world.hear(f"{actor.lower()}.example", said(actor))
    await world.pipeline.end_nights(END - timedelta(seconds=20))
    [digest] = await joined(world)
    assert [line.facts.actor for line in digest.lines] == ["CO", *reversed(MANY)]


async def test_what_was_joined_is_corrected_by_a_message_and_not_told_again(world: World) -> None:
    for actor in MANY:
        await world.hear(f"{actor.lower()}.example", said(actor))
    await world.pipeline.end_nights(END - timedelta(seconds=20))
    await world.hear("two.example", said("UY"), at=END + HOUR)
    assert await claimable(world, END + HOUR) == [(5, 1, "send")]
    denial = replace(said("UY"), status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.hear("three.example", denial, at=END + 2 * HOUR)
    assert (1, 3, "send") in await claimable(world, END + 2 * HOUR)


async def test_a_night_is_followed_by_the_next(world: World) -> None:
    await world.pipeline.end_nights(END)
    await world.hear("one.example", said(), at=END + HOUR)
    assert await claimable(world, END + HOUR) == [(1, 1, "send")]
    await world.hear("one.example", said("PY"), at=NOON + 24 * HOUR)
    assert (2, 1, "send") not in await claimable(world, NOON + 24 * HOUR)
    assert (2, 1, "send") in await claimable(world, END + 24 * HOUR)


async def test_what_a_night_holds_is_not_taken_for_a_clock_put_back(world: World) -> None:
    await world.hear("one.example", said())
    async with world.store.write() as conn:
        assert await outbox.bring_forward(conn, NOON + HOUR, NOON) == 0
        await nights.set_quiet(conn, CHAT, QuietHours(), NOON - 9 * HOUR)
    assert await claimable(world, NOON) == [(1, 1, "send")]


async def test_a_chat_wakes_though_no_job_runs(world: World) -> None:
    for actor in MANY:
        await world.hear(f"{actor.lower()}.example", said(actor))
    assert len(await claimable(world, END)) == 4


@pytest.mark.parametrize(
    ("quiet", "goes_at"),
    [(QuietHours(), NOON), (QuietHours(11 * 60, 15 * 60), NOON + 3 * HOUR)],
    ids=["off", "shorter"],
)
async def test_new_hours_hold_for_what_the_old_ones_held(
    world: World, quiet: QuietHours, goes_at: datetime
) -> None:
    await world.hear("one.example", said())
    async with world.store.write() as conn:
        await nights.set_quiet(conn, CHAT, quiet, NOON)
    assert await claimable(world, goes_at - timedelta(seconds=1)) == []
    assert await claimable(world, goes_at) == [(1, 1, "send")]


async def test_a_digest_waits_too_and_an_answer_does_not(world: World) -> None:
    async with world.store.write() as conn:
        await rhythms.set_rhythm(conn, CHAT, 0, Rhythm(Pace.DAILY, 13), NOON)
    await world.pipeline.digest(NOON + HOUR)
    assert await claimable(world, NOON + HOUR) == []
    assert await claimable(world, END) == [(1, 1, "send")]
    async with world.store.write() as conn:
        notice = await alerts.add_notice(conn, Notice("confirmed", {"alert": 1}), NOON)
        await outbox.put_notices(conn, notice, [CHAT], NOON)
    assert await claimable(world, NOON + HOUR) == [(2, 1, "send")]


async def test_what_was_retracted_by_night_is_not_joined(world: World) -> None:
    for actor in MANY:
        await world.hear(f"{actor.lower()}.example", said(actor))
    async with world.store.write() as conn:
        told = {"alert": 1, "note": "a misreading"}
        await orders.put(conn, OrderKind.RETRACT, told, ordered_by=9, chat_id=ChatId(9), now=NOON)
    await world.pipeline.carry_out_orders(NOON)
    await world.pipeline.end_nights(END - timedelta(seconds=20))
    [digest] = await joined(world)
    assert [line.facts.actor for line in digest.lines] == ["EC", "BO", "PY"]
    assert await claimable(world, END) == [(6, 1, "send")]
