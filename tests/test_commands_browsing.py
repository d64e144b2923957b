"""Leafing through what happened: timelines, meetings, searches, page after page."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.buttons import Press, Signer
from jobs.domain.alerts import ChatId, Reason
from jobs.domain.events import Event, EventId, EventStatus, EventType
from jobs.domain.search import actor_word, words_of
from jobs.store import events, facts, items, mentions, search
from tests.samples import OUTLET, a_mention, an_event, an_item
from tests.small_world import some_facts
from tests.talking import PERSON, Talk, talking


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def put(talk: Talk, *rows: Event, text: str = "") -> None:
    """Enter events as the ledger has them, found by their country and by ``text``."""
    async with talk.store.write() as conn:
        for row in rows:
            await events.put(conn, row, talk.clock.now())
            await search.add_words(conn, row.id, [actor_word(row.actor), *words_of(text)])


def meetings(talk: Talk, count: int, actor: str = "UZ", **changes: Any) -> list[Event]:
    """One meeting a day, the last one today."""
    today = talk.clock.now().date()
    return [
        an_event(
            n, actor=actor, type=EventType.MEETING, on=today - timedelta(days=count - n), **changes
        )
        for n in range(1, count + 1)
    ]


def labels(shown: Any) -> list[str]:
    return [button["text"] for button in shown.buttons]


async def test_a_timeline_is_a_picture_with_the_newest_in_words(talk: Talk) -> None:
    await put(talk, *meetings(talk, 3))
    shown = await talk.answer("/timeline uzbekistan")
    assert shown.kind == "photo"
    assert shown.text.startswith("Uzbekistan · Taliban government of Afghanistan\n• Officials of")
    assert shown.text.count("•") == 3
    assert "reported by one source" in shown.text
    await talk.press(shown, "In words")
    words = talk.api.shown(PERSON)[-1]
    assert words.reply_to == shown.message_id
    assert words.text.count("Officials of Uzbekistan") == 3


async def test_a_long_timeline_is_leafed_through(talk: Talk) -> None:
    await put(
        talk, *meetings(talk, 8), an_event(9, actor="UZ", on=None, status=EventStatus.PLANNED)
    )
    await talk.press(await talk.answer("/timeline UZ"), "In words")
    page = talk.api.shown(PERSON)[-1]
    assert page.text.count("have met") == 6
    assert "« Newer" not in labels(page)
    await talk.press(page, "Older")
    assert page.text.count("have met") == 2
    assert "No day named" in page.text
    await talk.press(page, "Newer")
    assert page.text.count("have met") == 6
    await talk.press(page, "Palestine")
    assert page.text.startswith("Uzbekistan · Palestine\n\nNothing is known yet.")


async def test_a_timeline_of_another_case_is_asked_for_behind_the_country(talk: Talk) -> None:
    await put(talk, an_event(1, case="palestine"), an_event(2))
    assert (await talk.answer("/timeline russia pal")).text.startswith("Russia · Palestine")
    assert (await talk.answer("/timeline russia")).text.startswith("Russia · Taliban")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/timeline", "Of which country?"),
        ("/timeline Atlantis", "No country or organisation is known by this name"),
        ("/timeline China", "China · Taliban government of Afghanistan\n\nNothing is known yet."),
        ("/meetings Atlantis 3", "No country or organisation is known by this name"),
        ("/search", "Search for countries"),
        ("/search of the", "There is no word to search for in"),
        ("/search " + "x" * 3000, "Found, newest first\n\nNothing that happened has all"),
        ("/forums", "Coming forums\nNone is in the calendar."),
        ("/watch Atlantis", "I watch no case called"),
    ],
)
async def test_what_cannot_be_answered_gets_help(talk: Talk, asked: str, said: str) -> None:
    assert said in (await talk.answer(asked)).text


async def test_meetings_of_all_and_of_one_country_within_days(talk: Talk) -> None:
    today = talk.clock.now().date()
    await put(
        talk,
        an_event(1, actor="UZ", type=EventType.MEETING, on=today - timedelta(days=2)),
        an_event(2, actor="RU", type=EventType.MEETING, on=today - timedelta(days=20)),
        an_event(3, actor="RU", type=EventType.MEETING, on=today - timedelta(days=90)),
        an_event(4, actor="RU", type=EventType.AGREEMENT, on=today),
        an_event(5, actor="KZ", type=EventType.MEETING, on=today, retracted=True),
        an_event(6, actor="KZ", type=EventType.MEETING, on=today, status=EventStatus.DENIED),
    )
    for asked, met in {
        "/meetings": ["Uzbekistan", "Russia"],
        "/meetings 7": ["Uzbekistan"],
        "/meetings russia": ["Russia"],
        "/meetings Russian 100": ["Russia", "Russia"],
        "/meetings Россия 99999999": ["Russia", "Russia"],
    }.items():
        text = (await talk.answer(asked)).text
        found = [line.split()[2] for line in text.splitlines() if line.startswith("Officials of")]
        assert found == met, asked
        talk.clock.ahead += 10


async def test_meetings_are_leafed_through(talk: Talk) -> None:
    await put(talk, *meetings(talk, 7))
    page = await talk.answer("/meetings uz")
    await talk.press(page, "Older")
    assert page.text.count("have met") == 1
    assert labels(page) == ["« Newer"]


async def test_a_search_finds_by_country_in_any_language_and_by_words(talk: Talk) -> None:
    await put(talk, an_event(1, actor="RU"), text="flag over the embassy in Moscow")
    await put(talk, an_event(2, actor="UZ"), text="俄罗斯承认塔利班")
    for asked, country in {
        "Россия": "Russia",
        "russian": "Russia",
        "FLAGS embassy": "Russia",
        "塔利班": "Uzbekistan",
        "uzbeks": "Uzbekistan",
    }.items():
        text = (await talk.answer(f"/search {asked}")).text
        found = [line.split()[0] for line in text.splitlines() if "recognised" in line]
        assert found == [country], asked
        talk.clock.ahead += 10
    assert "Nothing that happened" in (await talk.answer("/search russia 塔利班")).text


async def test_a_search_is_leafed_through_by_its_words_alone(talk: Talk) -> None:
    await put(talk, *(an_event(n, on=date(2025, 7, n)) for n in range(1, 9)), text="credentials")
    page = await talk.answer("/search russia credentials")
    assert page.text.count("has recognised") == 6
    await talk.press(page, "Older")
    assert page.text.startswith("Found, older")
    assert page.text.count("has recognised") == 2
    assert page.buttons == []


async def test_watch_shows_movers_with_their_signals(talk: Talk) -> None:
    today = talk.clock.now().date()
    considered = {"status": EventStatus.CONSIDERED, "type": EventType.RECOGNITION}
    await put(
        talk,
        an_event(1, actor="UZ", on=today, **considered),
        an_event(2, actor="KG", on=today, **considered),
        an_event(3, actor="IR", on=today - timedelta(days=900)),
    )
    shown = await talk.answer("/watch")
    uzbekistan, iran, others = shown.text.split("\n\n")[1:4]
    assert uzbekistan.startswith("Uzbekistan: likely next. Met Baradar hours later.")
    assert "Uzbekistan is said to be considering recognising" in uzbekistan
    assert "reported by one source" in uzbekistan
    assert iran.startswith("Iran: unlikely.")
    assert "has recognised" not in iran
    assert others.startswith("Heard of others:\nKyrgyzstan is said to be considering")
    await talk.press(shown, "Palestine")
    assert shown.text.startswith("Watched: Palestine\nNobody is watched in particular.")


async def test_movers_of_one_outlook_stand_by_their_momentum(talk: Talk) -> None:
    async with talk.store.write() as conn:
        await facts.put(conn, "momentum taliban", [{"actor": "UZ", "score": 7.4, "signals": []}])
    text = (await talk.answer("/watch")).text
    assert "• no recognition of it known here · momentum 7.4\n" in text


async def test_a_press_on_an_alert_answers_beside_it_and_not_too_often(talk: Talk) -> None:
    number = await talk.tell(some_facts(actor="UZ"))
    shown = await talk.answer(f"/why {number}")
    text = shown.text
    data = sign(talk, "why", str(number))
    pop_ups = [await talk.press_data(shown, data) for _ in range(20)]
    answered = pop_ups.index(next(pop_up for pop_up in pop_ups if pop_up))
    assert 3 < answered < 15
    assert "more than I may answer" in pop_ups[answered]
    assert shown.text == text
    assert all(one.reply_to == shown.message_id for one in talk.api.shown(PERSON)[1:])


def sign(talk: Talk, action: str, payload: str, chat_id: int = PERSON) -> str:
    """Return a button's data as the bot would sign it for anybody in the chat."""
    signer = Signer(talk.api.token.encode())
    press = Press(action, payload)
    return signer.sign(ChatId(chat_id), None, press, talk.clock.now(), timedelta(days=1))


