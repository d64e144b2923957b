"""Opening the database and handing out connections: machinery, and no meaning."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jobs.domain.clock import Clock
from jobs.errors import (
    ConfigError,
    StoreDamaged,
    StoreError,
    StoreReadOnly,
    StoreUnavailable,
)
from jobs.store import facts, migrations

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}
BUSY_SECONDS = 10
"""How long a writer waits for another process's transaction to end (``?timeout=`` differs)."""

LEDGER_LOCK = 7_203_501
"""PostgreSQL's advisory lock for whoever changes events; the number means nothing."""

PRAGMAS = (
    # Readers go on while one writes.
    "journal_mode = WAL",
    # A delivery marked SENDING must outlive a loss of power, or it would be sent twice.
    "synchronous = FULL",
    "foreign_keys = ON",
)

POSTGRES_ARGUMENTS = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # A worker that hangs must not hold its locks for ever.
    "options": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000",
}


OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "sqlite": {"read": {"sqlite_begin": "DEFERRED"}, "write": {"sqlite_begin": "IMMEDIATE"}},
    "postgresql": {
        "read": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        "write": {},
    },
}
"""How a transaction begins, by engine and purpose."""


class Store:
    """An open database; ``read`` and ``write`` lend out its connections.

    One ``read`` or ``write`` must not be opened inside another of the same task: an
    in-memory database has one connection, and would wait for itself.
    """

    def __init__(self, engine: AsyncEngine, place: str) -> None:
        self._engine = engine
        self._place = place
        self._writing = asyncio.Lock()
        self._options = OPTIONS[engine.dialect.name]
        in_memory = engine.dialect.name == "sqlite" and not engine.url.database
        self._reading: AbstractAsyncContextManager[Any] = (
            self._writing if in_memory else nullcontext()
        )

    @classmethod
    async def open(cls, url: str, *, migrate: bool, as_is: bool = False) -> Self:
        """Open the database at ``url``, bringing its tables up to date if ``migrate``.

        ``sqlite:///path`` (its folder is made), ``sqlite://`` (in memory) or
        ``postgresql://…``. Without ``migrate`` a database of any other version than
        this program's is refused, and so is one that is still being copied into; ``as_is``
        lets both pass, for who copies. Raises ``ConfigError`` for another kind of address,
        and a ``StoreError`` that names the place and what to do.
        """
        address = _address(url)
        place = place_of(url)
        if _is_sqlite(address) and address.database:
            _prepare_file(Path(address.database), create=migrate)
        store = cls(_engine(address), place)
        try:
            await store._check(migrate=migrate, as_is=as_is)
        except BaseException:
            await store.close()
            raise
        return store

    @property
    def file(self) -> str | None:
        """Return the path of the database's file, if it is one."""
        return self._engine.url.database if self.dialect == "sqlite" else None

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    async def moment(self, clock: Clock) -> datetime:
        """Return the time by which the store's leases go; see ``moment``."""
        if self.dialect == "sqlite":
            return clock.now()
        async with self.read() as conn:
            return await moment(conn, clock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection whose transaction sees one state throughout."""
        async with self._reading, self._lend("read") as conn:
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that may write: all of it is kept, or none.

        On SQLite it holds the write lock from the start, since a transaction that reads
        first and then writes fails at once if another wrote in between.
        """
        # Tasks of one process queue here in order; SQLite's own waiting is a lottery.
        queue = self._writing if self.dialect == "sqlite" else nullcontext()
        async with queue, self._lend("write") as conn:
            yield conn

    @asynccontextmanager
    async def _lend(self, purpose: str) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as conn:
                await conn.execution_options(**self._options[purpose])
                async with conn.begin():
                    yield conn
        except DBAPIError as error:
            known = _translate(error, self._place)
            if known is None:
                raise
            raise known from error

    async def close(self) -> None:
        """Close every connection; a second call does nothing."""
        await self._engine.dispose()

    async def _check(self, *, migrate: bool, as_is: bool) -> None:
        async with self.write() as conn:
            if self.dialect == "sqlite":
                await _check_integrity(conn, self._place)
            if migrate:
                await lock_ledger(conn)
                await conn.run_sync(migrations.upgrade, self._place)
            elif not as_is:
                await conn.run_sync(migrations.require_current, self._place)
            # A file that may only be read is found out now, not at the first alert.
            await conn.execute(text("DELETE FROM fact WHERE 1 = 0"))
            if not as_is and await facts.get(conn, facts.UNFINISHED) is not None:
                raise StoreError(
                    f"{self._place}: holds an unfinished copy of another database; let "
                    "migrate-store or restore finish it, or empty this one"
                )


async def lock_ledger(conn: AsyncConnection) -> None:
    """Let one transaction at a time change events; the others wait for its end.

    SQLite has one writer anyway.
    """
    if conn.dialect.name == "postgresql":
        await conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEDGER_LOCK})


