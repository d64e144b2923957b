"""Two bots on one token or one file: the second says so instead of tearing things apart."""

import asyncio
import sys
from pathlib import Path

import pytest

from jobs.errors import ConfigError
from jobs.store.alone import alone_on
from tests.bot_api import TOKEN
from tests.whole_program import ROOT, World, program, until

WAITING = """
import sys, time
from jobs.store.alone import alone_on
with alone_on(sys.argv[1]):
    print("in", flush=True)
    time.sleep(600)
"""


async def test_a_second_bot_on_a_file_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    database = str(tmp_path / "watch.sqlite")
    first = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WAITING, database), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert first.stdout is not None
    assert await first.stdout.readline() == b"in\n"
    taken = r"another bot already sends from .*watch\.sqlite"
    with pytest.raises(ConfigError, match=taken), alone_on(database):
        pytest.fail("two at once")
    first.kill()
    await first.communicate()
    with alone_on(database):
        pass


def test_what_is_no_file_is_locked_by_nobody() -> None:
    with alone_on(None), alone_on(None):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "none" / "watch.sqlite")
    with (
        pytest.raises(ConfigError, match=r"DATA_DIR: cannot write .*: No such file"),
        alone_on(missing),
    ):
        pytest.fail("no lock")


async def test_a_webhook_that_another_set_is_ended_aloud(world: World) -> None:
    world.api.webhook = {"url": "https://elsewhere.example/secret-path"}
    async with program(world):
        await until(lambda: bool(world.api.calls_of("getUpdates")))
    log = (world.folder / "log").read_text()
    assert "Telegram brought updates to elsewhere.example until now" in log
    assert "secret-path" not in log
    assert TOKEN not in log
