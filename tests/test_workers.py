import asyncio
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.errors import FetchFailed, NotAFeed
from jobs.sources.feeds import parse_feed
from jobs.sources.parsed import Form
from jobs.sources.worker import _PARSERS
from jobs.sources.workers import ParserPool

FEED = (Path(__file__).parent / "data" / "feeds" / "rss.xml").read_bytes()
URL = "https://news.example/rss.xml"
DEEP = b"<rss>" + b"<a>" * 1_000_000


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    pool = ParserPool(deadline_seconds=0.5, memory_mb=256)
    yield pool
    await pool.close()


async def test_the_answer_is_that_of_the_parser(pool: ParserPool) -> None:
    assert await pool.parse(FEED, "text/xml", URL) == parse_feed(FEED, "text/xml", URL)


def test_every_form_has_a_parser() -> None:
    assert set(_PARSERS) == set(Form)


async def test_a_refusal_comes_through_and_the_worker_stays(pool: ParserPool) -> None:
    with pytest.raises(NotAFeed, match="HTML page titled “Login”"):
        await pool.parse(b"<html><title>Login</title>", "text/html", URL)
    (worker,) = pool._idle
    await pool.parse(FEED, "text/xml", URL)
    assert pool._idle == [worker]


async def test_a_parse_that_hangs_is_given_up_and_hurts_no_other(pool: ParserPool) -> None:
    await pool.parse(FEED, "text/xml", URL)
    started = time.monotonic()
    longest_stall = 0.0

    async def beat() -> None:
        nonlocal longest_stall
        while True:
            last = time.monotonic()
            await asyncio.sleep(0.01)
            longest_stall = max(longest_stall, time.monotonic() - last)

    heart = asyncio.create_task(beat())
    hung, *good = await asyncio.gather(
        pool.parse(DEEP, "text/xml", URL),
        pool.parse(FEED, "text/xml", URL),
        pool.parse(FEED, "text/xml", URL),
        return_exceptions=True,
    )
    heart.cancel()
    assert isinstance(hung, NotAFeed)
    assert "more than 0.5 s" in str(hung)
    assert not any(isinstance(feed, BaseException) for feed in good)
    assert time.monotonic() - started < 2
    assert longest_stall < 0.2


async def test_memory_is_limited() -> None:
    pool = ParserPool(deadline_seconds=20, memory_mb=64)
    large = b"<rss><channel>" + b" " * 30_000_000
    with pytest.raises(NotAFeed, match="for want of memory"):
        await pool.parse(large, "text/xml", URL)
    assert (await pool.parse(FEED, "text/xml", URL)).items
    await pool.close()


async def test_a_killed_worker_is_replaced(pool: ParserPool) -> None:
    await pool.parse(FEED, "text/xml", URL)
    (worker,) = pool._idle
    os.kill(worker._process.pid, 9)
    await worker._process.wait()
    assert (await pool.parse(FEED, "text/xml", URL)).items


async def test_a_parse_that_is_cancelled_leaves_no_answer_for_the_next(pool: ParserPool) -> None:
    task = asyncio.create_task(pool.parse(DEEP, "text/xml", URL))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await pool.parse(FEED, "text/xml", URL)).items


SIX_PARSES_AND_A_LONG_ONE = """
import time
from jobs.sources.worker import _limit_time

for seconds in (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 3):
    _limit_time(0.4 - 1)  # a second more than a parse may take by the clock
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    print(seconds, flush=True)
"""


async def test_the_time_that_one_parse_works_is_limited_not_that_of_all() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SIX_PARSES_AND_A_LONG_ONE),
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert said.split() == [b"0.1"] * 6
    assert process.returncode == -signal.SIGPROF


async def test_a_worker_that_cannot_start_is_said_so() -> None:
    pool = ParserPool(deadline_seconds=1, memory_mb=256)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))  # no file left for its pipes
    try:
        with pytest.raises(FetchFailed, match="PARSER_MEMORY_MB"):
            await pool.parse(FEED, "text/xml", URL)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert (await pool.parse(FEED, "text/xml", URL)).items
    await pool.close()


@pytest.mark.skipif(not Path("/proc").exists(), reason="only /proc shows a process's environment")
async def test_the_worker_knows_none_of_our_settings(
    pool: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123456:secret")
    await pool.parse(FEED, "text/xml", URL)
    (worker,) = pool._idle
    environment = Path(f"/proc/{worker._process.pid}/environ").read_bytes()
    assert b"secret" not in environment