async def moment(conn: AsyncConnection, clock: Clock) -> datetime:
    """Return the time by which the store's leases go: PostgreSQL's own, where it is one.

    Several machines share it, and their clocks differ.
    """
    if conn.dialect.name != "postgresql":
        return clock.now()
    now: datetime = (await conn.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return now.astimezone(UTC)


def _address(url: str) -> URL:
    # The address may hold a password: no message repeats it.
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in DRIVERS:
        raise ConfigError(
            "STORE_URL: not a database address; use sqlite:///path/to/file or "
            "postgresql://user:password@host/name"
        ) from None
    if address.database == ":memory:":
        address = address.set(database=None)
    return address.set(drivername=DRIVERS[address.drivername])


def file_of(url: str) -> Path | None:
    """Return the file that an address names, None where it is no file's."""
    address = _address(url)
    return Path(address.database) if _is_sqlite(address) and address.database else None


def place_of(url: str) -> str:
    """Return an address in words that may be shown: it has no password in it."""
    address = _address(url)
    return address.database or "memory" if _is_sqlite(address) else _server(address)


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _server(address: URL) -> str:
    host = address.host or address.query.get("host", "local socket")
    return f"PostgreSQL database {address.database} at {host}"


def _prepare_file(path: Path, *, create: bool) -> None:
    if not create and not path.exists():
        raise StoreError(f"{path}: no database yet; start the jobs first (python -m jobs)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The driver reports this too, but then leaves a thread behind.
        path.open("ab").close()
    except OSError as error:
        raise _read_only(str(path), error.strerror or "") from None


def _engine(address: URL) -> AsyncEngine:
    if not _is_sqlite(address):
        return create_async_engine(address, connect_args=POSTGRES_ARGUMENTS, pool_pre_ping=True)
    patience = {"timeout": BUSY_SECONDS} if "timeout" not in address.query else {}
    engine = create_async_engine(address, connect_args={"isolation_level": None, **patience})
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    try:
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        # The pool does not know this connection yet: nobody else would end its thread.
        connection.close()
        raise
    cursor.close()


def _begin(conn: Connection) -> None:
    # The driver's own transactions are off (isolation_level None): it would begin late,
    # and not around DDL.
    conn.exec_driver_sql(f"BEGIN {conn.get_execution_options()['sqlite_begin']}")


async def _check_integrity(conn: AsyncConnection, place: str) -> None:
    found = (await conn.exec_driver_sql("PRAGMA quick_check(1)")).scalar_one()
    if found != "ok":
        raise _damaged(place, str(found))


def _damaged(place: str, what: str) -> StoreDamaged:
    return StoreDamaged(
        f"{place}: not a database, or damaged ({what}); restore a backup, or move the file "
        "away to start with an empty one"
    )


def _read_only(place: str, what: str) -> StoreReadOnly:
    return StoreReadOnly(
        f"{place}: cannot be written ({what}); make it writable for this user (a file's folder "
        "too), or set DATA_DIR or STORE_URL to another place"
    )


def _translate(error: DBAPIError, place: str) -> StoreError | None:
    """Return what a driver's error means, or None where it is a mistake of ours."""
    words = str(error.orig)
    low = words.lower()
    if "malformed" in low or "not a database" in low:
        return _damaged(place, words)
    if "readonly database" in low or "unable to open" in low or "read-only" in low:
        return _read_only(place, words)
    if "locked" in low or "busy" in low:
        return StoreUnavailable(f"{place}: another process keeps the database locked ({words})")
    if "disk is full" in low or "no space left" in low:
        return StoreUnavailable(f"{place}: the disk is full; free some space")
    if "disk i/o error" in low:
        return StoreUnavailable(f"{place}: the disk failed to read or write ({words})")
    if isinstance(error, OperationalError) and place.startswith("PostgreSQL"):
        return StoreUnavailable(f"{place}: cannot be used for now; check that the server runs")
    return None
