"""From a feed to a phone with real processes: a feed host, our program, a strict Bot API.

The program runs as its users run it, and is killed between any two stages; what counts
is what the readers of each chat would see.
"""

import asyncio
import signal
import socket
import time

import httpx
import pytest

from tests.bot_api import TOKEN, hang
from tests.feed_host import answer
from tests.whole_program import (
    CHANNEL,
    GROUP,
    HEADLINE,
    PRIVATE,
    REPEAT,
    World,
    make_due,
    program,
    rest_of_the_outbox,
    rss,
    until,
)

SAMPLE = (2, 6, 10, 14)
"""The kills of the ordinary run; the slow run kills before every commit."""


async def test_an_item_reaches_every_chat_once(world: World) -> None:
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    async with program(world) as process:
        await until(lambda: all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL)))
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(8):
            assert await process.wait() == 0
    for chat in (PRIVATE, GROUP, CHANNEL):
        (alert,) = world.told(chat)
        assert alert.text.startswith("Kazakhstan")
        assert "Taliban" in alert.text
        assert "example.org" in str(alert)
    assert TOKEN not in (world.folder / "log").read_text(encoding="utf-8")


async def told_after_a_kill(world: World, kill_at: int) -> bool:
    """Kill the program at a commit, start it again; return whether it got so far."""
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    async with program(world, kill_at) as process:
        await until(
            lambda: (
                process.returncode is not None
                or all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL))
            )
        )
        was_killed = process.returncode is not None
    await make_due(world)
    async with program(world):
        await until(lambda: all(world.told(chat) for chat in (PRIVATE, GROUP, CHANNEL)))
        await until_settled(world)
    return was_killed


async def until_settled(world: World) -> None:
    """Wait until no delivery is on its way."""
    async with asyncio.timeout(60):
        while not await rest_of_the_outbox(world) <= {"SENT", "DEAD", "CANCELLED"}:
            await asyncio.sleep(0.2)


def assert_once(world: World, *, repeats: int) -> None:
    """Check that each chat was told, and that at most ``repeats`` were marked repeats."""
    marked = 0
    for chat in (PRIVATE, GROUP, CHANNEL):
        plain = [shown for shown in world.told(chat) if REPEAT not in shown.text]
        again = [shown for shown in world.told(chat) if REPEAT in shown.text]
        assert len(plain) <= 1
        assert len(again) <= 1
        assert plain or again
        marked += len(again)
    assert marked <= repeats


@pytest.mark.parametrize(
    "kill_at",
    [
        pytest.param(commit, marks=() if commit in SAMPLE else pytest.mark.slow)
        for commit in range(1, 31)
    ],
)
async def test_a_kill_between_two_stages_loses_and_repeats_nothing(
    world: World, kill_at: int
) -> None:
    await told_after_a_kill(world, kill_at)
    # Only rows that were SENDING at the kill may be repeated, and then say so.
    assert_once(world, repeats=3)


@pytest.mark.parametrize("stored", [True, False], ids=["shown", "not shown"])
async def test_a_kill_while_telegram_has_the_call_repeats_at_most_once(
    world: World, stored: bool
) -> None:
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    world.api.script("sendMessage", hang(stored=stored), chat_id=PRIVATE)
    async with program(world) as process:
        await until(
            lambda: any(
                call.method == "sendMessage" and call.chat_id == PRIVATE for call in world.api.calls
            )
        )
        process.kill()
        await process.wait()
    async with program(world):
        await until(lambda: bool(world.told(GROUP) and world.told(CHANNEL)))
        await until(lambda: any(REPEAT in shown.text for shown in world.told(PRIVATE)))
        await until_settled(world)
    assert len(world.told(PRIVATE)) == 1 + stored


async def test_updates_come_in_by_webhook_and_health_is_served(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    own = f"http://127.0.0.1:{port}"
    settings = {
        "WEBHOOK_URL": "https://bot.example",
        "WEBHOOK_SECRET": "a-long-word",
        "HTTP_PORT": str(port),
    }
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": int(time.time()),
            "chat": {"id": PRIVATE, "type": "private"},
            "from": {"id": PRIVATE, "is_bot": False, "first_name": "A"},
            "text": "/privacy",
        },
    }
    async with program(world, 0, **settings), httpx.AsyncClient() as client:
        await until(lambda: any(call.method == "setWebhook" for call in world.api.calls))
        health = (await client.get(f"{own}/healthz")).json()
        secret = {"X-Telegram-Bot-Api-Secret-Token": "a-long-word"}
        taken = [(await client.post(f"{own}/telegram")).status_code]
        for _ in range(2):
            answered = await client.post(f"{own}/telegram", json=update, headers=secret)
            taken.append(answered.status_code)
        await until(lambda: bool(world.api.shown(PRIVATE)))
    (set_up,) = [call for call in world.api.calls if call.method == "setWebhook"]
    assert set_up.params["url"] == "https://bot.example/telegram"
    assert set_up.params["secret_token"] == "a-long-word"
    assert not any(call.method == "getUpdates" for call in world.api.calls)
    assert taken == [403, 204, 204]
    # The same update twice is answered once.
    assert len(world.api.shown(PRIVATE)) == 1
    assert health["ok"]
    assert health["loop_lag_ms"]["worst"] < 2000
    assert health["jobs"]["poll"]["failures"] == 0
