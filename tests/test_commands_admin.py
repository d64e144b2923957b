"""/admin as the operator uses it, and whom the bot serves."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.access import Access
from bot.commands.asks import Ask, Sender
from jobs.domain.alerts import ChatId
from jobs.domain.events import DateBasis, EventType
from jobs.store import broadcasts, chats, orders
from jobs.store.chats import ChatKind
from tests.bot_api import Shown
from tests.talking import CHANNEL, GROUP, OPERATOR, PERSON, talking
from tests.walking import Walk, walking

FORUM = -1002
GRAVE: dict[str, Any] = {"type": EventType.RECOGNITION, "basis": DateBasis.STATED}


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with walking(tmp_path) as one:
        yield one


async def ordered(walk: Walk, text: str) -> str:
    """Let the operator order something; return what the job answered."""
    await walk.answer(text, OPERATOR)
    await walk.work()
    return walk.last(OPERATOR).text


async def press(walk: Walk, shown: Shown, label: str) -> Shown:
    """Let the operator press a button; return the message as it then is."""
    assert await walk.press(shown, label, OPERATOR) == ""
    return next(each for each in walk.api.shown(OPERATOR) if each.message_id == shown.message_id)


async def test_admin_is_for_operators_in_private(walk: Walk) -> None:
    assert "Only the operator" in (await walk.answer("/admin")).text
    walk.api.add_member(GROUP, OPERATOR, "creator")
    shown = await walk.answer("/admin", GROUP, user_id=OPERATOR)
    assert "private chat" in shown.text


async def test_every_page_says_something_before_anything_has_happened(walk: Walk) -> None:
    home = await walk.answer("/admin", OPERATOR)
    assert "Doubtful alerts: 0" in home.text
    for label, expected in (
        ("Doubtful", "No alert is doubtful"),
        ("Chats", "Open chats"),
        ("Broadcasts", "/admin broadcast WORDS"),
        ("Health", "Version "),
        ("Who did", "Nothing has been ordered yet."),
    ):
        shown = await press(walk, await walk.answer("/admin", OPERATOR), label)
        assert expected in shown.text
        walk.clock.ahead += 60


async def test_what_is_unknown_says_what_there_is(walk: Walk) -> None:
    for asked in ("/admin sing", "/admin " + "x" * 3000):
        assert "Pages: " in (await walk.answer(asked, OPERATOR)).text
        walk.clock.ahead += 60
    assert "12" in (await walk.answer("/admin 12", OPERATOR)).text


async def test_a_wrong_alert_is_reported_retracted_and_corrected_everywhere(walk: Walk) -> None:
    await walk.answer("/admin", OPERATOR)
    for chat, extra in ((PERSON, {}), (GROUP, {"user_id": PERSON}), (CHANNEL, {})):
        if chat != PERSON:
            walk.api.add_member(chat, PERSON, "creator")
        await walk.answer("/start", chat, **extra)
    await walk.hear("UZ", **GRAVE)
    had = {chat: walk.last(chat) for chat in (PERSON, GROUP, CHANNEL)}
    assert all("Uzbekistan" in shown.text for shown in had.values())

    await walk.answer("/report https://ministry.example/denial")
    await walk.work()
    assert "https://ministry" in walk.last(OPERATOR).text.replace("\u2060", "")

    page = await press(walk, await walk.answer("/admin", OPERATOR), "Doubtful")
    assert "Uzbekistan" in page.text
    assert "1 report waits" in page.text
    number = re.search(r"(\d+): ", page.text)
    assert number is not None
    card = await press(walk, page, number[1])
    assert f"/correct {number[1]} " in card.text
    question = await press(walk, card, "Retract")
    await press(walk, question, "misread")
    await walk.work()

    for chat, before in had.items():
        *_, last = walk.api.shown(chat)
        now = next(e for e in walk.api.shown(chat) if e.message_id == before.message_id)
        assert now.text.startswith("RETRACTED"), chat
        assert last.message_id != before.message_id, chat
        assert "The news was misread here." in last.text, chat
    assert "is retracted in every chat" in "".join(walk.texts(OPERATOR))

    walk.clock.ahead += 60
    page = await walk.answer("/admin queue", OPERATOR)
    assert "Uzbekistan" not in page.text
    await press(walk, page, "Close #1")
    await walk.work()
    assert "Your report 1 was read" in walk.last(PERSON).text
    walk.clock.ahead += 60
    told = (await walk.answer("/admin audit", OPERATOR)).text
    assert f"· {OPERATOR} · retract" in told
    assert "misread" in told
    assert f"· {OPERATOR} · dismiss" in told


async def test_an_alert_that_was_called_wrong_opens_its_card(walk: Walk) -> None:
    await walk.answer("/start")
    await walk.hear("UZ")
    await walk.press(walk.last(), "Wrong?")
    await walk.press(walk.last(), "Tell the operator")
    await walk.work()
    page = await walk.answer("/admin queue", OPERATOR)
    number = page.buttons[0]["text"]
    assert f"#1: alert {number} is said to be wrong" in page.text
    assert f"/correct {number} " in (await press(walk, page, number)).text


async def test_what_an_alert_has_wrong_is_put_right_in_every_chat(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "creator")
    await walk.answer("/start")
    await walk.answer("/start", GROUP, user_id=PERSON)
    await walk.hear("UZ", **GRAVE)
    had = {chat: walk.last(chat) for chat in (PERSON, GROUP)}
    page = await walk.answer("/admin queue", OPERATOR)
    number = page.buttons[0]["text"]
    day = (walk.clock.now() + timedelta(days=30)).date()
    said = await ordered(walk, f"/correct {number} status=planned on={day} a misreading")
    assert "is corrected in every chat" in said
    for chat, before in had.items():
        now = next(e for e in walk.api.shown(chat) if e.message_id == before.message_id)
        assert now.text != before.versions[0], chat
        assert "plan" in now.text or "intends" in now.text or "will" in now.text, chat


async def test_a_confirmed_alert_is_no_longer_doubtful(walk: Walk) -> None:
    await walk.answer("/start")
    await walk.hear("UZ", **GRAVE)
    page = await walk.answer("/admin queue", OPERATOR)
    number = page.buttons[0]["text"]
    assert "confirmed" in await ordered(walk, f"/confirm {number} https://mfa.example/1")
    walk.clock.ahead += 60
    assert "No alert is doubtful" in (await walk.answer("/admin queue", OPERATOR)).text


async def test_a_pause_holds_alerts_back_and_resuming_sends_them(walk: Walk) -> None:
    await walk.answer("/start")
    assert "/admin pause" in (await walk.answer("/admin pause alerts", OPERATOR)).text
    assert "No alerts are sent" in await ordered(walk, "/admin pause alerts a false alarm")
    assert "only corrections" in (await walk.answer("/admin health", OPERATOR)).text
    shown = len(walk.texts())
    await walk.hear("UZ", **GRAVE)
    assert len(walk.texts()) == shown
    assert "sent again" in await ordered(walk, "/admin resume")
    assert "Uzbekistan" in walk.last().text


async def test_what_a_long_pause_held_comes_as_one_list(walk: Walk) -> None:
    await walk.answer("/start")
    await ordered(walk, "/admin pause alerts looking into it")
    shown = len(walk.texts())
    await walk.hear("UZ")
    walk.clock.ahead += 5 * 3600
    await walk.hear("KZ")
    await walk.wait(timedelta(hours=7), walk.clock.now() + timedelta(hours=80))
    assert len(walk.texts()) == shown
    await walk.answer("/admin resume", OPERATOR)
    await walk.work()
    await walk.work()
    [listed] = walk.texts()[shown:]
    assert "Uzbekistan" in listed
    assert "Kazakhstan" in listed


async def test_a_broadcast_is_shown_asked_sent_once_and_followed(walk: Walk) -> None:
    await walk.answer("/start")
    preview = await walk.answer("/admin broadcast A new case: https://a.example/x", OPERATOR)
    assert "This goes to 1 chat" in preview.text
    assert "From whoever runs this bot: A new case: https://a.example/x" in preview.text
    await walk.work()
    assert "new case" not in walk.last().text
    data = next(b["callback_data"] for b in preview.buttons if b["text"] == "Send it")
    await press(walk, preview, "Send it")
    await walk.press_data(preview, data, OPERATOR)
    await walk.work()
    assert [text for text in walk.texts() if "new case" in text] == [
        "From whoever runs this bot: A new case: https://a.example/x"
    ]
    walk.clock.ahead += 60
    assert "1 had it, 0 wait" in (await walk.answer("/admin broadcasts", OPERATOR)).text


async def test_a_broadcast_that_is_dropped_or_called_off_reaches_nobody(walk: Walk) -> None:
    await walk.answer("/start")
    preview = await walk.answer("/admin broadcast Never mind", OPERATOR)
    assert "nothing is sent" in (await press(walk, preview, "Drop it")).text
    await ordered(walk, "/admin pause everything a test")
    walk.clock.ahead += 60
    await press(walk, await walk.answer("/admin broadcast Too early", OPERATOR), "Send it")
    await walk.work()
    async with walk.store.read() as conn:
        [begun] = await broadcasts.progress(conn)
    assert "1 chats are spared" in await ordered(walk, f"/admin cancel {begun.broadcast}")
    await ordered(walk, "/admin resume")
    assert not any("Too early" in text for text in walk.texts())
    async with walk.store.read() as conn:
        kinds = [done.order.kind for done in await orders.audit(conn, 9)]
    assert kinds == ["resume", "call off", "broadcast", "pause"]


async def test_the_chats_page_counts_and_names_nobody(walk: Walk) -> None:
    await walk.answer("/start")
    walk.api.bot_standing(GROUP, "left", "member", by=PERSON)
    walk.api.bot_standing(GROUP, "member", "kicked", by=PERSON)
    await walk.handle()
    text = (await walk.answer("/admin chats", OPERATOR)).text
    assert "private" in text
    assert "kicked" in text
    assert str(PERSON) not in re.sub(r"\(\d+\)", "", text)
    assert str(GROUP) not in text


async def test_a_forged_button_of_admin_does_nothing(walk: Walk) -> None:
    page = await walk.answer("/admin", OPERATOR)
    data = page.buttons[0]["callback_data"]
    shown = await walk.answer("/status")
    assert "works no more" in await walk.press_data(shown, data)


def ask(user_id: int | None, chat_id: int) -> Ask:
    kind = ChatKind.PRIVATE if chat_id > 0 else ChatKind.GROUP
    return Ask(ChatId(chat_id), kind, Sender.PERSON, user_id)


@pytest.mark.parametrize(
    ("kind", "user_id", "chat_id", "served"),
    [
        ("open", 5, 5, True),
        ("open", None, -5, True),
        ("listed", 5, 5, False),
        ("listed", 6, 6, True),
        ("listed", 6, -5, True),
        ("listed", 5, -66, True),
        ("listed", None, -5, False),
        ("listed", 9, 9, True),
        ("closed", 6, 6, False),
        ("closed", 9, -5, True),
        ("closed", None, -66, False),
    ],
)
def test_whom_the_bot_serves(kind: str, user_id: int | None, chat_id: int, served: bool) -> None:
    access = Access(kind, frozenset({6, -66}), frozenset({9}))
    assert access.admits(ask(user_id, chat_id)) == served


async def test_a_closed_bot_refuses_strangers_who_may_still_leave(tmp_path: Path) -> None:
    async with talking(tmp_path, access="closed") as talk:
        assert "not open to everybody" in (await talk.answer("/start")).text
        assert "not open" not in (await talk.answer("/privacy")).text
        assert "No more alerts" in (await talk.answer("/stop")).text
        assert "not open" not in (await talk.answer("/start", OPERATOR)).text
        before = len(talk.api.shown(GROUP))
        talk.api.bot_standing(GROUP, "left", "member", by=PERSON)
        await talk.handle()
        assert len(talk.api.shown(GROUP)) == before


async def test_buttons_made_before_the_bot_was_closed_work_no_more(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        shown = await talk.answer("/settings")
        data = shown.buttons[0]["callback_data"]
        desk = talk.app.bot_data["desk"]
        object.__setattr__(desk, "access", Access("closed", frozenset(), frozenset({OPERATOR})))
        assert "not open" in await talk.press_data(shown, data)


async def test_a_group_may_turn_alerts_on_in_so_many_topics(tmp_path: Path) -> None:
    async with talking(tmp_path, most_topics=2) as talk:
        talk.api.add_chat(FORUM, "supergroup")
        for topic in (3, 4, 5):
            talk.api.add_topic(FORUM, topic)
        talk.api.add_member(FORUM, PERSON, "administrator")
        said = []
        for topic in (3, 4, 5, 3):
            talk.clock.ahead += 60
            here = {"message_thread_id": topic, "is_topic_message": True}
            said.append((await talk.answer("/start", FORUM, user_id=PERSON, **here)).text)
        assert ["2 topics" in text for text in said] == [False, False, True, False]
        async with talk.store.read() as conn:
            assert await chats.read_filter(conn, ChatId(FORUM), thread_id=5) is None
            assert await chats.count_topics(conn, ChatId(FORUM), besides=0) == 2


@pytest.mark.parametrize(("per_minute", "answered"), [(6, 1), (60, 5)])
async def test_how_many_answers_a_person_gets_is_a_setting(
    tmp_path: Path, per_minute: int, answered: int
) -> None:
    async with talking(tmp_path, answers_per_minute=per_minute) as talk:
        for _ in range(5):
            await talk.say("/privacy")
        talk.clock.ahead += 10
        said = [shown.text for _ in range(5) for shown in await talk.say("/privacy")]
        assert len([text for text in said if text.startswith("What I keep")]) == answered
