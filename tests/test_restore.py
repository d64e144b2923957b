"""A backup put back: into a fresh folder, into the other engine, and never over anything."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.backup import make
from jobs.cli import main
from jobs.domain.alerts import ChatId
from jobs.errors import InputError, StoreError
from jobs.restore import check, restore
from jobs.settings import Settings
from jobs.store import chats, facts, restoring
from jobs.store.chats import ChatKind
from jobs.store.copying import TABLES
from jobs.store.engine import Store
from jobs.store.schema import alert, fact, lease, metadata, outbox, revision
from tests.filled_store import fill

NOW = datetime(2025, 7, 3, 12, tzinfo=UTC)
LATER = datetime(2025, 7, 3, 14, tzinfo=UTC)
KEY = "correct horse battery staple"
CHANGED = {"fact", "outbox", "alert", "revision", "orders"}
"""The tables that settling writes to."""


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[arg-type]


@pytest.fixture
async def backup(store: Store, store_url: str, tmp_path: Path) -> Path:
    """A backup of a store with something in every table, of each engine."""
    async with store.write() as conn:
        await fill(conn)
    settings = settings_of(tmp_path / "old", store_url=store_url, backup_key=KEY)
    return (await make(settings, tmp_path / "kept", NOW)).path


@pytest.fixture(params=["file", "server"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh folder, or of an empty database of a server."""
    url = str(request.getfixturevalue("other_postgres_url")) if request.param == "server" else None
    return settings_of(tmp_path / "fresh", store_url=url, backup_key=KEY)


async def rows_of(store: Store, name: str) -> list[tuple[object, ...]]:
    table = metadata.tables[name]
    async with store.read() as conn:
        rows = await conn.execute(select(table))
        return sorted((tuple(row) for row in rows), key=repr)


async def test_everything_comes_back(store: Store, backup: Path, fresh: Settings) -> None:
    assert await check(fresh, backup) == NOW
    done = await restore(fresh, backup, LATER)
    assert done.copied_at == NOW
    back = await Store.open(fresh.database_url(), migrate=False)
    for table in TABLES:
        if table.name not in CHANGED:
            assert await rows_of(back, table.name) == await rows_of(store, table.name)
    assert await rows_of(back, lease.name) == []
    async with back.write() as conn:
        made = await conn.execute(alert.insert().values(created_at=NOW).returning(alert.c.id))
        assert made.scalar_one() == 7 + restoring.MISSING + 1, "no number is given a second time"
    await back.close()
    assert not (fresh.data_dir / "backup.part").exists()


@pytest.fixture
async def own_backup(tmp_path: Path, sqlite_template: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "recognition-watch.sqlite")
    return (await make(settings_of(folder), tmp_path / "kept", NOW)).path


@pytest.mark.parametrize("name", ["recognition-watch.sqlite", "recognition-watch.sqlite-wal"])
async def test_nothing_is_overwritten(own_backup: Path, tmp_path: Path, name: str) -> None:
    there = tmp_path / "new" / name
    there.parent.mkdir()
    there.write_bytes(b"precious")
    with pytest.raises(InputError, match=rf"{name}: is there already; stop the program"):
        await restore(settings_of(tmp_path / "new"), own_backup, LATER)
    assert there.read_bytes() == b"precious"
    assert [each.name for each in there.parent.iterdir()] == [name]


async def test_a_server_that_holds_anything_is_left_alone(
    own_backup: Path, tmp_path: Path, postgres_url: str
) -> None:
    other = await Store.open(postgres_url, migrate=True)
    async with other.write() as conn:
        await facts.put(conn, "x", 1)
    with pytest.raises(InputError, match="name an empty database"):
        await restore(settings_of(tmp_path / "new", store_url=postgres_url), own_backup, LATER)
    async with other.read() as conn:
        assert await conn.scalar(select(fact.c.name)) == "x"
    await other.close()


