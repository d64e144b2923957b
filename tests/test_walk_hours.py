"""Walks through time with the whole bot: digests over changes of the clocks, a night, a silence."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.commands.silencing import SILENCE
from jobs.domain.events import EventType
from tests.talking import PERSON
from tests.walking import Walk, walking

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BELGRADE = ZoneInfo("Europe/Belgrade")


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with walking(tmp_path) as one:
        await one.answer("/start")
        yield one


def next_change(now: datetime, *, forward: bool) -> datetime:
    """Return the noon (UTC) before the next night in which the clocks there change so."""
    noon = now.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + 2 * DAY
    while True:
        step = (noon + DAY).astimezone(BELGRADE).utcoffset(), noon.astimezone(BELGRADE).utcoffset()
        if step[0] != step[1] and (step[0] > step[1]) is forward:  # type: ignore[operator]
            return noon
        noon += DAY


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "back"])
async def test_a_digest_across_a_change_of_the_clocks(walk: Walk, forward: bool) -> None:
    await walk.answer("/settings Europe/Belgrade")
    assert "a day, at 02:00" in (await walk.answer("/digest daily 2")).text
    noon = next_change(walk.clock.now(), forward=forward)
    walk.clock.ahead += (noon - DAY - walk.clock.now()).total_seconds()
    await walk.work()
    before = len(walk.texts())
    await walk.hear("UZ")
    # Two nights: the one before and the one in which 02:00 is left out, or comes twice.
    await walk.wait(timedelta(minutes=20), noon + DAY)
    first, second = walk.texts()[before:]
    assert first.startswith("Your day: 1 alert")
    assert "Uzbekistan" in first
    assert second.startswith("Your day: nothing new")
    [since] = re.findall(r"since .* (UTC\S+)", second)
    assert since == ("UTC+1" if forward else "UTC+2")


async def test_a_night_holds_and_a_recognition_comes_through(walk: Walk) -> None:
    now = walk.clock.now()
    begin, end = now.hour, (now + 2 * HOUR).hour
    await walk.answer(f"/quiet {begin}-{end}")
    before = len(walk.texts())
    await walk.hear("UZ")
    await walk.hear("KZ", type=EventType.RECOGNITION)
    assert ["Kazakhstan" in text for text in walk.texts()[before:]] == [True]
    await walk.wait(timedelta(minutes=5), now + 3 * HOUR)
    assert ["Uzbekistan" in text for text in walk.texts()[before + 1 :]] == [True]


async def test_many_of_a_night_come_in_one_message(walk: Walk) -> None:
    now = walk.clock.now()
    await walk.answer(f"/quiet {now.hour}-{(now + 2 * HOUR).hour}")
    before = len(walk.texts())
    for actor in ("UZ", "KZ", "KG", "CN", "IR"):
        await walk.hear(actor)
    assert len(walk.texts()) == before
    await walk.wait(timedelta(seconds=20), now + 2 * HOUR + timedelta(minutes=2))
    [joined] = walk.texts()[before:]
    assert joined.startswith("What came in your quiet hours: 5 alerts")


async def test_a_busy_hour_ends_in_one_message(tmp_path: Path) -> None:
    async with walking(tmp_path, most_per_hour=3) as walk:
        await walk.answer("/start")
        begun, before = walk.clock.now(), len(walk.texts())
        for actor in ("UZ", "KZ", "KG", "CN", "IR"):
            await walk.hear(actor)
        assert len(walk.texts()) == before + 3
        await walk.hear("RU", type=EventType.RECOGNITION)
        assert "Russia" in walk.texts()[-1]
        shown = len(walk.texts())
        await walk.retract(1)
        assert len(walk.texts()) == shown + 1, "a correction does not wait"
        await walk.wait(timedelta(minutes=4), begun + timedelta(minutes=58))
        assert len(walk.texts()) == shown + 1
        await walk.wait(timedelta(minutes=4), begun + timedelta(minutes=70))
        [joined] = walk.texts()[shown + 1 :]
        assert joined.startswith("Much came at once: 2 alerts")
        assert "China" in joined
        assert "Iran" in joined


async def test_a_silence_from_the_button_ends(walk: Walk) -> None:
    await walk.hear("UZ")
    await walk.press_under(walk.last(), SILENCE, "1", PERSON, PERSON)
    page = walk.last()
    [country] = [button for button in page.buttons if button["text"] == "Uzbekistan"]
    await walk.press_data(page, country["callback_data"])
    await walk.press(page, "8 hours")
    shown = len(walk.texts())
    await walk.hear("UZ", type=EventType.AGREEMENT)
    assert len(walk.texts()) == shown
    walk.clock.ahead += 9 * 3600
    late = int(walk.clock.now().timestamp())
    assert "Nothing is silenced here" in (await walk.answer("/silences", date=late)).text
    await walk.hear("UZ", type=EventType.DELISTING)
    assert "Uzbekistan" in walk.last().text
