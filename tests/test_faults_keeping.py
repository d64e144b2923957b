"""Years of running: another version takes over and steps back, a backup is put back.

The readers' chats are what counts: a real sender on a real store, and the strict Bot API.
"""

import gzip
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from bot.application import render_delivery
from bot.commands.alert_buttons import AlertButtons
from bot.commands.buttons import Signer
from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.backup import make
from jobs.cli import main
from jobs.domain.alerts import Level
from jobs.domain.events import EventStatus
from jobs.errors import StoreError, StoreTooNew
from jobs.restore import restore
from jobs.settings import Settings
from jobs.store import migrations
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from tests.bot_api import BotApi
from tests.clocks import ManualClock
from tests.delivering import open_bot
from tests.samples import NOON, a_mention
from tests.watching_world import CHAT, OTHER_CHAT, REFERENCE, World
from tests.whole_program import REPEAT

OLD = Path(__file__).parent / "data" / "stores" / "0008.sqlite.gz"
BEFORE = "0008"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SAID = a_mention(actor="UY", attributions=(), clause="")
BLANK = replace(
    REFERENCE, cases={name: replace(case, baseline=()) for name, case in REFERENCE.cases.items()}
)
BUTTONS = AlertButtons(Signer(b"x"), lambda: "watch_bot", ())
POLICY = Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24))


def of(actor: str) -> Any:
    return replace(SAID, actor=actor)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as served:
        for chat_id in (CHAT, OTHER_CHAT, 3):
            served.add_chat(chat_id)
        yield served


def in_words(delivery: Delivery) -> Message:
    return render_delivery(delivery, REFERENCE, BUTTONS)


async def send(api: BotApi, store: Store, now: datetime) -> None:
    """Start a sender and let it send what it can in some minutes."""
    clock = ManualClock(now)
    async with open_bot(api) as bot:
        deliverer = Deliverer(store, bot, clock, Pacer(), in_words, POLICY)
        await deliverer.recover()
        for _ in range(8):
            await deliverer.drain_once()
            clock.advance(30)


def said_to(api: BotApi, chat_id: int) -> list[str]:
    """Return what a chat was sent, but for the operator's notice of the restore."""
    texts = [each.text for each in api.shown(chat_id)]
    return [each for each in texts if not each.startswith("The database was put back")]


