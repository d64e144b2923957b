"""Digests: once a local date, what is in them, what an empty one says, what corrects them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.texts.digests import render_digest
from jobs.domain.alerts import (
    AlertId,
    ChatId,
    Digest,
    DigestLine,
    Filter,
    Level,
    Occasion,
    Reason,
)
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.domain.rhythm import Pace, Rhythm
from jobs.ledger.digests import Candidate, pick
from jobs.store import alerts, outbox, rhythms, sources
from jobs.store.engine import Store
from jobs.store.schema import digest_line, subscription
from jobs.store.schema import outbox as outbox_table
from tests.samples import NOON, a_mention, a_source
from tests.small_world import SMALL_WORLD, some_facts
from tests.watching_world import CHAT, OTHER_CHAT, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = a_mention(actor="UY", attributions=(), clause="")
DAILY = Rhythm(Pace.DAILY, 18)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.subscribe(CHAT)
    async with store.write() as conn:
        await rhythms.set_rhythm(conn, CHAT, 0, DAILY, NOON)
    return world


async def written(world: World, chat_id: ChatId = CHAT) -> list[Digest]:
    """Return the digests in a chat's outbox, in order."""
    async with world.store.read() as conn:
        rows = await conn.execute(
            select(outbox_table.c.alert_id)
            .where(outbox_table.c.chat_id == chat_id)
            .order_by(outbox_table.c.id)
        )
        found = [await alerts.get_revision(conn, AlertId(row.alert_id), 1) for row in rows]
    return [each.facts for each in found if each and isinstance(each.facts, Digest)]


async def sends(world: World, chat_id: ChatId = CHAT) -> list[tuple[int, int, str]]:
    return [row[:2] + row[3:] for row in await world.deliveries() if row[2] == chat_id]


async def test_alerts_gather_and_come_at_the_hour(world: World) -> None:
    await world.subscribe(OTHER_CHAT)
    await world.hear("one.example", SAID)
    assert [row[2] for row in await world.deliveries()] == [OTHER_CHAT]
    assert await world.pipeline.digest(NOON + 5 * HOUR) == 0
    assert await world.pipeline.digest(NOON + 6 * HOUR) == 1
    [digest] = await written(world)
    assert (digest.occasion, digest.since) == (Occasion.DAILY, NOON)
    assert [(line.alert_id, line.revision, line.is_new) for line in digest.lines] == [(1, 1, True)]
    assert await world.pipeline.digest(NOON + 7 * HOUR) == 0


async def test_an_empty_digest_says_how_much_was_read(world: World) -> None:
    async with world.store.write() as conn:
        await sources.sync(conn, [a_source("read"), a_source("unread")], NOON)
        [due, _] = await sources.claim_due(conn, NOON, 2, timedelta(0))
        when = NOON + HOUR
        await sources.record_reading(
            conn, due, due.validators, now=when, next_due_at=when, new_items=0
        )
    await world.pipeline.digest(NOON + 6 * HOUR)
    [digest] = await written(world)
    assert (digest.lines, digest.sources_read, digest.sources) == ((), 1, 2)


async def test_a_day_tells_only_what_the_day_before_did_not(world: World) -> None:
    await world.hear("one.example", SAID)
    await world.pipeline.digest(NOON + 6 * HOUR)
    await world.hear("one.example", replace(SAID, actor="PY"), at=NOON + 7 * HOUR)
    await world.pipeline.digest(NOON + DAY + 6 * HOUR)
    _, second = await written(world)
    assert [line.facts.actor for line in second.lines] == ["PY"]


async def test_what_became_surer_is_told_again_as_such(world: World) -> None:
    await world.hear("one.example", SAID)
    await world.pipeline.digest(NOON + 6 * HOUR)
    await world.hear("two.example", SAID, at=NOON + 7 * HOUR)
    assert await sends(world) == [(2, 1, "send")]
    await world.pipeline.digest(NOON + DAY + 6 * HOUR)
    _, second = await written(world)
    assert [(line.is_new, line.reason) for line in second.lines] == [(False, Reason.GRADE_RAISED)]


