"""The list of chats: written for a spare bot or a fresh store, and taken in as it was."""

import asyncio
import json
import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from jobs.cli import main
from jobs.domain.alerts import ChatId, Filter, Level
from jobs.domain.events import EventType
from jobs.domain.rhythm import Pace, QuietHours, Rhythm
from jobs.errors import InputError
from jobs.store import chats, nights, outbox, rhythms
from jobs.store.chat_list import WAITS, take_in, wait_for_all, write_list
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.keeping import everything_of
from jobs.store.schema import chat, metadata, silence, steward, upload
from jobs.store.schema import outbox as rows
from tests.samples import NOON
from tests.telling import tell

LATER = NOON + timedelta(days=40, hours=3)
ME, GROUP, GONE = ChatId(7), ChatId(-100200), ChatId(9)
WISH = Filter(actors=frozenset({"UZ"}), types=frozenset({EventType.MEETING}), level=Level.SIGNAL)


async def three_chats(store: Store) -> None:
    """A person with hours and a digest, a forum with two topics, one who blocked the bot."""
    async with store.write() as conn:
        for chat_id, kind in ((ME, "private"), (GROUP, "supergroup"), (GONE, "private")):
            await chats.open_chat(
                conn, chat_id, ChatKind(kind), language="ru", zone="Asia/Kabul", now=NOON
            )
            await chats.subscribe(conn, chat_id, WISH, NOON)
        await chats.subscribe(conn, GROUP, Filter(), NOON, thread_id=5)
        await chats.set_owner(conn, GROUP, ME)
        await chats.set_approval(conn, GROUP, 5, True)
        await rhythms.set_rhythm(conn, ME, 0, Rhythm(Pace.WEEKLY, 8, 2), NOON)
        await nights.set_quiet(conn, ME, QuietHours(1380, 420, lets_major=False), NOON)
        await conn.execute(insert(steward).values(chat_id=GROUP, user_id=ME, since=NOON))
        lasting = {"until": NOON + timedelta(days=400), "created_at": NOON, "chat_id": ME}
        await conn.execute(insert(silence).values(**lasting, actor="IR"))
        await conn.execute(insert(silence).values(**lasting, alert_id=3))
        await outbox.close_chat(conn, GONE, "blocked")


async def shape(store: Store) -> dict[int, Any]:
    async with store.read() as conn:
        found: dict[int, Any] = {
            each: dict(await everything_of(conn, each)) for each in (ME, GROUP, GONE)
        }
    for kept in found.values():
        for table in kept.values():
            table.sort(key=lambda row: repr(sorted(row.items())))
            for row in table:
                for name in ("id", "filter_id", "quiet_begins_at", "quiet_ends_at"):
                    if name != "id" or "until" in row or "definition" in row:
                        row.pop(name, None)
                for name in ("digest_at", "digest_since"):
                    if row.get(name):
                        row[name] = "set"
    return found


@pytest.fixture
async def other(tmp_path: Path, sqlite_template: Path) -> Any:
    path = shutil.copy(sqlite_template, tmp_path / "other.sqlite")
    store = await Store.open(f"sqlite:///{path}", migrate=False)
    yield store
    await store.close()


async def test_every_setting_comes_over(store: Store, other: Store) -> None:
    await three_chats(store)
    async with store.read() as conn:
        listed = json.loads(json.dumps(await write_list(conn)))
    async with other.write() as conn:
        done = await take_in(conn, listed, LATER)
    assert (done.new, done.known) == (3, 0)
    before, after = await shape(store), await shape(other)
    # Only what silences one alert of the old store has no meaning in a new one.
    before[ME]["silence"] = [row for row in before[ME]["silence"] if row["alert_id"] is None]
    assert after == before
    async with other.read() as conn:
        due = await rhythms.due_digests(conn, LATER, 9)
        assert due == [], "no digest of the time before is made up for"
        quiet_until = await conn.scalar(select(chat.c.quiet_ends_at).where(chat.c.id == ME))
        assert quiet_until is not None
        assert quiet_until > LATER


def test_no_setting_can_be_forgotten() -> None:
    mine = {"chat_id", "user_id", "owner_id", "ordered_by"}
    having = {name for name, table in metadata.tables.items() if mine & set(table.columns.keys())}
    told = {"outbox", "digest_line", "proposal", "orders", "report", "hook"}
    assert having - told == {"chat", "subscription", "silence", "steward"}, (
        "a new table of chats: let the list carry it, or say here that it is none of their wishes"
    )


