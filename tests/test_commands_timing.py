"""When a chat is told: digests, quiet hours, by words and by buttons."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.timing import read_quiet, read_rhythm
from jobs.domain.alerts import ChatId, Filter
from jobs.domain.rhythm import Pace, QuietHours, Rhythm
from jobs.store import chats, nights, rhythms
from tests.talking import PERSON, Talk, talking


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def rhythm_of(talk: Talk) -> Rhythm:
    async with talk.store.read() as conn:
        return await rhythms.read_rhythm(conn, ChatId(PERSON), 0)


KNOWN = Rhythm(Pace.DAILY, 7, 2)
LINES = [
    ("daily 9", Rhythm(Pace.DAILY, 9, 2)),
    ("Daily 21:00", Rhythm(Pace.DAILY, 21, 2)),
    ("daily", KNOWN),
    ("weekly", Rhythm(Pace.WEEKLY, 7, 2)),
    ("weekly fri 18", Rhythm(Pace.WEEKLY, 18, 4)),
    ("sunday 0", Rhythm(Pace.WEEKLY, 0, 6)),
    ("off", Rhythm(Pace.AT_ONCE, 7, 2)),
    ("at once", Rhythm(Pace.AT_ONCE, 7, 2)),
    ("9", None),
    ("daily 24", None),
    ("daily 9:30", None),
    ("weekly t 9", None),
    ("at_once", None),
    ("hourly", None),
    ("x" * 300, None),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_rhythm_in_one_line(line: str, expected: Rhythm | None) -> None:
    assert read_rhythm(line, KNOWN) == expected


async def test_a_digest_is_ordered_and_ended(talk: Talk) -> None:
    await talk.answer("/settings Asia/Kabul")
    text = (await talk.answer("/digest daily 8")).text
    assert "Alerts come in one message a day, at 08:00 (Asia/Kabul)." in text
    assert await rhythm_of(talk) == Rhythm(Pace.DAILY, 8)
    async with talk.store.read() as conn:
        assert await chats.read_filter(conn, ChatId(PERSON)) == Filter()
    assert "a day, at 08:00" in (await talk.answer("/digest")).text
    assert "nothing was changed" in (await talk.answer("/digest hourly")).text
    assert "Alerts come at once" in (await talk.answer("/digest off")).text


async def test_a_digest_by_buttons(talk: Talk) -> None:
    page = await talk.answer("/settings")
    for label in ("At once or digest", "Once a week", "Friday", "18:00"):
        assert await talk.press(page, label) == ""
    assert await rhythm_of(talk) == Rhythm(Pace.WEEKLY, 18, 4)
    assert "Alerts come in one message a week, on Friday at 18:00" in page.text
    await talk.press(page, "At once")
    assert (await rhythm_of(talk)).pace is Pace.AT_ONCE


QUIET_LINES = [
    ("23-7", QuietHours(23 * 60, 7 * 60)),
    ("22:30-6:45", QuietHours(22 * 60 + 30, 6 * 60 + 45)),
    ("23:00 – 07:00 strict", QuietHours(23 * 60, 7 * 60, lets_major=False)),
    ("0-24", QuietHours(0, 0)),
    ("8-8", QuietHours(8 * 60, 8 * 60)),
    ("off", QuietHours()),
    ("25-7", None),
    ("23:60-7", None),
    ("night", None),
    ("23", None),
    ("23-7 lax", None),
]


@pytest.mark.parametrize(("line", "expected"), QUIET_LINES)
def test_quiet_hours_in_one_line(line: str, expected: QuietHours | None) -> None:
    assert read_quiet(line) == expected


async def quiet_of(talk: Talk) -> QuietHours:
    async with talk.store.read() as conn:
        return await nights.read_quiet(conn, ChatId(PERSON))


async def test_quiet_hours_are_set_and_ended(talk: Talk) -> None:
    text = (await talk.answer("/quiet 23-7")).text
    assert "Quiet hours: 23:00–07:00, recognitions come through (UTC)." in text
    assert await quiet_of(talk) == QuietHours(23 * 60, 7 * 60)
    assert "Quiet hours: 23:00–07:00" in (await talk.answer("/quiet")).text
    assert "nothing was changed" in (await talk.answer("/quiet tonight")).text
    assert "Quiet hours: none" in (await talk.answer("/quiet 9-9")).text
    assert not (await quiet_of(talk)).is_on


async def test_quiet_hours_by_buttons(talk: Talk) -> None:
    page = await talk.answer("/settings")
    for label in ("Quiet hours", "22:00–08:00", "Recognitions come through"):
        assert await talk.press(page, label) == ""
    assert await quiet_of(talk) == QuietHours(22 * 60, 8 * 60, lets_major=False)
    assert "Quiet hours: 22:00–08:00" in page.text
    await talk.press(page, "None")
    assert not (await quiet_of(talk)).is_on
