"""Outgoing webhooks: through the same outbox, signed, in order, again until taken."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, AlertKind, ChatId, Filter, Level, Reason
from jobs.domain.orders import Stopped
from jobs.errors import InputError
from jobs.exports.hooks import alert_body, key_of, message_id, notice_body, shown_key
from jobs.hooks import KEEP_TRYING, HookSender
from jobs.sources.http import GuardedClient
from jobs.store import (
    alerts,
    attempts,
    broadcasts,
    catching_up,
    census,
    chats,
    events,
    hooks,
    missed,
    outbox,
    pauses,
    restoring,
)
from jobs.store.claims import claim
from jobs.store.engine import Store
from jobs.store.hooks import chat_of
from jobs.store.installation import installation
from jobs.store.schema import chat, revision
from jobs.store.schema import outbox as table
from tests.hook_host import HookHost
from tests.samples import NOON, an_event
from tests.small_world import SMALL_WORLD, some_facts
from tests.telling import rows

SECRET = "a word of twenty-four signs or more"
LATER = timedelta(minutes=10)


async def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


class Line:
    """A store with one webhook on a host of ours, and a sender on a clock of ours."""

    def __init__(self, store: Store, host: HookHost, *, allow_loopback: bool = True) -> None:
        self.store, self.host = store, host
        self.now = NOON
        client = GuardedClient(
            deadline_seconds=5, max_bytes=1000, allow_loopback=allow_loopback, contact="",
            resolver=loopback,
        )  # fmt: skip
        self.sender = HookSender(
            store, SMALL_WORLD, client, SECRET, deadline_seconds=5, operators=[ChatId(42)]
        )

    async def add(self, path: str = "/in", wanted: Filter = Filter()) -> int:  # noqa: B008
        async with self.store.write() as conn:
            return await hooks.add(conn, self.host.url(path), wanted, self.now)

    async def tell(
        self, alert_id: AlertId | None = None, *, loud: bool = False, **changes: Any
    ) -> AlertId:
        """Write the first or next revision of an alert for everybody."""
        async with self.store.write() as conn:
            return await self.tell_in(conn, alert_id, loud=loud, **changes)

    async def tell_in(
        self,
        conn: AsyncConnection,
        alert_id: AlertId | None = None,
        *,
        loud: bool = False,
        **changes: Any,
    ) -> AlertId:
        """Do it within a transaction."""
        kind = AlertKind.ALERT if alert_id is None else AlertKind.UPDATE
        number = alert_id or await self._begin(conn)
        last = await alerts.add_revision(
            conn,
            number,
            kind=AlertKind.CANCEL if changes.get("retracted") else kind,
            level=Level.MAJOR,
            reason=Reason.FIRST,
            facts=some_facts(**changes),
            now=self.now,
        )
        filters = [number for number, _ in await chats.wanted_filters(conn)]
        await outbox.fan_out(
            conn, number, last, filters, level=Level.MAJOR, loud=loud, now=self.now
        )
        return number

    async def _begin(self, conn: AsyncConnection) -> AlertId:
        event = an_event(await events.next_id(conn))
        await events.put(conn, event, self.now)
        return await alerts.create(conn, event.id, self.now)

    async def send(self, after: timedelta = timedelta()) -> int:
        self.now += after
        return await self.sender.send(self.now)

    async def states(self, number: int = 1) -> list[tuple[int, str, str]]:
        async with self.store.read() as conn:
            found = await rows(conn, chat_id=chat_of(number))
        return [(each[1], str(each[2]), each[3]) for each in found]


@pytest.fixture
async def line(store: Store) -> AsyncIterator[Line]:
    async with HookHost() as host:
        yield Line(store, host)


async def test_an_alert_is_posted_once_signed_and_whole(line: Line) -> None:
    number = await line.add()
    alert = await line.tell()
    assert await line.send() == 1
    assert await line.send(LATER) == 0
    (posted,) = line.host.posted
    told = json.loads(posted.body)
    assert (told["type"], told["timestamp"]) == ("alert", NOON.isoformat())
    assert told["data"]["alert"] == alert
    assert (told["data"]["actor"], told["data"]["recipient"]) == ("RU", "AF")
    assert (told["data"]["cameo"], told["data"]["date"]) == ("054", "2025-07-03")
    assert told["data"]["sources"][0]["url"] == "https://tass.com/politics/1984"
    assert told["data"]["text"].startswith("Russia recognised")
    # Checked as a receiver would, from the headers and the key that was shown.
    shown = shown_key(key_of(SECRET, chat_of(number)))
    key = base64.b64decode(shown.removeprefix("whsec_"))
    name, stamp = posted.headers["webhook-id"], posted.headers["webhook-timestamp"]
    signed = f"{name}.{stamp}.".encode() + posted.body
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert posted.headers["webhook-signature"] == f"v1,{expected}"
    assert stamp == str(int(NOON.timestamp()))
    assert posted.headers["content-type"] == "application/json"
    assert "telegram" not in str(posted.headers).lower()
    assert await line.states() == [(1, "send", "SENT")]


async def test_a_failure_is_tried_again_under_the_same_id_and_later_each_time(line: Line) -> None:
    await line.add()
    await line.tell()
    line.host.answers = [500, 429, None, 302, 200]
    waits = []
    for _ in range(5):
        await line.send()
        start = line.now
        while (await line.states())[0][2] == "RETRY" and not await line.sender.send(line.now):
            line.now += timedelta(seconds=5)
        waits.append((line.now - start).total_seconds())
    ids = {each.headers["webhook-id"] for each in line.host.posted}
    assert len(line.host.posted) == 5
    assert len(ids) == 1
    assert await line.states() == [(1, "send", "SENT")]


async def test_a_hosts_wish_to_wait_is_kept(line: Line) -> None:
    await line.add()
    await line.tell()
    line.host.answers = [(503, {"Retry-After": "600"}), 200]
    await line.send()
    assert await line.send(timedelta(seconds=599)) == 0
    assert await line.send(timedelta(seconds=1)) == 1
    assert await line.states() == [(1, "send", "SENT")]


async def test_it_is_given_up_after_three_days(line: Line) -> None:
    await line.add()
    await line.tell()
    line.host.answers = [500] * 200
    while line.now < NOON + KEEP_TRYING + timedelta(hours=2):
        await line.send(timedelta(minutes=30))
    assert await line.states() == [(1, "send", "DEAD")]
    assert 70 < len(line.host.posted) < 90


async def test_later_tellings_follow_in_order_and_only_the_newest_edit(line: Line) -> None:
    await line.add()
    alert = await line.tell()
    line.host.answers = [500]
    await line.send()
    await line.tell(alert)
    await line.tell(alert, loud=True, retracted=True, note="It was satire.")
    for _ in range(6):
        await line.send(LATER)
    told = [json.loads(each.body) for each in line.host.posted]
    assert [(each["type"], each["data"]["revision"]) for each in told] == [
        ("alert", 1),
        ("alert", 1),
        ("cancel", 3),
    ]
    assert told[-1]["data"]["retracted"]
    # The reply of the same revision says nothing new to a program: it is closed unposted.
    states = await line.states()
    assert (3, "reply", "SENT") in states
    assert not any(state in ("PENDING", "RETRY") for _, _, state in states)


async def test_one_webhooks_trouble_delays_no_other(line: Line) -> None:
    await line.add("/bad")
    await line.add("/good")
    line.host.by_path["/bad"] = 500
    for _ in range(3):
        await line.tell()
        await line.send(timedelta(seconds=5))
    paths = [each.target for each in line.host.posted]
    assert paths.count("/good") == 3
    assert [state for _, _, state in await line.states(2)] == ["SENT"] * 3


async def test_a_receiver_that_is_gone_is_closed_and_the_operator_told(line: Line) -> None:
    async with line.store.write() as conn:
        await chats.open_chat(
            conn, ChatId(42), chats.ChatKind.PRIVATE, language="en", zone="UTC", now=NOON
        )
    await line.add()
    await line.tell()
    line.host.answers = [410]
    await line.send()
    await line.tell()
    assert await line.send(LATER) == 0
    async with line.store.read() as conn:
        (gone,) = await hooks.every(conn)
        facts = (await conn.scalars(select(revision.c.facts))).all()
    assert gone.closed_reason == "answered 410"
    assert any(each.get("notice") == "hook_closed" for each in facts)


async def test_only_what_its_filter_wants_is_posted(line: Line) -> None:
    async with line.store.write() as conn:
        number = await hooks.add(conn, line.host.url("/uz"), Filter(actors=frozenset({"UZ"})), NOON)
        (known,) = await hooks.every(conn)
        filters = dict(await chats.wanted_filters(conn))
    assert (known.number, known.wanted) == (number, Filter(actors=frozenset({"UZ"})))
    assert list(filters.values()) == [known.wanted]


async def test_a_dead_process_leaves_nothing_behind(line: Line) -> None:
    await line.add()
    await line.tell()
    async with line.store.write() as conn:
        until = NOON + timedelta(seconds=35)
        (taken,) = await claim(
            conn, NOON, limit=9, lease_until=until, attempt_id="dead", hooks=True
        )
        await attempts.mark_sending(conn, [taken.id], "dead", NOON, until)
        # A sender to Telegram that starts leaves it alone.
        assert await attempts.recover(conn, NOON, alone=True) == 0
    assert await line.send(timedelta(seconds=30)) == 0
    assert await line.send(timedelta(seconds=10)) == 1
    assert await line.states() == [(1, "send", "SENT")]


async def test_chats_and_webhooks_have_lanes_of_their_own(line: Line) -> None:
    await line.add()
    async with line.store.write() as conn:
        private: dict[str, Any] = {"language": "en", "zone": "UTC", "now": NOON}
        await chats.open_chat(conn, ChatId(7), chats.ChatKind.PRIVATE, **private)
        await chats.subscribe(conn, ChatId(7), Filter(), NOON)
    await line.tell()
    async with line.store.write() as conn:
        mine = await claim(conn, NOON, limit=9, lease_until=NOON, attempt_id="a")
        assert [each.chat_id for each in mine] == [7]
        assert (await census.of_queue(conn, NOON)).waiting == 0
        assert await broadcasts.count_hearing(conn) == 1
        # However old, an alert is owed to a program, and not joined in a message for people.
        old = NOON + timedelta(days=9)
        assert await missed.expire(conn, old, old) == 0
        assert await outbox.bring_forward(conn, NOON - LATER, NOON) == 0
    assert await line.send() == 1


async def test_what_an_operator_stops_is_stopped_here_too(line: Line) -> None:
    await line.add()
    await line.tell()
    async with line.store.write() as conn:
        await pauses.stop(conn, Stopped.ALERTS)
    assert await line.send() == 0
    async with line.store.write() as conn:
        await pauses.stop(conn, None)
    assert await line.send() == 1


async def test_a_removed_webhook_is_forgotten(line: Line) -> None:
    number = await line.add()
    await line.tell()
    async with line.store.write() as conn:
        with pytest.raises(InputError, match="is called already"):
            await hooks.add(conn, line.host.url("/in"), Filter(), NOON)
        await hooks.remove(conn, number)
        assert await hooks.every(conn) == []
        for kept in (table, chat):
            assert (await conn.execute(select(kept))).all() == []
        with pytest.raises(InputError, match="no webhook 1"):
            await hooks.remove(conn, number)
    assert await line.send() == 0


async def test_after_a_restore_a_webhook_is_posted_each_alert_and_no_list(line: Line) -> None:
    await line.add()
    await line.tell()
    async with line.store.write() as conn:
        assert (await restoring.settle(conn, NOON, [], NOON)).unsure == 0
        await restoring.begin(conn, NOON)
        last = await line.tell_in(conn)
        await catching_up.hold(conn, last, 1, NOON)
        assert await catching_up.held(conn, NOON, NOON + timedelta(hours=1)) == []
    for _ in range(2):
        assert await line.send() == 1
    assert [json.loads(each.body)["type"] for each in line.host.posted] == ["alert", "alert"]


async def test_a_private_address_is_never_called(store: Store) -> None:
    async with HookHost() as host:
        line = Line(store, host, allow_loopback=False)
        async with store.write() as conn:
            await hooks.add(conn, "https://metadata.example/", Filter(), NOON)
        await line.tell()
        await line.send()
        async with store.read() as conn:
            (found,) = await hooks.every(conn)
        assert "not a public address" in found.trouble
        assert host.posted == []
        assert await line.states() == [(1, "send", "RETRY")]


async def test_a_thousand_tellings_end_as_one_state_each(line: Line) -> None:
    """Whatever comes in between, the last thing a receiver hears of an alert is its newest."""
    await line.add()
    numbers = [await line.tell() for _ in range(10)]
    for number in numbers:
        await line.tell(number, note="second")
    line.host.answers = [500, 200] * 10
    for _ in range(60):
        await line.send(timedelta(minutes=2))
    last: dict[int, int] = {}
    for each in line.host.taken:
        data = json.loads(each.body)["data"]
        assert data["revision"] >= last.get(data["alert"], 0)
        last[data["alert"]] = data["revision"]
    assert last == dict.fromkeys(numbers, 2)


def test_a_hostile_headline_is_a_string_among_strings() -> None:
    facts = some_facts()
    hostile = replace(
        facts.voices[0], title='"},{"x":\u2028\x00\ud800</script>', url="javascript:x"
    )
    body = alert_body(
        replace(facts, voices=(hostile,), note="\x1b[2J"),
        AlertId(1),
        1,
        AlertKind.ALERT,
        Reason.FIRST,
        NOON,
        recipient="AF",
        text="t\u202e",
    )
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["data"]["sources"][0]["url"] is None
    assert told["data"]["sources"][0]["title"] == '"},{"x": </script>'
    assert told["data"]["note"] == "[2J"
    assert told["data"]["text"] == "t"


def test_keys_and_ids_are_each_ones_own() -> None:
    assert key_of(SECRET, chat_of(1)) != key_of(SECRET, chat_of(2))
    assert key_of(SECRET, chat_of(1)) != key_of(SECRET + "x", chat_of(1))
    assert json.loads(notice_body("wave", {"count": 3}, NOON))["data"]["count"] == 3


async def test_an_id_names_installation_alert_and_revision(store: Store) -> None:
    number = await installation(store)
    name = message_id(number, AlertId(12), 3, NOON)
    assert name == f"msg_{number.hex}_12_3_{int(NOON.timestamp())}"
    assert message_id(number, AlertId(12), 3, NOON + LATER) != name
