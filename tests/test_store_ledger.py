from dataclasses import replace
from datetime import date, timedelta

import pytest

from jobs.domain.alerts import (
    AlertId,
    AlertKind,
    ChatId,
    Facts,
    Level,
    Notice,
    Reason,
    Voice,
)
from jobs.domain.events import EventId, EventStatus, EventType, Grade, Mention, Ruling, Standing
from jobs.domain.items import ItemId
from jobs.domain.orders import OrderKind
from jobs.store import alerts, events, facts, items, mentions, orders, standings
from jobs.store.contents import facts_from_json, facts_to_json
from jobs.store.engine import Store, lock_ledger
from tests.samples import NOON, OUTLET, a_mention, an_event, an_item

FACTS = Facts(
    case="taliban",
    actor="RU",
    type=EventType.RECOGNITION,
    status=EventStatus.DONE,
    grade=Grade.CONFIRMED,
    on=date(2025, 7, 3),
    first_seen_at=NOON,
    origins=2,
    voices=(
        Voice("tass.com", "https://tass.com/1", "«Да»", NOON),
        Voice("x", "u", "t", None, denies=True),
    ),
    detail="de jure",
    contested=True,
    reverses=AlertId(7),
    includes=((EventType.CREDENTIALS, "ambassador"), (EventType.MISSION, "opened")),
    note="an operator's words",
)


async def _item_ids(store: Store, count: int) -> list[ItemId]:
    async with store.write() as conn:
        batch = [an_item(f"k{number}", published_at=None) for number in range(count)]
        await items.put_items(conn, batch, baseline=False)
        return [each.id for each in await items.unprocessed(conn, count)]


@pytest.mark.parametrize(
    "said",
    [
        a_mention(),
        a_mention(on=None, words=(), attributions=(), detail="visit"),
        a_mention(actor="SCO", type=EventType.FORUM, status=EventStatus.PLANNED),
    ],
    ids=["full", "undated", "organisation"],
)
async def test_an_event_comes_back_with_its_evidence(store: Store, said: Mention) -> None:
    first, second = await _item_ids(store, 2)
    believed = an_event(1, actor=said.actor, type=said.type, origins=("ariana", "tass"))
    async with store.write() as conn:
        await events.put(conn, believed, NOON)
        for item_id in (first, second):
            heard = await mentions.put(conn, item_id, said, OUTLET)
            await mentions.settle(conn, heard, believed.id, Reason.FIRST)
        await mentions.put(conn, first, a_mention(actor="CN"), OUTLET)
        [found] = await events.of_actor(conn, "taliban", said.actor)
        assert await events.get(conn, believed.id) == found
    assert replace(found, evidence=()) == believed
    assert [each.item_id for each in found.evidence] == [first, second]
    evidence = found.evidence[0]
    assert (evidence.mention, evidence.outlet) == (said, OUTLET)
    assert (evidence.url, evidence.title) == (an_item().url, an_item().title)
    assert (evidence.published_at, evidence.seen_at) == (None, NOON)


async def test_an_event_is_brought_up_to_date(store: Store) -> None:
    changed = an_event(
        2,
        status=EventStatus.REVERSED,
        grade=Grade.CONFIRMED,
        on=None,
        contested=True,
        retracted=True,
        detail="x",
        reverses=EventId(1),
        inhibited_by=EventId(1),
        ruling=Ruling.RETRACTED,
    )
    async with store.write() as conn:
        await events.put(conn, an_event(1), NOON)
        await events.put(conn, an_event(2), NOON)
        await events.put(conn, changed, NOON)
        assert await events.of_actor(conn, "taliban", "RU") == [an_event(1), changed]


async def test_numbers_are_never_given_twice(store: Store) -> None:
    async with store.write() as conn:
        await lock_ledger(conn)
        assert await events.next_id(conn) == 1
        await events.put(conn, an_event(1), NOON)
        assert await events.next_id(conn) == 2


async def test_events_are_paged_newest_first_and_filtered(store: Store) -> None:
    async with store.write() as conn:
        for number, case, actor in [(1, "taliban", "RU"), (2, "palestine", "RU")]:
            await events.put(conn, an_event(number, case=case, actor=actor), NOON)
        await events.put(conn, an_event(3, actor="CN"), NOON)

        async def numbers(**wanted: object) -> list[int]:
            return [each.id for each in await events.recent(conn, limit=2, **wanted)]  # type: ignore[arg-type]

        assert await numbers() == [3, 2]
        assert await numbers(before_id=EventId(2)) == [1]
        assert await numbers(case="taliban") == [3, 1]
        assert await numbers(actor="RU") == [2, 1]
        assert await numbers(actor="XX") == []
        assert await events.get(conn, EventId(9)) is None


async def test_reasons_are_counted(store: Store) -> None:
    [item_id] = await _item_ids(store, 1)
    async with store.write() as conn:
        for reason in (Reason.STALE, Reason.STALE, Reason.UNDATED, None):
            heard = await mentions.put(conn, item_id, a_mention(), OUTLET)
            await mentions.settle(conn, heard, None, reason)
        assert await mentions.reasons(conn) == {"STALE": 2, "UNDATED": 1}


