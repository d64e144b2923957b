"""A stop ends within eight seconds, whatever hangs, and leaves nothing half done."""

import asyncio
import signal
import sys
import time

import pytest

from jobs.runtime import FORCE_SECONDS, FORCED
from tests.bot_api import hang
from tests.feed_host import answer
from tests.whole_program import (
    GROUP,
    HEADLINE,
    PRIVATE,
    REPEAT,
    ROOT,
    World,
    program,
    rest_of_the_outbox,
    rss,
    until,
)

WITHIN = 8.0


async def stop(process: asyncio.subprocess.Process, *, signals: int = 1) -> float:
    """Ask for a stop so many times; return how long it took."""
    began = time.monotonic()
    for _ in range(signals):
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.05)
    await process.wait()
    return time.monotonic() - began


@pytest.mark.parametrize(
    "signals",
    [pytest.param(1, id="asked once"), pytest.param(2, id="asked twice", marks=pytest.mark.slow)],
)
async def test_a_stop_while_everything_hangs(world: World, signals: int) -> None:
    """A call to Telegram, an update being answered and a feed, all without an end."""
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    world.api.script("sendMessage", hang(stored=True), chat_id=PRIVATE)
    world.api.script("getChatMember", hang(stored=False), endless=True)
    async with program(world) as process:
        await until(lambda: bool(world.told(PRIVATE)))
        world.api.say(GROUP, "/start", user_id=5)
        await until(lambda: bool(world.api.calls_of("getChatMember")))
        assert await stop(process, signals=signals) < WITHIN
        assert process.returncode == 0
    assert await rest_of_the_outbox(world) <= {"SENDING", "SENT"}
    async with program(world):
        await until(lambda: any(REPEAT in shown.text for shown in world.told(PRIVATE)))
    assert len(world.told(PRIVATE)) == 2


HELD_UP = f"""
import asyncio, time
from jobs import runtime

async def main() -> None:
    stop = asyncio.Event()
    with runtime.stop_on_signal(stop):
        print("ready", flush=True)
        time.sleep(3600)

runtime.FORCE_SECONDS = {FORCE_SECONDS / 10}
asyncio.run(main())
"""


async def test_a_loop_that_is_held_up_is_ended_by_force() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HELD_UP),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    await process.stdout.readline()
    assert await stop(process) < WITHIN
    assert process.returncode == FORCED
    assert b"ended by force" in await process.stderr.read()
