"""What a chat hears: switched on, chosen, switched off, forgotten."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.domain.alerts import ChatId, Filter, Level, Notice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.store import alerts, chats, outbox
from jobs.store.chats import Chat
from tests.talking import CHANNEL, GROUP, PERSON, Talk, talking


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def wish_of(talk: Talk, chat_id: int = PERSON) -> Filter | None:
    async with talk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(chat_id))


async def chat_of(talk: Talk, chat_id: int = PERSON) -> Chat | None:
    async with talk.store.read() as conn:
        return await chats.read_chat(conn, ChatId(chat_id))


async def waiting(talk: Talk) -> None:
    """Put something into the chat's outbox."""
    async with talk.store.write() as conn:
        notice = await alerts.add_notice(conn, Notice("confirmed", {"alert": 1}), talk.clock.now())
        await outbox.put_notices(conn, notice, [ChatId(PERSON)], talk.clock.now())


async def test_start_switches_alerts_on_and_says_what_is_heard(talk: Talk) -> None:
    text = (await talk.answer("/start admin_9 forged")).text
    assert "From now on this chat hears: everything important; all cases." in text
    assert "Taliban government of Afghanistan: no recognition known here" in text
    assert await wish_of(talk) == Filter()


async def test_start_again_keeps_what_was_chosen(talk: Talk) -> None:
    settings = await talk.answer("/settings")
    await talk.press(settings, "How much")
    [settings] = talk.api.shown(PERSON)
    await talk.press(settings, "only recognitions")
    text = (await talk.answer("/start")).text
    assert "This chat hears: only recognitions; all cases." in text


async def test_settings_are_changed_in_place(talk: Talk) -> None:
    await talk.answer("/start")
    page = await talk.answer("/settings")
    before = len(talk.api.shown(PERSON))
    for label in ("Kinds of events", "Meetings", "Forums", "Back", "Cases", "Palestine", "Back"):
        assert await talk.press(page, label) == ""
    assert len(talk.api.shown(PERSON)) == before
    assert await wish_of(talk) == Filter(
        cases=frozenset({"taliban"}),
        types=frozenset(EventType) - {EventType.MEETING, EventType.FORUM},
    )
    assert (
        "Hears: everything important; recognition, ambassadors, missions, bans and sanctions, "
        "agreements; Taliban government of Afghanistan"
    ) in page.text


async def test_everything_marked_again_is_everything(talk: Talk) -> None:
    page = await talk.answer("/settings")
    await talk.press(page, "Cases")
    await talk.press(page, "✓ Palestine")
    assert await wish_of(talk) == Filter(cases=frozenset({"taliban"}))
    await talk.press(page, "✗ Palestine")
    assert await wish_of(talk) == Filter()


async def test_the_last_mark_stays(talk: Talk) -> None:
    page = await talk.answer("/settings")
    await talk.press(page, "Cases")
    await talk.press(page, "✓ Palestine")
    await talk.press(page, "✓ Taliban")
    assert await wish_of(talk) == Filter(cases=frozenset({"taliban"}))


async def test_a_press_that_comes_twice_counts_once(talk: Talk) -> None:
    page = await talk.answer("/settings")
    await talk.press(page, "Kinds of events")
    data = next(b["callback_data"] for b in page.buttons if "Meetings" in b["text"])
    await talk.press_data(page, data)
    await talk.press_data(page, data)
    assert await wish_of(talk) == Filter(types=frozenset(EventType) - {EventType.MEETING})


async def test_the_time_zone_is_pressed_or_written(talk: Talk) -> None:
    page = await talk.answer("/settings")
    await talk.press(page, "Time zone")
    await talk.press(page, "Asia/Kabul")
    chat = await chat_of(talk)
    assert chat is not None
    assert chat.zone == "Asia/Kabul"
    assert "Time zone: Asia/Kabul" in page.text
    assert "Time zone: Asia/Bishkek" in (await talk.answer("/settings Asia/Bishkek")).text


@pytest.mark.parametrize("asked", ["Mars/Olympus", "../../etc/passwd", "/etc", "x" * 4000, "Asia"])
async def test_what_is_no_zone_gets_examples(talk: Talk, asked: str) -> None:
    text = (await talk.answer(f"/settings {asked}")).text
    assert "is no time zone. Examples: Europe/Berlin" in text


async def test_level_is_one_of_three(talk: Talk) -> None:
    page = await talk.answer("/settings")
    await talk.press(page, "How much")
    await talk.press(page, "signals too")
    assert await wish_of(talk) == Filter(level=Level.SIGNAL)
    assert [b["text"] for b in page.buttons if b["text"].startswith("●")] == ["● signals too"]


async def test_a_filter_is_one_line_said_back(talk: Talk) -> None:
    answer = await talk.answer("/filter uz central asia meeting+ confirmed")
    assert answer.text == (
        "From now on this chat hears: everything important; recognition, ambassadors, missions, "
        "meetings, bans and sanctions, agreements; confirmed by the acting side itself; Central "
        "Asia, Uzbekistan; all cases."
    )
    assert await wish_of(talk) == Filter(
        actors=frozenset({"UZ"}),
        groups=frozenset({"central-asia"}),
        types=frozenset(EventType) - {EventType.FORUM},
        grade=Grade.CONFIRMED,
    )
    await talk.answer("/filter all")
    assert await wish_of(talk) == Filter()


