"""The outbox under any order of tellings, faults, crashes, migrations and blocks.

A model Telegram keeps what each chat was shown. Whatever happens: nothing that was owed
is missing without a stated cause, nothing is shown a third time, a second time only
marked, and no chat is led back to an older revision.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outcomes import Outcome, Verdict
from bot.recording import record
from jobs.domain.alerts import Action, ChatId, DeliveryState, Level
from jobs.store import attempts, moves
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from jobs.store.schema import chat
from jobs.store.schema import outbox as table
from tests.telling import NOON, subscribe, take, tell

CHATS = [7, 8, -100]
UPGRADE = {-100: -1_000_000_000_100}


FATES = [
    "all goes well",
    "no answer to what arrived",
    "no answer to what was lost",
    "crash after the claim",
    "crash before the call",
    "crash after the call",
    "answer after the crash",
    Outcome(Verdict.NOT_SENT, "ConnectError"),
    Outcome(Verdict.WAIT, "429", seconds=7.0),
    Outcome(Verdict.HALT, "401"),
    Outcome(Verdict.PLAIN, "entities"),
]
"""What can become of calls, and where the sender can die."""


@dataclass
class Shown:
    """One message as a reader sees it."""

    message_id: int
    alert_id: int
    action: Action
    revision: int
    marked: bool
    first_revision: int = field(default=0)


class Telegram:
    """What readers see, and which chats Telegram refuses."""

    def __init__(self) -> None:
        self.chats: dict[int, list[Shown]] = {chat_id: [] for chat_id in CHATS}
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.edited_back: list[Delivery] = []

    def carry_out(self, delivery: Delivery) -> Outcome:
        """Do what a call asks for, and answer as Telegram does."""
        if delivery.chat_id in self.migrated:
            return Outcome(Verdict.MIGRATED, new_chat_id=self.migrated[delivery.chat_id])
        if delivery.chat_id in self.blocked:
            return Outcome(Verdict.CHAT_GONE, "blocked")
        shown = self.chats[delivery.chat_id]
        if delivery.action is Action.EDIT:
            return self._edit(shown, delivery)
        number = delivery.revision
        repeated = delivery.possibly_repeated
        shown.append(
            Shown(len(shown) + 1, delivery.alert_id, delivery.action, number, repeated, number)
        )
        return Outcome(Verdict.SENT, message_id=len(shown))

    def _edit(self, shown: list[Shown], delivery: Delivery) -> Outcome:
        if delivery.target is None:
            return Outcome(Verdict.EDIT_GONE, "no id")
        message = shown[delivery.target - 1]
        assert message.alert_id == delivery.alert_id, "an edit of another alert's message"
        if message.revision > delivery.revision:
            self.edited_back.append(delivery)
        message.revision = delivery.revision
        return Outcome(Verdict.SENT, message_id=message.message_id)


class OutboxMachine(RuleBasedStateMachine):
    """Every rule is one thing that can happen; the store is real, Telegram a model."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.telegram = Telegram()
        self.now = NOON
        self.revisions: dict[int, int] = {}
        self.doubts: Counter[tuple[int, int, int, Action]] = Counter()
        self.attempt = 0

    def do(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        async def transaction() -> Any:
            async with self.store.write() as conn:
                return await work(conn)

        return self.runner.run(transaction())

    @initialize()
    def open(self) -> None:
        self.store = self.runner.run(Store.open("sqlite://", migrate=True))
        self.do(lambda conn: subscribe(conn, *CHATS))
        self.a_new_alert()

    @rule()
    @precondition(lambda self: len(self.revisions) < 3)
    def a_new_alert(self) -> None:
        alert_id = len(self.revisions) + 1
        self.revisions[alert_id] = 1
        self.do(lambda conn: tell(conn, alert_id, now=self.now))

    @rule(pick=st.integers(0, 2), loud=st.booleans())
    @precondition(lambda self: bool(self.revisions))
    def a_revision(self, pick: int, loud: bool) -> None:
        alert_id = sorted(self.revisions)[pick % len(self.revisions)]
        self.revisions[alert_id] += 1
        number = self.revisions[alert_id]
        self.do(lambda conn: tell(conn, alert_id, number, loud=loud, now=self.now))

    def claim(self, limit: int) -> list[Delivery]:
        self.attempt += 1
        name = f"attempt {self.attempt}"
        taken: list[Delivery] = self.do(
            lambda conn: take(conn, self.now, limit=limit, attempt_id=name)
        )
        return taken

    def begin(self, taken: list[Delivery]) -> None:
        if not taken:
            return
        ids, name = [d.id for d in taken], taken[0].attempt_id
        lease = self.now + timedelta(seconds=60)
        self.do(lambda conn: attempts.mark_sending(conn, ids, name, self.now, lease))

    def note(self, delivery: Delivery, outcome: Outcome) -> None:
        self.do(lambda conn: record(conn, delivery, outcome, self.now))

    def doubt(self, delivery: Delivery) -> None:
        key = (delivery.alert_id, delivery.revision, delivery.action)
        self.doubts[self.home(delivery.chat_id), *key] += 1

    def home(self, chat_id: int) -> int:
        return self.telegram.migrated.get(chat_id, chat_id)

    @rule(limit=st.integers(1, 5), fate=st.sampled_from(FATES))
    def calls_are_made(self, limit: int, fate: str | Outcome) -> None:
        """Claim, and let this become of the calls; one rule, so that most steps call."""
        taken = self.claim(limit)
        if isinstance(fate, Outcome):
            self.begin(taken)
            for delivery in taken:
                self.note(delivery, fate)
        elif fate == "all goes well":
            self.deliver(taken)
        elif fate.startswith("no answer"):
            self.no_answer_comes(taken, arrived=fate == "no answer to what arrived")
        else:
            self.crash(taken, fate)

    def deliver(self, taken: list[Delivery]) -> None:
        self.begin(taken)
        for delivery in taken:
            self.note(delivery, self.telegram.carry_out(delivery))

    def no_answer_comes(self, taken: list[Delivery], *, arrived: bool) -> None:
        self.begin(taken)
        for delivery in taken:
            if arrived:
                self.telegram.carry_out(delivery)
            self.doubt(delivery)
            self.note(delivery, Outcome(Verdict.UNCERTAIN, "ReadTimeout"))

    def crash(self, taken: list[Delivery], point: str) -> None:
        """Kill the sender and start again."""
        outcomes = []
        if point != "crash after the claim":
            self.begin(taken)
            for delivery in taken:
                self.doubt(delivery)
        if point in ("crash after the call", "answer after the crash"):
            outcomes = [(d, self.telegram.carry_out(d)) for d in taken]
        self.do(lambda conn: attempts.recover(conn, self.now, alone=True))
        if point == "answer after the crash":
            # A process that was thought dead brings it; the fence decides.
            for delivery, outcome in outcomes:
                if outcome.verdict is Verdict.SENT:
                    self.note(delivery, outcome)

    @rule()
    def the_uncertain_are_decided_on(self) -> None:
        self.do(lambda conn: attempts.resolve_uncertain(conn, frozenset(Level), self.now))

    @rule(seconds=st.sampled_from([1, 10, 100]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(chat_id=st.sampled_from(CHATS[:2]))
    def a_person_blocks(self, chat_id: int) -> None:
        self.telegram.blocked.add(chat_id)

    @rule(chat_id=st.sampled_from(CHATS[:2]))
    def a_person_comes_back(self, chat_id: int) -> None:
        self.telegram.blocked.discard(chat_id)
        self.do(
            lambda conn: conn.execute(
                update(chat).where(chat.c.id == chat_id).values(closed_reason=None)
            )
        )

    @rule()
    @precondition(lambda self: not self.telegram.migrated)
    def the_group_is_upgraded(self) -> None:
        (old, new), *_ = UPGRADE.items()
        self.telegram.migrated[old] = new
        self.telegram.chats[new] = []

    @rule(twice=st.booleans())
    @precondition(lambda self: bool(self.telegram.migrated))
    def the_upgrade_is_announced(self, twice: bool) -> None:
        (old, new), *_ = self.telegram.migrated.items()
        for _ in range(1 + twice):
            self.do(lambda conn: moves.migrate_chat(conn, ChatId(old), ChatId(new)))

    @invariant()
    def nothing_is_shown_a_third_time_nor_a_second_unmarked(self) -> None:
        for chat_id, shown in self.telegram.chats.items():
            copies = Counter((m.alert_id, m.first_revision, m.action) for m in shown)
            unmarked = Counter(
                (m.alert_id, m.first_revision, m.action) for m in shown if not m.marked
            )
            for key, count in copies.items():
                assert count <= 2, f"{key} shown {count} times in {chat_id}"
                assert unmarked[key] <= 1, f"{key} shown twice unmarked in {chat_id}"
                assert count == 1 or self.doubts[self.home(chat_id), *key], "doubled for no doubt"

    @invariant()
    def no_reader_is_led_back(self) -> None:
        assert not self.telegram.edited_back
        for shown in self.telegram.chats.values():
            first = Counter[int]()
            for message in shown:
                if message.action is Action.REPLY and message.alert_id not in first:
                    # A reply may come alone only where its original may have come.
                    assert self.telegram.migrated, "a reply before its original"
                first[message.alert_id] += 1

    def teardown(self) -> None:
        """Let all go well for long enough; then nothing owed may be missing."""
        try:
            self.let_all_go_well()
            self.nothing_is_shown_a_third_time_nor_a_second_unmarked()
            self.no_reader_is_led_back()
            self.check_that_nothing_is_lost()
        finally:
            self.runner.run(self.store.close())
            self.runner.close()

    def let_all_go_well(self) -> None:
        quiet = 0
        for _ in range(100):
            self.now += timedelta(seconds=100)
            self.the_uncertain_are_decided_on()
            taken = self.claim(10)
            self.deliver(taken)
            quiet = 0 if taken else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("the outbox does not come to rest")

    def check_that_nothing_is_lost(self) -> None:
        async def read(conn: AsyncConnection) -> tuple[Any, Any]:
            return (await conn.execute(select(table))).all(), (
                await conn.execute(select(chat.c.id).where(chat.c.closed_reason.is_(None)))
            ).scalars().all()

        found, open_chats = self.do(read)
        ends = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.CANCELLED)
        for row in found:
            assert row.state in ends or row.chat_id not in open_chats, f"{row} is stuck"
        for chat_id in open_chats:
            for alert_id in self.revisions:
                mine = [r for r in found if (r.chat_id, r.alert_id) == (chat_id, alert_id)]
                self.check_alert(self.telegram.chats[chat_id], mine)

    def check_alert(self, shown: list[Shown], mine: list[Any]) -> None:
        """The newest revision that was owed is shown, unless a row says why it is not."""
        owed = [r for r in mine if r.state != DeliveryState.CANCELLED]
        if not owed:
            return
        newest = max(owed, key=lambda r: (r.revision, r.action == Action.EDIT))
        if newest.state == DeliveryState.DEAD:
            assert newest.cause.startswith(("arrival unknown", "blocked")), newest
            return
        if newest.message_id is None:
            return  # sent to the old group, whose ids are void
        latest = [m.revision for m in shown if m.alert_id == newest.alert_id]
        assert newest.revision in latest, f"{newest} is not shown"


OutboxMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase
