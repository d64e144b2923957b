"""Questions about the ledger, asked of the real application."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.domain.alerts import Reason
from jobs.domain.events import EventId, EventStatus, EventType, Grade, Standing
from jobs.domain.latency import Latencies, Latency
from jobs.store import facts, items, mentions, sources, standings
from tests.samples import OUTLET, a_mention, a_source, an_item
from tests.small_world import some_facts
from tests.talking import GROUP, PERSON, Talk, talking


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def stand(talk: Talk, *rows: Standing) -> None:
    async with talk.store.write() as conn:
        for row in rows:
            await standings.put(conn, row, talk.clock.now())


RUSSIA = Standing("taliban", "RU", "de_jure", date(2025, 7, 3), mission="embassy")
UZBEKISTAN = Standing(
    "taliban", "UZ", head_of_mission="ambassador", last_meeting_on=date(2025, 7, 3)
)


async def test_status_shows_the_whole_picture(talk: Talk) -> None:
    await stand(talk, RUSSIA, UZBEKISTAN)
    await talk.tell(some_facts())
    text = (await talk.answer("/status")).text
    assert "Taliban government of Afghanistan: recognised by Russia (since 3 July 2025)" in text
    assert "• Uzbekistan: likely next; last met on 3 July 2025" in text
    assert "• Iran: unlikely; no recognition of it known here" in text
    assert "Russia has recognised the Taliban government of Afghanistan." in text
    assert "Palestine: no recognition known here" in text
    assert "No source has been read yet." in text


async def test_many_recognisers_are_counted_and_the_last_ones_named(talk: Talk) -> None:
    codes = ("RU", "UZ", "KZ", "KG", "CN")
    rows = [
        Standing("taliban", code, "de_jure", date(2025, 7, n)) for n, code in enumerate(codes, 1)
    ]
    await stand(talk, *rows)
    text = (await talk.answer("/status")).text
    assert "recognised by 5 known here, the last ones China (since 5 July 2025), Kyrgyz" in text
    assert "Russia (since" not in text


async def test_an_uncertain_standing_says_so(talk: Talk) -> None:
    await stand(talk, Standing("taliban", "CN", mission="embassy", certain=False))
    assert "Part of this rests on one weak source." in (await talk.answer("/status China")).text


async def test_status_says_how_fresh_the_sources_are(talk: Talk) -> None:
    now = talk.clock.now()
    async with talk.store.write() as conn:
        await sources.sync(conn, [a_source("a"), a_source("b")], now)
        [first, _] = await sources.claim_due(conn, now, 2, now - now)
        await sources.record_reading(
            conn, first, first.validators, now=now, next_due_at=now, new_items=0
        )
    assert "Sources: 1 of 2 read within 60 minutes" in (await talk.answer("/status")).text


async def test_status_says_how_soon_the_latest_alerts_came(talk: Talk) -> None:
    assert "Measured" not in (await talk.answer("/status")).text
    measured = Latencies(9, tuple(Latency(60.0 * n, 4.4) for n in range(1, 21)))
    async with talk.store.write() as conn:
        await facts.put(conn, "latencies", measured.to_json())
    for asked in ("/status", "/status taliban"):
        said = (
            "Measured over the last 20 alerts: half came within 11 min of publication, 19 of 20 "
            "within 20 min; 4 s of it passed here."
        )
        assert said in (await talk.answer(asked)).text


@pytest.mark.parametrize(
    "asked",
    ["Uzbekistan", "uzbekistan", "UZ", "uz", "Uzbek", "the Uzbeks", "Uzbekstan", "Uzbekistán!"],
)
async def test_a_country_is_understood(talk: Talk, asked: str) -> None:
    await stand(talk, UZBEKISTAN)
    text = (await talk.answer(f"/status {asked}")).text
    assert text.startswith("Uzbekistan\n")
    assert "• head of mission: ambassador" in text
    assert "• last met on 3 July 2025" in text
    assert "• watched: likely next. Met Baradar hours later." in text


async def test_a_country_is_understood_in_another_language(talk: Talk) -> None:
    assert (await talk.answer("/status россия")).text.startswith("Russia\n")


async def test_a_country_shows_what_it_did_last(talk: Talk) -> None:
    await talk.tell(some_facts(actor="UZ", type=EventType.MEETING, detail="phone"), 1)
    await talk.tell(some_facts(), 2)
    text = (await talk.answer("/status uz")).text
    assert "Officials of Uzbekistan and the Taliban government of Afghanistan have spoken" in text
    assert "Russia" not in text


@pytest.mark.parametrize("asked", ["Atlantis", "/stop @scam", "x" * 10_000, "🤷"])
async def test_what_is_no_country_gets_an_answer_that_helps(talk: Talk, asked: str) -> None:
    text = (await talk.answer(f"/status {asked}"[:4096])).text
    assert text.startswith("No country or organisation is known by this name:")
    assert "/countries" in text
    assert "/stop" not in text


async def test_a_doubtful_name_is_asked_back(talk: Talk) -> None:
    text = (await talk.answer("/status Nigera")).text
    assert "Did you mean: Niger" in text
    assert "Nigeria" in text


async def test_latest_shows_the_newest_first_and_as_many_as_asked(talk: Talk) -> None:
    assert "Nothing yet" in (await talk.answer("/latest")).text
    for number, code in enumerate(("RU", "UZ", "KZ"), 1):
        await talk.tell(some_facts(actor=code), number)
    lines = (await talk.answer("/latest 2")).text.splitlines()
    heads = [line.split()[0] for line in lines if "recognised" in line]
    assert heads == ["Kazakhstan", "Uzbekistan"]
    for odd in ("/latest 0", "/latest 99999999999", "/latest many"):
        assert "Kazakhstan" in (await talk.answer(odd)).text


async def test_latest_marks_what_was_retracted(talk: Talk) -> None:
    await talk.tell(some_facts(retracted=True))
    shown = await talk.answer("/latest")
    assert shown.text.startswith("Retracted: Russia has recognised")
    assert [entity["type"] for entity in shown.entities] == ["strikethrough"]


async def test_twenty_alerts_fit_into_one_message(talk: Talk) -> None:
    for number in range(1, 22):
        await talk.tell(some_facts(case="taliban", grade=Grade.CONFIRMED, origins=9), number)
    assert (await talk.answer("/latest 20")).text.count("/why_") >= 15


async def test_countries_are_grouped_by_how_far_they_went(talk: Talk) -> None:
    await stand(talk, RUSSIA, UZBEKISTAN, Standing("taliban", "CN", mission="embassy"))
    text = (await talk.answer("/countries")).text
    assert "Recognised (1): Russia\n" in text
    assert "At ambassador level (1): Uzbekistan\n" in text
    assert "With a mission (1): China\n" in text


async def test_why_shows_every_source_and_what_was_made_of_it(talk: Talk) -> None:
    number = await talk.tell(some_facts())
    published = datetime(2025, 7, 3, 14, tzinfo=UTC)
    wanted = [
        an_item(
            "1", title="Moscow recognises /stop", url="https://a.example/1", published_at=published
        ),
        an_item("2", title="Again", url="https://b.example/2", published_at=None),
    ]
    async with talk.store.write() as conn:
        await items.put_items(conn, wanted, baseline=False)
        for stored, reason in zip(
            await items.unprocessed(conn, 9), (Reason.FIRST, Reason.ALREADY_KNOWN), strict=True
        ):
            mention = await mentions.put(
                conn, stored.id, a_mention(clause="It has recognised them."), OUTLET
            )
            await mentions.settle(conn, mention, EventId(1), reason)
    shown = await talk.answer(f"/why_{number}")
    text = shown.text.replace("\u2060", "").replace("\u2068", "").replace("\u2069", "")
    assert "2 items speak of it:" in text
    assert "1. Moscow recognises /stop (a.example, 3 July 2025, 14:00 UTC)" in text
    assert "“It has recognised them.”" in text
    assert "rule recognise-active · known already" in text
    links = [entity["url"] for entity in shown.entities if entity["type"] == "text_link"]
    assert links == ["https://a.example/1", "https://b.example/2"]


@pytest.mark.parametrize("asked", ["/why", "/why 999", "/why #12x", "/why " + "9" * 3000])
async def test_why_of_no_alert_helps(talk: Talk, asked: str) -> None:
    text = (await talk.answer(asked)).text
    assert "number" in text


async def test_questions_are_answered_in_groups_as_replies_in_their_topic(talk: Talk) -> None:
    await talk.say(
        "/status@watch_test_bot",
        GROUP,
        user_id=PERSON,
        message_thread_id=5,
        is_topic_message=True,
    )
    [call] = talk.api.calls_of("sendMessage", GROUP)
    assert int(call.params["message_thread_id"]) == 5
    assert '"allow_sending_without_reply": true' in json.dumps(call.params["reply_parameters"])


async def test_planned_and_undated_events_say_so(talk: Talk) -> None:
    await talk.tell(some_facts(status=EventStatus.PLANNED, on=None, voices=()))
    assert "No day named" in (await talk.answer("/latest")).text


async def test_the_map_is_a_picture_with_its_case(talk: Talk) -> None:
    await stand(talk, RUSSIA, UZBEKISTAN)
    shown = await talk.answer("/map")
    assert shown.kind == "photo"
    assert shown.text == (
        "Taliban government of Afghanistan: recognised by 1 state known here. "
        "In words: /countries\n"
        "Contested places are hatched and contested borders dashed: the map sides with nobody."
    )
    [call] = talk.api.calls_of("sendPhoto")
    assert call.params["photo"].startswith(b"\x89PNG")


async def test_another_case_is_asked_for_by_the_beginning_of_its_name(talk: Talk) -> None:
    assert (await talk.answer("/map pal")).text.startswith(
        "Palestine: recognised by 0 states known here."
    )
    assert "I watch no case called" in (await talk.answer("/map Atlantis")).text