async def test_who_is_known_stays_as_they_are(store: Store) -> None:
    await three_chats(store)
    async with store.read() as conn:
        listed = await write_list(conn)
    async with store.write() as conn:
        await chats.unsubscribe(conn, ME)
        done = await take_in(conn, listed, LATER)
        assert (done.new, done.known) == (0, 3)
        assert not await chats.is_subscribed(conn, ME)


async def test_a_new_bot_writes_to_nobody_who_did_not_come(store: Store) -> None:
    await three_chats(store)
    async with store.write() as conn:
        wanted = await chats.filter_number(conn, chats.filter_to_json(WISH))
        await tell(conn, 1, filters=(wanted,))
        await tell(conn, 2, filters=(wanted,))
        had = rows.update().where(rows.c.alert_id == 1)
        await conn.execute(had.values(state="SENT", message_id=3))
        await conn.execute(insert(upload).values(picture="map", file_id="x", uploaded_at=NOON))
        assert await wait_for_all(conn) == 2
        assert (await conn.execute(select(upload))).all() == [], "a file's name is one bot's own"
        assert await chats.wanted_filters(conn) == []
        left = await conn.execute(select(rows.c.alert_id, rows.c.state, rows.c.message_id))
        assert {tuple(row) for row in left} == {(1, "SENT", None), (2, "CANCELLED", None)}
        gone = await chats.read_chat(conn, GONE)
        assert gone is not None
        assert gone.closed_reason == "blocked"
        me = await chats.read_chat(conn, ME)
        assert me is not None
        assert me.closed_reason == WAITS
        # /start, and all is as it was.
        assert await chats.open_chat(
            conn, ME, ChatKind.PRIVATE, language="en", zone="UTC", now=LATER
        )
        assert await chats.read_filter(conn, ME) == WISH
        assert (await rhythms.read_rhythm(conn, ME, 0)).pace is Pace.WEEKLY


@pytest.mark.parametrize(
    "spoil",
    [
        lambda entry: entry.pop("chat"),
        lambda entry: entry["chat"].update(zone="Nowhere/Land"),
        lambda entry: entry["chat"].update(created_at="yesterday"),
        lambda entry: entry["subscriptions"][0].update(wanted="{}"),
        lambda entry: entry.update(silences=7),
    ],
)
async def test_what_makes_no_sense_changes_nothing(store: Store, other: Store, spoil: Any) -> None:
    await three_chats(store)
    async with store.read() as conn:
        listed = json.loads(json.dumps(await write_list(conn)))
    spoil(listed[1])
    with pytest.raises(InputError, match="chat 2 of the list makes no sense"):
        async with other.write() as conn:
            await take_in(conn, listed, LATER)
    async with other.read() as conn:
        assert (await conn.execute(select(chat))).all() == []


@pytest.mark.parametrize("key", ["", "correct horse battery staple"])
def test_the_verbs(
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: str,
) -> None:
    monkeypatch.setenv("BACKUP_KEY", key)
    Path("data").mkdir()
    shutil.copy(sqlite_template, "data/recognition-watch.sqlite")

    async def fill() -> None:
        store = await Store.open("sqlite:///data/recognition-watch.sqlite", migrate=False)
        await three_chats(store)
        await store.close()

    asyncio.run(fill())
    assert main(["export-chats", "chats.list"]) == 0
    assert capsys.readouterr().out.startswith("3 chats are in chats.list, ")
    assert stat.S_IMODE(Path("chats.list").stat().st_mode) == 0o600
    assert (b"Asia/Kabul" in Path("chats.list").read_bytes()) is not bool(key)
    assert main(["export-chats", "chats.list"]) == 2
    assert "is there already" in capsys.readouterr().err
    monkeypatch.setenv("DATA_DIR", "new")
    assert main(["import-chats", "chats.list", "--new-bot"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("3 chats taken in, 0 known")
    assert err.startswith("2 wait for their first /start")
    Path("notes").write_text('{"chats": []}')
    assert main(["import-chats", "notes"]) == 2
    assert "is no list of chats" in capsys.readouterr().err
