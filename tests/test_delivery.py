"""Delivery against the strict Bot API over real HTTP: what every fault may do to a chat."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from telegram import MessageEntity

from bot.delivery import Deliverer
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.domain.alerts import Action, DeliveryState, Level
from jobs.domain.clock import SystemClock
from jobs.store import attempts
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from jobs.store.schema import chat
from jobs.store.schema import outbox as table
from tests import bot_api
from tests.bot_api import BotApi, Fault
from tests.clocks import ManualClock
from tests.delivering import GROUP, SAYS, SUPERGROUP, A, B, Line, open_bot, render, unopened_bot
from tests.telling import take

SEND, EDIT, REPLY = Action.SEND, Action.EDIT, Action.REPLY
SENT, DEAD = DeliveryState.SENT, DeliveryState.DEAD
UNCERTAIN, CANCELLED = DeliveryState.UNCERTAIN, DeliveryState.CANCELLED
RETRY = DeliveryState.RETRY
REPEATED = f"{SAYS} (possibly repeated)"


@pytest.fixture
def impatient(line: Line) -> Line:
    line.policy = Policy(frozenset(Level), timedelta(seconds=0.6), timedelta(hours=24))
    return line


async def test_a_message_arrives_as_rendered(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    assert await line.deliverer().drain_once() == 1
    (shown,) = line.api.shown(A)
    assert (shown.text, shown.entities) == (
        SAYS,
        [{"type": "bold", "offset": 0, "length": 5}],
    )
    assert line.api.calls[-1].params["link_preview_options"] == {"is_disabled": True}
    async with line.store.read() as conn:
        (row,) = (await conn.execute(select(table))).all()
    assert (row.state, row.message_id, row.attempts) == (SENT, shown.message_id, 1)


async def test_a_change_of_status_edits_and_replies(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    await line.tell(1, 2, loud=True)
    await line.settle(line.deliverer())
    first, reply = line.api.shown(A)
    assert first.versions == ["alert 1 as of 1", "alert 1 as of 2"]
    assert (reply.text, reply.reply_to) == ("alert 1 as of 2", first.message_id)


async def test_a_correction_reaches_a_chat_whose_owner_deleted_the_alert(line: Line) -> None:
    await line.subscribe(A)
    deliverer = line.deliverer()
    await line.tell()
    await deliverer.drain_once()
    line.api.remove_message(A, line.api.shown(A)[0].message_id)
    await line.tell(1, 2, loud=True)
    await line.settle(deliverer)
    assert line.shown() == ["alert 1 as of 2"]
    assert (await line.rows())[1:] == [(A, 2, SEND, SENT), (A, 2, REPLY, CANCELLED)]
    # Later revisions edit the new message.
    await line.tell(1, 3)
    await line.settle(deliverer)
    assert line.shown() == ["alert 1 as of 3"]


AMBIGUOUS: list[tuple[str, Callable[[bool], Fault]]] = [
    ("connection reset", lambda stored: bot_api.reset(stored=stored)),
    ("answer cut off", lambda stored: bot_api.truncated(stored=stored)),
    ("garbage with 200", lambda stored: bot_api.garbage(stored=stored)),
    ("no result", lambda stored: bot_api.answer(200, b'{"ok": true}', stored=stored)),
    ("500", lambda stored: bot_api.status(500, stored=stored)),
    ("502", lambda stored: bot_api.status(502, stored=stored)),
    ("504", lambda stored: bot_api.status(504, stored=stored)),
    ("500 in JSON", lambda stored: bot_api.error(500, "Internal Server Error", stored=stored)),
]
TARDY: list[tuple[str, Callable[[bool], Fault]]] = [
    ("no answer", lambda stored: bot_api.hang(stored=stored)),
    ("answer in drips", lambda stored: bot_api.drip(stored=stored)),
]


async def check_ambiguous(line: Line, fault: Fault) -> None:
    line.api.script("sendMessage", fault, chat_id=A)
    await line.subscribe(A)
    await line.tell()
    deliverer = line.deliverer()
    await deliverer.drain_once()
    assert await line.states() == [UNCERTAIN]
    await line.settle(deliverer)
    assert line.shown() == ([SAYS, REPEATED] if fault.stored else [REPEATED])
    assert await line.states() == [SENT]
    assert line.sends() == 2


@pytest.mark.parametrize("stored", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize("make", [f for _, f in AMBIGUOUS], ids=[name for name, _ in AMBIGUOUS])
async def test_what_may_have_arrived_is_sent_again_once_and_marked(
    line: Line, make: Callable[[bool], Fault], stored: bool
) -> None:
    await check_ambiguous(line, make(stored))


@pytest.mark.parametrize("stored", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize("make", [f for _, f in TARDY], ids=[name for name, _ in TARDY])
async def test_the_deadline_is_for_the_whole_call(
    impatient: Line, make: Callable[[bool], Fault], stored: bool
) -> None:
    await check_ambiguous(impatient, make(stored))
    assert impatient.api.calls[-1].at - impatient.api.calls[-2].at < 2.5


async def test_200_with_a_refusal_inside_is_no_crash(line: Line) -> None:
    await check_ambiguous(line, bot_api.not_ok())


async def test_twice_in_doubt_is_closed_and_said_so(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.api.script("sendMessage", bot_api.status(502, stored=True), endless=True)
    await line.subscribe(A)
    await line.tell()
    await line.settle(line.deliverer())
    assert line.shown() == [SAYS, REPEATED]
    assert await line.states() == [DEAD]
    assert "closed without knowing whether they arrived" in caplog.text


async def test_operator_may_prefer_a_loss_to_a_repeat(line: Line) -> None:
    line.policy = Policy(frozenset(), timedelta(seconds=10), timedelta(hours=24))
    line.api.script("sendMessage", bot_api.status(502, stored=True))
    await line.subscribe(A)
    await line.tell()
    await line.settle(line.deliverer())
    assert line.shown() == [SAYS]
    assert await line.states() == [DEAD]


@pytest.mark.parametrize("stored", [True, False], ids=["arrived", "lost"])
async def test_an_edit_in_doubt_is_done_again(line: Line, stored: bool) -> None:
    await line.subscribe(A)
    deliverer = line.deliverer()
    await line.tell()
    await deliverer.drain_once()
    line.api.script("editMessageText", bot_api.status(502, stored=stored))
    await line.tell(1, 2)
    await line.settle(deliverer)
    assert line.shown() == ["alert 1 as of 2"]
    assert await line.states() == [SENT, SENT]


PERMANENT = [
    "Bad Request: message is too long",
    "Bad Request: have no write access to the chat",
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: something new",
]


@pytest.mark.parametrize("text", PERMANENT)
async def test_a_refusal_is_not_repeated(line: Line, text: str) -> None:
    line.api.script("sendMessage", bot_api.error(400, text), endless=True, chat_id=A)
    await line.subscribe(A, B)
    await line.tell()
    await line.settle(line.deliverer())
    assert await line.rows() == [(A, 1, SEND, DEAD), (B, 1, SEND, SENT)]
    assert line.sends(A) == 1


async def test_413_is_not_repeated(line: Line) -> None:
    line.api.script("sendMessage", bot_api.error(413, "Request Entity Too Large"))
    await line.subscribe(A)
    await line.tell()
    await line.settle(line.deliverer())
    assert (await line.states(), line.sends()) == ([DEAD], 1)


@pytest.mark.parametrize(
    ("refusals", "state", "shown"), [(1, SENT, [SAYS]), (2, DEAD, [])], ids=["once", "twice"]
)
async def test_refused_entities_are_left_out_once(
    line: Line, refusals: int, state: str, shown: list[str]
) -> None:
    text = "Bad Request: can't parse entities: unsupported"
    line.api.script("sendMessage", *[bot_api.error(400, text)] * refusals)
    await line.subscribe(A)
    await line.tell()
    await line.settle(line.deliverer())
    assert (await line.states(), line.shown(), line.sends()) == ([state], shown, 2)
    assert "entities" in line.api.calls[-2].params
    assert "entities" not in line.api.calls[-1].params


CLOSERS: list[tuple[str, Callable[[BotApi, int], None], int]] = [
    ("blocked", BotApi.block, A),
    ("deactivated", BotApi.deactivate, A),
    ("kicked from a group", BotApi.kick, GROUP),
    ("kicked from a supergroup", BotApi.kick, SUPERGROUP),
]


@pytest.mark.parametrize(
    ("close", "chat_id"), [c[1:] for c in CLOSERS], ids=[c[0] for c in CLOSERS]
)
async def test_a_chat_that_is_gone_is_closed_with_all_it_awaited(
    line: Line, close: Callable[[BotApi, int], None], chat_id: int
) -> None:
    await line.subscribe(chat_id, B)
    await line.tell(1)
    await line.tell(2)
    close(line.api, chat_id)
    await line.settle(line.deliverer())
    assert await line.states(chat_id=chat_id) == [DEAD, CANCELLED]
    assert await line.states(chat_id=B) == [SENT, SENT]
    assert line.sends(chat_id) == 1
    async with line.store.read() as conn:
        reason = await conn.scalar(select(chat.c.closed_reason).where(chat.c.id == chat_id))
    assert str(reason).startswith("Forbidden: ")


async def test_a_chat_not_found_twice_is_closed(line: Line) -> None:
    await line.subscribe(A)
    refusal = bot_api.error(400, "Bad Request: chat not found")
    line.api.script("sendMessage", refusal, endless=True)
    for alert_id in (1, 2, 3):
        await line.tell(alert_id)
    await line.settle(line.deliverer())
    assert await line.states() == [DEAD, DEAD, CANCELLED]
    assert line.sends() == 2


async def test_a_refused_chat_waits_and_the_others_do_not(line: Line) -> None:
    line.api.script("sendMessage", bot_api.too_many(7), chat_id=A)
    await line.subscribe(A, B)
    await line.tell()
    deliverer = line.deliverer()
    await deliverer.drain_once()
    assert (line.shown(A), line.shown(B)) == ([], [SAYS])
    await line.tell(2)
    line.clock.advance(6.9)
    await deliverer.drain_once()
    assert (line.sends(A), line.shown(B)) == (1, [SAYS, "alert 2 as of 1"])
    line.clock.advance(0.1)
    await line.settle(deliverer)
    assert line.shown(A) == [SAYS, "alert 2 as of 1"]
    async with line.store.read() as conn:
        counted = (await conn.scalars(select(table.c.attempts))).all()
    assert set(counted) == {1}, "having to wait is no failure of the row"


async def test_the_wait_outlives_a_restart(line: Line) -> None:
    line.api.script("sendMessage", bot_api.too_many(86_400), chat_id=A)
    await line.subscribe(A, B)
    await line.tell()
    await line.deliverer().drain_once()
    await line.tell(2)
    await line.settle(line.deliverer())
    assert (line.sends(A), line.sends(B)) == (1, 2)
    line.clock.advance(86_400)


async def test_refusals_in_several_chats_stop_everything_for_a_while(line: Line) -> None:
    chats = [21, 22, 23]
    for chat_id in chats:
        line.api.script("sendMessage", bot_api.too_many(5), chat_id=chat_id)
    await line.subscribe(*chats, B)
    await line.tell()
    deliverer = line.deliverer()
    await deliverer.drain_once()
    await line.tell(2)
    line.clock.advance(4)
    assert await deliverer.drain_once() == 0
    line.clock.advance(1)
    await line.settle(deliverer)
    for chat_id in (*chats, B):
        assert line.shown(chat_id) == [SAYS, "alert 2 as of 1"]


async def test_429_without_a_time_is_no_tight_loop(line: Line) -> None:
    line.api.script("sendMessage", bot_api.too_many(None), chat_id=A)
    await line.subscribe(A)
    await line.tell()
    deliverer = line.deliverer()
    await deliverer.drain_once()
    line.clock.advance(4.9)
    await deliverer.drain_once()
    assert line.sends() == 1
    await line.settle(deliverer)
    assert line.shown() == [SAYS]


async def test_a_group_that_became_a_supergroup_gets_it_there(line: Line) -> None:
    await line.subscribe(GROUP)
    deliverer = line.deliverer()
    await line.tell()
    await deliverer.drain_once()
    line.api.migrate(GROUP, SUPERGROUP)
    await line.tell(2)
    await line.tell(1, 2, loud=True)
    await line.settle(deliverer)
    # The old group's message cannot be edited from the new one: said anew, once.
    assert sorted(line.shown(SUPERGROUP)) == ["alert 1 as of 2", "alert 2 as of 1"]
    assert len([c for c in line.api.calls if c.chat_id == GROUP]) == 2
    assert {row[0] for row in await line.rows()} == {SUPERGROUP}


async def test_migration_to_a_known_chat_doubles_nothing(line: Line) -> None:
    await line.subscribe(GROUP, SUPERGROUP)
    line.api.migrate(GROUP, SUPERGROUP)
    await line.tell()
    await line.tell(2)
    await line.settle(line.deliverer())
    assert line.shown(SUPERGROUP) == [SAYS, "alert 2 as of 1"]


async def test_unmodified_is_success(line: Line) -> None:
    await line.subscribe(A)
    deliverer = line.deliverer()
    await line.tell()
    await deliverer.drain_once()
    line.render = lambda delivery: Message(SAYS, (MessageEntity(MessageEntity.BOLD, 0, 5),))
    await line.tell(1, 2)
    await line.settle(line.deliverer())
    assert await line.states() == [SENT, SENT]


async def test_telegram_out_of_reach_loses_and_doubles_nothing(line: Line) -> None:
    await line.subscribe(A)
    await line.tell(1)
    await line.tell(2)
    deliverer = line.deliverer()
    async with BotApi() as gone:
        lost = unopened_bot(gone)
        await lost.initialize()
    nowhere = line.deliverer(bot=lost)
    for _ in range(50):
        await nowhere.drain_once()
        line.clock.advance(1)
    assert await line.states() == [RETRY, DeliveryState.PENDING]
    await lost.shutdown()
    await line.settle(deliverer)
    assert line.shown() == [SAYS, "alert 2 as of 1"]


async def test_no_free_connection_is_certainly_not_sent(impatient: Line) -> None:
    line = impatient
    line.api.script("sendMessage", bot_api.hang(stored=True), chat_id=A)
    await line.subscribe(A, B)
    await line.tell()
    async with open_bot(line.api, connection_pool_size=1, pool_timeout=0.05) as bot:
        await line.settle(line.deliverer(bot=bot))
    assert line.shown(A) == [SAYS, REPEATED]
    assert line.shown(B) == [SAYS]


async def test_a_rejected_token_stops_sending_and_keeps_the_outbox(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    await line.subscribe(A, B)
    await line.tell()
    token, line.api.token = line.api.token, "4000001:another"
    deliverer = line.deliverer()
    await line.settle(deliverer)
    assert deliverer.halted == "Telegram does not accept the bot's token"
    assert line.sends() == 2
    line.api.token = token
    await line.settle(deliverer)
    assert line.sends() == 2, "drain_once does not ask again by itself"
    deliverer.resume()
    await line.settle(deliverer)
    assert (line.shown(A), line.shown(B)) == ([SAYS], [SAYS])
    assert token not in caplog.text


async def run_until(line: Line, deliverer: Deliverer, is_done: Callable[[], bool]) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    await line.api.until(is_done)
    stop.set()
    await running


async def test_run_asks_again_whether_the_token_holds(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    token, line.api.token = line.api.token, "4000001:another"
    deliverer = line.deliverer()
    await run_until(line, deliverer, lambda: len(line.api.calls_of("getMe")) >= 3)
    assert (line.shown(), line.sends()) == ([], 1)
    line.api.token = token
    await run_until(line, deliverer, lambda: line.shown() == [SAYS])


class StoppingClock(ManualClock):
    """Sets an event when enough time has been slept away."""

    def __init__(self, stop: asyncio.Event, seconds: float) -> None:
        super().__init__()
        self._stop, self._end = stop, self.monotonic() + seconds

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.monotonic() >= self._end:
            self._stop.set()


async def test_a_good_token_is_no_reason_to_go_on_beside_another_copy(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    line.api.script("sendMessage", bot_api.error(401, "Unauthorized"))
    stop = asyncio.Event()
    deliverer = line.deliverer(StoppingClock(stop, 120))
    await deliverer.drain_once()
    deliverer.halt("another copy of this bot is running")
    await deliverer.run(stop)
    assert (line.sends(), deliverer.halted) == (1, "another copy of this bot is running")


async def test_cancelled_while_it_was_put_into_words_is_not_sent(
    line: Line, tmp_path: Path
) -> None:
    path = tmp_path / "watch.sqlite"

    def forget(delivery: Delivery) -> Message:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE outbox SET state = 'CANCELLED' WHERE chat_id = ?", (A,))
        return render(delivery)

    line.store, line.render = await Store.open(f"sqlite:///{path}", migrate=True), forget
    await line.subscribe(A, B)
    await line.tell()
    await line.deliverer().drain_once()
    assert (line.sends(A), line.shown(B)) == (0, [SAYS])
    await line.store.close()


async def test_another_copy_of_the_bot_stops_sending_for_good(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    deliverer = line.deliverer()
    deliverer.halt("another copy of this bot is running")
    await line.settle(deliverer, rounds=20)
    assert (line.sends(), deliverer.halted) == (0, "another copy of this bot is running")


async def test_run_delivers_what_is_written_meanwhile_and_keeps_the_pace(line: Line) -> None:
    chats = list(range(1, 57))
    await line.subscribe(*chats)
    deliverer = line.deliverer(SystemClock())
    line.clock = ManualClock(SystemClock().now())
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    await line.tell()
    await line.api.until(lambda: all(line.shown(chat_id) for chat_id in chats), seconds=20)
    stop.set()
    await running
    assert line.api.busiest(1.0) <= 28
    assert line.sends() == 56


async def test_a_stop_lets_go_of_a_call_that_hangs(line: Line) -> None:
    line.policy = Policy(
        frozenset(Level),
        timedelta(seconds=60),
        timedelta(hours=24),
        grace=timedelta(seconds=0.1),
    )
    line.api.script("sendMessage", bot_api.hang(stored=True), chat_id=A)
    await line.subscribe(A, B)
    await line.tell()
    await run_until(line, line.deliverer(), lambda: line.shown(A) == line.shown(B) == [SAYS])
    assert await line.states(chat_id=A) == [DeliveryState.SENDING]
    # The next start knows that it does not know.
    line.clock.advance(3600)
    deliverer = line.deliverer()
    await deliverer.recover()
    await line.settle(deliverer)
    assert line.shown(A) == [SAYS, REPEATED]


async def test_a_row_without_words_is_put_off_then_given_up(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def poisoned(delivery: Delivery) -> Message:
        if delivery.alert_id == 1:
            raise ValueError("no such sentence")
        return render(delivery)

    line.render = poisoned
    await line.subscribe(A)
    await line.tell(1)
    await line.tell(2)
    deliverer = line.deliverer()
    await deliverer.drain_once()
    await deliverer.drain_once()
    assert line.shown() == ["alert 2 as of 1"]
    await line.settle(deliverer, rounds=60)
    assert await line.states() == [DEAD, SENT]
    assert caplog.text.count("could not be put into words") >= 8
    assert line.sends() == 1


async def test_too_old_is_closed_and_not_sent(line: Line) -> None:
    await line.subscribe(A)
    await line.tell()
    line.clock.advance(25 * 3600)
    await line.tell(2)
    await line.settle(line.deliverer())
    assert line.shown() == ["alert 2 as of 1"]
    assert await line.states() == [DEAD, SENT]


@pytest.mark.parametrize("begun", [False, True], ids=["after the claim", "during the call"])
async def test_a_crash_is_made_good_at_the_next_start(line: Line, begun: bool) -> None:
    await line.subscribe(A)
    await line.tell()
    async with line.store.write() as conn:
        (delivery,) = await take(conn, line.clock.now())
        if begun:
            now = line.clock.now()
            await attempts.mark_sending(conn, [delivery.id], delivery.attempt_id, now, now)
    deliverer = line.deliverer()
    await deliverer.recover()
    await line.settle(deliverer)
    assert line.shown() == [REPEATED if begun else SAYS]


async def test_a_hidden_chat_id_is_not_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    chat_id = 987_654_321
    line.api.script("sendMessage", bot_api.too_many(7), bot_api.error(400, "Bad Request: no"))
    await line.subscribe(chat_id)
    await line.tell()
    await line.settle(line.deliverer())
    assert await line.states() == [DEAD]
    assert str(chat_id) not in "".join(r.getMessage() for r in caplog.records if "bot" in r.name)
