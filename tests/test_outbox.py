"""The outbox on both engines: what is written, what is claimed, what a crash leaves."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import make_url, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Level
from jobs.store import attempts, missed, moves, outbox
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from jobs.store.outbox import FannedOut
from jobs.store.schema import chat, subscription
from jobs.store.schema import outbox as table
from tests.telling import NOON, rows, subscribe, take, tell

SEND, EDIT, REPLY = Action.SEND, Action.EDIT, Action.REPLY
PENDING, CLAIMED, SENDING = DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING
SENT, RETRY, DEAD = DeliveryState.SENT, DeliveryState.RETRY, DeliveryState.DEAD
UNCERTAIN, CANCELLED = DeliveryState.UNCERTAIN, DeliveryState.CANCELLED
LATER = NOON + timedelta(seconds=60)
on_shared_loop = pytest.mark.asyncio(loop_scope="module")
A, B, GROUP, SUPERGROUP = 7, 8, -100, -1_000_000_000_100


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database for all tests that undo what they do: making one takes longer than they."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('outbox') / 'watch.sqlite'}"
    template = request.getfixturevalue("postgres_template")
    address = make_url(request.getfixturevalue("postgres"))
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as server:
        server.execute(f"CREATE DATABASE outbox TEMPLATE {template} STRATEGY FILE_COPY")
    return address.set(database="outbox").render_as_string(hide_password=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_url: str) -> AsyncIterator[Store]:
    store = await Store.open(shared_url, migrate=True)
    yield store
    await store.close()


class Undo(Exception):
    """Rolls a test's transaction back."""


@pytest_asyncio.fixture(loop_scope="module")
async def conn(shared: Store) -> AsyncIterator[AsyncConnection]:
    with suppress(Undo):
        async with shared.write() as conn:
            yield conn
            raise Undo


async def begin(
    conn: AsyncConnection, now: datetime = NOON, attempt_id: str = "a1"
) -> list[Delivery]:
    """Claim all that may go and say that the calls begin."""
    taken = await take(conn, now, attempt_id=attempt_id)
    ids = [delivery.id for delivery in taken]
    assert await attempts.mark_sending(conn, ids, attempt_id, now, LATER) == set(ids)
    return taken


async def send_all(
    conn: AsyncConnection, message_id: int = 41, now: datetime = NOON
) -> list[Delivery]:
    taken = await begin(conn, now)
    for delivery in taken:
        assert await attempts.mark_sent(conn, delivery, message_id, NOON)
    return taken