async def test_a_standing_is_written_over(store: Store) -> None:
    before = Standing("taliban", "RU")
    after = Standing(
        "taliban", "RU", "de_jure", date(2025, 7, 3), "embassy", None, "ambassador",
        date(2025, 7, 1), "delisted", date(2025, 4, 17), date(2025, 7, 2), False,
        (EventId(1), EventId(2)),
    )  # fmt: skip
    async with store.write() as conn:
        for standing in (before, after, Standing("taliban", "CN"), Standing("palestine", "RU")):
            await standings.put(conn, standing, NOON)
        assert await standings.get(conn, "taliban", "RU") == after
        assert await standings.get(conn, "taliban", "FR") is None
        assert await standings.of_case(conn, "taliban") == [Standing("taliban", "CN"), after]


@pytest.mark.parametrize(
    "told",
    [
        FACTS,
        replace(FACTS, on=None, reverses=None, voices=(), includes=(), retracted=True),
        Notice("order_done", {"alert": 7, "note": "", "ok": True, "by": None}),
    ],
    ids=["full", "bare", "notice"],
)
async def test_facts_survive_the_store(store: Store, told: Facts | Notice) -> None:
    assert facts_from_json(facts_to_json(told)) == told
    async with store.write() as conn:
        alert_id = await alerts.create(conn, None, NOON)
        number = await _tell(conn, alert_id, told)
        stored = await alerts.get_revision(conn, alert_id, number)
    assert stored is not None
    assert stored.facts == told


async def _tell(conn: object, alert_id: AlertId, told: Facts | Notice = FACTS) -> int:
    return await alerts.add_revision(
        conn,  # type: ignore[arg-type]
        alert_id,
        kind=AlertKind.ALERT,
        level=Level.MAJOR,
        reason=Reason.FIRST,
        facts=told,
        now=NOON,
    )


async def test_revisions_count_from_one_and_the_last_is_shown(store: Store) -> None:
    async with store.write() as conn:
        for number in (1, 2):
            await events.put(conn, an_event(number, actor="RU" if number == 1 else "CN"), NOON)
        first = await alerts.create(conn, EventId(1), NOON)
        second = await alerts.create(conn, EventId(2), NOON)
        await alerts.add_notice(conn, Notice("hello", {}), NOON)
        assert [await _tell(conn, first), await _tell(conn, first)] == [1, 2]
        assert await _tell(conn, second) == 1
        assert await alerts.of_events(conn, [EventId(1), EventId(3)]) == {1: first}
        told = await alerts.revisions_of(conn, EventId(1))
        assert [(each.event_id, each.revision) for each in told] == [(1, 1), (1, 2)]
        shown = await alerts.latest(conn, limit=5)
        assert [(each.alert_id, each.revision) for each in shown] == [(second, 1), (first, 2)]
        page = await alerts.latest(conn, limit=5, before_id=second, cases=["taliban"])
        assert [each.alert_id for each in page] == [first]
        assert await alerts.latest(conn, limit=5, cases=["palestine"]) == []
        assert await alerts.get_revision(conn, first, 3) is None


async def test_an_alert_can_say_why(store: Store) -> None:
    [item_id] = await _item_ids(store, 1)
    async with store.write() as conn:
        await events.put(conn, an_event(1), NOON)
        for reason in (Reason.FIRST, None):
            heard = await mentions.put(conn, item_id, a_mention(), OUTLET)
            await mentions.settle(conn, heard, EventId(1), reason)
        alert_id = await alerts.create(conn, EventId(1), NOON)
        await _tell(conn, alert_id)
        notice_id = await alerts.add_notice(conn, Notice("hello", {}), NOON)
        why = await alerts.why(conn, alert_id)
        assert await alerts.why(conn, notice_id) is None
        assert await alerts.why(conn, AlertId(99)) is None
    assert why is not None
    assert [account.reason for account in why.accounts] == [Reason.FIRST, None]
    assert why.accounts[0].evidence == why.event.evidence[0]
    assert [each.revision for each in why.revisions] == [1]


async def test_an_event_has_one_alert_at_most(store: Store) -> None:
    async def create_twice() -> None:
        async with store.write() as conn:
            await events.put(conn, an_event(1), NOON)
            await alerts.create(conn, EventId(1), NOON)
            await alerts.create(conn, EventId(1), NOON)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await create_twice()


async def test_orders_are_carried_out_once_in_turn(store: Store) -> None:
    async with store.write() as conn:
        for kind in (OrderKind.CONFIRM, OrderKind.RETRACT):
            await orders.put(
                conn, kind, {"alert": 1, "note": "n"}, ordered_by=5, chat_id=ChatId(-9), now=NOON
            )
        first, second = await orders.pending(conn, 10)
        assert (first.kind, first.payload) == ("confirm", {"alert": 1, "note": "n"})
        assert (first.ordered_by, first.chat_id, first.created_at) == (5, -9, NOON)
        await orders.finish(conn, first.id, "done", NOON + timedelta(hours=1))
        assert await orders.pending(conn, 10) == [second]


async def test_small_facts(store: Store) -> None:
    async with store.write() as conn:
        assert await facts.get(conn, "x") is None
        for value in (1, [1, {"a": None}], "text"):
            await facts.put(conn, "x", value)
            assert await facts.get(conn, "x") == value
