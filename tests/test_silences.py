"""Silences: matched just before the send, ended by time or by hand; corrections pass."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.silencing import SILENCE
from jobs.domain.alerts import AlertId, ChatId
from jobs.domain.events import EventStatus, EventType
from jobs.domain.rhythm import Pace, Rhythm
from jobs.domain.silences import Matcher
from jobs.store import rhythms, silences
from jobs.store.engine import Store
from jobs.store.silences import MOST_OF_A_CHAT
from tests.samples import NOON, a_mention
from tests.small_world import some_facts
from tests.talking import GROUP, PERSON
from tests.walking import Walk, walking

HOUR = timedelta(hours=1)
CHAT, OTHER = ChatId(PERSON), ChatId(8)


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with walking(tmp_path) as one:
        await one.answer("/start")
        yield one


async def silence(walk: Walk, matcher: Matcher, hours: int = 8, thread_id: int = 0) -> None:
    now = walk.clock.now()
    async with walk.store.write() as conn:
        await silences.put(conn, CHAT, thread_id, matcher, now + hours * HOUR, now)


FACTS = some_facts(actor="UZ", type=EventType.MEETING)
MATCHERS = [
    (Matcher(), True),
    (Matcher(actor="UZ"), True),
    (Matcher(actor="KZ"), False),
    (Matcher(type=EventType.MEETING), True),
    (Matcher(actor="UZ", type=EventType.FORUM), False),
    (Matcher(case="taliban"), True),
    (Matcher(case="palestine"), False),
    (Matcher(alert_id=AlertId(12)), True),
    (Matcher(alert_id=AlertId(13)), False),
]


@pytest.mark.parametrize(("matcher", "expected"), MATCHERS)
def test_what_a_matcher_matches(matcher: Matcher, expected: bool) -> None:
    assert matcher.matches(AlertId(12), FACTS) is expected


async def test_a_silence_holds_at_once_and_ends_by_itself(walk: Walk) -> None:
    await silence(walk, Matcher(actor="UZ"))
    await walk.hear("UZ")
    await walk.hear("KZ")
    assert ["Kazakhstan" in text for text in walk.texts()[1:]] == [True]
    walk.clock.ahead += 9 * 3600
    # What was silenced does not come back; what is new comes.
    await walk.work()
    await walk.hear("UZ", type=EventType.AGREEMENT)
    assert "Uzbekistan" in walk.last().text
    assert len(walk.texts()) == 3


async def test_an_alert_that_is_waiting_is_silenced_too(walk: Walk) -> None:
    now = walk.clock.now()
    said = a_mention(actor="UZ", type=EventType.MISSION, on=now.date(), attributions=())
    await walk.world.hear("two.example", said, at=now)
    await silence(walk, Matcher(actor="UZ"))
    await walk.work()
    assert len(walk.texts()) == 1


async def test_a_correction_passes(walk: Walk) -> None:
    await walk.hear("UZ")
    await silence(walk, Matcher())
    await walk.hear("UZ", "two.example", status=EventStatus.DENIED, attributions=("organ:UZ",))
    assert "disputed" in walk.last().text
    assert len(walk.texts()) == 3


async def test_a_dispute_of_what_was_silenced_is_silent(walk: Walk) -> None:
    await silence(walk, Matcher(actor="UZ"))
    await walk.hear("UZ")
    await walk.hear("UZ", "two.example", status=EventStatus.DENIED, attributions=("organ:UZ",))
    assert len(walk.texts()) == 1


async def test_a_silence_of_another_topic_does_not_hold_here(walk: Walk) -> None:
    await silence(walk, Matcher(), thread_id=5)
    await walk.hear("UZ")
    assert len(walk.texts()) == 2


async def test_a_digest_leaves_out_what_is_silenced(walk: Walk) -> None:
    now = walk.clock.now()
    async with walk.store.write() as conn:
        rhythm = Rhythm(Pace.DAILY, (now + 2 * HOUR).hour)
        await rhythms.set_rhythm(conn, CHAT, 0, rhythm, now)
    await walk.hear("UZ")
    await walk.hear("KZ")
    await silence(walk, Matcher(actor="UZ"))
    walk.clock.ahead += 2 * 3600
    await walk.work()
    assert "Your day: 1 alert" in walk.last().text
    assert "Kazakhstan" in walk.last().text


async def test_the_button_asks_what_and_how_long(walk: Walk) -> None:
    await walk.hear("UZ", type=EventType.MEETING)
    alert = walk.last()
    assert await walk.press_under(alert, SILENCE, "1", PERSON, PERSON) == ""
    page = walk.last()
    assert [button["text"] for button in page.buttons] == [
        "alert 1",
        "meetings, Uzbekistan",
        "Uzbekistan",
        "meetings",
        "Taliban government of Afghanistan",
    ]
    await walk.press(page, "meetings, Uzbekistan")
    assert page.text == "Meetings, Uzbekistan: silent for how long?"
    await walk.press(page, "7 days")
    assert page.text.startswith("Silent until ")
    await walk.hear("UZ", type=EventType.MISSION)
    assert "mission" in walk.last().text
    listed = await walk.answer("/silences")
    assert listed.text.startswith("Meetings, Uzbekistan: until ")
    await walk.press(listed, "Lift: meetings, Uzbekistan")
    assert listed.text == "Nothing is silenced here. Each alert has a button for it."


async def test_in_a_group_only_an_admin_silences(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "administrator")
    await walk.answer("/start", GROUP, user_id=PERSON)
    await walk.hear("UZ")
    alert = walk.last(GROUP)
    walk.api.add_member(GROUP, 8, "member")
    assert "Only an admin" in await walk.press_under(alert, SILENCE, "1", GROUP, 8)
    assert await walk.press_under(alert, SILENCE, "1", GROUP, PERSON) == ""
    assert walk.last(GROUP).reply_to == alert.message_id


async def test_a_button_under_a_lost_alert_says_so(walk: Walk) -> None:
    await walk.press_under(await walk.answer("/help"), SILENCE, "99", PERSON, PERSON)
    assert "no longer kept" in walk.last().text


async def test_a_chat_has_so_many_silences_and_no_more(store: Store) -> None:
    async with store.write() as conn:
        for _ in range(MOST_OF_A_CHAT):
            assert await silences.put(conn, CHAT, 0, Matcher(), NOON + HOUR, NOON)
        assert await silences.put(conn, CHAT, 0, Matcher(), NOON + HOUR, NOON) is None
        assert await silences.put(conn, OTHER, 0, Matcher(), NOON + HOUR, NOON)
        # Those that have ended make room.
        later = NOON + 2 * HOUR
        assert await silences.put(conn, CHAT, 0, Matcher(), later + HOUR, later)
        assert len(await silences.of_place(conn, CHAT, 0, later)) == 1


async def test_a_silence_is_lifted_by_its_chat_only(store: Store) -> None:
    async with store.write() as conn:
        number = await silences.put(conn, CHAT, 0, Matcher(actor="UZ"), NOON + HOUR, NOON)
        assert number is not None
        assert not await silences.lift(conn, OTHER, number)
        assert await silences.lift(conn, CHAT, number)
        assert not await silences.lift(conn, CHAT, number)