@on_shared_loop
class TestFanOut:
    async def test_first_revision_goes_to_whose_filter_wants_it(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, A, B)
        await subscribe(conn, GROUP, filter_id=2)
        assert await tell(conn, 1) == FannedOut(sends=2, edits=0, replies=0)
        assert await rows(conn) == [(A, 1, SEND, PENDING), (B, 1, SEND, PENDING)]

    async def test_no_filter_wants_it(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        assert await tell(conn, 1, filters=()) == FannedOut(0, 0, 0)

    @pytest.mark.parametrize(
        ("loud", "expected"),
        [(False, [(A, 2, EDIT, PENDING)]), (True, [(A, 2, EDIT, PENDING), (A, 2, REPLY, PENDING)])],
        ids=["a higher grade edits", "a change of status edits and replies"],
    )
    async def test_later_revision_follows_what_was_told(
        self, conn: AsyncConnection, loud: bool, expected: list[object]
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn)
        await tell(conn, 1, 2, loud=loud)
        assert (await rows(conn))[1:] == expected

    async def test_chat_that_came_later_gets_a_first_telling(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await subscribe(conn, B)
        assert await tell(conn, 1, 2) == FannedOut(sends=1, edits=1, replies=0)

    async def test_chat_that_no_longer_wants_it_is_still_corrected(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await conn.execute(update(subscription).values(filter_id=1))
        assert await tell(conn, 1, 2, filters=(), loud=True) == FannedOut(0, 1, 1)

    @pytest.mark.parametrize("fate", [DEAD, CANCELLED])
    async def test_chat_whose_telling_failed_is_told_anew(
        self, conn: AsyncConnection, fate: DeliveryState
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await conn.execute(update(table).values(state=fate))
        assert await tell(conn, 1, 2, loud=True) == FannedOut(sends=1, edits=0, replies=0)

    async def test_twice_is_once(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        await send_all(conn)
        await tell(conn, 1, 2, loud=True)
        before = await rows(conn)
        assert await tell(conn, 1, 2, loud=True) == FannedOut(0, 0, 0)
        assert await rows(conn) == before

    @pytest.mark.parametrize("state", [PENDING, RETRY, CLAIMED, UNCERTAIN])
    async def test_newer_edit_replaces_an_unsent_one(
        self, conn: AsyncConnection, state: DeliveryState
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn)
        await tell(conn, 1, 2)
        await conn.execute(update(table).where(table.c.revision == 2).values(state=state))
        await tell(conn, 1, 3)
        assert await rows(conn) == [
            (A, 1, SEND, SENT),
            (A, 2, EDIT, CANCELLED),
            (A, 3, EDIT, PENDING),
        ]

    async def test_an_edit_under_way_is_not_touched(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn)
        await tell(conn, 1, 2)
        await begin(conn)
        await tell(conn, 1, 3)
        assert (await rows(conn))[1:] == [(A, 2, EDIT, SENDING), (A, 3, EDIT, PENDING)]
        assert await take(conn) == []

    async def test_closed_chat_gets_nothing(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await outbox.close_chat(conn, ChatId(A), "blocked")
        assert await tell(conn, 1, 2, loud=True) == FannedOut(0, 0, 0)
        assert await tell(conn, 2) == FannedOut(0, 0, 0)
        assert await rows(conn) == [(A, 1, SEND, CANCELLED)]

    async def test_notice_goes_to_just_the_named_chats(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A, B, GROUP)
        await outbox.close_chat(conn, ChatId(B), "blocked")
        await tell(conn, 1, filters=())
        chats = [ChatId(A), ChatId(B), ChatId(404)]
        assert await outbox.put_notices(conn, AlertId(1), chats, NOON) == 1
        assert await outbox.put_notices(conn, AlertId(1), chats, NOON) == 0
        assert await rows(conn) == [(A, 1, SEND, PENDING)]


@on_shared_loop
class TestClaim:
    async def test_delivery_carries_what_rendering_needs(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await take(conn)
        assert delivery.facts == {"says": "alert 1 as of 1"}
        assert (delivery.chat_kind, delivery.language, delivery.zone) == ("private", "en", "UTC")
        assert (delivery.action, delivery.target, delivery.kind) == (SEND, None, "alert")

    async def test_corrections_then_greater_levels_then_the_rest(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, 11)
        await tell(conn, 1)
        await send_all(conn)
        for chat_id in (12, 13, 14, 15):
            await subscribe(conn, chat_id, filter_id=chat_id)
        await outbox.put_notices(conn, AlertId(1), [ChatId(12)], NOON)
        await tell(conn, 2, filters=(13,), level=Level.SIGNAL)
        await tell(conn, 3, filters=(14,), level=Level.ALERT)
        await tell(conn, 4, filters=(15,), level=Level.MAJOR)
        await tell(conn, 1, 2, filters=(), loud=True)
        order = [(d.chat_id, d.action) for d in await take(conn)]
        assert order == [(11, EDIT), (15, SEND), (14, SEND), (13, SEND), (12, SEND)]

    async def test_one_row_of_a_chat_at_a_time(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        await tell(conn, 2)
        taken = await begin(conn)
        assert [(d.alert_id, d.chat_id) for d in taken] == [(1, A), (1, B)]
        assert await take(conn) == []
        await attempts.mark_sent(conn, taken[0], 41, NOON)
        assert [(d.alert_id, d.chat_id) for d in await take(conn)] == [(2, A)]

    async def test_a_waiting_edit_does_not_hold_up_its_own_telling(
        self, conn: AsyncConnection
    ) -> None:
        # The edits go first by priority, and wait for tellings that come after them.
        await subscribe(conn, A)
        for alert_id in (1, 2):
            await tell(conn, alert_id)
            await tell(conn, alert_id, 2, loud=True)
        order = []
        for message_id in range(41, 47):
            # A chat's pace allows one a second.
            now = NOON + timedelta(seconds=message_id)
            (delivery,) = await send_all(conn, message_id, now)
            order.append((delivery.alert_id, delivery.action, delivery.target))
        assert order == [
            (1, SEND, None),
            (1, EDIT, 41),
            (1, REPLY, 41),
            (2, SEND, None),
            (2, EDIT, 44),
            (2, REPLY, 44),
        ]
        assert await take(conn) == []

    @pytest.mark.parametrize("state", [RETRY, UNCERTAIN, CLAIMED, SENDING])
    async def test_correction_waits_while_its_telling_is_open(
        self, conn: AsyncConnection, state: DeliveryState
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await tell(conn, 1, 2, loud=True)
        first = table.c.revision == 1
        await conn.execute(update(table).where(first).values(state=state, not_before=LATER))
        assert await take(conn) == []

    async def test_a_row_put_off_does_not_hold_up_other_alerts(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await take(conn)
        await attempts.put_off(conn, delivery, LATER, "no words")
        await tell(conn, 2)
        assert [d.alert_id for d in await take(conn)] == [2]

    async def test_limit_held_chats_and_closed_gates(self, conn: AsyncConnection) -> None:
        await subscribe(conn, 11, 12, 13, 14)
        await tell(conn, 1)
        await outbox.hold_chat(conn, ChatId(11), LATER)
        taken = await take(conn, limit=1, except_chats=[12])
        assert [d.chat_id for d in taken] == [13]
        assert [d.chat_id for d in await take(conn, LATER)] == [11, 12, 14]

    async def test_rows_not_yet_due_wait(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1, now=LATER)
        assert await take(conn, NOON) == []
        assert len(await take(conn, LATER)) == 1


@on_shared_loop
class TestMarks:
    async def test_cancelled_after_the_claim_is_not_sent(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await take(conn)
        await outbox.close_chat(conn, ChatId(A), "blocked")
        ours = await attempts.mark_sending(conn, [delivery.id], "a1", NOON, LATER)
        assert ours == set()

    async def test_taken_over_after_the_claim_is_not_sent(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await take(conn, attempt_id="slow")
        await attempts.recover(conn, LATER, alone=False)
        await take(conn, attempt_id="quick")
        assert await attempts.mark_sending(conn, [delivery.id], "slow", NOON, LATER) == set()

    async def test_a_late_answer_holds_until_another_attempt_begins(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        slow = await begin(conn, attempt_id="slow")
        await attempts.recover(conn, LATER + timedelta(seconds=1), alone=False)
        await attempts.resolve_uncertain(conn, frozenset(Level), NOON)
        assert await attempts.mark_sent(conn, slow[0], 41, LATER)
        await take(conn, attempt_id="quick")
        assert not await attempts.mark_sent(conn, slow[1], 41, LATER)
        assert not await attempts.mark_dead(conn, slow[1], "late")
        assert await rows(conn) == [(A, 1, SEND, SENT), (B, 1, SEND, CLAIMED)]

    @pytest.mark.parametrize("counted", [True, False])
    async def test_retry_counts_only_failures_of_the_row(
        self, conn: AsyncConnection, counted: bool
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await begin(conn)
        assert await attempts.mark_retry(conn, delivery, LATER, "429", counted=counted)
        assert await take(conn, NOON) == []
        (again,) = await take(conn, LATER)
        assert again.attempts == (1 if counted else 0)

    async def test_edit_takes_the_place_of_a_telling_that_died(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await begin(conn)
        await tell(conn, 1, 2, loud=True)
        await attempts.mark_dead(conn, delivery, "refused")
        assert await rows(conn) == [
            (A, 1, SEND, DEAD),
            (A, 2, SEND, PENDING),
            (A, 2, REPLY, CANCELLED),
        ]

    async def test_edit_of_a_vanished_message_becomes_a_new_one(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn, 41)
        await tell(conn, 1, 2, loud=True)
        (delivery,) = await begin(conn)
        await attempts.redo_as_send(conn, delivery, "message to edit not found")
        assert (await rows(conn))[1:] == [(A, 2, SEND, PENDING), (A, 2, REPLY, CANCELLED)]
        await send_all(conn, 55)
        await tell(conn, 1, 3)
        assert [d.target for d in await take(conn)] == [55]

    async def test_an_edit_that_another_took_over_is_not_made_a_message(
        self, conn: AsyncConnection
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn, 41)
        await tell(conn, 1, 2, loud=True)
        (slow,) = await begin(conn, attempt_id="slow")
        await attempts.recover(conn, LATER + timedelta(seconds=1), alone=False)
        await attempts.resolve_uncertain(conn, frozenset(Level), NOON)
        await take(conn, attempt_id="quick")
        assert not await attempts.redo_as_send(conn, slow, "message to edit not found")
        assert (A, 2, REPLY, CANCELLED) not in await rows(conn)

    async def test_what_finds_no_room_is_left_as_if_untouched(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        one, other = await take(conn)
        await attempts.put_back(conn, {one.id, other.id}, "another's")
        assert await take(conn) == []
        await attempts.put_back(conn, {one.id}, "a1")
        assert [d.chat_id for d in await take(conn, attempt_id="a2")] == [one.chat_id]


@on_shared_loop
class TestAfterACrash:
    @pytest.mark.parametrize("alone", [True, False])
    async def test_claimed_is_untouched_and_sending_is_uncertain(
        self, conn: AsyncConnection, alone: bool
    ) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        claimed = await take(conn, limit=2)
        await attempts.mark_sending(conn, [claimed[0].id], "a1", NOON, NOON)
        now = NOON if alone else LATER
        assert await attempts.recover(conn, now, alone=alone) == 1
        assert await rows(conn) == [(A, 1, SEND, UNCERTAIN), (B, 1, SEND, PENDING)]

    async def test_a_living_senders_rows_are_left_alone(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await begin(conn)
        assert await attempts.recover(conn, NOON, alone=False) == 0
        assert await rows(conn) == [(A, 1, SEND, SENDING)]

    async def test_resent_once_marked_then_closed(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        for expected in (False, True):
            (delivery,) = await begin(conn)
            assert delivery.possibly_repeated is expected
            await attempts.mark_uncertain(conn, delivery, "ReadTimeout")
            closed = await attempts.resolve_uncertain(conn, frozenset(Level), NOON)
            assert closed == (1 if expected else 0)
        assert await rows(conn) == [(A, 1, SEND, DEAD)]
        assert await conn.scalar(select(table.c.cause)) == "arrival unknown: ReadTimeout"

    async def test_closed_at_once_if_the_operator_prefers(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        (delivery,) = await begin(conn)
        await tell(conn, 1, 2, loud=True)
        await attempts.mark_uncertain(conn, delivery, "ReadTimeout")
        assert await attempts.resolve_uncertain(conn, frozenset(), NOON) == 1
        # What may have been told is not told again; what came since is.
        assert await rows(conn) == [
            (A, 1, SEND, DEAD),
            (A, 2, SEND, PENDING),
            (A, 2, REPLY, CANCELLED),
        ]

    @pytest.mark.parametrize("policy", [frozenset(), frozenset(Level)])
    async def test_an_edit_is_simply_done_again(
        self, conn: AsyncConnection, policy: frozenset[Level]
    ) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await send_all(conn)
        await tell(conn, 1, 2)
        for _ in range(3):
            (delivery,) = await begin(conn)
            assert delivery.possibly_repeated is False
            await attempts.mark_uncertain(conn, delivery, "ReadTimeout")
            assert await attempts.resolve_uncertain(conn, policy, NOON) == 0


@on_shared_loop
class TestAge:
    async def test_only_first_tellings_grow_too_old(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A, B)
        await tell(conn, 1)
        (to_a, to_b) = await begin(conn)
        await attempts.mark_sent(conn, to_a, 41, NOON)
        await attempts.mark_retry(conn, to_b, NOON, "ConnectError", counted=False)
        await tell(conn, 1, 2, loud=True, now=NOON)
        assert await missed.expire(conn, LATER, LATER) == 1
        assert await rows(conn, chat_id=A) == [
            (A, 1, SEND, SENT),
            (A, 2, EDIT, PENDING),
            (A, 2, REPLY, PENDING),
        ]
        assert await rows(conn, chat_id=B) == [
            (B, 1, SEND, DEAD),
            (B, 2, SEND, PENDING),
            (B, 2, REPLY, CANCELLED),
        ]

    async def test_what_is_under_way_or_young_stays(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await begin(conn)
        await tell(conn, 2, now=LATER)
        assert await missed.expire(conn, LATER, LATER) == 0


@on_shared_loop
class TestMigration:
    async def test_unknown_new_chat_takes_everything_over(self, conn: AsyncConnection) -> None:
        await subscribe(conn, GROUP)
        await tell(conn, 1)
        await send_all(conn, 41)
        await tell(conn, 2)
        await begin(conn)
        await moves.migrate_chat(conn, ChatId(GROUP), ChatId(SUPERGROUP))
        assert await rows(conn) == [(SUPERGROUP, 1, SEND, SENT), (SUPERGROUP, 1, SEND, SENDING)]
        chats = (await conn.execute(select(chat.c.id, chat.c.kind))).all()
        assert [tuple(row) for row in chats] == [(SUPERGROUP, "supergroup")]
        assert await conn.scalar(select(subscription.c.chat_id)) == SUPERGROUP
        # The old group's message ids mean nothing in the new one.
        assert (await conn.scalars(select(table.c.message_id))).all() == [None, None]

    async def test_known_new_chat_is_not_told_twice(self, conn: AsyncConnection) -> None:
        await subscribe(conn, GROUP)
        await subscribe(conn, SUPERGROUP, filter_id=2)
        await tell(conn, 1, filters=(1, 2))
        await tell(conn, 2, filters=(1,))
        await moves.migrate_chat(conn, ChatId(GROUP), ChatId(SUPERGROUP))
        assert await rows(conn, alert_id=1) == [
            (GROUP, 1, SEND, CANCELLED),
            (SUPERGROUP, 1, SEND, PENDING),
        ]
        assert await rows(conn, alert_id=2) == [(SUPERGROUP, 1, SEND, PENDING)]
        wishes = (
            await conn.execute(select(subscription.c.chat_id, subscription.c.filter_id))
        ).all()
        assert [tuple(row) for row in wishes] == [(SUPERGROUP, 2)]
        assert await tell(conn, 1, 2, filters=(1, 2)) == FannedOut(0, 1, 0)

    async def test_unknown_old_chat_changes_nothing(self, conn: AsyncConnection) -> None:
        await subscribe(conn, A)
        await tell(conn, 1)
        await moves.migrate_chat(conn, ChatId(GROUP), ChatId(SUPERGROUP))
        assert await rows(conn) == [(A, 1, SEND, PENDING)]


@on_shared_loop
async def test_closing_a_chat_leaves_a_call_to_its_outcome(conn: AsyncConnection) -> None:
    await subscribe(conn, A)
    await tell(conn, 1)
    (delivery,) = await begin(conn)
    await tell(conn, 2)
    assert await outbox.close_chat(conn, ChatId(A), "blocked") == 1
    await attempts.mark_dead(conn, delivery, "blocked")
    assert await rows(conn) == [(A, 1, SEND, DEAD), (A, 1, SEND, CANCELLED)]
    assert await attempts.count_dead(conn, ChatId(A), "blocked") == 1


@on_shared_loop
async def test_cancelling_a_topic_leaves_the_others(conn: AsyncConnection) -> None:
    await subscribe(conn, GROUP)
    await subscribe(conn, GROUP, thread_id=5, filter_id=2)
    await tell(conn, 1, filters=(1, 2))
    assert await outbox.cancel_thread(conn, ChatId(GROUP), 5, "topic closed") == 1
    assert [(d.chat_id, d.thread_id) for d in await take(conn)] == [(GROUP, 0)]


@on_shared_loop
async def test_open_is_what_is_to_be_made_or_heard_of(conn: AsyncConnection) -> None:
    await subscribe(conn, A, B)
    await tell(conn, 1)
    assert await outbox.count_open(conn) == 2
    one, other = await begin(conn)
    await attempts.mark_uncertain(conn, one, "ReadTimeout")
    await attempts.mark_sent(conn, other, 41, NOON)
    assert await outbox.count_open(conn) == 1


@on_shared_loop
async def test_a_reversal_goes_to_who_knows_what_it_takes_back(conn: AsyncConnection) -> None:
    await subscribe(conn, A)
    await subscribe(conn, B, filter_id=2)
    await tell(conn, 1)
    await send_all(conn)
    told = await tell(conn, 2, filters=(2,), answers=1)
    assert told.sends == 2
    assert {d.chat_id for d in await take(conn)} == {A, B}


async def test_two_senders_share_the_rows(store: Store) -> None:
    """On PostgreSQL the second does not wait for the first; on SQLite they take turns."""
    async with store.write() as conn:
        await subscribe(conn, *range(1, 21))
        await tell(conn, 1)
    if store.dialect == "sqlite":
        async with store.write() as conn:
            first = await take(conn, limit=10, attempt_id="one")
        async with store.write() as conn:
            second = await take(conn, limit=20, attempt_id="two")
    else:
        async with store.write() as one, store.write() as two:
            first = await take(one, limit=10, attempt_id="one")
            second = await take(two, limit=20, attempt_id="two")
    assert len(first) == 10
    assert len(second) == 10
    assert {d.chat_id for d in first} | {d.chat_id for d in second} == set(range(1, 21))
