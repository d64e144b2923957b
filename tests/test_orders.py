"""An operator's word on the ledger: each order told, answered, audited, and lasting."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from jobs.domain.alerts import AlertId, AlertKind, Facts, Notice, Reason
from jobs.domain.events import DateBasis, EventStatus, EventType, Grade
from jobs.domain.orders import OrderKind, read_order
from jobs.rebuild import Rebuilt, rebuild
from jobs.store import alerts, events, orders, reports, standings
from jobs.store.alerts import Revision
from jobs.store.engine import Store, lock_ledger
from jobs.store.schema import alert
from tests.samples import NOON, a_mention
from tests.watching_world import CHAT, OTHER_CHAT, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPERATOR = 7
SAID = a_mention(actor="UY", attributions=(), clause="")
MET = replace(SAID, type=EventType.MEETING, basis=DateBasis.STATED)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.pipeline.start(NOON - DAY)
    await world.subscribe(CHAT, OTHER_CHAT)
    return world


async def order(world: World, kind: str, after: timedelta = HOUR, **payload: object) -> Notice:
    """Give an order, let the job carry it out, and return what the operator is answered."""
    now = NOON + after
    async with world.store.write() as conn:
        await orders.put(conn, OrderKind(kind), payload, ordered_by=OPERATOR, chat_id=CHAT, now=now)
    assert await world.pipeline.carry_out_orders(now) == 1
    async with world.store.read() as conn:
        last = await conn.scalar(select(func.max(alert.c.id)).where(alert.c.event_id.is_(None)))
        found = await alerts.get_revision(conn, AlertId(last or 0), 1)
        answers = [each for each in await world.deliveries() if each[3] == "send"]
    assert found is not None
    assert isinstance(found.facts, Notice)
    assert any(alert_id == last for alert_id, *_ in answers)
    return found.facts


def line(revision: Revision) -> str:
    facts = revision.facts
    assert isinstance(facts, Facts)
    what = f"{facts.actor} {facts.type} {facts.status} {facts.on} {facts.grade}"
    return f"{revision.alert_id}.{revision.revision} {revision.kind} {what} {revision.reason}"


async def told(world: World) -> list[str]:
    return [line(each) for each in await world.told()]


async def made_anew(world: World) -> Rebuilt:
    async with world.store.write() as conn:
        await lock_ledger(conn)
        return await rebuild(conn, world.pipeline._roster.reference, NOON + 9 * DAY)


async def assert_follows_from_its_journal(world: World) -> None:
    rebuilt = await made_anew(world)
    assert rebuilt.differences == ()
    assert rebuilt.events > 0


async def test_an_event_is_added_by_hand_with_its_source(world: World) -> None:
    answer = await order(
        world,
        "add",
        case="taliban",
        actor="UY",
        type="recognition",
        status="done",
        on="2025-07-03",
        url="https://gub.uy/note",
        note="Uruguay's note of 3 July",
    )
    assert answer == Notice("added", {"alert": 1})
    assert await told(world) == ["1.1 alert UY recognition done 2025-07-03 reported FIRST"]
    assert (1, 1, OTHER_CHAT, "send") in await world.deliveries()
    facts = (await world.told())[0].facts
    assert isinstance(facts, Facts)
    assert [(voice.outlet, voice.title) for voice in facts.voices] == [
        ("gub.uy", "Uruguay's note of 3 July")
    ]
    await world.hear("one.example", SAID, at=NOON + 2 * HOUR)
    assert (await told(world))[-1].endswith("corroborated GRADE_RAISED")
    await assert_follows_from_its_journal(world)


async def test_what_is_long_past_is_added_with_its_true_date_and_told_to_nobody(
    world: World,
) -> None:
    answer = await order(
        world,
        "add",
        case="taliban",
        actor="UY",
        type="meeting",
        status="done",
        on="2024-03-01",
        url="https://gub.uy/visit",
    )
    assert answer == Notice("added_untold", {"alert": None, "why": "STALE"})
    async with world.store.read() as conn:
        stands = await standings.get(conn, "taliban", "UY")
    assert stands is not None
    assert stands.last_meeting_on == date(2024, 3, 1)


async def test_a_confirming_page_is_kept_as_a_source(world: World) -> None:
    await world.hear("one.example", SAID)
    answer = await order(world, "confirm", alert=1, url="https://gub.uy/note", note="")
    assert answer.key == "confirmed"
    assert await told(world) == [
        "1.1 alert UY recognition done 2025-07-03 reported FIRST",
        "1.2 update UY recognition done 2025-07-03 confirmed GRADE_RAISED",
    ]
    async with world.store.read() as conn:
        why = await alerts.why(conn, AlertId(1))
    assert why is not None
    assert [each.evidence.url for each in why.accounts][-1] == "https://gub.uy/note"
    await assert_follows_from_its_journal(world)


async def test_a_correction_is_told_loudly_and_outlives_late_copies(world: World) -> None:
    await world.hear("one.example", SAID)
    answer = await order(
        world, "correct", alert=1, status="planned", on="2025-08-01", note="a misreading"
    )
    assert answer.key == "corrected"
    assert (await told(world))[
        -1
    ] == "1.2 update UY recognition planned 2025-08-01 reported ORDERED"
    assert (1, 2, CHAT, "reply") in await world.deliveries()
    [entry] = await world.hear("two.example", SAID, at=NOON + 2 * HOUR)
    assert [each.revision.alert_id for each in entry.tellings] == [1]
    assert (await told(world))[-1].startswith("1.3 update UY recognition planned 2025-08-01")
    await assert_follows_from_its_journal(world)


async def test_a_corrected_plan_can_still_be_carried_out(world: World) -> None:
    await world.hear("one.example", SAID)
    await order(world, "correct", alert=1, status="planned", on="2025-07-10", note="not yet")
    done_at = NOON + 7 * DAY
    done = replace(SAID, on=done_at.date(), basis=DateBasis.STATED)
    await world.hear("two.example", done, at=done_at)
    await world.hear("three.example", done, at=done_at + HOUR)
    assert (await told(world))[-1] == (
        "1.4 update UY recognition done 2025-07-10 corroborated STATUS_CHANGED"
    )


async def test_another_actor_or_kind_takes_the_alert_back_and_tells_the_right_one(
    world: World,
) -> None:
    await world.hear("one.example", SAID)
    answer = await order(world, "correct", alert=1, type="credentials", note="an ambassador came")
    assert answer.key == "added"
    assert await told(world) == [
        "1.1 alert UY recognition done 2025-07-03 reported FIRST",
        "1.2 cancel UY recognition done 2025-07-03 reported RETRACTED",
        "2.1 alert UY credentials done 2025-07-03 reported FIRST",
    ]
    [entry] = await world.hear("two.example", SAID, at=NOON + 2 * HOUR)
    assert entry.tellings == ()
    await assert_follows_from_its_journal(world)


async def test_two_alerts_of_one_event_are_merged(world: World) -> None:
    await world.hear("one.example", MET)
    later = replace(MET, on=date(2025, 7, 8))
    await world.hear("two.example", later, at=NOON + 5 * DAY)
    after = 5 * DAY + HOUR
    assert (await order(world, "merge", after, alert=2, into=1, note="one visit")).key == "merged"
    assert (await told(world))[-1].startswith("2.2 cancel")
    assert (await told(world))[1:2] == [
        "1.2 update UY meeting done 2025-07-03 corroborated GRADE_RAISED"
    ]
    assert (2, 2, CHAT, "reply") in await world.deliveries()
    gone = (await world.told())[-1]
    assert isinstance(gone.facts, Facts)
    assert (gone.facts.same_as, gone.facts.note, gone.reason) == (1, "one visit", Reason.MERGED)
    # A late report of the second day belongs to the first alert now.
    [entry] = await world.hear("three.example", later, at=NOON + 6 * DAY)
    assert [each.revision.alert_id for each in entry.tellings] == [1]
    await assert_follows_from_its_journal(world)
    again = await order(world, "retract", after, alert=2, note="x")
    assert again.values["why"] == "it was merged into alert 1"


async def test_an_alert_of_two_events_is_split(world: World) -> None:
    await world.hear("one.example", MET)
    await world.hear("two.example", replace(MET, on=date(2025, 7, 5)), at=NOON + 2 * DAY)
    answer = await order(world, "split", 2 * DAY, alert=1, sources=[2], note="two visits")
    assert answer.key == "split"
    lines = await told(world)
    assert lines[-2:] == [
        "1.3 update UY meeting done 2025-07-03 reported ORDERED",
        "2.1 alert UY meeting done 2025-07-05 reported FIRST",
    ]
    await assert_follows_from_its_journal(world)


@pytest.mark.parametrize(
    ("kind", "payload", "why"),
    [
        ("correct", {"alert": 1}, "nothing to correct was named"),
        ("correct", {"alert": 1, "on": "3.7."}, "on: 3.7. is no day"),
        ("correct", {"alert": 1, "status": "maybe"}, "status: maybe is none of done"),
        ("merge", {"alert": 1, "into": 1}, "with itself"),
        ("split", {"alert": 1, "sources": [2]}, "numbered 1 to 1"),
        ("split", {"alert": 1, "sources": [1]}, "more than background"),
        ("split", {"alert": 1, "sources": "1"}, "sources: numbers are expected"),
        ("retract", {"alert": "1"}, "alert: a number is expected"),
        ("add", {"case": "x"}, "type and status are needed"),
        (
            "add",
            {"case": "mars", "actor": "UY", "type": "forum", "status": "done", "url": "https://a"},
            "there is no case mars",
        ),
        (
            "add",
            {"case": "taliban", "actor": "??", "type": "forum", "status": "done", "url": "u"},
            "there is no actor",
        ),
        ("dismiss", {"report": 5, "note": "x"}, "no open report 5"),
    ],
)
async def test_an_order_that_makes_no_sense_changes_nothing_and_says_why(
    world: World, kind: str, payload: dict[str, Any], why: str
) -> None:
    await world.hear("one.example", SAID)
    before = await told(world)
    answer = await order(world, kind, **payload)
    assert answer.key == "unchanged"
    assert why in str(answer.values["why"])
    assert await told(world) == before


def test_an_unknown_order_is_named() -> None:
    with pytest.raises(ValueError, match="explode: no such order"):
        read_order("explode", {})


async def test_every_order_leaves_who_what_why_and_what_came_of_it(world: World) -> None:
    await world.hear("one.example", SAID)
    await order(world, "retract", alert=1, note="a hoax")
    await order(world, "retract", alert=1, note="a hoax")
    async with world.store.read() as conn:
        second, first = await orders.audit(conn, 10)
    assert (first.order.ordered_by, first.order.kind) == (OPERATOR, "retract")
    assert first.order.payload["note"] == "a hoax"
    assert (first.outcome, first.alert_id, first.revision) == ("retracted", 1, 2)
    assert (second.outcome, second.alert_id) == ("unchanged", None)


async def test_a_report_waits_for_the_operator_and_its_sender_is_answered(world: World) -> None:
    url = "https://gub.uy/note"
    # The sender is thanked first; here the operator reads the same chat, and is told last.
    assert await order(world, "report", url=url) == Notice("report_new", {"report": 1, "url": url})
    assert (await order(world, "report", url=url)).key == "report_known"
    async with world.store.read() as conn:
        assert [each.url for each in await reports.waiting(conn, 5)] == [url]
    await order(
        world,
        "add",
        case="taliban",
        actor="UY",
        type="recognition",
        status="done",
        on="2025-07-03",
        url=url,
        report=1,
    )
    async with world.store.read() as conn:
        assert await reports.count_waiting(conn) == 0
    assert (await order(world, "dismiss", report=1, note="late")).key == "unchanged"


async def test_the_ledger_as_of_a_past_moment(world: World) -> None:
    await world.hear("one.example", SAID)
    await world.hear("two.example", SAID, at=NOON + DAY)
    await order(world, "retract", 2 * DAY, alert=1, note="a hoax")

    async def believed(after: timedelta) -> list[tuple[Grade, bool, str]]:
        async with world.store.read() as conn:
            found = await events.as_of(conn, NOON + after, case="taliban", actor="UY")
            stands = await standings.as_of(conn, NOON + after, "taliban", "UY")
        return [
            (event.grade, event.retracted, stood.recognition)
            for event, stood in zip(found, stands, strict=True)
        ]

    assert await believed(-HOUR) == []
    assert await believed(HOUR) == [(Grade.REPORTED, False, "de_jure")]
    assert await believed(DAY) == [(Grade.CORROBORATED, False, "de_jure")]
    assert await believed(2 * DAY) == [(Grade.CORROBORATED, True, "none")]


async def test_a_ledger_that_was_tampered_with_is_made_anew(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        stored = await events.get(conn, (await events.recent(conn, limit=1))[0].id)
        assert stored is not None
        await events.put(conn, replace(stored, status=EventStatus.REVERSED), NOON)
    rebuilt = await made_anew(world)
    assert rebuilt.differences == ("event 1: status was reversed, is done",)
    await assert_follows_from_its_journal(world)
    assert [each.kind for each in await world.told()] == [AlertKind.ALERT]
