"""The first minute: from /start to the right alerts, with taps alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.texts import samples
from bot.texts.language import SOURCE_LANGUAGE, spoken, words_of
from jobs.domain.alerts import ChatId, Filter, Level
from jobs.domain.events import Standing
from jobs.reference import load_reference
from jobs.store import chats, standings
from tests.bot_api import Shown
from tests.feed_host import answer
from tests.small_world import some_facts
from tests.talking import GROUP, PERSON, Talk, talking
from tests.whole_program import HEADLINE, World, make_due, program, rss, until

NEWCOMER = 8


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def wish_of(talk: Talk) -> Filter | None:
    async with talk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(PERSON))


def labels(shown: Shown) -> list[str]:
    return [button["text"] for button in shown.buttons]


async def test_start_says_where_things_stand_in_three_lines_and_asks(talk: Talk) -> None:
    async with talk.store.write() as conn:
        await standings.put(conn, Standing("taliban", "RU", "de_jure"), talk.clock.now())
    await talk.tell(some_facts())
    shown = await talk.answer("/start")
    lines = [line for line in shown.text.splitlines() if line.startswith("•")]
    assert lines == [
        "• Taliban government of Afghanistan: recognised by Russia",
        "• Palestine: no recognition known here",
        "• Newest: Russia has recognised the Taliban government of Afghanistan. 3 July 2025 · "
        "reported by one source",
    ]
    choices = ["Everything important", "Only recognitions", "Choose…", "🌐 Language"]
    assert labels(shown) == choices
    assert await wish_of(talk) == Filter()


async def test_before_anything_was_told_start_says_how_fresh_it_is(talk: Talk) -> None:
    assert "• No source has been read yet." in (await talk.answer("/start")).text


@pytest.mark.parametrize(
    ("label", "wish"),
    [("Everything important", Filter()), ("Only recognitions", Filter(level=Level.MAJOR))],
)
async def test_one_tap_chooses(talk: Talk, label: str, wish: Filter) -> None:
    shown = await talk.answer("/start")
    assert await talk.press(shown, label) == ""
    assert talk.api.shown(PERSON)[-1].text.startswith(
        f"This chat hears: {label.lower()}; all cases."
    )
    assert await wish_of(talk) == wish


async def test_the_settings_open_below_the_picture_and_change_in_place(talk: Talk) -> None:
    greeting = await talk.answer("/start")
    await talk.press(greeting, "Choose…")
    settings = talk.api.shown(PERSON)[-1]
    assert settings.text.startswith("Settings of this chat")
    assert greeting.kind == "photo"
    assert greeting.text.startswith("Recognition Watch")
    await talk.press(settings, settings.buttons[0]["text"])
    assert len(talk.api.shown(PERSON)) == 2


async def test_in_a_group_only_an_admin_chooses(talk: Talk) -> None:
    talk.api.add_member(GROUP, PERSON, "creator")
    shown = await talk.answer("/start", GROUP, user_id=PERSON)
    assert await talk.press(shown, "Only recognitions", GROUP, user_id=4711) != ""
    async with talk.store.read() as conn:
        assert await chats.read_filter(conn, ChatId(GROUP)) == Filter()


async def test_somebody_in_another_language_is_kept_so_and_spoken_to(talk: Talk) -> None:
    person: dict[str, Any] = {"id": PERSON, "is_bot": False, "first_name": "A"}
    extra: dict[str, Any] = {"from": {**person, "language_code": "fa-IR"}}
    await talk.say("/start", **extra)
    async with talk.store.read() as conn:
        chat = await chats.read_chat(conn, ChatId(PERSON))
    assert chat is not None
    assert chat.language == spoken("fa-IR")


@pytest.mark.parametrize("code", ["xx", "", None, "../../etc/passwd", "pt-br", "e" * 500])
def test_a_language_without_words_of_ours_is_spoken_to_in_english(code: str | None) -> None:
    assert spoken(code) == SOURCE_LANGUAGE


async def test_samples_are_leafed_through_and_marked(talk: Talk) -> None:
    shown = await talk.answer("/demo")
    seen = [shown.text]
    while "»" in labels(shown):
        await talk.press(shown, "»")
        seen.append(shown.text)
    assert len(seen) == samples.COUNT
    assert all(
        text.startswith(f"SAMPLE {n} of {len(seen)}, no news: ") for n, text in enumerate(seen, 1)
    )
    assert any("Sources contradict" in text or "disputed" in text for text in seen)
    assert any("RETRACTED" in text for text in seen)
    assert "/why" not in "".join(seen)


def test_samples_tell_of_actors_and_a_case_that_there_are() -> None:
    reference = load_reference()
    for place in range(samples.COUNT):
        text = samples.sample(words_of("en"), replace(reference), place).text
        assert "taliban:" not in text
        assert "Taliban" in text


async def test_from_start_to_the_first_alert_it_takes_two_taps(world: World) -> None:
    """The walk of a new user: /start, one choice, and the next news arrives by itself."""
    world.api.add_chat(NEWCOMER)
    async with program(world):
        taps = 1
        world.api.say(NEWCOMER, "/start")
        await until(lambda: len(world.api.shown(NEWCOMER)) == 1)
        [greeting] = world.api.shown(NEWCOMER)
        button = next(one for one in greeting.buttons if one["text"] == "Only recognitions")
        taps += 1
        world.api.press(NEWCOMER, greeting.message_id, button["callback_data"])
        heard = "This chat hears: only recognitions"
        await until(lambda: world.api.shown(NEWCOMER)[-1].text.startswith(heard))
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    await make_due(world)
    async with program(world):
        await until(lambda: len(world.told(NEWCOMER)) == 2)
        alert = world.told(NEWCOMER)[-1]  # behind the greeting, which speaks of recognitions too
        assert alert.text.startswith("Kazakhstan")
        world.api.press(NEWCOMER, alert.message_id, alert.buttons[0]["callback_data"])
        await until(lambda: "item speaks of it" in world.api.shown(NEWCOMER)[-1].text)
    assert taps <= 6
