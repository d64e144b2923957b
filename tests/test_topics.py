"""Forum topics as destinations: each by itself, and what becomes of one that is closed."""

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery import Deliverer
from jobs.domain.alerts import Action, ChatId, DeliveryState, Filter
from jobs.store import chats, moves, outbox
from jobs.store.engine import Store
from jobs.store.schema import outbox as table
from jobs.store.schema import subscription
from tests.bot_api import Shown, error
from tests.delivering import SUPERGROUP, Line
from tests.telling import NOON, subscribe, take, tell

FORUM = SUPERGROUP
NEWS, TALK = 5, 9
SEND, EDIT, REPLY = Action.SEND, Action.EDIT, Action.REPLY
SENT, DEAD, CANCELLED = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.CANCELLED


async def forum(line: Line, *threads: int) -> Deliverer:
    """Let a forum exist of which these topics are subscribed."""
    for thread_id in threads:
        await line.subscribe(FORUM, thread_id=thread_id)
    for thread_id in {NEWS, TALK, *threads} - {0}:
        line.api.add_topic(FORUM, thread_id)
    return line.deliverer()


async def allow_general(line: Line) -> None:
    async with line.store.write() as conn:
        await chats.let_leave_topic(conn, ChatId(FORUM), NEWS, True)


def shown(line: Line, thread_id: int | None) -> list[Shown]:
    return [m for m in line.api.shown(FORUM) if m.thread_id == thread_id]


def texts(line: Line, thread_id: int | None) -> list[str]:
    return [message.text for message in shown(line, thread_id)]


def asked(line: Line) -> list[str | None]:
    """Return the topic that each send named."""
    return [call.params.get("message_thread_id") for call in line.api.calls_of("sendMessage")]


async def fates(line: Line) -> list[tuple[int, Any, str, str]]:
    async with line.store.read() as conn:
        found = await conn.execute(select(table).order_by(table.c.id))
        return [(r.thread_id, r.revision, r.action, r.state) for r in found]


async def paused(line: Line) -> dict[int, str | None]:
    async with line.store.read() as conn:
        found = await conn.execute(select(subscription))
        return {row.thread_id: row.paused_reason for row in found}


async def test_each_topic_gets_its_own_and_general_without_a_number(line: Line) -> None:
    deliverer = await forum(line, 0, NEWS, TALK)
    await line.tell()
    await line.settle(deliverer)
    for thread_id in (None, NEWS, TALK):
        assert texts(line, thread_id) == ["alert 1 as of 1"]
    assert asked(line) == [None, str(NEWS), str(TALK)]


async def test_a_correction_finds_the_message_of_its_own_topic(line: Line) -> None:
    deliverer = await forum(line, NEWS, TALK)
    await line.tell()
    await line.settle(deliverer)
    await line.tell(1, 2, loud=True)
    await line.settle(deliverer)
    for thread_id in (NEWS, TALK):
        first, reply = shown(line, thread_id)
        assert first.versions == ["alert 1 as of 1", "alert 1 as of 2"]
        assert reply.reply_to == first.message_id


async def test_topics_want_different_things(line: Line) -> None:
    deliverer = await forum(line, NEWS)
    async with line.store.write() as conn:
        await subscribe(conn, FORUM, filter_id=2, thread_id=TALK)
    await line.tell(1, filters=(2,))
    await line.settle(deliverer)
    assert (texts(line, NEWS), texts(line, TALK)) == ([], ["alert 1 as of 1"])


async def test_a_closed_topic_pauses_its_subscription_and_no_other(line: Line) -> None:
    deliverer = await forum(line, NEWS, TALK)
    line.api.close_topic(FORUM, NEWS)
    await line.tell(1)
    await line.tell(2)
    await line.settle(deliverer)
    assert texts(line, TALK) == ["alert 1 as of 1", "alert 2 as of 1"]
    assert {(NEWS, 1, SEND, CANCELLED), (NEWS, 1, SEND, DEAD)} <= set(await fates(line))
    assert await paused(line) == {NEWS: "Topic_closed", TALK: None}
    await line.tell(50)
    await line.settle(deliverer)
    assert asked(line).count(str(NEWS)) == 1, "it is refused once, not for ever"


async def test_a_deleted_topic_may_be_left_for_general(line: Line) -> None:
    deliverer = await forum(line, NEWS)
    await allow_general(line)
    await line.tell(1)
    await line.settle(deliverer)
    line.api.remove_topic(FORUM, NEWS)
    await line.tell(2)
    await line.tell(1, 2, loud=True)
    await line.settle(deliverer, rounds=10)
    assert texts(line, None) == ["alert 1 as of 2", "alert 2 as of 1"]
    assert await paused(line) == {NEWS: None}
    await line.tell(2, 2, loud=True)
    await line.settle(deliverer, rounds=10)
    first = shown(line, None)[1]
    assert first.text == "alert 2 as of 2"
    assert shown(line, None)[2].reply_to == first.message_id


