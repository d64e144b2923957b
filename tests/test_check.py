"""``check``: what it looks at, what it says, and its exit codes."""

import argparse
import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs import check
from jobs.backup import make
from jobs.errors import StoreError
from jobs.settings import Settings
from tests.feed_host import FeedHost, answer, redirect
from tests.whole_program import rss


def run(what: str) -> int:
    parser = argparse.ArgumentParser()
    check.add_arguments(parser)
    return check.main(parser.parse_args([what]))


def write_env(**settings: str) -> None:
    lines = [f"{name}={value}" for name, value in settings.items()]
    Path(".env").write_text("\n".join(lines), encoding="utf-8")


def test_config_says_what_is_set_and_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config") == 0
    said = capsys.readouterr().out
    assert "cases: kosovo, palestine, taliban" in said
    assert "note: BOT_TOKEN is not set" in said


def test_a_webhook_without_its_secret_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    write_env(WEBHOOK_URL="https://example.org")
    assert run("config") == 1
    assert "WEBHOOK_SECRET: needed" in capsys.readouterr().out


def source(name: str, url: str) -> str:
    return (
        f'[{name}]\nname = "{name}"\nkind = "feed"\nurl = "{url}"\nlanguage = "en"\n'
        f'family = "{name}"\ntier = "outlet"\n'
    )


@pytest.mark.parametrize(
    ("pages", "code", "words"),
    [
        ({"good": rss("A title")}, 0, ["ok     good", "feed", "1 of 1 sources answer", " ok"]),
        (
            {"good": rss("A title"), "bad": b"<html><title>Hello</title></html>", "idle": rss()},
            1,
            ["FAILED bad", "HTML page titled “Hello”", "it is empty", "1 of 3", "failed: 2 feed"],
        ),
    ],
    ids=["all well", "some not"],
)
async def test_sources_are_each_tried_once(
    pages: dict[str, bytes], code: int, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with FeedHost({f"/{name}": answer(body) for name, body in pages.items()}) as host:
        listed = "\n".join(source(name, host.url(f"/{name}")) for name in pages)
        await asyncio.to_thread(Path("mine.toml").write_text, listed, encoding="utf-8")
        write_env(SOURCES_FILE="mine.toml", FETCH_ALLOW_LOOPBACK="true")
        assert await asyncio.to_thread(run, "sources") == code
        asked = [each.target for each in host.requests]
        assert sorted(path for path in asked if path != "/robots.txt") == sorted(
            f"/{name}" for name in pages
        )
    said = capsys.readouterr().out
    for word in words:
        assert word in said


async def test_robots_and_moves_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    routes = {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /shut"),
        "/shut": answer(rss("A title")),
        "/old": redirect("/new", 301),
        "/new": answer(rss("Another")),
    }
    async with FeedHost(routes) as host:
        listed = source("shut", host.url("/shut")) + source("old", host.url("/old"))
        await asyncio.to_thread(Path("mine.toml").write_text, listed, encoding="utf-8")
        write_env(SOURCES_FILE="mine.toml", FETCH_ALLOW_LOOPBACK="true")
        assert await asyncio.to_thread(run, "sources") == 0
    lines = capsys.readouterr().out.splitlines()
    shut, old = (next(line for line in lines if f" {name} " in line) for name in ("shut", "old"))
    assert shut.endswith(" no")
    assert old.endswith(f"ok      moved to {host.url('/new')}")
    assert "1 stand where robots.txt asks programs not to look" in lines


def test_a_store_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StoreError, match=r"recognition-watch\.sqlite"):
        run("store")


def test_a_store_says_when_it_was_last_backed_up(
    sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("data").mkdir()
    shutil.copy(sqlite_template, "data/recognition-watch.sqlite")
    assert run("store") == 0
    assert "backup: none yet" in capsys.readouterr().out
    made = asyncio.run(make(Settings(_env_file=None), Path("kept"), datetime.now(UTC)))
    assert run("store") == 0
    assert f"backup: {made.path}, {datetime.now(UTC):%Y-%m-%d}" in capsys.readouterr().out
