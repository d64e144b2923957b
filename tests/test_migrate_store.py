"""A store moved to the other engine by the verb: whole, or not at all, and cut off at will."""

import asyncio
import io
import os
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from jobs.cli import main
from jobs.errors import ConfigError, InputError, StoreError
from jobs.migrate_store import move
from jobs.progress import Progress
from jobs.store import copying, facts, leases
from jobs.store.alone import alone_on
from jobs.store.engine import Store
from jobs.store.schema import item
from tests.filled_store import MOMENT, fill

QUIET = io.StringIO()


async def filled(url: str) -> None:
    store = await Store.open(url, migrate=True)
    async with store.write() as conn:
        await fill(conn)
    await store.close()


@pytest.fixture
async def old(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of an SQLite file with something in every table."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'old.sqlite')}"
    await filled(url)
    store = await Store.open(url, migrate=False)
    async with store.write() as conn:
        await leases.release(conn, "x", "y")
        await conn.exec_driver_sql("DELETE FROM lease")
    await store.close()
    return url


async def test_there_and_back_again(
    old: str, postgres_url: str, tmp_path: Path, sqlite_template: Path
) -> None:
    back = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'back.sqlite')}"
    said = io.StringIO()
    rows = await move(old, postgres_url, Progress(said))
    assert rows == 7 * len(copying.TABLES)
    assert await move(postgres_url, back, Progress(QUIET)) == rows
    assert "item: 7 of 7; " in said.getvalue()
    one, other = [await Store.open(url, migrate=False) for url in (old, back)]
    async with one.read() as here, other.read() as there:
        assert await copying.compare(here, there) is None
    for store in (one, other):
        await store.close()


async def test_a_running_bot_is_refused(old: str, postgres_url: str, tmp_path: Path) -> None:
    # The lock is a process's: another one has to hold it.
    code = (
        "import sys\nfrom jobs.store.alone import alone_on\n"
        f"with alone_on({str(tmp_path / 'old.sqlite')!r}):\n    print(flush=True); sys.stdin.read()"
    )
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert bot.stdout is not None
    await bot.stdout.readline()
    with pytest.raises(ConfigError, match="stop one of the two"):
        await move(old, postgres_url, Progress(QUIET))
    await bot.communicate(b"")
    with alone_on(str(tmp_path / "old.sqlite")):
        pass


async def test_processes_that_share_a_server_are_refused(postgres_url: str, tmp_path: Path) -> None:
    store = await Store.open(postgres_url, migrate=True)
    now = datetime.now(UTC)
    async with store.write() as conn:
        await leases.hold(conn, "getUpdates", "a bot", now, now + timedelta(minutes=1))
    with pytest.raises(InputError, match="stop all of them first"):
        await move(postgres_url, f"sqlite:///{tmp_path}/new.sqlite", Progress(QUIET))
    async with store.write() as conn:
        await leases.release(conn, "getUpdates", "a bot")
    await store.close()
    await move(postgres_url, f"sqlite:///{tmp_path}/new.sqlite", Progress(QUIET))


async def test_a_row_that_was_changed_meanwhile_is_found(
    old: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = await Store.open(postgres_url, migrate=True, as_is=True)
    compare = copying.compare

    async def meddled(*conns: object) -> str | None:
        async with target.write() as conn:
            await conn.exec_driver_sql("UPDATE item SET title = 'x' WHERE id = 3")
        async with target.read() as conn:
            return await compare(conns[0], conn)  # type: ignore[arg-type]

    monkeypatch.setattr("jobs.migrate_store.compare", meddled)
    with pytest.raises(StoreError, match=r"item \[3\]"):
        await move(old, postgres_url, Progress(QUIET))
    with pytest.raises(StoreError, match="unfinished copy"):
        await Store.open(postgres_url, migrate=False)
    await target.close()


def test_the_verb(
    old: str, postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate-store", old, postgres_url]) == 0
    out, err = capsys.readouterr()
    assert "rows are in PostgreSQL database" in out
    assert "rows in all" in err
    assert main(["migrate-store", old, postgres_url]) == 2
    assert "name an empty database" in capsys.readouterr().err
    assert main(["migrate-store", f"sqlite:///{tmp_path}/none.sqlite", postgres_url]) == 1
    assert main(["migrate-store", "mysql://me:s3cret@host/x", postgres_url]) == 2
    assert "s3cret" not in capsys.readouterr().err


@pytest.mark.slow
async def test_killed_at_random_it_ends_with_every_row(
    old: str, postgres_url: str, tmp_path: Path
) -> None:
    store = await Store.open(old, migrate=False)
    async with store.write() as conn:
        rows = [
            {"source_id": "s", "key": str(n), "url": "u", "title": "t" * 200, "summary": ""}
            | {"lang": "en", "outlet": "o", "first_seen_at": MOMENT, "is_baseline": False}
            for n in range(60_000)
        ]
        await conn.execute(insert(item), rows)
    chance, killed = random.Random(7), 0
    command = (sys.executable, "-m", "jobs", "migrate-store", old, postgres_url)
    await store.close()
    while True:
        process = await asyncio.create_subprocess_exec(
            *command, stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(2 + 3 * chance.random()):
                assert await process.wait() == 0
            break
        except TimeoutError:
            process.kill()
            await process.wait()
            killed += 1
    assert killed >= 2, os.times()
    target = await Store.open(postgres_url, migrate=False)
    async with target.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(item)) == 60_007
        assert await facts.get(conn, facts.UNFINISHED) is None
    await target.close()
