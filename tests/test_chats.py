"""Chats and their wishes, on both engines."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from jobs.domain.alerts import AlertId, ChatId, Filter, Level, Notice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.domain.orders import OrderKind
from jobs.store import alerts, chats, digests, orders, outbox, reports, rhythms
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import filter_row, metadata, proposal, silence, steward

NOON = datetime(2025, 7, 3, 12, tzinfo=UTC)
MINE, YOURS = ChatId(7), ChatId(-100_1234567890)
RECOGNITIONS = Filter(level=Level.MAJOR)


async def opened(store: Store, chat_id: ChatId, kind: ChatKind = ChatKind.PRIVATE) -> bool:
    async with store.write() as conn:
        return await chats.open_chat(conn, chat_id, kind, language="en", zone="UTC", now=NOON)


async def test_a_chat_is_opened_once_and_keeps_what_it_set(store: Store) -> None:
    assert await opened(store, MINE)
    async with store.write() as conn:
        await rhythms.set_zone(conn, MINE, "Asia/Kabul", NOON)
    assert not await opened(store, MINE)
    async with store.read() as conn:
        chat = await chats.read_chat(conn, MINE)
    assert chat is not None
    assert (chat.zone, chat.kind, chat.closed_reason) == ("Asia/Kabul", ChatKind.PRIVATE, None)


async def test_a_closed_chat_wants_nothing_until_it_is_opened_again(store: Store) -> None:
    await opened(store, MINE)
    async with store.write() as conn:
        await chats.subscribe(conn, MINE, RECOGNITIONS, NOON)
        await outbox.close_chat(conn, MINE, "kicked")
    async with store.read() as conn:
        assert await chats.wanted_filters(conn) == []
    assert await opened(store, MINE)
    async with store.read() as conn:
        assert [wanted for _, wanted in await chats.wanted_filters(conn)] == [RECOGNITIONS]


async def test_equal_wishes_share_one_row(store: Store) -> None:
    await opened(store, MINE)
    await opened(store, YOURS, ChatKind.CHANNEL)
    mine = Filter(
        cases=frozenset({"b", "a"}), types=frozenset({EventType.MEETING, EventType.FORUM})
    )
    yours = Filter(
        cases=frozenset({"a", "b"}), types=frozenset({EventType.FORUM, EventType.MEETING})
    )
    async with store.write() as conn:
        await chats.subscribe(conn, MINE, mine, NOON)
        await chats.subscribe(conn, YOURS, yours, NOON)
        await chats.subscribe(conn, YOURS, yours, NOON)
    async with store.read() as conn:
        assert len(await chats.wanted_filters(conn)) == 1
        assert await conn.scalar(select(func.count()).select_from(filter_row)) == 1


async def test_a_changed_wish_replaces_the_former(store: Store) -> None:
    await opened(store, MINE)
    async with store.write() as conn:
        await chats.subscribe(conn, MINE, Filter(), NOON)
        await chats.subscribe(conn, MINE, RECOGNITIONS, NOON)
        assert await chats.read_filter(conn, MINE) == RECOGNITIONS
        assert [wanted for _, wanted in await chats.wanted_filters(conn)] == [RECOGNITIONS]
        assert await chats.unsubscribe(conn, MINE)
        assert not await chats.unsubscribe(conn, MINE)
        assert await chats.read_filter(conn, MINE) is None


async def test_an_update_is_new_once(store: Store) -> None:
    async with store.write() as conn:
        assert await chats.see_update(conn, 10, NOON)
        assert not await chats.see_update(conn, 10, NOON)
        # After a quiet week Telegram's numbers may start lower.
        assert await chats.see_update(conn, 3, NOON + timedelta(days=8))
        assert await chats.forget_updates(conn, NOON + timedelta(days=1)) == 1
        assert await chats.see_update(conn, 10, NOON)


async def test_forget_leaves_nothing_of_a_chat_and_all_of_the_others(store: Store) -> None:
    for chat_id in (MINE, YOURS):
        await opened(store, chat_id)
        async with store.write() as conn:
            await chats.subscribe(conn, chat_id, Filter(), NOON)
            await orders.put(
                conn,
                OrderKind.RETRACT,
                {"alert": 1, "note": ""},
                ordered_by=7,
                chat_id=chat_id,
                now=NOON,
            )
            await reports.put(conn, f"https://news.example/{chat_id}", chat_id, NOON)
    async with store.write() as conn:
        notice = await alerts.add_notice(conn, Notice("confirmed", {"alert": 1}), NOON)
        await outbox.put_notices(conn, notice, [MINE, YOURS], NOON)
        await digests.note_lines(conn, [(AlertId(1), 1)], [(MINE, 0), (YOURS, 0)], NOON)
        for chat_id in (MINE, YOURS):
            alike = {"chat_id": chat_id, "thread_id": 0, "created_at": NOON}
            await conn.execute(insert(silence).values(**alike, until=NOON))
            await conn.execute(insert(proposal).values(**alike, notice_id=-chat_id, alert_id=1))
            for user_id in (MINE, 8):
                row = {"chat_id": chat_id, "user_id": user_id, "since": NOON}
                await conn.execute(insert(steward).values(**row))
        await chats.forget(conn, MINE)
    async with store.read() as conn:
        left = {
            table.name: {int(row[0]) for row in await conn.execute(select(column))}
            for table in metadata.sorted_tables
            for column in table.columns
            if column.name == "chat_id" or (table.name, column.name) == ("chat", "id")
        }
        stewards = (await conn.scalars(select(steward.c.user_id))).all()
    # A reported page stays in the queue; nobody is answered.
    assert left.pop("report") == {0, YOURS}
    assert left.pop("hook") == set()  # another program's address is no chat of anybody's
    assert left == {key: {YOURS} for key in left}
    assert len(left) == 8
    assert list(stewards) == [8]


@given(
    st.builds(
        Filter,
        cases=st.frozensets(st.text(max_size=9)),
        types=st.frozensets(st.sampled_from(EventType)),
        level=st.sampled_from(Level),
        actors=st.frozensets(st.text(max_size=3)),
        groups=st.frozensets(st.text(max_size=9)),
        statuses=st.frozensets(st.sampled_from(EventStatus)),
        grade=st.sampled_from(Grade),
    )
)
def test_a_wish_survives_writing_it_down(wanted: Filter) -> None:
    text = chats.filter_to_json(wanted)
    assert chats.filter_from_json(text) == wanted
    assert chats.filter_to_json(chats.filter_from_json(text)) == text


def test_a_wish_of_an_older_version_is_read_and_stays_the_same_row() -> None:
    older = '{"cases":["a"],"level":"major","types":["meeting"]}'
    wanted = chats.filter_from_json(older)
    assert wanted == Filter(
        cases=frozenset({"a"}), types=frozenset({EventType.MEETING}), level=Level.MAJOR
    )
    assert chats.filter_to_json(wanted) == older
