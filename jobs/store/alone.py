"""One sender a database file: SQLite's processes do not know of each other's pace."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from jobs.errors import ConfigError


@contextmanager
def alone_on(database: str | None) -> Iterator[None]:
    """Be the only bot on a database file (None: no file) until left, or the process dies.

    The lock is the system's and a record lock: it ends with its process however that ends,
    and no worker that outlives it holds on to it. Raises ``ConfigError`` where another bot
    has it, or its file cannot be made.
    """
    if database is None:
        yield
        return
    held = _locked(Path(f"{database}.bot.lock"), database)
    try:
        yield
    finally:
        held.close()


def _locked(path: Path, database: str) -> TextIO:
    try:
        held = path.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"DATA_DIR: cannot write {path}: {error.strerror}") from None
    try:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise ConfigError(
            f"DATA_DIR: another bot already sends from {database}; stop one of the two "
            "(PostgreSQL, set by STORE_URL, takes many)"
        ) from None
    return held