async def test_why_shows_pages_of_numbered_sources(talk: Talk) -> None:
    number = await talk.tell(some_facts())
    wanted = [an_item(str(n), title=f"Title {n}", url=f"https://a.example/{n}") for n in range(7)]
    async with talk.store.write() as conn:
        await items.put_items(conn, wanted, baseline=False)
        for stored in await items.unprocessed(conn, 9):
            mention = await mentions.put(conn, stored.id, a_mention(), OUTLET)
            await mentions.settle(conn, mention, EventId(1), Reason.ALREADY_KNOWN)
    page = await talk.answer(f"/why {number}")
    assert "7 items speak of it:\n1. " in page.text
    assert "origin TASS, organ:RU" in plain(page.text)
    await talk.press(page, "»")
    assert "7 items speak of it:\n6. " in page.text
    assert labels(page) == ["«"]


def plain(text: str) -> str:
    """Return a text without the marks that guard it."""
    return text.translate(dict.fromkeys((0x2060, 0x2068, 0x2069)))


async def test_a_button_to_a_case_that_is_gone_helps(talk: Talk) -> None:
    shown = await talk.answer("/countries")
    for action, payload in (("wa", "atlantis"), ("co", "atlantis:0")):
        assert await talk.press_data(shown, sign(talk, action, payload)) == ""
        assert "I watch no case called" in shown.text
        shown = await talk.answer("/countries")


async def test_no_word_of_a_question_is_logged(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    for name in ("status", "timeline", "meetings", "watch", "search", "why", "latest", "xyzzy"):
        await talk.say(f"/{name} mysecret " + "y" * 10_000)
        talk.clock.ahead += 10
    await talk.press_data(await talk.answer("/demo"), "1.dm.mysecret.forged")
    await talk.share("mysecret")
    assert "mysecret" not in caplog.text
