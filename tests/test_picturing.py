"""Pictures in the chat: what carries one, what is said below it, and when words go alone."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.drawing import Studio
from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.pictures import font
from bot.pictures.renderer import Renderer
from bot.texts import charts
from bot.texts.foreign import utf16_length
from bot.texts.language import words_of
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.domain.alerts import Level
from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade, Standing
from jobs.reference import load_reference
from jobs.store import events, standings, uploads
from jobs.store.engine import Store
from tests.benchmarks.commands import answer, desk_on
from tests.bot_api import Shown, error
from tests.clocks import ManualClock
from tests.delivering import render
from tests.samples import an_event
from tests.talking import GROUP, PERSON, Talk, talking
from tests.telling import NOON, subscribe, tell

RUSSIA = Standing("taliban", "RU", "de_jure", date(2025, 7, 3), mission="embassy")
UZBEKISTAN = Standing("taliban", "UZ", head_of_mission="ambassador", mission="embassy")
FORBIDDEN = "Bad Request: not enough rights to send photos to the chat"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        await fill(one.store, one.clock.now().date())
        yield one


async def fill(store: Store, today: date) -> None:
    """Put standings, last months' meetings, and what was done around a recognition."""
    async with store.write() as conn:
        for standing in (RUSSIA, UZBEKISTAN):
            await standings.put(conn, standing, NOON)
        for number, (actor, kind, status, on) in enumerate(
            [
                ("UZ", EventType.MEETING, EventStatus.DONE, today),
                ("UZ", EventType.MEETING, EventStatus.DONE, today - timedelta(days=40)),
                ("IR", EventType.MEETING, EventStatus.DONE, today - timedelta(days=200)),
                ("IR", EventType.MEETING, EventStatus.PLANNED, today),
                ("IR", EventType.MEETING, EventStatus.DONE, today - timedelta(days=5000)),
                ("RU", EventType.RECOGNITION, EventStatus.DONE, date(2025, 7, 3)),
                ("UZ", EventType.MEETING, EventStatus.DONE, date(2025, 7, 3)),
                ("KZ", EventType.AGREEMENT, EventStatus.DONE, date(2025, 6, 3)),
            ],
            start=500,
        ):
            done = an_event(number, actor=actor, type=kind, status=status)
            await events.put(conn, replace(done, on=on), NOON)


def labels(shown: Shown) -> list[str]:
    return [button["text"] for button in shown.buttons]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/chart", "Meetings: Taliban government of Afghanistan"),
        ("/chart meetings", "3 official meetings known in twelve months."),
        ("/chart meetings", "Most with: Uzbekistan (2), Iran (1)"),
        ("/chart wave", "Russia has recognised the Taliban government of Afghanistan. 3 July 2025"),
        ("/chart wave", "1 in the eight weeks before, 2 in the sixteen weeks from then on"),
        ("/chart wave", "What came later need not have come of it."),
        ("/chart wave russia", "Russia has recognised"),
        ("/chart Wave talib", "Russia has recognised"),
        ("/chart region", "Contested places are hatched"),
        ("/chart region", "KG"),
        ("/chart map", "recognised by 1 state known here"),
        ("/chart uzbekistan", "• head of mission: ambassador"),
        ("/chart palest", "Meetings: Palestine"),
        ("/map", "the map sides with nobody"),
        ("/status", "Taliban government of Afghanistan: recognised by Russia"),
        ("/status taliban", "Uzbekistan: likely next"),
        ("/status russia", "recognises it, since 3 July 2025"),
        ("/start", "Only recognitions"),
        ("/timeline uzbekistan", "Uzbekistan · Taliban government of Afghanistan"),
    ],
)
async def test_what_is_shown_comes_with_its_words(talk: Talk, asked: str, said: str) -> None:
    shown = await talk.answer(asked)
    assert shown.kind == "photo"
    if asked == "/start":
        assert said in labels(shown)
    elif said != "KG":
        assert said in shown.text
    else:  # where a code stands in the picture for want of room, its name is below
        assert "UZ Uzbekistan" in shown.text
        assert "KG" not in shown.text  # it stands nowhere: its name explains nothing


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/chart wave palestine", "No dated recognition of Palestine is known here."),
        ("/chart wave uzbekistan", "No dated recognition of"),
        ("/chart horoscope", "There is no chart of this: \u2068horoscope\u2069"),
        ("/chart region russia", "There is no chart of this: \u2068region russia\u2069"),
        ("/status kazakhstan", "Kazakhstan"),
    ],
)
async def test_where_there_is_nothing_to_see_words_say_so(
    talk: Talk, asked: str, said: str
) -> None:
    shown = await talk.answer(asked)
    assert shown.kind == "text"
    assert said in shown.text