async def test_an_unknown_word_changes_nothing_and_gets_the_nearest(talk: Talk) -> None:
    await talk.answer("/filter uz")
    text = (await talk.answer("/filter kz meting")).text
    assert "I do not know the word" in text
    assert "Did you mean: meeting" in text
    assert "/filter uz kz meeting+ confirmed" in text
    assert await wish_of(talk) == Filter(actors=frozenset({"UZ"}))
    assert "a plus stands only behind" in (await talk.answer("/filter kz+")).text
    assert "Nothing could ever match" in (await talk.answer("/filter major forum")).text


async def test_a_filter_without_words_shows_the_page(talk: Talk) -> None:
    await talk.answer("/filter ru signals")
    page = await talk.answer("/filter")
    assert "Hears: signals too; Russia; all cases" in page.text


async def test_countries_statuses_and_certainty_are_pressed(talk: Talk) -> None:
    page = await talk.answer("/settings")
    for label in ("Countries", "Central Asia", "Shanghai", "✓ Central Asia", "Back"):
        assert await talk.press(page, label) == ""
    for label in ("Done or planned", "What is denied", "Back", "How sure", "two independent"):
        assert await talk.press(page, label) == ""
    assert await wish_of(talk) == Filter(
        groups=frozenset({"sco"}),
        statuses=frozenset(
            {
                EventStatus.DONE,
                EventStatus.PLANNED,
                EventStatus.CONSIDERED,
                EventStatus.REVERSED,
            }
        ),
        grade=Grade.CORROBORATED,
    )
    for label in ("Back", "Countries", "Every country"):
        assert await talk.press(page, label) == ""
    wish = await wish_of(talk)
    assert wish is not None
    assert wish.groups == frozenset()


async def test_help_holds_the_grammar(talk: Talk) -> None:
    text = (await talk.answer("/help")).text
    assert "groups: neighbours, central-asia, sco" in text
    assert "kinds: recognition, credentials, mission, delisting, agreement, meeting, forum" in text


async def test_stop_ends_what_was_on_its_way(talk: Talk) -> None:
    await talk.answer("/start")
    await waiting(talk)
    assert "No more alerts here" in (await talk.answer("/stop")).text
    assert await wish_of(talk) is None
    async with talk.store.read() as conn:
        assert await chats.wanted_filters(conn) == []
    chat = await chat_of(talk)
    assert chat is not None
    assert chat.closed_reason == "stopped"


async def test_forget_asks_first_and_then_leaves_nothing(talk: Talk) -> None:
    await talk.answer("/start")
    await waiting(talk)
    question = await talk.answer("/forget")
    assert await chat_of(talk) is not None
    await talk.press(question, "Delete everything")
    assert question.text == "Everything about this chat is deleted. Farewell."
    assert question.buttons == []
    assert await chat_of(talk) is None
    async with talk.store.write() as conn:
        # The chat's rows went with it, so nothing of the outbox is left to cancel.
        assert await outbox.close_chat(conn, ChatId(PERSON), "test") == 0


async def test_forget_can_be_taken_back(talk: Talk) -> None:
    await talk.answer("/start")
    question = await talk.answer("/forget")
    await talk.press(question, "Keep it")
    assert question.text == "Nothing was deleted."
    assert await wish_of(talk) == Filter()


async def test_a_channel_is_managed_by_its_own_posts(talk: Talk) -> None:
    await talk.answer("/start", CHANNEL)
    assert await wish_of(talk, CHANNEL) == Filter()


@pytest.mark.parametrize(
    ("old", "new", "open_after"),
    [("member", "kicked", False), ("kicked", "member", True), ("left", "member", True)],
)
async def test_a_person_blocks_and_unblocks(
    talk: Talk, old: str, new: str, open_after: bool
) -> None:
    await talk.answer("/start")
    await waiting(talk)
    if old == "kicked":
        talk.api.bot_standing(PERSON, "member", "kicked")
    talk.api.bot_standing(PERSON, old, new)
    await talk.handle()
    chat = await chat_of(talk)
    assert chat is not None
    assert (chat.closed_reason is None) == open_after
    assert await wish_of(talk) == Filter()
    async with talk.store.write() as conn:
        left = await outbox.close_chat(conn, ChatId(PERSON), "test")
    # What was on its way to a chat that was blocked does not come back.
    assert left == (1 if old == "left" else 0)


async def test_a_group_is_greeted_once_and_hears_nothing_yet(talk: Talk) -> None:
    talk.api.bot_standing(GROUP, "left", "member")
    talk.api.bot_standing(GROUP, "member", "administrator")
    await talk.handle()
    [greeting] = talk.api.shown(GROUP)
    assert "until an admin of this group sends /start" in greeting.text
    assert await wish_of(talk, GROUP) is None


async def test_a_channel_that_adds_the_bot_is_not_written_to(talk: Talk) -> None:
    talk.api.bot_standing(CHANNEL, "left", "administrator")
    await talk.handle()
    assert talk.api.shown(CHANNEL) == []
    assert await chat_of(talk, CHANNEL) is not None


async def test_a_group_that_grows_takes_its_wishes_along(talk: Talk) -> None:
    talk.api.add_member(GROUP, PERSON, "creator")
    await talk.answer("/start", GROUP, user_id=PERSON)
    talk.api.say(GROUP, "", user_id=PERSON, migrate_to_chat_id=-100777)
    await talk.handle()
    assert await wish_of(talk, -100777) == Filter()
    assert await chat_of(talk, GROUP) is None
