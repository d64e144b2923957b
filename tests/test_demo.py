"""The demo: a press of real feeds, a clock that is moved, and the whole show as a process."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.demo.clock import DemoClock
from bot.demo.press import FORMATS, NEWEST, Press, Story
from bot.demo.show import STEP, by_moment
from jobs.reference.demo import DemoItem, load_demo
from jobs.sources.feeds import parse_feed
from tests.whole_program import ROOT

Make = Callable[[str, Sequence[Story]], bytes]
NOON = datetime(2025, 7, 3, 12, tzinfo=UTC)


def story(number: int, minutes: int = 0) -> DemoItem:
    return DemoItem(
        NOON + timedelta(minutes=minutes),
        "a.example",
        f"https://a.example/{number}",
        "en",
        f"Title <b>{number}</b> & more",
        "A lead",
    )


@pytest.mark.parametrize(("make", "content_type"), FORMATS, ids=["rss", "atom", "json", "rdf"])
def test_each_format_says_what_the_stories_say(make: Make, content_type: str) -> None:
    feed = parse_feed(make("a.example", [story(2), story(1)]), content_type, "http://a.example/")
    assert [item.url for item in feed.items] == ["https://a.example/2", "https://a.example/1"]
    assert {item.published_at for item in feed.items} == {NOON}
    assert all(item.summary == "A lead" for item in feed.items)


async def test_a_feed_shows_the_newest_and_answers_304_until_it_changes() -> None:
    press = Press(["a.example"])
    press.start()
    for number in range(NEWEST + 5):
        press.print("a.example", story(number))
    async with httpx.AsyncClient() as client:
        first = await client.get(press.address("a.example"))
        known = {"If-None-Match": first.headers["ETag"]}
        same = await client.get(press.address("a.example"), headers=known)
        press.print("a.example", story(99))
        changed = await client.get(press.address("a.example"), headers=known)
    await press.stop()
    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)
    assert first.text.count("<item>") == NEWEST
    assert "https://a.example/99" in changed.text


async def test_the_clock_moves_for_whoever_sleeps_and_never_back() -> None:
    clock = DemoClock(NOON)
    await clock.sleep(90)
    clock.move_to(NOON)
    assert clock.now() == NOON + timedelta(seconds=90)
    assert clock.monotonic() == 90
    clock.let_go()
    assert clock.now() >= NOON + timedelta(seconds=90)
    assert clock.monotonic() < 95


def test_stories_within_a_step_are_found_by_one_look() -> None:
    stream = [story(1), story(2, minutes=5), story(3, minutes=6), story(4, minutes=600)]
    looks = list(by_moment(stream))
    assert [[item.url[-1] for item in stories] for _, stories in looks] == [
        ["1", "2"],
        ["3"],
        ["4"],
    ]
    assert all(moment >= stories[-1].published for moment, stories in looks)
    assert all(moment - stories[0].published == STEP for moment, stories in looks)


async def test_the_show_ends_by_itself_and_sums_up(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo"),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, words = await process.communicate()
    said = out.decode()
    assert (process.returncode, words.decode()) == (0, "")
    assert re.search(rf"{len(load_demo())} items read in \d+ s, \d+ mentions of events", said)
    assert "From a feed's change to the message: median " in said
    assert "Held back, and why: ALREADY_KNOWN " in said
    # Told once; whatever came later edited or answered that message.
    told = re.findall(r"UTC ─+\n(?:Claimed: )?Russia has recognised the Taliban", said)
    assert len(told) == 1
    assert "3 July 2025 · confirmed by Russia itself" in said
