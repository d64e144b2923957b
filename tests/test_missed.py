"""What waited too long to be sent one by one: one message a chat, and only of what is owed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.texts.digests import render_digest
from jobs.domain.alerts import (
    MOST_LINES,
    Action,
    AlertId,
    ChatId,
    Digest,
    DigestLine,
    Level,
    Occasion,
    Reason,
)
from jobs.domain.rhythm import QuietHours
from jobs.store import missed, nights
from jobs.store.contents import facts_from_json, facts_to_json
from jobs.store.engine import Store
from jobs.store.schema import alert, event, revision
from tests.delivering import SUPERGROUP, A, B, Line
from tests.small_world import SMALL_WORLD, some_facts
from tests.telling import NOON, subscribe, take, tell

OLD = NOON + timedelta(hours=25)
DAY = timedelta(hours=24)


async def tell_event(conn: AsyncConnection, number: int, **how: Any) -> None:
    """Tell an alert of a real event: only those are worth a word after the day."""
    values = dict.fromkeys(("case_id", "actor", "type", "status", "grade"), "x")
    moments = {"first_seen_at": NOON, "changed_at": NOON}
    await conn.execute(insert(event).values(id=number, **values, **moments, origins=[]))
    await tell(conn, number, **how)
    await conn.execute(update(alert).where(alert.c.id == number).values(event_id=number))
    facts = facts_to_json(replace(some_facts(), origins=number))
    await conn.execute(update(revision).where(revision.c.alert_id == number).values(facts=facts))


async def lists(conn: AsyncConnection) -> dict[tuple[int, int], list[int]]:
    """Return which alerts each chat's topic is told that it missed."""
    told: dict[tuple[int, int], list[int]] = {}
    for delivery in await take(conn, OLD):
        facts = facts_from_json(dict(delivery.facts))
        if isinstance(facts, Digest):
            assert facts.occasion is Occasion.AWAY
            place = (delivery.chat_id, delivery.thread_id)
            assert place not in told, "one message a chat"
            told[place] = [line.alert_id for line in facts.lines]
    return told


async def test_each_chat_gets_one_list_of_just_what_it_missed(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A, B)
        await subscribe(conn, SUPERGROUP, thread_id=5, filter_id=2)
        await tell_event(conn, 1)
        await tell_event(conn, 2, level=Level.MAJOR)
        await tell_event(conn, 3, filters=(2,))
        assert await missed.expire(conn, OLD - DAY, OLD) == 5
        assert await lists(conn) == {(A, 0): [2, 1], (B, 0): [2, 1], (SUPERGROUP, 5): [3]}
        kinds = await conn.execute(select(alert.c.id).where(alert.c.event_id.is_(None)))
        assert len(kinds.all()) == 2, "chats that missed the same share a list"


async def test_a_second_look_tells_nothing_twice(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell_event(conn, 1)
        assert await missed.expire(conn, OLD - DAY, OLD) == 1
        assert await missed.expire(conn, OLD - DAY, OLD) == 0
        assert len(await lists(conn)) == 1


async def test_what_a_later_revision_tells_is_not_listed(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell_event(conn, 1)
        await tell(conn, 1, 2, now=OLD)
        await missed.expire(conn, OLD - DAY, OLD)
        assert [(d.alert_id, d.revision, d.action) for d in await take(conn, OLD)] == [
            (1, 2, Action.SEND)
        ]


async def test_notices_grow_old_without_a_word(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell(conn, 1)  # of no event
        assert await missed.expire(conn, OLD - DAY, OLD) == 1
        assert await take(conn, OLD) == []


async def test_a_revision_after_the_list_is_a_telling_of_its_own(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell_event(conn, 1)
        await missed.expire(conn, OLD - DAY, OLD)
        fanned = await tell(conn, 1, 2, loud=True, now=OLD)
        assert (fanned.sends, fanned.edits, fanned.replies) == (1, 0, 0)


async def test_a_long_list_says_how_many_more(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        for number in range(1, MOST_LINES + 4):
            await tell_event(conn, number)
        await missed.expire(conn, OLD - DAY, OLD)
        (delivery,) = [d for d in await take(conn, OLD) if "digest" in d.facts]
    facts = facts_from_json(dict(delivery.facts))
    assert isinstance(facts, Digest)
    assert (len(facts.lines), facts.more) == (MOST_LINES, 3)


async def test_the_list_waits_for_the_end_of_quiet_hours(store: Store) -> None:
    night = QuietHours(12 * 60, 18 * 60)  # what was missed is seen at one o'clock in it
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell_event(conn, 1)
        await tell_event(conn, 2, level=Level.MAJOR)
        await nights.set_quiet(conn, ChatId(A), night, OLD)
        await missed.expire(conn, OLD - DAY, OLD)
        assert await take(conn, OLD) == []
        [delivery] = await take(conn, OLD + timedelta(hours=5))
        assert "digest" in delivery.facts


async def test_a_later_change_is_told_once_and_a_rise_in_grade_is_not(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, A)
        await tell_event(conn, 1)
        await missed.expire(conn, OLD - DAY, OLD)
        assert (await tell(conn, 1, 2, now=OLD)).sends == 0
        assert (await tell(conn, 1, 3, loud=True, now=OLD)).sends == 1


async def test_after_a_day_of_outage_the_chat_gets_the_list_and_what_is_new(line: Line) -> None:
    await line.subscribe(A)
    async with line.store.write() as conn:
        await tell_event(conn, 1)
        await tell_event(conn, 2)
    line.clock.advance(25 * 3600)
    await line.tell(70)
    await line.settle(line.deliverer())
    assert sorted(line.shown()) == ["alert 70 as of 1", "away [2, 1]"]


@pytest.mark.parametrize("repeated", [False, True])
def test_the_words(repeated: bool) -> None:
    lines = [
        DigestLine.of(AlertId(number), 1, Reason.FIRST, some_facts(detail=detail), is_new=True)
        for number, detail in ((3, ""), (4, "x" * 300))
    ]
    digest = Digest.of(Occasion.AWAY, NOON, lines)
    message = render_digest(digest, names=SMALL_WORLD, possibly_repeated=repeated)
    said = message.text.splitlines()
    assert said[0].startswith("(This may be a repeat") is repeated
    first = said[1 if repeated else 0 :]
    assert first[0] == "While I was away: 2 alerts"
    assert first[3].startswith("Russia")
    assert "/why_3" in first[4]


def test_the_words_never_grow_too_long() -> None:
    facts = some_facts(detail="word " * 200)
    lines = [DigestLine.of(AlertId(n), 1, Reason.FIRST, facts, is_new=True) for n in range(10)]
    message = render_digest(Digest.of(Occasion.AWAY, NOON, lines), names=SMALL_WORLD)
    assert len(message.text.encode("utf-16-le")) // 2 <= 4096
