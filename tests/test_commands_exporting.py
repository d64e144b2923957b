"""/export: what is known, as files that other programs read."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import feedparser
import pytest_asyncio
from icalendar import Calendar
from lxml import etree

from tests.bot_api import Shown
from tests.small_world import some_facts
from tests.talking import GROUP, Talk, talking


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        await one.tell(some_facts())
        await one.tell(some_facts(case="palestine", actor="CN"), 2)
        yield one


def content(talk: Talk, shown: Shown) -> bytes:
    assert shown.kind == "document"
    assert shown.file_id is not None
    return talk.api.files[shown.file_id]


async def test_each_format_is_read_by_others(talk: Talk) -> None:
    table = content(talk, await talk.answer("/export csv")).decode()
    assert [row["actor"] for row in csv.DictReader(io.StringIO(table, newline=""))] == ["CN", "RU"]
    data = json.loads(content(talk, await talk.answer("/export json palestine")))
    assert [(row["actor"], row["recipient"], row["alert"]) for row in data] == [("CN", "PS", 2)]
    feed = feedparser.parse(io.BytesIO(content(talk, await talk.answer("/export atom taliban"))))
    assert [each.title for each in feed.entries] == [
        "Russia has recognised the Taliban government of Afghanistan."
    ]
    calendar = content(talk, await talk.answer("/export calendar"))
    assert Calendar.from_ical(calendar)["VERSION"] == "2.0"
    warning = etree.fromstring(content(talk, await talk.answer("/export cap 1")))
    assert warning.findtext("{*}status") == "Test"


async def test_without_a_format_it_says_which_there_are(talk: Talk) -> None:
    for asked in ("/export", "/export xlsx", "/export =cmd|calc"):
        answer = await talk.answer(asked)
        assert "/export csv: the newest events as a table" in answer.text
        assert "/export cap 12: one alert as a warning (CAP 1.2)" in answer.text


async def test_what_is_not_there_is_said(talk: Talk) -> None:
    assert "I watch no case called" in (await talk.answer("/export csv atlantis")).text
    for number in ("", "99", "x"):
        assert (await talk.answer(f"/export cap {number}")).kind == "text"


async def test_the_page_opens_inside_telegram_in_private_and_by_link_elsewhere(
    tmp_path: Path,
) -> None:
    url = "https://watch.example/page"
    async with talking(tmp_path, page_url=url) as talk:
        private = await talk.answer("/export")
        (button,) = private.buttons
        assert button["web_app"] == {"url": url}
        in_group = await talk.answer("/export", GROUP)
        assert in_group.buttons == []
        assert [each["url"] for each in in_group.entities if each["type"] == "text_link"] == [url]
