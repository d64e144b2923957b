"""Walks with the whole bot: a channel set up by its owner, approval, a group and its admins."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from jobs.domain.alerts import AlertId, ChatId, Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.domain.silences import Matcher
from jobs.store import chats, digests, silences, stewards
from jobs.store.schema import outbox
from tests.bot_api import Shown
from tests.talking import CHANNEL, GROUP, PERSON
from tests.walking import Walk, walking

OTHER_EDITOR = 8
POSTER = {"can_post_messages": True}


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with walking(tmp_path) as one:
        one.api.add_chat(OTHER_EDITOR)
        one.api.add_member(CHANNEL, PERSON, "creator")
        yield one


async def wish(walk: Walk, chat_id: int = CHANNEL, thread_id: int = 0) -> Filter | None:
    async with walk.store.read() as conn:
        return await chats.read_filter(conn, ChatId(chat_id), thread_id=thread_id)


async def states(walk: Walk, chat_id: int = CHANNEL) -> list[str]:
    async with walk.store.read() as conn:
        rows = await conn.execute(
            select(outbox.c.state).where(outbox.c.chat_id == chat_id).order_by(outbox.c.id)
        )
        return [row.state for row in rows]


async def added(walk: Walk) -> Shown:
    """Let the owner make the bot an admin of the channel; return what they are asked."""
    walk.api.bot_standing(CHANNEL, "left", "administrator", by=PERSON)
    await walk.handle()
    return walk.last()


async def approving(walk: Walk) -> Shown:
    """Set the channel up for approval; return the owner's page."""
    page = await added(walk)
    await walk.press(page, "After an editor's tap")
    return page


async def test_a_channel_is_set_up_by_its_owner_in_private(walk: Walk) -> None:
    page = await added(walk)
    assert "I am an admin of" in page.text
    assert walk.texts(CHANNEL) == []
    await walk.hear("KZ")
    assert walk.texts(CHANNEL) == []
    await walk.press(page, "Everything important, at once")
    assert page.text == "Published there at once: everything important; all cases."
    await walk.press(page, "Choose")
    assert page.text.startswith("Settings of a chat that you manage")
    for label in ("Kinds of events", "Meetings", "Back", "What is published"):
        await walk.press(page, label)
    wanted = await wish(walk)
    assert wanted is not None
    assert EventType.MEETING not in wanted.types
    await walk.hear("UZ")
    assert ["Uzbekistan" in text for text in walk.texts(CHANNEL)] == [True]


async def test_a_channel_publishes_from_a_grade_on(walk: Walk) -> None:
    page = await added(walk)
    await walk.press(page, "What two sources report")
    assert await wish(walk) == Filter(grade=Grade.CORROBORATED)
    await walk.hear("UZ")
    assert walk.texts(CHANNEL) == []
    await walk.hear("UZ", "two.example")
    [text] = walk.texts(CHANNEL)
    assert "reported by 2 independent sources" in text


async def test_whoever_never_spoke_to_the_bot_sets_up_later(walk: Walk) -> None:
    walk.api.block(PERSON)
    walk.api.bot_standing(CHANNEL, "left", "administrator", by=PERSON)
    await walk.handle()
    walk.api.unblock(PERSON)
    page = await walk.answer("/manage")
    assert "1. " in page.text
    await walk.press(page, "1 · chat")
    assert page.text.startswith("Settings of a chat that you manage")


