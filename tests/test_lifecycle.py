"""The program's life: Telegram away at the start, a flood, no more files, and no secret told."""

import asyncio
import resource
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import polling
from jobs.store.contents import facts_to_json
from jobs.store.engine import Store
from jobs.store.schema import revision
from tests.bot_api import TOKEN, BotApi, error, hang, too_many
from tests.feed_host import answer
from tests.small_world import some_facts
from tests.telling import tell
from tests.test_bot_polling import Bench, bench
from tests.whole_program import (
    CHANNEL,
    GROUP,
    HEADLINE,
    PRIVATE,
    World,
    make_due,
    program,
    rss,
    until,
)

__all__ = ["bench"]


def all_told(world: World) -> bool:
    return all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL))


async def test_telegram_is_away_at_the_start(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    async with program(world, 0, API_BASE_URL=f"http://127.0.0.1:{port}") as process:
        await until(lambda: bool(world.feeds.requests))
        await asyncio.sleep(0.5)
        assert process.returncode is None
        async with BotApi(port=port) as late:
            world.api = late
            for chat, kind in (
                (PRIVATE, "private"),
                (GROUP, "supergroup"),
                (CHANNEL, "channel"),
            ):
                late.add_chat(chat, kind)
            await until(lambda: all_told(world))
            assert [len(world.told(chat)) for chat in (PRIVATE, GROUP, CHANNEL)] == [1, 1, 1]
            process.kill()
            await process.wait()


async def test_a_poll_that_never_ends_is_made_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LONG_POLL_SECONDS", 1)
    monkeypatch.setattr(polling, "MARGIN_SECONDS", 1)
    bench.api.script("getUpdates", hang(stored=False))
    bench.api.say(7, "/start")
    await bench.until_polled(3)
    assert [update.message.text for update in bench.updates if update.message] == ["/start"]


async def test_a_flood_of_commands_does_not_delay_an_alert(world: World) -> None:
    people = range(1001, 1101)
    for person in people:
        world.api.add_chat(person)
    store = await Store.open(f"sqlite:///{world.database}", migrate=False)
    async with program(world):
        await until(lambda: bool(world.api.calls_of("getUpdates")))
        for person in people:
            world.api.say(person, "/help")
        await until(lambda: any(world.api.shown(person) for person in people))
        async with store.write() as conn:
            await tell(conn, 1, now=datetime.now(UTC))
            await conn.execute(update(revision).values(facts=facts_to_json(some_facts())))
        began = time.monotonic()
        await until(lambda: all(world.api.shown(chat) for chat in (PRIVATE, GROUP, CHANNEL)))
        answered = sum(1 for person in people if world.api.shown(person))
        assert answered < len(people), "the alert did not wait for the answers"
        assert time.monotonic() - began < 5
        await until(lambda: all(world.api.shown(person) for person in people), seconds=60)
    await store.close()
    assert world.api.busiest(1.0) <= 28


async def test_no_more_files_can_be_opened_for_a_while(world: World) -> None:
    async with program(world) as process:
        await until(lambda: bool(world.api.calls_of("getUpdates")))
        (_, hard) = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        held = Path(f"/proc/{process.pid}/fd").iterdir()
        open_now = max(int(each.name) for each in held) + 1
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (open_now, hard))
        world.feeds.routes["/feed"] = answer(rss(HEADLINE))
        await make_due(world)
        await asyncio.sleep(2)
        assert process.returncode is None
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (hard, hard))
        await make_due(world)
        await until(lambda: all_told(world))


async def test_the_token_is_in_no_artefact(world: World) -> None:
    """Not in a log at its most talkative, an error, the store, nor an answer."""
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    answers = [too_many(1), error(400, "Bad Request: new"), error(500, "Internal Server Error")]
    world.api.script("sendMessage", *answers, chat_id=PRIVATE)
    world.api.script("getUpdates", error(502, "Bad Gateway"))
    async with program(world, 0, LOG_LEVEL="DEBUG") as process:
        await until(lambda: len(world.api.calls_of("sendMessage", PRIVATE)) == 2, seconds=60)
        await until(lambda: bool(world.told(GROUP) and world.told(CHANNEL)))
        world.api.say(PRIVATE, "/status")
        world.api.say(PRIVATE, "/privacy")
        await until(lambda: bool(world.api.shown(PRIVATE)))
        world.api.script("sendMessage", error(401, "Unauthorized"), chat_id=PRIVATE)
        world.api.say(PRIVATE, "/help")
        await until(lambda: len(world.api.calls_of("sendMessage", PRIVATE)) >= 4)
        process.terminate()
        await process.wait()
    secret = TOKEN.partition(":")[2].encode()
    artefacts = [path for path in world.folder.rglob("*") if path.is_file()]
    assert len(artefacts) >= 3
    found = [path.name for path in artefacts if secret in path.read_bytes()]
    shown = [m.text for chat in world.api.all_chats() for m in world.api.shown(chat.id)]
    assert (found, [text for text in shown if secret.decode() in text]) == ([], [])