async def test_an_older_version_is_brought_up_to_date(tmp_path: Path, own_backup: Path) -> None:
    old = tmp_path / "old"
    with closing(sqlite3.connect(old / "recognition-watch.sqlite")) as raw, raw:
        raw.execute("INSERT INTO fact VALUES ('x', '7')")
        raw.execute("DROP TABLE upload")
        raw.execute("DROP TABLE hook")
        raw.execute("DROP INDEX ix_subscription_full_until")
        raw.execute("ALTER TABLE subscription DROP COLUMN full_until")
        raw.execute("UPDATE alembic_version SET version_num = '0007'")
    made = await make(settings_of(old), tmp_path / "kept", LATER)
    await restore(settings_of(tmp_path / "new"), made.path, LATER)
    back = await Store.open(settings_of(tmp_path / "new").database_url(), migrate=False)
    async with back.read() as conn:
        assert await facts.get(conn, "x") == 7
    await back.close()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda kept: kept.write_bytes(kept.read_bytes()[:-9]), "cut off"),
        (lambda kept: kept.write_bytes(b"notes"), "no backup"),
        (lambda kept: kept.unlink(), "no such file"),
    ],
    ids=["cut off", "another file", "gone"],
)
async def test_what_is_not_whole_is_not_put_back(
    own_backup: Path, tmp_path: Path, spoil: object, says: str
) -> None:
    spoil(own_backup)  # type: ignore[operator]
    fresh = settings_of(tmp_path / "new")
    with pytest.raises(InputError, match=says):
        await restore(fresh, own_backup, LATER)
    assert list(fresh.data_dir.iterdir()) == []


async def test_a_copy_into_a_server_that_was_cut_off_is_gone_on_with(
    own_backup: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = settings_of(tmp_path / "new", store_url=postgres_url)

    async def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cutting:
        cutting.setattr(restoring, "settle", cut)
        with pytest.raises(KeyboardInterrupt):
            await restore(new, own_backup, LATER)
    with pytest.raises(StoreError, match="unfinished copy"):
        await Store.open(postgres_url, migrate=False)
    await restore(new, own_backup, LATER)
    await (await Store.open(postgres_url, migrate=False)).close()


async def test_the_operator_is_told(tmp_path: Path, sqlite_template: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(sqlite_template, old / "recognition-watch.sqlite")
    store = await Store.open(settings_of(old).database_url(), migrate=False)
    async with store.write() as conn:
        await chats.open_chat(conn, ChatId(7), ChatKind.PRIVATE, language="en", zone="UTC", now=NOW)
    await store.close()
    made = await make(settings_of(old), tmp_path / "kept", NOW)
    token = "123456:" + "x" * 35
    new = settings_of(tmp_path / "new", admin_ids="7", bot_token=token)
    await restore(new, made.path, LATER)
    back = await Store.open(new.database_url(), migrate=False)
    async with back.read() as conn:
        [told] = (await conn.execute(select(outbox.c.chat_id, outbox.c.state))).all()
        assert tuple(told) == (7, "PENDING")
        [said] = await conn.scalars(select(revision.c.facts))
        assert said == {"notice": "restored", "copied": "2025-07-03 12:00 UTC", "count": 0}
    await back.close()


def test_the_verbs_go_together(sqlite_template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data").mkdir()
    database = Path("data/recognition-watch.sqlite")
    shutil.copy(sqlite_template, database)
    assert main(["restore"]) == 2
    assert "there is no backup" in capsys.readouterr().err
    assert main(["backup"]) == 0
    assert main(["restore", "--check"]) == 0
    assert "is whole, as of" in capsys.readouterr().out
    assert main(["restore"]) == 2
    database.rename("aside")
    assert main(["restore"]) == 0
    assert database.exists()
    out, err = capsys.readouterr()
    assert out.startswith("data/recognition-watch.sqlite is as of ")
    assert "start the program as usual" in err
