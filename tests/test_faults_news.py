"""Faults in what sources say, from feed to outbox: rows 60 to 70 of the fault matrix."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.texts.alerts import render_alert
from bot.texts.foreign import utf16_length
from jobs.domain.alerts import Action, AlertId, Reason, Voice
from jobs.domain.health import State
from jobs.domain.items import SourceKind, Validators
from jobs.errors import NotAFeed
from jobs.sources.feeds import parse_feed
from jobs.sources.http import GuardedClient
from jobs.sources.parsed import ParsedItem
from tests.faults_line import CAP, DAY, HOUR, KAZAKHSTAN, a_line, entry, feed
from tests.feed_host import FeedHost, answer, raw
from tests.samples import NOON
from tests.small_world import SMALL_WORLD, some_facts
from tests.test_texts_foreign import BIDI, HOSTILE, LINKABLE

OLD = entry("An old story")
SEND_TO_BOTH = [(1, 1, "send"), (2, 1, "send")]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(HOSTILE)
def test_row_60_a_hostile_title_of_a_feed_is_a_harmless_message(title: str) -> None:
    sent = title.encode("utf-8", "replace").decode().replace("]]>", "")
    body = feed(entry(f"<![CDATA[{sent}]]>Russia recognises"))
    for item in _items(body):  # none, if the title counts as garbled
        voices = (Voice(item.outlet, item.url, item.title, None),)
        message = render_alert(
            some_facts(voices=voices, note=item.summary),
            AlertId(3),
            action=Action.SEND,
            reason=Reason.FIRST,
            names=SMALL_WORLD,
        )
        assert 0 < utf16_length(message.text) <= 4096
        assert not LINKABLE.search(message.text.removesuffix("/why_3"))
        assert not BIDI.search(message.text)
        assert {each.url for each in message.entities if each.url} <= {item.url}


def _items(body: bytes) -> tuple[ParsedItem, ...]:
    try:
        return parse_feed(body, "text/xml", "https://x.example/").items
    except NotAFeed:
        return ()


UNRELIABLE = {
    "1970": "Thu, 01 Jan 1970 00:00:00 +0000",
    "2099": "Thu, 03 Jul 2099 10:00:00 +0000",
    "no date": None,
    "no such day": "Thu, 45 Jul 2025 10:00:00 +0000",
    "hours ahead by a wrong zone": "Thu, 03 Jul 2025 16:30:00 EST",
    "a year ago": "Wed, 03 Jul 2024 12:00:00 +0000",
}


async def test_row_61_an_unreliable_date_breaks_no_news() -> None:
    async with a_line() as line:
        shown = [OLD]
        for number, (fault, date) in enumerate(UNRELIABLE.items(), start=1):
            shown.append(entry(KAZAKHSTAN, date, link=f"https://news.example/{number}"))
            line.serve(feed(*shown))
            assert (await line.read(NOON + number * HOUR / 10)).new_items == 1, fault
            assert await line.sent() == [], fault
        # What was held back silences nobody: the dated report is told.
        line.serve(feed(*shown, entry(KAZAKHSTAN, NOON + HOUR)))
        await line.read(NOON + HOUR)
        assert await line.sent() == SEND_TO_BOTH


async def test_row_62_an_old_story_under_a_new_address_is_no_news() -> None:
    async with a_line() as line:
        line.serve(feed(OLD, entry(KAZAKHSTAN, NOON)))
        await line.read(NOON + HOUR)
        assert await line.sent() == SEND_TO_BOTH
        for days, date in ((30, None), (200, NOON), (400, None)):
            again = entry(KAZAKHSTAN, date, link=f"https://news.example/again/{days}")
            line.serve(feed(OLD, again))
            assert (await line.read(NOON + days * DAY)).new_items == 1
        assert await line.sent() == SEND_TO_BOTH


async def test_row_64_a_withdrawn_story_is_taken_back_in_every_chat() -> None:
    async with a_line() as line:
        story = entry(KAZAKHSTAN, NOON)
        line.serve(feed(OLD, story))
        await line.read(NOON + HOUR)
        kill = entry(f"WITHDRAWN: {KAZAKHSTAN}", NOON + 2 * HOUR)
        line.serve(feed(OLD, story, kill))
        await line.read(NOON + 2 * HOUR + timedelta(minutes=2))
        taken_back = [row for row in await line.sent() if row[1] == 2]
        assert {chat for chat, _, _ in taken_back} == {1, 2}


async def test_row_69_a_search_that_refuses_twenty_times_starves_nobody() -> None:
    """GDELT sheds load: 429, a text with status 200, half a JSON; the source turns red alone."""
    refusals = [
        answer(b"Please limit requests to one every 5 seconds.", 429),
        answer(b"Please limit requests to one every 5 seconds."),
        answer(b'{"articles": [{"url": "https://a.exam'),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    ]
    good = answer(b'{"articles": []}')
    async with a_line({"/feed": good}, kind=SourceKind.GDELT_DOC) as line:
        at, tries, late = NOON, 0, 0.0
        loop = asyncio.get_running_loop()
        while tries < 20:
            line.serve(refusals[tries % len(refusals)])
            before = loop.time()
            at = (await line.health()).next_due_at
            polled = await line.pipeline.poll(at)
            late = max(late, loop.time() - before)
            tries += polled.failed
            assert polled.failed == 1
        health = await line.health()
        assert health.failures == 20
        assert await line.state() in (State.FAILING, State.BLOCKED, State.CHANGED)
        # Twenty tries took weeks, not seconds: the wait doubles up to a day.
        assert at - NOON > 10 * DAY
        assert late < 10
        line.serve(good)
        await line.pipeline.poll(health.next_due_at)
        assert (await line.health()).failures == 0


async def test_row_69_one_request_in_five_seconds_waits_its_turn_and_holds_up_no_other() -> None:
    guarded = GuardedClient(
        deadline_seconds=2,
        max_bytes=CAP,
        allow_loopback=True,
        contact="",
        pauses={"127.0.0.1": 30.0},
    )
    async with FeedHost({"/feed": answer(b"x")}) as host:
        await guarded.get(host.url("/feed"), Validators())
        waiting = asyncio.create_task(guarded.get(host.url("/feed"), Validators()))
        async with asyncio.timeout(2):
            await guarded.get(host.url("/feed", "localhost"), Validators())
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
