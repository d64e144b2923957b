"""What cannot work is said in one clear line, by real processes, and never with the token."""

import asyncio
import gzip
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.store.engine import Store
from tests.bot_api import TOKEN, BotApi, error
from tests.feed_host import answer
from tests.whole_program import HEADLINE, PRIVATE, ROOT, World, program, rss, until

Prepare = Callable[[Path], None]


async def run(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Run the program to its end; return its exit code and what it said on stderr."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HTTP_PORT": "0", **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        env=env,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def from_the_future(folder: Path) -> None:
    """Leave a database that a newer version wrote."""
    path = folder / "data" / "recognition-watch.sqlite"
    path.parent.mkdir()
    asyncio.run(_made(path))
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    conn.close()


async def _made(path: Path) -> None:
    await (await Store.open(f"sqlite:///{path}", migrate=True)).close()


def no_database(folder: Path) -> None:
    """Leave a file that is no database where the database belongs."""
    (folder / "data").mkdir()
    (folder / "data" / "recognition-watch.sqlite").write_bytes(b"once upon a time " * 100)


def a_file_for_a_folder(folder: Path) -> None:
    """Leave a file where the data folder belongs."""
    (folder / "data").write_text("no folder")


def broken_case(folder: Path) -> None:
    """Leave a case that forgets its names."""
    (folder / "cases").mkdir()
    (folder / "cases" / "mine.toml").write_text('id = "mine"\ntitle = "Mine"\n')


def misspelt(folder: Path) -> None:
    """Leave a setting that there is not."""
    (folder / ".env").write_text("HTTP_PROT=80\n", encoding="utf-8")


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""


@pytest.mark.parametrize(
    ("prepare", "settings", "words"),
    [
        (misspelt, {}, ["HTTP_PROT", "did you mean HTTP_PORT"]),
        (nothing, {"HTTP_PORT": "eighty"}, ["HTTP_PORT", "integer"]),
        (nothing, {"BOT_TOKEN": "hello"}, ["BOT_TOKEN", "@BotFather"]),
        (nothing, {"DATA_DIR": "/proc/no/such"}, ["/proc/no/such", "DATA_DIR"]),
        (nothing, {"STORE_URL": "mysql://localhost/x"}, ["STORE_URL", "sqlite", "postgresql"]),
        (nothing, {"SOURCES_FILE": "no.toml"}, ["no.toml"]),
        (from_the_future, {}, ["newer", "recognition-watch.sqlite"]),
        (no_database, {}, ["recognition-watch.sqlite", "database"]),
        (a_file_for_a_folder, {}, ["data"]),
        (broken_case, {"CASES_DIR": "cases"}, ["mine.toml", "short", "missing"]),
    ],
    ids=[
        "unknown setting",
        "not a number",
        "no token",
        "folder cannot be written",
        "another engine",
        "no such file",
        "newer database",
        "damaged database",
        "a file for a folder",
        "broken case",
    ],
)
def test_a_start_that_cannot_work_is_refused_with_what_to_do(
    tmp_path: Path, prepare: Prepare, settings: dict[str, str], words: list[str]
) -> None:
    prepare(tmp_path)
    code, said = asyncio.run(run(tmp_path, "run", **settings))
    assert code in (1, 2)
    assert "Traceback" not in said
    for word in words:
        assert word in said
    assert len(said.splitlines()) <= 4


async def test_a_token_that_telegram_refuses_ends_the_program_with_a_word(tmp_path: Path) -> None:
    async with BotApi() as api:
        api.script("getMe", error(401, "Unauthorized"), endless=True)
        code, said = await run(
            tmp_path, "bot", BOT_TOKEN=TOKEN, API_BASE_URL=api.url, DATA_DIR=str(tmp_path)
        )
        assert code in (1, 2)
        code, said = await run(
            tmp_path, "run", BOT_TOKEN=TOKEN, API_BASE_URL=api.url, DATA_DIR=str(tmp_path)
        )
    assert code == 2
    assert "BOT_TOKEN: Telegram does not know this token" in said
    assert TOKEN not in said
    assert TOKEN.partition(":")[2] not in said


HOSTILE = {
    "page": (answer(b"<html><title>Please wait</title></html>"), "Please wait"),
    "broken": (answer(b"<rss><channel><item><title>x"), "broken"),
    "huge": (answer(b"<rss>" + b" " * 50_000_000), "5,000,000"),
    "bomb": (
        answer(gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
        "5,000,000",
    ),
    "gone": (answer(b"", status=404), "404"),
}


async def test_bad_feeds_are_explained_and_the_good_one_is_told(world: World) -> None:
    world.feeds.routes |= {f"/{name}": script for name, (script, _) in HOSTILE.items()}
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    world.write_sources("feed", *HOSTILE)
    log = world.folder / "log"
    async with program(world):
        await until(lambda: bool(world.told(PRIVATE)))
        await until(lambda: log.read_text().count("next try") == len(HOSTILE))
    said = log.read_text()
    for name, (_, word) in HOSTILE.items():
        (line,) = [line for line in said.splitlines() if f"source {name}: " in line]
        assert word in line
    assert TOKEN not in said
