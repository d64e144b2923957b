import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobs.errors import (
    ConfigError,
    StoreDamaged,
    StoreError,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
)
from jobs.store import facts
from jobs.store.engine import Store


async def _value(store: Store, name: str) -> object:
    async with store.read() as conn:
        return await facts.get(conn, name)


async def test_what_is_written_is_read(store: Store) -> None:
    async with store.write() as conn:
        await facts.put(conn, "a", {"n": 1})
    assert await _value(store, "a") == {"n": 1}


async def test_an_error_takes_back_the_whole_transaction(store: Store) -> None:
    async def fail_half_way() -> None:
        async with store.write() as conn:
            await facts.put(conn, "a", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert await _value(store, "a") is None


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with store.write() as conn:
            await facts.put(conn, "a", 1)
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.write() as conn:
        assert await facts.get(conn, "a") is None
        await facts.put(conn, "b", 2)
    assert await _value(store, "b") == 2


async def test_writers_that_read_first_take_turns(store_url: str) -> None:
    stores = [await Store.open(store_url, migrate=True) for _ in range(2)]

    async def add(store: Store) -> None:
        async with store.write() as conn:
            await conn.execute(text("SELECT count(*) FROM fact"))
            await facts.put(conn, f"by-{id(asyncio.current_task())}", 1)

    await asyncio.gather(*(add(store) for store in stores * 10))
    async with stores[0].read() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM fact"))).scalar_one() == 20
    for store in stores:
        await store.close()


async def test_a_reader_sees_one_state(store: Store) -> None:
    async with store.read() as reader:
        assert await facts.get(reader, "a") is None
        async with store.write() as writer:
            await facts.put(writer, "a", 1)
        assert await facts.get(reader, "a") is None


async def test_opening_again_keeps_the_data_and_closing_twice_is_harmless(store_url: str) -> None:
    first = await Store.open(store_url, migrate=True)
    async with first.write() as conn:
        await facts.put(conn, "a", 1)
    await first.close()
    await first.close()
    again = await Store.open(store_url, migrate=False)
    assert await _value(again, "a") == 1
    await again.close()


async def test_in_memory() -> None:
    store = await Store.open("sqlite://", migrate=True)
    async with store.write() as conn:
        await facts.put(conn, "a", 1)
    assert await _value(store, "a") == 1
    await store.close()


async def test_sqlite_keeps_to_the_pragmas(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/deep/er/watch.sqlite", migrate=True)
    async with store.read() as conn:
        found = {
            name: (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


@pytest.mark.parametrize(
    "url", ["mysql://me:s3cret@host/x", "/var/lib/x.sqlite", "", "sqlite+x://"]
)
async def test_another_kind_of_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match="STORE_URL") as caught:
        await Store.open(url, migrate=True)
    assert "s3cret" not in str(caught.value)


async def test_a_newer_database_is_refused(store: Store, store_url: str) -> None:
    async with store.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for migrate in (True, False):
        with pytest.raises(StoreTooNew, match=r"newer version.*9999"):
            await Store.open(store_url, migrate=migrate)


async def test_another_programs_tables_are_left_alone(store: Store, store_url: str) -> None:
    async with store.write() as conn:
        await conn.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StoreDamaged, match="another program's tables"):
        await Store.open(store_url, migrate=True)


async def test_without_a_database_who_may_not_migrate_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="start the jobs first"):
        await Store.open(f"sqlite:///{tmp_path}/none.sqlite", migrate=False)
    assert not (tmp_path / "none.sqlite").exists()
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(StoreError, match="start the jobs first"):
        await Store.open(f"sqlite:///{tmp_path}/empty.sqlite", migrate=False)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("shopping list\n" * 1000)
    with pytest.raises(StoreDamaged, match=r"notes\.sqlite.*restore a backup"):
        await Store.open(f"sqlite:///{path}", migrate=True)


async def test_flipped_bytes(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite"
    await (await Store.open(f"sqlite:///{path}", migrate=True)).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    with pytest.raises(StoreDamaged, match="restore a backup"):
        await Store.open(f"sqlite:///{path}", migrate=True)


async def test_another_process_holds_the_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/watch.sqlite?timeout=0.05"
    holder, other = [await Store.open(url, migrate=True) for _ in range(2)]
    async with holder.write():
        with pytest.raises(StoreUnavailable, match="locked") as caught:
            async with other.write():
                pass
    assert caught.value.retryable
    async with other.write() as conn:
        await facts.put(conn, "a", 1)
    await holder.close()
    await other.close()


async def test_a_full_disk(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/watch.sqlite", migrate=True)

    async def fill() -> None:
        async with store.write() as conn:
            await conn.exec_driver_sql("PRAGMA max_page_count = 1")
            await facts.put(conn, "a", "x" * 1_000_000)

    with pytest.raises(StoreUnavailable, match="full"):
        await fill()
    assert await _value(store, "a") is None
    await store.close()


async def test_a_server_that_is_away_is_named_without_the_password() -> None:
    url = "postgresql://me:s3cret@127.0.0.1:1/watch"
    with pytest.raises(StoreUnavailable, match=r"watch at 127\.0\.0\.1") as caught:
        await Store.open(url, migrate=True)
    assert "s3cret" not in str(caught.value)


async def test_a_mistake_of_ours_is_not_dressed_up(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.write() as conn:
            await conn.execute(text("SELECT nothing FROM nowhere"))


def _set_mode(path: Path, mode: int) -> None:
    """Change a mode with the rights this process was started with."""
    now = os.geteuid()
    os.seteuid(os.getuid())
    path.chmod(mode)
    os.seteuid(now)


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder, and this process not being root while the test runs: root may write all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if os.getuid() == 0:
            os.seteuid(65534)
        yield folder
        os.seteuid(os.getuid())
        folder.chmod(0o700)


async def test_a_folder_that_cannot_be_made(as_nobody: Path) -> None:
    _set_mode(as_nobody, 0o555)
    with pytest.raises(StoreReadOnly, match=r"watch\.sqlite: cannot be written.*DATA_DIR"):
        await Store.open(f"sqlite:///{as_nobody}/data/watch.sqlite", migrate=True)


async def test_a_folder_that_cannot_be_written(as_nobody: Path) -> None:
    _set_mode(as_nobody, 0o555)
    with pytest.raises(StoreReadOnly, match=r"watch\.sqlite: cannot be written"):
        await Store.open(f"sqlite:///{as_nobody}/watch.sqlite", migrate=True)


async def test_a_file_in_a_folder_that_cannot_be_written(as_nobody: Path) -> None:
    path = as_nobody / "watch.sqlite"
    await (await Store.open(f"sqlite:///{path}", migrate=True)).close()
    _set_mode(as_nobody, 0o555)
    with pytest.raises(StoreReadOnly, match=r"watch\.sqlite: cannot be written"):
        await Store.open(f"sqlite:///{path}", migrate=False)


@pytest.mark.parametrize("migrate", [True, False])
async def test_a_file_that_cannot_be_written(as_nobody: Path, migrate: bool) -> None:
    path = as_nobody / "watch.sqlite"
    await (await Store.open(f"sqlite:///{path}", migrate=True)).close()
    _set_mode(path, 0o444)
    with pytest.raises(StoreReadOnly, match=r"watch\.sqlite: cannot be written"):
        await Store.open(f"sqlite:///{path}", migrate=migrate)
