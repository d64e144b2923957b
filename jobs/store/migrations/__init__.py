"""Bringing a database up to this program's version, inside the caller's transaction.

The steps stand in ``versions``, each written by hand; a test holds their result equal to
``jobs.store.schema``.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from jobs.errors import StoreDamaged, StoreError, StoreTooNew


def upgrade(conn: Connection, place: str) -> None:
    """Run the missing steps; raises ``StoreTooNew`` or ``StoreDamaged`` and touches nothing."""
    config = _config()
    if _version(conn, config, place) != _head(config):
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def require_current(conn: Connection, place: str) -> None:
    """Raise a ``StoreError`` unless the database is of exactly this program's version."""
    config = _config()
    if _version(conn, config, place) != _head(config):
        raise StoreError(
            f"{place}: the database is of an older version; start the jobs first, which bring "
            "it up to date (python -m jobs)"
        )


def version(conn: Connection) -> str | None:
    """Return the version of a database's tables, None for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def newest() -> str | None:
    """Return the version that this program's tables have."""
    return _head(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _version(conn: Connection, config: Config, place: str) -> str | None:
    stored = version(conn)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if stored is not None and stored not in known:
        raise StoreTooNew(
            f"{place}: written by a newer version of this program (schema {stored}); "
            "install that version, or restore an older backup"
        )
    if stored is None and inspect(conn).get_table_names():
        raise StoreDamaged(f"{place}: holds another program's tables; name an empty database")
    return stored