async def test_a_topic_closed_to_edits_lets_the_correction_go_to_general(line: Line) -> None:
    deliverer = await forum(line, NEWS)
    await allow_general(line)
    await line.tell(1)
    await line.settle(deliverer)
    line.api.close_topic(FORUM, NEWS)
    line.api.script("editMessageText", error(400, "Bad Request: TOPIC_CLOSED"))
    await line.tell(1, 2, loud=True)
    await line.settle(deliverer)
    assert texts(line, None) == ["alert 1 as of 2"]
    assert await fates(line) == [
        (NEWS, 1, SEND, SENT),
        (NEWS, 2, SEND, SENT),
        (NEWS, 2, REPLY, CANCELLED),
    ]


async def test_a_closed_general_pauses_the_chats_only_thread(line: Line) -> None:
    deliverer = await forum(line, 0)
    line.api.close_topic(FORUM, None)
    await line.tell()
    await line.settle(deliverer)
    assert await paused(line) == {0: "Topic_closed"}
    assert len(line.api.calls_of("sendMessage")) == 1


async def test_a_correction_of_what_stands_in_a_paused_topic_is_still_owed(line: Line) -> None:
    deliverer = await forum(line, NEWS)
    await line.tell(1)
    await line.settle(deliverer)
    line.api.close_topic(FORUM, NEWS)
    await line.tell(2)
    await line.settle(deliverer)
    await line.tell(1, 2)
    await line.settle(deliverer)
    assert texts(line, NEWS) == ["alert 1 as of 2"]


async def test_subscribing_anew_ends_the_pause(line: Line) -> None:
    deliverer = await forum(line, NEWS)
    line.api.close_topic(FORUM, NEWS)
    await line.tell(1)
    await line.settle(deliverer)
    line.api.add_topic(FORUM, NEWS)
    async with line.store.write() as conn:
        assert await chats.wanted_filters(conn) == []
        await chats.subscribe(conn, ChatId(FORUM), Filter(), NOON, thread_id=NEWS)
        await conn.execute(update(subscription).values(filter_id=1))
    await line.tell(50)
    await line.settle(deliverer)
    assert texts(line, NEWS) == ["alert 50 as of 1"]


@pytest.mark.parametrize(("given", "thread_id"), [(None, 0), (1, 0), (5, 5)])
def test_general_has_no_number(given: int | None, thread_id: int) -> None:
    assert chats.thread_of(given) == thread_id


async def test_a_topics_wish_is_its_own(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, FORUM, filter_id=50)
        await chats.subscribe(conn, ChatId(FORUM), Filter(), NOON, thread_id=NEWS)
        assert await chats.read_filter(conn, ChatId(FORUM), thread_id=NEWS) == Filter()
        assert await chats.unsubscribe(conn, ChatId(FORUM), thread_id=NEWS)
        assert not await chats.unsubscribe(conn, ChatId(FORUM), thread_id=NEWS)
        await tell(conn, 1, filters=(50,))
        assert [(d.thread_id, d.topic) for d in await take(conn)] == [(0, None)]


async def test_closing_and_forgetting_a_chat_is_for_all_its_topics(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, FORUM)
        await subscribe(conn, FORUM, thread_id=NEWS)
        await tell(conn, 1)
        assert await outbox.close_chat(conn, ChatId(FORUM), "kicked") == 2
        assert await take(conn) == []
        await chats.forget(conn, ChatId(FORUM))
        for each in (table, subscription):
            assert (await conn.execute(select(each))).all() == []


async def test_a_group_moves_with_all_its_topics_and_doubles_nothing(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, -100)
        await subscribe(conn, -100, thread_id=NEWS)
        await tell(conn, 1)
        await subscribe(conn, FORUM, thread_id=TALK)
        await tell(conn, 2)
        await conn.execute(update(table).where(table.c.thread_id == TALK).values(state=SENT))
        await moves.migrate_chat(conn, ChatId(-100), ChatId(FORUM))
        told = [(d.alert_id, d.chat_id, d.topic) for d in await take(conn)]
        assert told == [(1, FORUM, None)]
        wishes = (await conn.execute(select(subscription))).all()
        assert [(w.chat_id, w.thread_id) for w in wishes] == [(FORUM, TALK)]
