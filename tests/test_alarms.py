"""What the operators, and who turned alerts on, are told of delivery: through the outbox, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.texts.notices import NOTICE_KEYS
from bot.upkeep import Policy
from jobs.domain.alerts import ChatId, Level, Notice
from jobs.store import chats, notices
from jobs.store.engine import Store
from jobs.store.schema import alert, chat
from tests import bot_api
from tests.bot_api import Fault
from tests.delivering import GROUP, SUPERGROUP, A, B, Line
from tests.telling import NOON, subscribe, take

OPERATOR = 900
OWNER = 901


def with_operator(line: Line, resent: frozenset[Level] = frozenset(Level)) -> None:
    line.policy = Policy(
        resent, timedelta(seconds=10), timedelta(hours=24), operators=(ChatId(OPERATOR),)
    )


def refused(text: str) -> Fault:
    return bot_api.error(400, f"Bad Request: {text}")


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([refused("something new")], "message_refused"),
        ([refused("can't parse entities: x")], "entities_refused"),
        ([bot_api.too_many(7)], None),
        ([bot_api.too_many(86_400)], "long_wait"),
        ([bot_api.status(502, stored=True)] * 2, "arrival_unknown"),
        ([refused("not enough rights to send text messages to the chat")], None),
    ],
)
async def test_the_operator_is_told_of_what_a_person_must_know(
    line: Line, faults: list[Fault], told: str | None
) -> None:
    with_operator(line)
    await line.subscribe(A)
    line.api.script("sendMessage", *faults, chat_id=A)
    await line.tell()
    async with line.store.write() as conn:
        await subscribe(conn, OPERATOR, filter_id=2)
    line.api.add_chat(OPERATOR)
    await line.settle(line.deliverer(), rounds=8)
    assert line.shown(OPERATOR) == ([f"notice {told}"] if told else [])


async def test_a_fault_that_lasts_is_one_alarm_an_hour(line: Line) -> None:
    with_operator(line)
    await line.subscribe(A, B)
    line.api.script("sendMessage", refused("something new"), chat_id=A, endless=True)
    line.api.script("sendMessage", refused("something new"), chat_id=B, endless=True)
    line.api.add_chat(OPERATOR)
    async with line.store.write() as conn:
        await subscribe(conn, OPERATOR, filter_id=2)
    deliverer = line.deliverer()
    await line.tell(1)
    await line.settle(deliverer)
    assert line.shown(OPERATOR) == ["notice message_refused"]
    line.clock.advance(3600)
    await line.tell(50)
    await line.settle(deliverer)
    assert line.shown(OPERATOR) == ["notice message_refused"] * 2


async def test_an_alarm_that_cannot_be_delivered_raises_no_other(line: Line) -> None:
    with_operator(line)
    await line.subscribe(A)
    line.api.script("sendMessage", refused("something new"), endless=True)
    line.api.add_chat(OPERATOR)
    async with line.store.write() as conn:
        await subscribe(conn, OPERATOR, filter_id=2)
    await line.tell()
    await line.settle(line.deliverer(), rounds=20)
    assert (line.sends(A), line.sends(OPERATOR)) == (1, 1)


async def test_a_stop_of_all_sending_is_told_once_it_is_over(line: Line) -> None:
    with_operator(line)
    await line.subscribe(OPERATOR)
    deliverer = line.deliverer()
    deliverer.halt("Telegram refuses the token")
    line.clock.advance(600)
    deliverer.resume()
    await line.settle(deliverer)
    assert line.shown(OPERATOR) == ["notice sending_stopped"]
    deliverer.halt("a moment")
    line.clock.advance(5)
    deliverer.resume()
    await line.settle(deliverer)
    assert line.shown(OPERATOR) == ["notice sending_stopped"]


async def owned(line: Line, chat_id: int) -> None:
    await line.subscribe(chat_id)
    line.api.add_chat(OWNER)
    async with line.store.write() as conn:
        await subscribe(conn, OWNER, filter_id=2)
        await chats.set_owner(conn, ChatId(chat_id), OWNER)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (refused("have no write access to the chat"), "no_rights"),
        (refused("TOPIC_CLOSED"), "topic_closed"),
        (bot_api.error(403, "Forbidden: bot was kicked from the group chat"), "chat_closed"),
    ],
)
async def test_who_turned_alerts_on_is_told_in_private(line: Line, fault: Fault, told: str) -> None:
    await owned(line, GROUP)
    line.api.script("sendMessage", fault, chat_id=GROUP, endless=True)
    await line.tell(1)
    await line.tell(2)
    await line.settle(line.deliverer(), rounds=10)
    assert line.shown(OWNER) == [f"notice {told}"]


async def test_a_topic_nobody_is_known_of_is_told_of_in_general(line: Line) -> None:
    await line.subscribe(SUPERGROUP, thread_id=5)
    line.api.add_topic(SUPERGROUP, 5)
    line.api.close_topic(SUPERGROUP, 5)
    await line.tell()
    await line.settle(line.deliverer())
    (shown,) = line.api.shown(SUPERGROUP)
    assert (shown.text, shown.thread_id) == ("notice this_topic_closed", None)


async def test_rights_given_back_let_the_next_alert_through(line: Line) -> None:
    await owned(line, GROUP)
    line.api.script("sendMessage", refused("have no write access to the chat"), chat_id=GROUP)
    await line.tell(1)
    await line.settle(line.deliverer())
    await line.tell(50)
    await line.settle(line.deliverer())
    assert line.shown(GROUP) == ["alert 50 as of 1"]


async def test_an_owner_who_is_forgotten_is_no_longer_known(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, GROUP, OWNER)
        await chats.set_owner(conn, ChatId(GROUP), OWNER)
        await chats.forget(conn, ChatId(OWNER))
        assert await chats.owner_of(conn, ChatId(GROUP)) is None
        assert not await notices.tell_owner(conn, Notice("no_rights", {}), ChatId(GROUP), NOON)


async def test_an_owner_is_told_once_a_week(store: Store) -> None:
    async with store.write() as conn:
        await subscribe(conn, GROUP, OWNER)
        await chats.set_owner(conn, ChatId(GROUP), OWNER)
        told = [
            await notices.tell_owner(conn, Notice("no_rights", {}), ChatId(GROUP), moment)
            for moment in (NOON, NOON + timedelta(days=6), NOON + timedelta(days=8))
        ]
        assert told == [True, False, True]
        await conn.execute(update(chat).where(chat.c.id == OWNER).values(closed_reason="blocked"))
        assert [d.chat_id for d in await take(conn)] == []


def test_every_notice_of_delivery_has_words() -> None:
    named = {"arrival_unknown", "sending_stopped", "entities_refused", "message_refused"}
    owners = {"no_rights", "chat_closed", "topic_closed", "this_topic_closed", "long_wait"}
    assert named | owners <= NOTICE_KEYS


async def test_bots_without_operators_write_no_alarms(line: Line) -> None:
    await line.subscribe(A)
    line.api.script("sendMessage", refused("something new"))
    await line.tell()
    await line.settle(line.deliverer())
    async with line.store.read() as conn:
        assert len((await conn.execute(select(alert))).all()) == 1


async def test_paid_broadcast_is_asked_for_only_where_it_is_set(line: Line) -> None:
    await line.subscribe(A)
    await line.tell(1)
    await line.settle(line.deliverer())
    line.policy = Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24), paid=True)
    await line.tell(2)
    await line.settle(line.deliverer())
    asked = [call.params.get("allow_paid_broadcast") for call in line.api.calls_of("sendMessage")]
    assert asked == [None, "true"]