async def test_a_correction_of_what_a_digest_told_comes_at_once(world: World) -> None:
    await world.hear("one.example", SAID)
    await world.pipeline.digest(NOON + 6 * HOUR)
    denial = replace(SAID, status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.hear("two.example", denial, at=NOON + 7 * HOUR)
    assert await sends(world) == [(2, 1, "send"), (1, 2, "send")]
    await world.pipeline.digest(NOON + DAY + 6 * HOUR)
    _, second = await written(world)
    assert second.lines == ()


async def test_a_dispute_before_any_digest_waits_for_it(world: World) -> None:
    await world.hear("one.example", SAID)
    denial = replace(SAID, status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.hear("two.example", denial, at=NOON + HOUR)
    assert await sends(world) == []
    await world.pipeline.digest(NOON + 6 * HOUR)
    [digest] = await written(world)
    [line] = digest.lines
    assert line.facts.contested


async def test_what_came_as_a_message_is_in_no_digest(store: Store) -> None:
    world = World(store)
    await world.subscribe(CHAT)
    await world.hear("one.example", SAID)
    async with store.write() as conn:
        await rhythms.set_rhythm(conn, CHAT, 0, DAILY, NOON - HOUR)
    await world.pipeline.digest(NOON + 6 * HOUR)
    [digest] = await written(world)
    assert digest.lines == ()


async def test_to_hear_at_once_again_brings_what_had_gathered(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await rhythms.set_rhythm(conn, CHAT, 0, Rhythm(), NOON + HOUR)
    assert await world.pipeline.digest(NOON + HOUR) == 1
    [digest] = await written(world)
    assert (digest.occasion, len(digest.lines)) == (Occasion.LAST, 1)
    assert await world.pipeline.digest(NOON + 2 * DAY) == 0


async def test_nothing_gathered_is_no_last_digest(world: World) -> None:
    async with world.store.write() as conn:
        await rhythms.set_rhythm(conn, CHAT, 0, Rhythm(), NOON + HOUR)
    await world.pipeline.digest(NOON + HOUR)
    assert await written(world) == []


async def test_a_revision_whose_job_began_before_the_digest_is_not_lost(world: World) -> None:
    await world.pipeline.digest(NOON + 6 * HOUR)
    # Its transaction waited for the digest's, so its time is the earlier.
    await world.hear("one.example", SAID, at=NOON + 6 * HOUR - timedelta(minutes=1))
    await world.pipeline.digest(NOON + DAY + 6 * HOUR)
    _, second = await written(world)
    assert len(second.lines) == 1


async def test_equal_wishes_share_one_digest(world: World) -> None:
    await world.subscribe(OTHER_CHAT)
    async with world.store.write() as conn:
        await rhythms.set_rhythm(conn, OTHER_CHAT, 0, DAILY, NOON)
    await world.hear("one.example", SAID)
    await world.pipeline.digest(NOON + 6 * HOUR)
    async with world.store.read() as conn:
        rows = (await conn.execute(select(outbox_table.c.alert_id))).scalars().all()
        lines = (await conn.execute(select(digest_line.c.chat_id))).scalars().all()
    assert rows == [2, 2]
    assert sorted(lines) == [CHAT, OTHER_CHAT]


async def test_a_closed_chat_gets_none_and_a_late_one_is_one(world: World) -> None:
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await outbox.close_chat(conn, CHAT, "kicked")
    assert await world.pipeline.digest(NOON + 3 * DAY) == 0
    await world.subscribe(CHAT)
    assert await world.pipeline.digest(NOON + 3 * DAY) == 1
    assert await world.pipeline.digest(NOON + 3 * DAY + HOUR) == 0


# The clocks of Belgrade go back on 25 October 2026 and forward on 28 March 2027.
@pytest.mark.parametrize("first", [date(2026, 10, 24), date(2027, 3, 27)])
@pytest.mark.parametrize("hour", [2, 3])
async def test_one_digest_a_local_date_across_a_change_of_the_clocks(
    store: Store, first: date, hour: int
) -> None:
    world = World(store)
    await world.subscribe(CHAT)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - 1.5 * HOUR
    async with store.write() as conn:
        await rhythms.set_zone(conn, CHAT, "Europe/Belgrade", start)
        await rhythms.set_rhythm(conn, CHAT, 0, Rhythm(Pace.DAILY, hour), start)
    dates = []
    for step in range(3 * 24):
        now = start + step * HOUR
        if await world.pipeline.digest(now):
            async with store.read() as conn:
                dates.append(await conn.scalar(select(subscription.c.digest_on)))
    assert dates == [first + n * DAY for n in range(len(dates))]
    assert len(dates) == 3


async def test_a_moved_zone_moves_the_digest(world: World) -> None:
    async with world.store.write() as conn:
        await rhythms.set_zone(conn, CHAT, "Asia/Kabul", NOON)
    # 18:00 there is 13:30 UTC.
    assert await world.pipeline.digest(NOON + HOUR) == 0
    assert await world.pipeline.digest(NOON + 1.5 * HOUR) == 1


def a_candidate(number: int, **changes: object) -> Candidate:
    facts = some_facts(**changes.pop("facts", {}))  # type: ignore[arg-type]
    values = {"revision": 1, "level": Level.ALERT, "reason": Reason.FIRST, **changes}
    return Candidate(AlertId(number), facts=facts, **values)  # type: ignore[arg-type]


def test_the_weightiest_come_first_then_the_newest() -> None:
    found = pick(
        [a_candidate(1), a_candidate(2, level=Level.MAJOR), a_candidate(3)],
        Filter(),
        {},
        SMALL_WORLD,
    )
    assert [line.alert_id for line in found] == [2, 3, 1]


@pytest.mark.parametrize(
    ("changes", "wanted", "known", "picked"),
    [
        ({}, Filter(), {}, True),
        ({}, Filter(actors=frozenset({"UZ"})), {}, False),
        ({"facts": {"retracted": True}}, Filter(), {}, False),
        ({}, Filter(), {1: 1}, False),
        ({"revision": 2, "reason": Reason.GRADE_RAISED}, Filter(), {1: 1}, True),
        ({"revision": 2, "reason": Reason.INHIBITED}, Filter(), {1: 1}, False),
        ({"revision": 2, "reason": Reason.DISPUTED}, Filter(), {1: 1}, False),
    ],
)
def test_what_is_picked(
    changes: dict[str, object], wanted: Filter, known: dict[AlertId, int], picked: bool
) -> None:
    assert bool(pick([a_candidate(1, **changes)], wanted, known, SMALL_WORLD)) is picked


def a_line(number: int, **changes: object) -> DigestLine:
    return DigestLine(AlertId(number), 1, Reason.FIRST, True, some_facts(**changes))


def test_a_digest_in_words() -> None:
    meeting = a_line(
        7, actor="UZ", type=EventType.MEETING, detail="visit", grade=Grade.CORROBORATED, origins=3
    )
    surer = replace(a_line(4), reason=Reason.GRADE_RAISED, is_new=False)
    digest = Digest(Occasion.DAILY, NOON, (surer, meeting), 0, 41, 45)
    text = render_digest(digest, names=SMALL_WORLD, zone="Asia/Kabul").text
    assert text == (
        "Your day: 2 alerts\n"
        "since 3 July 2025, 16:30 UTC+4:30\n"
        "\n"
        "Russia has recognised the Taliban government of Afghanistan.\n"
        "Now surer than before. 3 July 2025 · reported by one source · /why_4\n"
        "\n"
        "Officials of Uzbekistan and the Taliban government of Afghanistan have met during a "
        "visit.\n"
        "3 July 2025 · reported by 3 independent sources · /why_7\n"
        "\n"
        "41 of 45 sources were read for this."
    )


def test_an_empty_and_a_full_digest_in_words() -> None:
    empty = render_digest(Digest(Occasion.WEEKLY, NOON, (), 0, 44, 45), names=SMALL_WORLD)
    assert empty.text == (
        "Your week: nothing new\nsince 3 July 2025, 12:00 UTC\n\n"
        "44 of 45 sources were read for this."
    )
    lines = tuple(a_line(n, actor="no-such-actor" * 40) for n in range(20))
    full = render_digest(Digest(Occasion.DAILY, NOON, lines, 30, 45, 45), names=SMALL_WORLD)
    assert "and " in full.text
    assert full.text.endswith("45 of 45 sources were read for this.")
    shown = full.text.count("/why_")
    assert f"and {50 - shown} more: /latest" in full.text
