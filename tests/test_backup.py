"""A backup: whole, of one moment, read back, and of use to nobody without its key."""

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.backup import LAST, kept, make, workshop
from jobs.cli import main
from jobs.errors import ConfigError, InputError, RecognitionWatchError, StoreDamaged, StoreError
from jobs.sealing import read_about, unseal
from jobs.settings import Settings
from jobs.store import facts
from jobs.store.copying import compare
from jobs.store.engine import Store
from tests.filled_store import fill

NOW = datetime(2025, 7, 3, 12, tzinfo=UTC)
KEY = "correct horse battery staple"


def settings_of(tmp_path: Path, store_url: str, **more: object) -> Settings:
    values = {"data_dir": tmp_path, "store_url": store_url, **more}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def about_of(backup: Path) -> Mapping[str, Any]:
    with backup.open("rb") as sealed:
        return read_about(sealed, backup.name)


def unpacked(backup: Path, key: str = "") -> Path:
    path = backup.with_suffix(".sqlite")
    with backup.open("rb") as sealed, path.open("wb") as plain:
        unseal(sealed, plain, key, backup.name)
    return path


@pytest.mark.parametrize("key", ["", KEY], ids=["readable", "encrypted"])
async def test_everything_is_in_it(store: Store, store_url: str, tmp_path: Path, key: str) -> None:
    async with store.write() as conn:
        await fill(conn)
    settings = settings_of(tmp_path, store_url, backup_key=key or None)
    made = await make(settings, tmp_path / "kept", NOW)
    assert made.path == tmp_path / "kept" / "recognition-watch-20250703T120000Z.backup"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == []
    copy = await Store.open(f"sqlite:///{unpacked(made.path, key)}", migrate=False)
    async with store.write() as conn:
        remembered = await facts.get(conn, LAST)
        assert remembered is not None
        assert remembered["path"] == str(made.path)
        await conn.exec_driver_sql(f"DELETE FROM fact WHERE name = '{LAST}'")
    async with store.read() as one, copy.read() as other:
        assert await compare(one, other) is None
    await copy.close()
    about = about_of(made.path)
    assert about["made_at"] == NOW.isoformat()
    assert made.rows == sum(rows for rows, _ in about["tables"].values()) > 100


async def test_it_shows_one_moment_while_others_write(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    written = 0

    async def write_on() -> None:
        nonlocal written
        while True:
            async with store.write() as conn:
                for name in ("one", "other"):
                    await facts.put(conn, name, written)
            written += 1

    async with store.write() as conn:
        await fill(conn)
    writing = asyncio.create_task(write_on())
    while not written:
        await asyncio.sleep(0)
    made = await make(settings_of(tmp_path, store_url), tmp_path, NOW)
    writing.cancel()
    assert written > 3, "nobody had to wait"
    copy = await Store.open(f"sqlite:///{unpacked(made.path)}", migrate=False)
    async with copy.read() as conn:
        assert await facts.get(conn, "one") == await facts.get(conn, "other") is not None
    await copy.close()


@pytest.fixture
def own(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings with a database of an SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "recognition-watch.sqlite")
    return Settings(_env_file=None, data_dir=tmp_path)


async def test_the_oldest_go_once_a_new_one_is_whole(own: Settings) -> None:
    folder = own.backup_folder()
    folder.mkdir()
    (folder / "my own notes").touch()
    (folder / "recognition-watch-20250101T000000Z.backup.part").touch()
    for day in range(9):
        await make(own, folder, NOW + timedelta(days=day))
    names = sorted(each.name for each in folder.iterdir())
    assert names[0] == "my own notes"
    assert [each.name for each in kept(folder)] == names[:0:-1]
    assert len(names) == 8
    assert names[1] == "recognition-watch-20250705T120000Z.backup"


async def test_a_damaged_store_costs_no_backup_that_was_whole(own: Settings) -> None:
    tight = own.model_copy(update={"backup_keep": 1})
    made = await make(tight, own.backup_folder(), NOW)
    path = own.data_dir / "recognition-watch.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    with pytest.raises((StoreDamaged, StoreError)):
        await make(tight, own.backup_folder(), NOW + timedelta(days=1))
    assert kept(own.backup_folder()) == [made.path]
    assert not (own.data_dir / "backup.part").exists(), "no readable copy is left"


async def test_an_older_version_is_kept_as_it_is(own: Settings) -> None:
    with closing(sqlite3.connect(own.data_dir / "recognition-watch.sqlite")) as conn, conn:
        conn.execute("ALTER TABLE item DROP COLUMN lang")
        conn.execute("UPDATE alembic_version SET version_num = '0001'")
    made = await make(own, own.backup_folder(), NOW)
    about = about_of(made.path)
    assert (about["schema"], about["tables"]) == ("0001", {})


async def test_one_at_a_time(own: Settings) -> None:
    with workshop(own.data_dir), pytest.raises(InputError, match="another backup"):
        await make(own, own.backup_folder(), NOW)


async def test_what_a_crash_left_readable_is_deleted(own: Settings) -> None:
    (own.data_dir / "backup.part").mkdir()
    (own.data_dir / "backup.part" / "copy.sqlite").write_text("chats")
    await make(own, own.backup_folder(), NOW)
    assert not (own.data_dir / "backup.part").exists()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda own: (own.data_dir / "recognition-watch.sqlite").unlink(), "nothing to keep"),
        (lambda own: (own.data_dir / "backups").touch(), "BACKUP_DIR"),
    ],
    ids=["no database", "the folder is a file"],
)
async def test_what_is_in_the_way_is_named(own: Settings, spoil: object, says: str) -> None:
    spoil(own)  # type: ignore[operator]
    with pytest.raises(RecognitionWatchError, match=says):
        await make(own, own.backup_folder(), NOW)


async def test_a_full_disk_is_said_before(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(own.data_dir)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: free)
    with pytest.raises(StoreError, match="0 MB are free"):
        await make(own, own.backup_folder(), NOW)


def test_the_verb_says_where_it_is(own: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(own.data_dir, "data", ignore=lambda *_: ["data"])
    assert main(["backup"]) == 0
    out, err = capsys.readouterr()
    assert Path(out.strip()).exists()
    assert "NOT encrypted" in err
    assert main(["backup", "--to", "elsewhere"]) == 0
    assert list(Path("elsewhere").iterdir())


def test_a_key_that_is_easily_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="24 signs") as caught:
        Settings(_env_file=None, backup_key="secret")
    assert "secret" not in str(caught.value).replace("SecretStr", "")
    assert issubclass(ConfigError, RecognitionWatchError)