@pytest.fixture
def old(tmp_path: Path) -> str:
    """The address of a file as a program of the version before left it, killed while it sent."""
    path = tmp_path / "recognition-watch.sqlite"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return f"sqlite:///{path}"


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of an SQLite file, of whatever version, but the version itself."""
    engine = create_engine(url)
    with engine.connect() as conn:
        names = [n for n in inspect(conn).get_table_names() if n != "alembic_version"]
        found = {
            name: [tuple(row) for row in conn.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))]
            for name in names
            if len(inspect(conn).get_columns(name)) > 1
        }
    engine.dispose()
    return found


def shape_of(conn: Connection) -> dict[str, object]:
    look = inspect(conn)
    return {
        name: (
            sorted((each["name"], str(each["type"])) for each in look.get_columns(name)),
            sorted(each["name"] or "" for each in look.get_indexes(name)),
        )
        for name in look.get_table_names()
    }


async def test_row_76_the_next_version_goes_on_where_the_old_one_was_killed(
    old: str, api: BotApi
) -> None:
    store = await Store.open(old, migrate=True)
    world = World(store, BLANK)
    await world.pipeline.start(NOON + MINUTE)
    assert await world.pipeline.detect(NOON + MINUTE) == []
    await send(api, store, NOON + MINUTE)
    # Of the alert in hand, one call may have arrived: it is repeated once, and says so.
    shown = {chat: [each.text for each in api.shown(chat)] for chat in (CHAT, OTHER_CHAT)}
    assert [REPEAT in each for each in shown[CHAT]] == [True]
    assert [REPEAT in each for each in shown[OTHER_CHAT]] == [False]
    assert all("Peru" in each for texts in shown.values() for each in texts)
    # What was sent by the old version is edited by the new one.
    await world.hear("late.example", of("PE"), at=NOON + HOUR)
    await send(api, store, NOON + HOUR)
    assert {len(api.shown(chat)) for chat in (CHAT, OTHER_CHAT)} == {1}
    await store.close()


async def test_row_76_the_old_version_goes_on_after_a_step_back(old: str, api: BotApi) -> None:
    kept = rows_of(old)
    store = await Store.open(old, migrate=True)
    await send(api, store, NOON + MINUTE)
    await store.close()
    store = await Store.open(old, migrate=False, as_is=True)
    async with store.write() as conn:
        await conn.run_sync(migrations.downgrade, "it", BEFORE)
    await store.close()
    with pytest.raises(StoreError, match="older version"):
        await Store.open(old, migrate=False)
    back = rows_of(old)
    assert back.keys() == kept.keys()
    for name in kept.keys() - {"outbox", "fact", "lease", "send_slot"}:
        assert back[name] == kept[name], name
    states = {column: Counter(row[column] for row in back["outbox"]) for column in range(1, 8)}
    assert any(counts.get("SENT") == len(back["outbox"]) for counts in states.values())
    # And forward again: nothing is sent a second time.
    calls = len(api.calls_of("sendMessage"))
    store = await Store.open(old, migrate=True)
    await send(api, store, NOON + HOUR)
    assert len(api.calls_of("sendMessage")) == calls
    await store.close()


async def test_row_76_a_step_back_leaves_the_tables_of_then(store: Store, store_url: str) -> None:
    async with store.write() as conn:
        now = await conn.run_sync(shape_of)
        await conn.run_sync(migrations.downgrade, "it", BEFORE)
        assert await conn.run_sync(shape_of) != now
        await conn.run_sync(migrations.upgrade, "it")
        assert await conn.run_sync(shape_of) == now
    again = await Store.open(store_url, migrate=False)
    await again.close()


def test_row_76_each_step_can_be_undone_and_the_verb_does_it(
    old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["check", "store"]) == 1
    assert "older version" in capsys.readouterr().err
    assert main(["backup"]) == 0, "the new program keeps the old one's file as it is"
    assert main(["check", "store", "--downgrade", BEFORE]) == 2
    assert "name one that is older" in capsys.readouterr().err
    engine = create_engine(old)
    with engine.begin() as conn:
        migrations.upgrade(conn, "it")
    assert main(["check", "store", "--downgrade", "0001"]) == 2
    assert "cannot be undone" in capsys.readouterr().err
    assert main(["check", "store", "--downgrade", BEFORE]) == 0
    with engine.begin() as conn:
        assert migrations.version(conn) == BEFORE
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert main(["check", "store"]) == 1
    assert "let it step back: check store --downgrade" in capsys.readouterr().err


async def test_row_78_a_backup_of_an_hour_ago_floods_nobody_and_loses_nothing(
    tmp_path: Path, sqlite_template: Path, api: BotApi
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "old")
    url = settings.database_url()
    store = await Store.open(url, migrate=True)
    world = World(store, BLANK)
    await world.subscribe(CHAT, OTHER_CHAT)
    await world.pipeline.start(NOON)
    for number, actor in enumerate(("UY", "BR", "PE"), start=1):
        await world.hear(f"{actor}.example", of(actor), at=NOON + number * MINUTE)
    await send(api, store, NOON + 5 * MINUTE)
    made = await make(settings, tmp_path / "kept", NOON + 10 * MINUTE)
    # An hour that will be lost: two more alerts, and a denial of the first.
    denial = replace(SAID, status=EventStatus.DENIED, attributions=("organ:UY",))
    for number, (actor, said) in enumerate(
        (("CL", of("CL")), ("AR", of("AR")), ("denial", denial)), start=20
    ):
        await world.hear(f"{actor}.example", said, at=NOON + number * MINUTE)
    await send(api, store, NOON + 30 * MINUTE)
    await store.close()
    before = {chat: len(said_to(api, chat)) for chat in (CHAT, OTHER_CHAT)}
    assert set(before.values()) == {6}, "five alerts, and the reply to one"

    fresh = Settings(_env_file=None, data_dir=tmp_path / "new")
    await restore(fresh, made.path, NOON + HOUR)
    store = await Store.open(fresh.database_url(), migrate=True)
    again = World(store, BLANK)
    again.detector.heard = world.detector.heard
    began = NOON + HOUR
    await again.pipeline.start(began)
    # The feeds still show what was published in that hour, and one thing that nobody heard of.
    await again.put("CL.example", of("CL"), at=NOON + 20 * MINUTE)
    await again.put("AR.example", of("AR"), at=NOON + 21 * MINUTE)
    await again.put("denial.example", denial, at=NOON + 22 * MINUTE)
    await again.put("EC.example", of("EC"), at=NOON + 50 * MINUTE)
    await again.pipeline.detect(began + MINUTE)
    await send(api, store, began + MINUTE)
    assert {chat: len(said_to(api, chat)) for chat in (CHAT, OTHER_CHAT)} == before
    await again.pipeline.catch_up(began + 12 * MINUTE)
    await send(api, store, began + 12 * MINUTE)
    for chat in (CHAT, OTHER_CHAT):
        [caught_up] = said_to(api, chat)[before[chat] :]
        assert caught_up.startswith("Caught up: 4 alerts")
        assert "You may have had some of this already" in caught_up
        for name in ("Chile", "Argentina", "Ecuador", "Uruguay"):
            assert name in caught_up, "nothing is lost"
        assert not any(name in caught_up for name in ("Brazil", "Peru"))
    # What happens now is told at once, as ever, under a number that no chat has seen.
    await again.hear("BO.example", of("BO"), at=began + 20 * MINUTE)
    await send(api, store, began + 20 * MINUTE)
    for chat in (CHAT, OTHER_CHAT):
        assert len(said_to(api, chat)) == before[chat] + 2
        assert "Bolivia" in said_to(api, chat)[-1]
    await store.close()


async def test_row_78_a_store_of_a_newer_program_is_not_put_back(
    tmp_path: Path, sqlite_template: Path
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "old")
    store = await Store.open(settings.database_url(), migrate=True)
    async with store.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    made = await make(settings, tmp_path / "kept", NOON)
    fresh = Settings(_env_file=None, data_dir=tmp_path / "new")
    with pytest.raises(StoreTooNew):
        await restore(fresh, made.path, NOON)
    assert list(fresh.data_dir.iterdir()) == []
