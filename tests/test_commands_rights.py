"""Who may do what: in groups, in channels, by buttons, as the operator; and how often."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.application import ALLOWED_UPDATES
from bot.commands.buttons import Press, Signer, Void
from bot.commands.table import COMMANDS
from jobs.domain.alerts import ChatId
from jobs.store import chats, orders
from tests.bot_api import error, too_many
from tests.small_world import some_facts
from tests.talking import CHANNEL, GROUP, OPERATOR, PERSON, Talk, talking

ANONYMOUS, CHANNEL_BOT, SERVICE = 1087968824, 136817688, 777000
GROUP_ITSELF = {"id": GROUP, "type": "group", "title": "g"}
OTHER_CHANNEL = {"id": -1009, "type": "channel", "title": "c"}

_RESTRICTED: dict[str, Any] = {
    **dict.fromkeys(
        [
            "is_member",
            "can_react_to_messages",
            "can_send_messages",
            "can_send_audios",
            "can_send_documents",
            "can_send_photos",
            "can_send_videos",
            "can_send_video_notes",
            "can_send_voice_notes",
            "can_send_polls",
            "can_send_other_messages",
            "can_add_web_page_previews",
            "can_change_info",
            "can_invite_users",
            "can_pin_messages",
            "can_manage_topics",
            "can_edit_tag",
        ],
        True,
    ),
    "until_date": 0,
}


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def hears(talk: Talk, chat_id: int) -> bool:
    async with talk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(chat_id)) is not None


@pytest.mark.parametrize(
    ("standing", "rights", "allowed"),
    [
        ("creator", {}, True),
        ("administrator", {}, True),
        ("member", {}, False),
        ("restricted", _RESTRICTED, False),
        ("left", {}, False),
        ("kicked", {}, False),
    ],
)
async def test_in_a_group_only_an_admin_changes_anything(
    talk: Talk, standing: str, rights: dict[str, Any], allowed: bool
) -> None:
    talk.api.add_member(GROUP, PERSON, standing, **rights)
    text = (await talk.answer("/start", GROUP, user_id=PERSON)).text
    assert await hears(talk, GROUP) == allowed
    assert text.startswith("Only an admin of this chat can do that.") != allowed


@pytest.mark.parametrize("name", [c.name for c in COMMANDS if c.who == "chat admin"])
async def test_every_command_that_changes_is_refused_to_a_member(talk: Talk, name: str) -> None:
    talk.api.add_member(GROUP, PERSON, "member")
    text = (await talk.answer(f"/{name}", GROUP, user_id=PERSON)).text
    assert text.startswith("Only an admin of this chat can do that.")


async def test_what_telegram_does_not_tell_is_refused(talk: Talk) -> None:
    talk.api.add_member(GROUP, PERSON, "creator")
    talk.api.script("getChatMember", error(500, "Internal Server Error"))
    await talk.answer("/start", GROUP, user_id=PERSON)
    assert not await hears(talk, GROUP)


@pytest.mark.parametrize(
    ("user_id", "extra", "allowed"),
    [
        (ANONYMOUS, {"sender_chat": GROUP_ITSELF}, True),
        (CHANNEL_BOT, {"sender_chat": OTHER_CHANNEL}, False),
        (ANONYMOUS, {}, False),
        (PERSON, {"sender_chat": OTHER_CHANNEL}, False),
    ],
    ids=["anonymous admin", "as a channel", "the shared id alone", "as a channel, named"],
)
async def test_who_writes_as_somebody_else(
    talk: Talk, user_id: int, extra: dict[str, Any], allowed: bool
) -> None:
    talk.api.add_member(GROUP, user_id, "administrator")
    await talk.say("/start", GROUP, user_id=user_id, **extra)
    assert await hears(talk, GROUP) == allowed


async def test_a_linked_channels_post_is_no_command(talk: Talk) -> None:
    forwarded = {"sender_chat": OTHER_CHANNEL, "is_automatic_forward": True}
    assert await talk.say("/status", GROUP, user_id=SERVICE, **forwarded) == []


@pytest.mark.parametrize(
    ("standing", "rights", "allowed"),
    [
        ("creator", {}, True),
        ("administrator", {"can_post_messages": True}, True),
        ("administrator", {"can_change_info": True}, True),
        ("administrator", {}, False),
        ("member", {}, False),
    ],
)
async def test_a_button_in_a_channel_works_for_who_posts_there(
    talk: Talk, standing: str, rights: dict[str, bool], allowed: bool
) -> None:
    page = await talk.answer("/settings", CHANNEL)
    talk.api.add_member(CHANNEL, PERSON, standing, **rights)
    pop_up = await talk.press(page, "Time zone", CHANNEL, PERSON)
    assert (pop_up == "") == allowed
    assert any("Asia/Kabul" in button["text"] for button in page.buttons) == allowed


async def test_a_button_is_for_who_asked_for_it(talk: Talk) -> None:
    talk.api.add_member(GROUP, PERSON, "administrator")
    talk.api.add_member(GROUP, OPERATOR, "administrator")
    page = await talk.answer("/settings", GROUP, user_id=PERSON)
    assert "not for you" in await talk.press(page, "Cases", GROUP, OPERATOR)
    assert await talk.press(page, "Cases", GROUP, PERSON) == ""


async def test_an_admin_no_more_presses_in_vain(talk: Talk) -> None:
    talk.api.add_member(GROUP, PERSON, "administrator")
    page = await talk.answer("/settings", GROUP, user_id=PERSON)
    talk.api.add_member(GROUP, PERSON, "member")
    assert "Only an admin" in await talk.press(page, "Cases", GROUP, PERSON)


@pytest.mark.parametrize(
    "data",
    ["", "1", "1.set.page:main", "1.set.page:main.ffffffff.AAAAAAAAAAA", "....", "é.é", "x" * 64],
)
async def test_a_forged_button_is_answered_kindly(talk: Talk, data: str) -> None:
    page = await talk.answer("/settings")
    before = page.text
    assert "works no more, or not for you" in await talk.press_data(page, data)
    assert page.text == before


async def test_a_stale_button_is_answered_kindly(talk: Talk) -> None:
    page = await talk.answer("/forget")
    talk.clock.ahead += 25 * 3600
    assert "works no more" in await talk.press(page, "Delete")


def test_a_signature_holds_for_its_chat_person_and_hour_only() -> None:
    now = datetime(2025, 7, 3, tzinfo=UTC)
    signer, press = Signer(b"secret"), Press("set", "zone:America/Argentina/ComodRivadavia")
    data = signer.sign(ChatId(-1001234567890123), 7777777777, press, now, timedelta(hours=1))
    assert len(data.encode()) <= 64
    chat = ChatId(-1001234567890123)
    assert signer.read(data, chat, 7777777777, now) == press
    assert signer.read(data, chat, 7777777777, now + timedelta(hours=2)) is Void.STALE
    for reader, where, who in (
        (signer, ChatId(5), 7777777777),
        (signer, chat, 8),
        (Signer(b"other"), chat, 7777777777),
    ):
        assert reader.read(data, where, who, now) is Void.FORGED
    for place in range(len(data)):
        changed = data[:place] + ("A" if data[place] != "A" else "B") + data[place + 1 :]
        assert signer.read(changed, chat, 7777777777, now) is Void.FORGED
    with pytest.raises(ValueError, match="bytes"):
        signer.sign(chat, 7, Press("set", "x" * 60), now, timedelta(hours=1))


async def test_an_order_of_the_operator_is_written_down_once(talk: Talk) -> None:
    number = await talk.tell(some_facts())
    text = (await talk.answer(f"/retract {number} a misreading of the source", OPERATOR)).text
    assert text == f"Noted for alert {number}. I answer here when it is done."
    await talk.answer(f"/confirm {number} https://mid.ru/1", OPERATOR)
    async with talk.store.read() as conn:
        found = await orders.pending(conn, 9)
    assert [(order.kind, dict(order.payload), order.ordered_by) for order in found] == [
        ("retract", {"alert": number, "note": "a misreading of the source"}, OPERATOR),
        ("confirm", {"alert": number, "note": "", "url": "https://mid.ru/1"}, OPERATOR),
    ]


@pytest.mark.parametrize(
    "text",
    ["/retract", "/retract 1", "/retract x y", "/retract 99 why", "/confirm", "/confirm 1",
     "/confirm 1 tg://resolve", "/confirm 1 http://127.0.0.1/"],
)  # fmt: skip
async def test_an_unclear_order_is_not_written_down(talk: Talk, text: str) -> None:
    await talk.tell(some_facts())
    answer = (await talk.answer(text, OPERATOR)).text
    assert "It is written: /" in answer or "no alert with this number" in answer
    async with talk.store.read() as conn:
        assert await orders.pending(conn, 9) == []


@pytest.mark.parametrize(
    ("text", "kind", "payload"),
    [
        (
            "/correct 1 status=planned on=2025-07-10 it is only planned",
            "correct",
            {"status": "planned", "on": "2025-07-10", "note": "it is only planned"},
        ),
        ("/correct 1 actor=by it was Belarus", "correct", {"actor": "BY"}),
        ("/merge 1 2 one visit", "merge", {"into": 2, "note": "one visit"}),
        ("/split 1 2,3 two visits", "split", {"sources": [2, 3], "note": "two visits"}),
        (
            "/add taliban uz meeting planned - https://uz.example/1 #4 They will meet",
            "add",
            {"actor": "UZ", "on": "", "report": 4, "note": "They will meet"},
        ),
        ("/dismiss 4 it is old", "dismiss", {"report": 4, "note": "it is old"}),
    ],
)
async def test_every_order_can_be_written_in_one_line(
    talk: Talk, text: str, kind: str, payload: dict[str, object]
) -> None:
    await talk.tell(some_facts())
    assert (await talk.answer(text, OPERATOR)).text.startswith("Noted")
    async with talk.store.read() as conn:
        [found] = await orders.pending(conn, 9)
    assert found.kind == kind
    assert payload.items() <= dict(found.payload).items()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/correct 1 on=tomorrow it is so", "on: tomorrow is no day"),
        ("/correct 1 because", "nothing to correct was named"),
        ("/merge 1 because", "The alert that ends"),
        ("/split 1 two because", "which of its sources"),
        ("/add taliban uz meeting", "Kinds: recognition, credentials"),
        ("/dismiss", "A number of a report"),
    ],
)
async def test_what_is_wrong_with_an_order_is_said_at_once(talk: Talk, text: str, why: str) -> None:
    await talk.tell(some_facts())
    assert why in (await talk.answer(text, OPERATOR)).text
    async with talk.store.read() as conn:
        assert await orders.pending(conn, 9) == []


async def test_anybody_reports_a_page_but_not_too_many(talk: Talk) -> None:
    assert "Which page?" in (await talk.answer("/report it was wrong")).text
    for number in range(5):
        talk.clock.ahead += 60
        noted = (await talk.answer(f"/report https://news.example/{number}")).text
        assert noted == "Noted. I answer here when somebody has read it."
    talk.clock.ahead += 60
    assert "Please try tomorrow" in (await talk.answer("/report https://news.example/6")).text
    async with talk.store.read() as conn:
        assert {each.kind for each in await orders.pending(conn, 9)} == {"report"}
    assert (await talk.answer("/reports", OPERATOR)).text == "No report waits."


async def test_nobody_else_gives_orders(talk: Talk) -> None:
    await talk.tell(some_facts())
    talk.api.add_member(GROUP, OPERATOR, "creator")
    refused = (await talk.answer("/retract 1 because", PERSON)).text
    assert refused.startswith("Only the operator of this bot can do that")
    in_group = (await talk.answer("/retract 1 because", GROUP, user_id=OPERATOR)).text
    assert in_group == "/retract works only in a private chat with me."
    async with talk.store.read() as conn:
        assert await orders.pending(conn, 9) == []


async def test_help_shows_orders_to_the_operator_alone(talk: Talk) -> None:
    assert "/retract ID REASON" in (await talk.answer("/help", OPERATOR)).text
    mine = (await talk.answer("/help")).text
    assert "/retract" not in mine
    assert all(f"/{command.name}" in mine for command in COMMANDS if command.who != "operator")


async def test_privacy_says_what_is_kept_and_how_long(talk: Talk) -> None:
    text = (await talk.answer("/privacy")).text
    assert "kept for 90 days" in text
    assert "/forget deletes all of it" in text


@pytest.mark.parametrize(
    ("text", "helped"),
    [
        ("/sttaus", "Did you mean /status?"),
        ("/xyzzy", "/help shows all"),
        ("hello", "I answer commands only"),
        ("/" + "x" * 4000, "I answer commands only"),
        ("//", "I answer commands only"),
    ],
)
async def test_what_is_no_command_is_answered_in_private(
    talk: Talk, text: str, helped: str
) -> None:
    assert helped in (await talk.answer(text)).text


async def test_in_a_group_only_what_is_meant_for_us_is_answered(talk: Talk) -> None:
    for said in ("hello", "/xyzzy", "/status@other_bot"):
        assert await talk.say(said, GROUP, user_id=PERSON) == []
    assert "do not know" in (await talk.answer("/xyzzy@Watch_Test_Bot", GROUP, user_id=PERSON)).text


async def test_an_edited_command_is_ignored(talk: Talk) -> None:
    chat = {"id": PERSON, "type": "private", "first_name": "p"}
    message = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": "/start"}
    person = {"id": PERSON, "is_bot": False, "first_name": "p"}
    talk.api.updates.put(edited_message={**message, "from": person, "edit_date": int(time.time())})
    await talk.handle()
    assert talk.api.shown(PERSON) == []
    assert "edited_message" not in ALLOWED_UPDATES


async def test_an_update_that_comes_twice_is_handled_once(talk: Talk) -> None:
    talk.api.say(PERSON, "/help")
    [update] = await talk.app.bot.get_updates(timeout=0)
    await talk.app.process_update(update)
    await talk.app.process_update(update)
    assert len(talk.api.shown(PERSON)) == 1


async def test_an_old_question_is_dropped_but_an_old_stop_is_not(talk: Talk) -> None:
    await talk.answer("/start")
    talk.clock.ahead += 3600
    assert await talk.say("/status") == []
    assert len(await talk.say("/stop")) == 1
    assert not await hears(talk, PERSON)


async def test_a_flood_gets_one_warning_and_stop_still_works(talk: Talk) -> None:
    texts = [shown.text for _ in range(20) for shown in await talk.say("/help")]
    assert 5 <= len(texts) <= 9
    assert texts[-1].startswith("That is more than I may answer here")
    await talk.say("/start")
    assert await hears(talk, PERSON)
    talk.clock.ahead += 60
    assert "What I answer" in (await talk.answer("/help")).text


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_a_refusal_of_telegrams_makes_the_chat_wait(talk: Talk) -> None:
    talk.api.script("sendMessage", too_many(60), chat_id=PERSON)
    assert await talk.say("/help") == []
    assert await talk.say("/help") == []
    assert len(talk.api.calls_of("sendMessage", PERSON)) == 1
    talk.clock.ahead += 61
    assert "What I answer" in (await talk.answer("/help")).text


async def test_an_error_is_told_without_its_words(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    async with talk.store.write() as conn:
        await conn.execute(text("DROP TABLE revision"))
    talk.api.say(PERSON, "/latest secretly")
    await talk.handle()
    assert [shown.text for shown in talk.api.shown(PERSON)] == [
        "That did not work, and the fault is mine. It is noted; please try later."
    ]
    assert "update " in caplog.text
    assert "secretly" not in caplog.text
    assert talk.api.token not in caplog.text


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_a_greeting_that_telegram_puts_off_closes_the_group_for_so_long(talk: Talk) -> None:
    talk.api.script("sendMessage", too_many(60), chat_id=GROUP)
    talk.api.bot_standing(GROUP, "left", "member", by=PERSON)
    await talk.handle()
    assert await talk.say("/status", GROUP, user_id=PERSON) == []
    assert len(talk.api.calls_of("sendMessage")) == 1
    talk.clock.ahead += 61
    assert await talk.say("/status", GROUP, user_id=PERSON)