async def test_the_buttons_lead_from_chart_to_chart(talk: Talk) -> None:
    first = await talk.answer("/chart")
    assert labels(first) == ["Wave", "Region", "World"]
    await talk.press(first, "Region")
    region = talk.api.shown(PERSON)[-1]
    assert (region.kind, region.reply_to) == ("photo", first.message_id)
    await talk.press(region, "Wave")
    assert "Known steps of all countries" in talk.api.shown(PERSON)[-1].text


@pytest.mark.parametrize(
    ("lengths", "key", "chosen"),
    [
        ((100,), "", 100),
        ((2000, 900, 500), "", 900),
        ((2000, 900, 500), "k" * 300, 500),  # what explains the picture goes before details
        ((960,), "k" * 300, 960),  # and is cut where nothing can be left out
        ((2000, 1500), "", None),
    ],
)
def test_a_caption_too_long_says_less_or_has_no_picture(
    lengths: tuple[int, ...], key: str, chosen: int | None
) -> None:
    versions = [Message("\U0001f1fa" * (length // 2)) for length in lengths]
    shown = charts.illustrated(versions, b"picture", key)
    if chosen is None:
        assert shown == versions[0]
    else:
        assert shown.photo == b"picture"
        assert shown.text.startswith("\U0001f1fa" * (chosen // 2))
        assert utf16_length(shown.text) <= 1024 - 48
        assert ("k" in shown.text) is bool(key)


async def test_status_of_many_cases_keeps_its_picture_and_says_less(talk: Talk) -> None:
    desk = desk_on(talk.store, load_reference())
    async with talk.store.write() as conn:
        for case in desk.reference.cases:
            for actor in ("AD", "BE", "FR", "LU", "SM", "CF"):
                standing = Standing(case, actor, "de_jure", date(2025, 9, 22))
                await standings.put(conn, standing, NOON)
    shown = await answer(desk, "status", "")
    assert shown.photo
    assert utf16_length(shown.text) <= 1024
    in_words = await answer(replace(desk, renderer=Renderer(deadline_seconds=0)), "status", "")
    assert not in_words.photo
    assert utf16_length(in_words.text) > 1024


async def test_hostile_words_stay_words(talk: Talk) -> None:
    shown = await talk.answer("/chart </text><image href='file:///etc/passwd'/>")
    assert shown.kind == "text"


# Sent once


async def test_a_picture_is_uploaded_once_and_then_named(talk: Talk) -> None:
    first, second = await talk.answer("/map"), await talk.answer("/map")
    given = [call.params["photo"] for call in talk.api.calls_of("sendPhoto")]
    assert isinstance(given[0], bytes)
    assert given[1] == first.file_id == second.file_id


async def test_whoever_asks_while_it_is_uploaded_waits_for_that(talk: Talk) -> None:
    chats = range(1000, 1012)
    for chat in chats:
        talk.api.add_chat(chat)
        talk.api.say(chat, "/map")
    updates = await talk.app.bot.get_updates(timeout=0)
    await asyncio.gather(*(talk.app.process_update(update) for update in updates))
    given = [call.params["photo"] for call in talk.api.calls_of("sendPhoto")]
    assert len(given) == len(chats)
    assert sum(isinstance(each, bytes) for each in given) == 1


async def test_another_bot_uploads_its_own(talk: Talk) -> None:
    shown = await talk.answer("/map")
    talk.api.files.clear()  # the token is another: its numbers are unknown
    again = await talk.answer("/map")
    assert again.kind == "photo"
    assert again.file_id != shown.file_id
    assert (await talk.answer("/map")).file_id == again.file_id


async def test_old_uploads_are_forgotten(store: Store) -> None:
    async with store.write() as conn:
        await uploads.note(conn, "a", "1", NOON)
        await uploads.note(conn, "a", "2", NOON + uploads.KEPT)
        await uploads.note(conn, "b", "3", NOON)
        assert await uploads.prune(conn, NOON + uploads.KEPT, 9) == 1
        assert await uploads.file_id_of(conn, "a") == "2"
        assert await uploads.file_id_of(conn, "b") is None


async def test_where_pictures_are_forbidden_the_words_go_alone(talk: Talk) -> None:
    talk.api.script("sendPhoto", error(400, FORBIDDEN), chat_id=GROUP)
    shown = await talk.answer("/chart", GROUP)
    assert shown.kind == "text"
    assert "Meetings: Taliban" in shown.text
    assert labels(shown) == ["Wave", "Region", "World"]


# Fault matrix, row 71


async def test_a_renderer_that_hangs_holds_up_neither_words_nor_alerts(tmp_path: Path) -> None:
    renderer = Renderer()
    async with talking(tmp_path, renderer) as talk:
        await fill(talk.store, talk.clock.now().date())
        assert (await talk.answer("/map")).kind == "photo"
        assert renderer._process is not None
        os.kill(renderer._process.pid, signal.SIGSTOP)
        began = asyncio.get_running_loop().time()
        asked = asyncio.create_task(talk.say("/chart"))
        await asyncio.sleep(0.05)
        async with talk.store.write() as conn:
            await subscribe(conn, PERSON, GROUP)
            await tell(conn, 99, now=talk.clock.now())
        sender = Deliverer(
            *(talk.store, talk.app.bot, talk.clock, Pacer(), render),
            Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24)),
        )
        while len(talk.api.shown(GROUP)) == 0:
            await sender.drain_once()
        assert not asked.done()  # the alert is there, even in the chat that waits
        assert [each.text for each in talk.api.shown(GROUP)] == ["alert 99 as of 1"]
        assert talk.api.shown(PERSON)[-1].text == "alert 99 as of 1"
        await asked
        shown = talk.api.shown(PERSON)[-1]
        assert asyncio.get_running_loop().time() - began < 10
        assert shown.kind == "text"
        assert "official meetings" in shown.text
        assert (await talk.answer("/chart")).kind == "photo"  # by a new process


async def test_without_its_font_the_words_go_alone(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(font, "PATH", tmp_path / "gone.ttf")
    font._metrics.cache_clear()
    for asked in ("/map", "/chart", "/status", "/status russia", "/timeline uzbekistan", "/start"):
        assert (await talk.answer(asked)).kind == "text", asked


# Other scripts


@pytest.fixture
def studio(talk: Talk) -> Studio:
    desk = desk_on(talk.store, load_reference())
    return Studio(replace(desk, clock=ManualClock(NOON)), words_of("zh"))


def an_act(actor: str, kind: EventType) -> Event:
    return Event(
        *(EventId(1), "taliban", actor, kind, EventStatus.DONE, Grade.CONFIRMED),
        on=NOON.date(),
        first_seen_at=NOON,
        evidence=(),
    )


def test_chinese_names_are_codes_in_the_picture_and_names_below_it(studio: Studio) -> None:
    case = studio.desk.reference.cases["taliban"]
    acts = [an_act("UZ", EventType.MEETING), an_act("RU", EventType.RECOGNITION)]
    drawn = [
        studio.region(case, [RUSSIA, UZBEKISTAN]),
        studio.meetings(case, {("UZ", NOON.date().replace(day=1)): 2, ("RU", NOON.date()): 1}),
        studio.wave(case, acts, "RU", NOON.date()),
    ]
    for one in drawn:
        assert one is not None
        assert ">UZ<" in one.svg
        assert ">RU<" in one.svg
        assert "UZ 乌兹别克斯坦" in one.key
        assert "RU 俄罗斯" in one.key
        assert font.covers(one.svg)
    card = studio.card(case, UZBEKISTAN, [RUSSIA, UZBEKISTAN], acts)
    assert ">UZ<" in card.svg
    assert font.covers(card.svg)