async def test_an_alert_is_held_for_approval_and_let_through(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    assert walk.texts(CHANNEL) == []
    assert await states(walk) == ["UNAPPROVED"]
    proposal = walk.last()
    assert proposal.text.startswith(f"For your channel {CHANNEL}:")
    assert [button["text"] for button in proposal.buttons] == ["Publish", "Do not publish"]
    await walk.press(proposal, "Publish")
    await walk.work()
    assert "Let through: it is published." in proposal.text
    assert proposal.buttons == []
    [text] = walk.texts(CHANNEL)
    assert "Uzbekistan" in text
    assert await states(walk) == ["SENT"]


async def test_what_became_surer_meanwhile_is_published_as_it_is_then(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    proposal = walk.last()
    assert "reported by one source" in proposal.text
    await walk.hear("UZ", "two.example")
    assert "reported by 2 independent sources" in proposal.text
    await walk.press(proposal, "Publish")
    await walk.work()
    [text] = walk.texts(CHANNEL)
    assert "reported by 2 independent sources" in text
    # From here on it is an alert like any other: corrected without asking.
    await walk.hear("UZ", "three.example", status=EventStatus.DENIED, attributions=("organ:UZ",))
    assert len(walk.texts(CHANNEL)) == 2
    assert "Disputed" in walk.texts(CHANNEL)[0]


async def test_what_is_dropped_is_never_published(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    proposal = walk.last()
    await walk.press(proposal, "Do not publish")
    await walk.work()
    assert "Dropped: it is not published." in proposal.text
    assert walk.texts(CHANNEL) == []
    assert await states(walk) == ["CANCELLED"]


async def test_what_nobody_lets_through_expires_with_a_note(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    proposal = walk.last()
    data = proposal.buttons[0]["callback_data"]
    walk.clock.ahead += timedelta(hours=12, minutes=1).total_seconds()
    await walk.work()
    assert "Expired: nobody let it through in time" in proposal.text
    note = walk.last()
    assert note.reply_to == proposal.message_id
    assert "Expired" in note.text
    await walk.press_data(proposal, data)
    await walk.work()
    assert walk.texts(CHANNEL) == []
    assert "Expired" in proposal.text


async def test_what_is_retracted_before_it_was_let_through_is_dropped(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    proposal = walk.last()
    await walk.retract(1)
    assert "Retracted before anybody let it through" in proposal.text
    assert proposal.buttons == []
    assert walk.texts(CHANNEL) == []


async def test_another_editor_sees_what_was_decided(walk: Walk) -> None:
    await approving(walk)
    walk.api.add_member(CHANNEL, OTHER_EDITOR, "administrator", **POSTER)
    async with walk.store.write() as conn:
        await stewards.note(conn, ChatId(CHANNEL), OTHER_EDITOR, walk.clock.now())
    page = await walk.answer("/manage", OTHER_EDITOR)
    await walk.press(page, "1 · chat", OTHER_EDITOR)
    await walk.press(page, "What is published", OTHER_EDITOR)
    await walk.press(page, "After an editor's tap", OTHER_EDITOR)
    await walk.hear("UZ")
    mine, theirs = walk.last(), walk.last(OTHER_EDITOR)
    await walk.press(theirs, "Publish", OTHER_EDITOR)
    await walk.work()
    assert "Let through" in mine.text
    assert len(walk.texts(CHANNEL)) == 1


async def test_an_editor_who_is_no_admin_any_more_presses_in_vain(walk: Walk) -> None:
    await approving(walk)
    await walk.hear("UZ")
    walk.api.add_member(CHANNEL, PERSON, "member")
    assert "Only an admin" in await walk.press(walk.last(), "Publish")
    await walk.work()
    assert walk.texts(CHANNEL) == []


async def test_without_approval_again_the_next_goes_at_once(walk: Walk) -> None:
    page = await approving(walk)
    await walk.press(page, "Everything important, at once")
    await walk.hear("UZ")
    assert len(walk.texts(CHANNEL)) == 1


async def test_no_digest_goes_past_the_editor(walk: Walk) -> None:
    await approving(walk)
    await walk.answer("/manage 1 digest daily 9")
    await walk.hear("UZ")
    assert "Publish" in [button["text"] for button in walk.last().buttons]
    walk.clock.ahead += timedelta(days=1).total_seconds()
    await walk.work()
    assert walk.texts(CHANNEL) == []


async def test_a_group_is_managed_in_place_by_admins_only(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "administrator")
    walk.api.add_member(GROUP, OTHER_EDITOR, "member")
    refused = await walk.answer("/filter uz", GROUP, user_id=OTHER_EDITOR)
    assert refused.text.startswith("Only an admin of this chat can do that.")
    assert await wish(walk, GROUP) is None
    await walk.answer("/filter uz", GROUP, user_id=PERSON)
    assert await wish(walk, GROUP) == Filter(actors=frozenset({"UZ"}))
    # Whoever has set something up there finds it in private; whoever was refused does not.
    assert "1. " in (await walk.answer("/manage")).text
    assert "I know of no chat" in (await walk.answer("/manage", OTHER_EDITOR)).text


async def test_a_chat_is_managed_by_a_line_from_private(walk: Walk) -> None:
    await added(walk)
    text = (await walk.answer("/manage 1 filter ru major")).text
    assert "From now on this chat hears: only recognitions; Russia" in text
    assert await wish(walk) == Filter(actors=frozenset({"RU"}), level=Level.MAJOR)
    assert await wish(walk, PERSON) is None
    await walk.answer("/manage 1 /stop")
    assert await wish(walk) is None


@pytest.mark.parametrize(
    "line",
    ["/manage 2 filter uz", "/manage x filter uz", "/manage 1", "/manage 1 retract 1 x",
     "/manage 0 stop", "/manage -1 stop", "/manage 1 manage 1 stop", "/manage ² stop"],
)  # fmt: skip
async def test_a_line_that_fits_nothing_changes_nothing(walk: Walk, line: str) -> None:
    await added(walk)
    before = await wish(walk)
    assert "It is written: /manage" in (await walk.answer(line)).text
    assert await wish(walk) == before


async def test_rights_are_asked_for_at_each_action(walk: Walk) -> None:
    page = await added(walk)
    walk.api.add_member(CHANNEL, PERSON, "administrator", can_delete_messages=True)
    assert "Only an admin" in await walk.press(page, "Everything important")
    assert "It is written" in (await walk.answer("/manage 1 start")).text
    assert await wish(walk) is None


async def test_nobody_manages_a_conversation_of_others(walk: Walk) -> None:
    await walk.answer("/start", OTHER_EDITOR)
    async with walk.store.write() as conn:
        await stewards.note(conn, ChatId(OTHER_EDITOR), PERSON, walk.clock.now())
    assert "I know of no chat" in (await walk.answer("/manage")).text


async def test_a_group_that_grows_keeps_silences_and_who_manages_it(walk: Walk) -> None:
    walk.api.add_member(GROUP, PERSON, "creator")
    await walk.answer("/start", GROUP, user_id=PERSON)
    now = walk.clock.now()
    async with walk.store.write() as conn:
        await silences.put(conn, ChatId(GROUP), 0, Matcher(), now + timedelta(hours=1), now)
        await digests.note_lines(conn, [(AlertId(9), 1)], [(ChatId(GROUP), 0)], now)
    walk.api.migrate(GROUP, -100777)
    walk.api.add_member(-100777, PERSON, "creator")
    walk.api.say(GROUP, "", user_id=PERSON, migrate_to_chat_id=-100777)
    await walk.handle()
    async with walk.store.read() as conn:
        assert len(await silences.of_place(conn, ChatId(-100777), 0, now)) == 1
        assert await digests.known_by(conn, [AlertId(9)], [ChatId(-100777)])
    assert "1. " in (await walk.answer("/manage")).text
