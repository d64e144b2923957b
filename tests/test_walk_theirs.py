"""Theirs to take or end: /privacy, /mydata, /forget, from the command's side."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import JSON, Boolean, Date, Text

from jobs.domain.alerts import ChatId
from jobs.domain.silences import Matcher
from jobs.store import chats, silences, stewards
from jobs.store.keeping import everything_of
from jobs.store.schema import Moment, metadata
from tests.samples import a_mention
from tests.talking import CHANNEL, GROUP, PERSON
from tests.walking import Walk, walking

FAREWELL = "Everything about this chat is deleted. Farewell."


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with walking(tmp_path) as one:
        yield one


async def settled(walk: Walk) -> None:
    """Let the person have wishes, silences, alerts, a channel and a report."""
    walk.api.add_member(CHANNEL, PERSON, "creator")
    walk.api.bot_standing(CHANNEL, "left", "administrator", by=PERSON)
    await walk.handle()
    await walk.press(walk.last(), "After an editor's tap")
    await walk.answer("/filter uz kz")
    await walk.answer("/report https://news.example/1")
    now = walk.clock.now()
    async with walk.store.write() as conn:
        until = now + timedelta(hours=1)
        await silences.put(conn, ChatId(PERSON), 0, Matcher(actor="KZ"), until, now)
    await walk.hear("UZ")


async def kept(walk: Walk, chat_id: int = PERSON) -> dict[str, object]:
    async with walk.store.read() as conn:
        return dict(await everything_of(conn, ChatId(chat_id)))


async def test_mydata_is_everything_and_reads_as_json(walk: Walk) -> None:
    await settled(walk)
    answer = await walk.answer("/mydata")
    assert answer.kind == "document"
    assert answer.file_id is not None
    data = json.loads(walk.api.files[answer.file_id])
    assert data == json.loads(json.dumps(await kept(walk)))
    assert {"chat", "filter", "outbox", "report", "silence", "steward", "subscription"} <= set(data)
    assert '"actors":["KZ","UZ"]' in data["filter"][0]["definition"]


async def test_nothing_is_kept_of_whoever_only_asked(walk: Walk) -> None:
    await walk.answer("/status")
    assert (await walk.answer("/mydata")).text == "Nothing is kept of this chat."


async def test_mydata_of_a_group_is_for_its_admins(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "administrator")
    await walk.answer("/start", GROUP, user_id=PERSON)
    walk.api.add_member(GROUP, 8, "member")
    assert (await walk.answer("/mydata", GROUP, user_id=8)).text.startswith("Only an admin")
    assert (await walk.answer("/manage 1 mydata")).kind == "document"


async def test_every_table_that_names_a_chat_is_shown(walk: Walk) -> None:
    named = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("chat_id", "user_id", "owner_id", "ordered_by"))
    }
    async with walk.store.write() as conn:
        await chats.open_chat(
            conn,
            ChatId(PERSON),
            chats.ChatKind.PRIVATE,
            language="en",
            zone="UTC",
            now=walk.clock.now(),
        )
        for table in metadata.sorted_tables:
            if table.name in named - {"chat", "subscription"}:
                values = {
                    column.name: _some(column.type, PERSON)
                    for column in table.columns
                    if not column.nullable
                }
                await conn.execute(table.insert().values(**values))
    assert set(await kept(walk)) == (named | {"chat"}) - {"subscription"}


def _some(kind: object, number: int) -> object:
    if isinstance(kind, Moment):
        return datetime(2025, 7, 3, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2025, 7, 3)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, JSON):
        return {}
    return "x" if isinstance(kind, Text) else number


async def test_forget_leaves_nothing_and_nothing_comes_after(walk: Walk) -> None:
    await settled(walk)
    question = await walk.answer("/forget")
    await walk.press(question, "Delete everything")
    assert question.text == FAREWELL
    assert await kept(walk) == {}
    shown = len(walk.texts())
    await walk.hear("UZ", "two.example")
    walk.clock.ahead += 13 * 3600
    await walk.work()
    assert len(walk.texts()) == shown
    async with walk.store.read() as conn:
        assert await stewards.editors(conn, ChatId(CHANNEL)) == []


async def test_forget_of_a_group_from_private(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "administrator")
    await walk.answer("/start", GROUP, user_id=PERSON)
    await walk.answer("/start")
    question = await walk.answer("/manage 1 forget")
    await walk.press(question, "Delete everything")
    assert await kept(walk, GROUP) == {}
    await walk.hear("UZ")
    assert "Uzbekistan" in walk.last().text
    assert not any("Uzbekistan" in text for text in walk.texts(GROUP))


async def test_an_alert_in_flight_arrives_before_the_farewell_or_not_at_all(walk: Walk) -> None:
    await walk.answer("/start")
    question = await walk.answer("/forget")
    now = walk.clock.now()
    mention = a_mention(actor="UZ", on=now.date(), attributions=(), clause="")
    await walk.world.hear("uz.example", mention, at=now)
    sending = asyncio.create_task(walk.deliverer.drain_once())
    await asyncio.sleep(0)
    await walk.press(question, "Delete everything")
    await sending
    await walk.work()
    order = [call.method for call in walk.api.calls if call.params.get("chat_id") is not None]
    farewell = max(n for n, name in enumerate(order) if name == "editMessageText")
    assert "sendMessage" not in order[farewell:]
    assert await kept(walk) == {}


async def test_privacy_names_what_is_kept(walk: Walk) -> None:
    text = (await walk.answer("/privacy")).text
    for word in ("silenced", "set it up", "/mydata", "/forget"):
        assert word in text
