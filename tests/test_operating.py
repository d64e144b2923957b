"""What operators order of the program: stop, go on, write to all; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs.domain.alerts import Action, AlertId, AlertKind, ChatId, Facts, Level, Reason
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.domain.orders import OrderKind, Stopped, read_order
from jobs.domain.rhythm import QuietHours
from jobs.store import alerts, broadcasts, chats, nights, orders, outbox, pauses
from jobs.store.claims import Delivery, claim
from jobs.store.engine import Store
from jobs.store.pauses import Hold
from jobs.store.schema import filter_row
from jobs.store.schema import orders as orders_table
from jobs.store.schema import outbox as rows
from tests.samples import NOON
from tests.watching_world import CHAT, OTHER_CHAT, World

OPERATOR = ChatId(7)
TOLD = Facts(
    case="taliban",
    actor="UZ",
    type=EventType.MISSION,
    status=EventStatus.DONE,
    grade=Grade.REPORTED,
    on=NOON.date(),
    first_seen_at=NOON,
    origins=1,
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.pipeline.start(NOON - DAY)
    await world.subscribe(CHAT, OTHER_CHAT)
    async with store.write() as conn:
        await chats.open_chat(
            conn, OPERATOR, chats.ChatKind.PRIVATE, language="en", zone="UTC", now=NOON
        )
    return world


async def order(world: World, kind: OrderKind, **payload: object) -> None:
    async with world.store.write() as conn:
        await orders.put(conn, kind, payload, ordered_by=7, chat_id=OPERATOR, now=NOON)
    assert await world.pipeline.carry_out_orders(NOON) == 1


async def claimed(world: World) -> list[Delivery]:
    """Claim as a sender does, and give what it got as sent."""
    async with world.store.write() as conn:
        hold = Hold(await pauses.stopped(conn), [OPERATOR])
        until = NOON + HOUR
        found = await claim(conn, NOON, limit=9, lease_until=until, attempt_id="a", hold=hold)
        for each in found:
            sent = rows.update().where(rows.c.id == each.id)
            await conn.execute(sent.values(state="SENT", sent_at=NOON, message_id=1))
    return found


async def put_alert(world: World, number: int | None = None) -> AlertId:
    """Tell an alert, or revise one so that its chats must hear of it; return its number."""
    async with world.store.write() as conn:
        wish = await conn.scalar(select(func.min(filter_row.c.id)))
        alert_id = await alerts.create(conn, None, NOON) if number is None else AlertId(number)
        revision = await alerts.add_revision(
            conn,
            alert_id,
            kind=AlertKind.ALERT,
            level=Level.MAJOR,
            reason=Reason.FIRST,
            facts=TOLD,
            now=NOON,
        )
        loud = number is not None
        await outbox.fan_out(
            conn, alert_id, revision, [wish or 0], level=Level.MAJOR, loud=loud, now=NOON
        )
    return alert_id


@pytest.mark.parametrize("what", list(Stopped))
async def test_what_is_stopped_waits_and_the_operator_is_answered(
    world: World, what: Stopped
) -> None:
    told = await put_alert(world)
    assert {each.chat_id for each in await claimed(world)} == {CHAT, OTHER_CHAT}
    await order(world, OrderKind.PAUSE, what=what, note="a false alarm")
    assert {each.chat_id for each in await claimed(world)} == {OPERATOR}
    new = await put_alert(world)
    await put_alert(world, told)
    found = await claimed(world)
    if what is Stopped.EVERYTHING:
        assert found == []
    else:
        assert {(each.alert_id, each.action) for each in found} == {(told, Action.EDIT)}
    await order(world, OrderKind.RESUME, note="it was none")
    kept = set()
    while more := await claimed(world):
        kept |= {(each.chat_id, each.alert_id, each.revision) for each in more}
    assert {(CHAT, new, 1), (OTHER_CHAT, new, 1)} <= kept
    assert (CHAT, told, 2) in kept or what is Stopped.ALERTS


async def broadcast(world: World) -> int:
    await order(world, OrderKind.BROADCAST, text="A new case: see /settings")
    async with world.store.read() as conn:
        [begun, *_] = await broadcasts.progress(conn)
    return begun.broadcast


async def test_a_broadcast_goes_to_each_hearing_chat_once_and_last(world: World) -> None:
    async with world.store.write() as conn:
        wish = await chats.read_filter(conn, CHAT)
        assert wish is not None
        await chats.subscribe(conn, CHAT, wish, NOON, thread_id=5)
        assert await broadcasts.count_hearing(conn) == 2
    number = await broadcast(world)
    new = await put_alert(world)
    async with world.store.read() as conn:
        where = select(rows.c.chat_id, rows.c.thread_id).where(rows.c.alert_id == number)
        assert {tuple(row) for row in await conn.execute(where)} == {(CHAT, 0), (OTHER_CHAT, 0)}
    first = [each for each in await claimed(world) if each.chat_id == CHAT]
    assert [each.alert_id for each in first] == [new]


async def test_a_closed_chat_gets_none_and_one_at_night_gets_it_after(world: World) -> None:
    async with world.store.write() as conn:
        await outbox.close_chat(conn, OTHER_CHAT, "left")
        await nights.set_quiet(conn, CHAT, QuietHours(11 * 60, 13 * 60), NOON)
    number = await broadcast(world)
    async with world.store.read() as conn:
        found = select(rows.c.chat_id, rows.c.not_before).where(rows.c.alert_id == number)
        assert [tuple(row) for row in await conn.execute(found)] == [(CHAT, NOON + HOUR)]


async def test_a_broadcast_called_off_goes_no_further(world: World) -> None:
    number = await broadcast(world)
    async with world.store.write() as conn:
        one = select(func.min(rows.c.id)).where(rows.c.alert_id == number).scalar_subquery()
        await conn.execute(rows.update().where(rows.c.id == one).values(state="SENT"))
    await order(world, OrderKind.CALL_OFF, broadcast=number)
    async with world.store.read() as conn:
        [shown] = await broadcasts.progress(conn)
    assert (shown.sent, shown.waiting, shown.closed) == (1, 0, 1)


async def test_only_a_broadcast_can_be_called_off(world: World) -> None:
    told = await put_alert(world)
    await order(world, OrderKind.CALL_OFF, broadcast=told)
    async with world.store.read() as conn:
        [done] = await orders.audit(conn, 5)
    assert done.outcome == "no_such_broadcast"
    assert len(await claimed(world)) == 3


async def test_a_draft_is_sent_once_and_a_newer_one_replaces_it(store: Store) -> None:
    async with store.write() as conn:
        await broadcasts.keep_draft(conn, "a", "one")
        await broadcasts.keep_draft(conn, "b", "two")
        assert await broadcasts.take_draft(conn, "a") is None
        assert await broadcasts.take_draft(conn, "b") == "two"
        assert await broadcasts.take_draft(conn, "b") is None


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("pause", {"what": "the world", "note": "why"}),
        ("pause", {"note": "why"}),
        ("pause", {"what": "alerts"}),
        ("broadcast", {"text": "  "}),
        ("call off", {}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: str, payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"what|note|text|broadcast"):
        read_order(kind, payload)


async def test_the_audit_is_of_operators_and_has_its_days(world: World) -> None:
    await order(world, OrderKind.REPORT, url="https://news.example/1")
    await order(world, OrderKind.PAUSE, what="alerts", note="a false alarm")
    async with world.store.read() as conn:
        [done] = await orders.audit(conn, 5)
    assert (done.order.kind, done.order.ordered_by, done.outcome) == ("pause", 7, "alerts_paused")
    assert done.order.payload["note"] == "a false alarm"
    await world.pipeline.prune(NOON + timedelta(days=399))
    async with world.store.read() as conn:
        assert len(await orders.audit(conn, 5)) == 1
    await world.pipeline.prune(NOON + timedelta(days=401))
    async with world.store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(orders_table)) == 0
