"""The buttons under an alert, links to one, and cards to share: what a reader can do with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.application import alert_buttons, render_delivery
from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.upkeep import Policy
from jobs.domain.alerts import AlertId, AlertKind, ChatId, Facts, Filter, Level, Reason
from jobs.domain.events import EventStatus, Grade, Standing
from jobs.store import alerts, chats, orders, outbox, standings
from jobs.store.chats import ChatKind
from tests.bot_api import ApiError, Shown
from tests.bot_api.rules import check_inline_answer
from tests.small_world import SMALL_WORLD, some_facts
from tests.talking import CHANNEL, GROUP, PERSON, Talk, talking

YEAR = 365 * 86_400


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def deliver(talk: Talk, facts: Facts, *, alert_id: int | None = None) -> AlertId:
    """Send a new alert, or a revision of one, to every chat, as the program does."""
    first = alert_id is None
    now = talk.clock.now()
    if alert_id is None:
        alert_id = await talk.tell(facts)
        async with talk.store.write() as conn:
            for chat, kind in KINDS.items():
                await chats.open_chat(conn, ChatId(chat), kind, language="en", zone="UTC", now=now)
                await chats.subscribe(conn, ChatId(chat), Filter(), now)
    number = AlertId(alert_id)
    async with talk.store.write() as conn:
        [(wish, _)] = await chats.wanted_filters(conn)
        revision = 1
        if not first:
            revision = await alerts.add_revision(
                conn,
                number,
                kind=AlertKind.UPDATE,
                level=Level.MAJOR,
                reason=Reason.GRADE_RAISED,
                facts=facts,
                now=now,
            )
        await outbox.fan_out(conn, number, revision, [wish], level=Level.MAJOR, loud=False, now=now)
    buttons = alert_buttons(talk.app)
    deliverer = Deliverer(
        talk.store,
        talk.app.bot,
        talk.clock,
        Pacer(),
        lambda delivery: render_delivery(delivery, SMALL_WORLD, buttons),
        Policy(frozenset(), timedelta(seconds=10), timedelta(days=1)),
    )
    while await deliverer.drain_once():
        talk.clock.ahead += 5
    return number


KINDS = {PERSON: ChatKind.PRIVATE, GROUP: ChatKind.GROUP, CHANNEL: ChatKind.CHANNEL}


def labels(shown: Shown) -> list[str]:
    return [button["text"] for button in shown.buttons]


async def test_an_alert_has_buttons_that_outlive_its_edits_and_a_year(talk: Talk) -> None:
    number = await deliver(talk, some_facts())
    [shown] = talk.api.shown(PERSON)
    before = shown.buttons
    assert labels(shown) == ["Why?", "Timeline", "Silence", "Wrong?"]
    await deliver(talk, some_facts(grade=Grade.CONFIRMED), alert_id=number)
    assert "confirmed by Russia itself" in shown.text
    assert shown.buttons == before
    talk.clock.ahead += YEAR
    assert await talk.press(shown, "Why?") == ""
    told = talk.api.shown(PERSON)[-1]
    assert told.reply_to == shown.message_id
    assert "0 items speak of it:" in told.text


async def test_a_retracted_alert_can_still_be_asked_why(talk: Talk) -> None:
    number = await deliver(talk, some_facts())
    await deliver(talk, some_facts(retracted=True), alert_id=number)
    [shown] = talk.api.shown(PERSON)
    assert shown.text.startswith("RETRACTED")
    assert labels(shown) == ["Why?", "Timeline"]


async def test_anybody_in_a_group_may_ask_and_is_answered_in_its_place(talk: Talk) -> None:
    await deliver(talk, some_facts(actor="UZ", status=EventStatus.PLANNED))
    [shown] = talk.api.shown(GROUP)
    assert await talk.press(shown, "Timeline", GROUP, user_id=4711) == ""
    picture = talk.api.shown(GROUP)[-1]
    assert picture.kind == "photo"
    assert picture.reply_to == shown.message_id


async def test_in_a_channel_the_buttons_lead_into_a_private_chat(talk: Talk) -> None:
    number = await deliver(talk, some_facts())
    [shown] = talk.api.shown(CHANNEL)
    urls = [button["url"] for button in shown.buttons]
    assert urls[0] == f"https://t.me/watch_test_bot?start=w_{number}"
    parameter = urls[0].partition("start=")[2]
    assert "0 items speak of it:" in (await talk.answer(f"/start {parameter}")).text


async def test_a_link_shows_its_alert_and_subscribes_nobody(talk: Talk) -> None:
    number = await talk.tell(some_facts())
    shown = await talk.answer(f"/start a_{number}")
    assert shown.text.startswith("Russia has recognised the Taliban government of Afghanistan.")
    assert "Russia recognizes Taliban" in shown.text
    assert labels(shown)[:2] == ["Why?", "Timeline"]
    assert await talk.press(shown, "Why?") == ""
    async with talk.store.read() as conn:
        assert await chats.read_filter(conn, ChatId(PERSON)) is None


@pytest.mark.parametrize("parameter", ["a_99", "w_99", "t_99", "r_99", "a_" + "9" * 15])
async def test_a_link_to_no_alert_helps(talk: Talk, parameter: str) -> None:
    assert "no alert with this number" in (await talk.answer(f"/start {parameter}")).text


@pytest.mark.parametrize("parameter", ["a_", "a_x", "a_-1", "z_1", "s_XX", "a_" + "9" * 200])
async def test_a_link_that_is_none_of_ours_is_a_plain_start(talk: Talk, parameter: str) -> None:
    assert "From now on this chat hears" in (await talk.answer(f"/start {parameter}")).text


async def reported(talk: Talk) -> list[tuple[str, int]]:
    """Return what is ordered: the page, and the chat that is answered."""
    async with talk.store.write() as conn:
        return [(one.payload["url"], one.chat_id) for one in await orders.pending(conn, 9)]


async def test_wrong_asks_once_more_and_reports_the_alert_itself(talk: Talk) -> None:
    number = await deliver(talk, some_facts())
    [shown] = talk.api.shown(PERSON)
    await talk.press(shown, "Wrong?")
    question = talk.api.shown(PERSON)[-1]
    assert "Is something wrong with it?" in question.text
    await talk.press(question, "No, all is well")
    assert question.text == "Nothing was reported."
    assert await reported(talk) == []
    assert "Is something wrong" in (await talk.answer(f"/start r_{number}")).text
    await talk.press(talk.api.shown(PERSON)[-1], "Tell the operator")
    link = f"https://t.me/watch_test_bot?start=a_{number}"
    assert await reported(talk) == [(link, PERSON)]
    parameter = link.partition("start=")[2]
    assert "Russia has recognised" in (await talk.answer(f"/start {parameter}")).text


def results(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found = answer.get("results")
    assert isinstance(found, list)
    return found


async def test_a_country_typed_anywhere_offers_cards(talk: Talk) -> None:
    async with talk.store.write() as conn:
        await standings.put(
            conn, Standing("taliban", "UZ", head_of_mission="ambassador"), talk.clock.now()
        )
    number = await talk.tell(some_facts(actor="UZ"))
    standing, alert = results(await talk.share("uzbekistan"))
    assert standing["title"] == "Uzbekistan"
    text = standing["input_message_content"]["message_text"]
    assert "head of mission: ambassador" in text
    assert "Palestine" not in text
    assert alert["title"].startswith("Uzbekistan has recognised")
    [[button]] = alert["reply_markup"]["inline_keyboard"]
    assert button["url"] == f"https://t.me/watch_test_bot?start=a_{number}"
    assert "/why" not in alert["input_message_content"]["message_text"]
    [[more]] = standing["reply_markup"]["inline_keyboard"]
    parameter = more["url"].partition("start=")[2]
    assert (await talk.answer(f"/start {parameter}")).text.startswith("Uzbekistan\n")


async def test_an_empty_query_offers_the_newest_and_a_number_its_alert(talk: Talk) -> None:
    for event, code in enumerate(("RU", "UZ"), 1):
        await talk.tell(some_facts(actor=code), event)
    titles = [one["title"].split()[0] for one in results(await talk.share(""))]
    assert titles == ["Uzbekistan", "Russia"]
    [one] = results(await talk.share("#1"))
    assert one["title"].startswith("Russia")


@pytest.mark.parametrize("query", ["Atlantis", "99", "x" * 256, "/stop", "the of", "🤷"])
async def test_a_query_that_finds_nothing_offers_the_bot(talk: Talk, query: str) -> None:
    answer = await talk.share(query, language_code="uz")
    assert not answer.get("results")
    assert answer["button"]["start_parameter"] == "help"
    assert "What I answer" not in str(answer)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"id": ""}, "RESULT_ID_INVALID"),
        ({"id": "x" * 65}, "RESULT_ID_INVALID"),
        ({"type": "photo"}, "unsupported type"),
        ({"title": ""}, "RESULT_TITLE_EMPTY"),
        ({"input_message_content": {"message_text": " "}}, "text is empty"),
        ({"input_message_content": {"message_text": "a", "parse_mode": "HTML"}}, "parse_mode"),
    ],
)
def test_the_server_refuses_what_telegram_would(change: dict[str, Any], refusal: str) -> None:
    good: dict[str, Any] = {"type": "article", "id": "1", "title": "t"}
    good["input_message_content"] = {"message_text": "a"}
    check_inline_answer({"results": [good]})
    with pytest.raises(ApiError, match=refusal):
        check_inline_answer({"results": [{**good, **change}]})
    with pytest.raises(ApiError, match="RESULT_ID_DUPLICATE"):
        check_inline_answer({"results": [good, good]})
