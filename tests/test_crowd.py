"""More questions than Telegram lets anybody answer: the surplus is let go, wishes are not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from jobs.domain.alerts import ChatId, Filter
from jobs.store import chats
from tests.bot_api import hang
from tests.talking import PERSON, Talk, talking

CROWD = range(1000, 1030)


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def test_a_crowd_is_answered_in_part_and_who_wants_to_stop_is_heard(talk: Talk) -> None:
    await talk.answer("/start")
    for chat in CROWD:
        talk.api.add_chat(chat)
        talk.api.say(chat, "/help")
    talk.clock.ahead += 20  # a crowd that has lasted
    talk.api.script("sendMessage", hang(stored=False), endless=True)
    asking = [
        asyncio.create_task(talk.app.process_update(update))
        for update in await talk.app.bot.get_updates(0, timeout=0)
    ]
    await talk.api.until(lambda: len(talk.api.calls_of("sendMessage")) > 1)
    let_go = [task for task in asking if task.done()]
    assert len(let_go) >= len(CROWD) - 12
    talk.api.say(PERSON, "/stop")
    [update] = (await talk.app.bot.get_updates(-1, timeout=0))[-1:]
    asking.append(asyncio.create_task(talk.app.process_update(update)))
    async with asyncio.timeout(30):
        while await wish_of(talk) is not None:
            await asyncio.sleep(0)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def wish_of(talk: Talk) -> Filter | None:
    async with talk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(PERSON))
