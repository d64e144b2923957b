"""Topics of a forum: each hears what it wants, and is stopped by itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.asks import Place
from bot.commands.buttons import address, read_address
from jobs.domain.alerts import ChatId, Filter
from jobs.store import chats
from jobs.store.chats import ChatKind
from tests.talking import PERSON, Talk, talking

FORUM, NEWS, TALKS = -1009876543210, 5, 77


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        one.api.add_chat(FORUM, "supergroup")
        one.api.add_topic(FORUM, NEWS)
        one.api.add_topic(FORUM, TALKS)
        one.api.add_member(FORUM, PERSON, "administrator")
        yield one


async def said(talk: Talk, text: str, thread_id: int | None) -> Any:
    """Let the admin write in a topic; return the answer, which stands there too."""
    extra = {} if thread_id is None else {"message_thread_id": thread_id, "is_topic_message": True}
    answer = await talk.answer(text, FORUM, user_id=PERSON, **extra)
    assert answer.thread_id == thread_id
    return answer


async def wish(talk: Talk, thread_id: int = 0) -> Filter | None:
    async with talk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(FORUM), thread_id=thread_id)


async def test_each_topic_has_its_own_filter(talk: Talk) -> None:
    await said(talk, "/filter ru", NEWS)
    await said(talk, "/filter uz", TALKS)
    await said(talk, "/start", None)
    assert await wish(talk, NEWS) == Filter(actors=frozenset({"RU"}))
    assert await wish(talk, TALKS) == Filter(actors=frozenset({"UZ"}))
    assert await wish(talk) == Filter()


async def test_a_press_in_a_topic_changes_that_topic(talk: Talk) -> None:
    page = await said(talk, "/settings", NEWS)
    await talk.press(page, "How much", FORUM, PERSON)
    await talk.press(page, "signals too", FORUM, PERSON)
    assert await wish(talk, NEWS) is not None
    assert await wish(talk) is None


async def test_a_topic_is_stopped_by_itself_and_the_chat_with_its_last(talk: Talk) -> None:
    for thread_id in (NEWS, TALKS):
        await said(talk, "/start", thread_id)
    await said(talk, "/stop", NEWS)
    assert await wish(talk, NEWS) is None
    assert await wish(talk, TALKS) == Filter()
    async with talk.store.read() as conn:
        chat = await chats.read_chat(conn, ChatId(FORUM))
    assert chat is not None
    assert chat.closed_reason is None
    await said(talk, "/stop", TALKS)
    async with talk.store.read() as conn:
        chat = await chats.read_chat(conn, ChatId(FORUM))
    assert chat is not None
    assert chat.closed_reason == "stopped"


async def test_a_topic_may_be_left_for_general_if_an_admin_says_so(talk: Talk) -> None:
    await said(talk, "/start", NEWS)
    page = await said(talk, "/settings", NEWS)
    await talk.press(page, "✗ If closed: to General", FORUM, PERSON)
    async with talk.store.read() as conn:
        assert await chats.may_leave_topic(conn, ChatId(FORUM), NEWS)
    await talk.press(page, "✓ If closed: to General", FORUM, PERSON)
    async with talk.store.read() as conn:
        assert not await chats.may_leave_topic(conn, ChatId(FORUM), NEWS)
    general = await said(talk, "/settings", None)
    assert not any("If closed" in button["text"] for button in general.buttons)


async def test_a_thread_of_replies_is_no_topic(talk: Talk) -> None:
    await talk.answer("/start", FORUM, user_id=PERSON, message_thread_id=12)
    assert await wish(talk) == Filter()


@pytest.mark.parametrize(
    "place",
    [
        None,
        Place(ChatId(-1997852516352), ChatKind.SUPERGROUP, 2**31 - 1),
        Place(ChatId(-55), ChatKind.GROUP),
        Place(ChatId(-1001234567890), ChatKind.CHANNEL),
    ],
)
def test_an_address_survives_a_button(place: Place | None) -> None:
    payload = address(place, "tz:America/New_York")
    assert read_address(payload) == (place, "tz:America/New_York")
    assert len(f"1.set.{payload}.1c9c380.AAAAAAAAAAA") <= 64
