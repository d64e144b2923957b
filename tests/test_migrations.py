from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, select, text

from jobs.store import migrations
from jobs.store.engine import Store
from jobs.store.schema import metadata, outbox, subscription


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True})
    return [*compare_metadata(context, metadata)]


async def test_the_migrations_lead_to_the_schema(store: Store) -> None:
    async with store.write() as conn:
        assert await conn.run_sync(_differences) == []


async def test_a_missing_column_would_be_seen(store: Store) -> None:
    async with store.write() as conn:
        await conn.execute(text("ALTER TABLE source DROP COLUMN alarmed_at"))
        assert len(await conn.run_sync(_differences)) == 1


def test_what_waited_before_there_were_topics_still_waits(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    config = migrations._config()
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0002")
        conn.execute(text("INSERT INTO chat VALUES (7, 'private', 'en', 'UTC', NULL, NULL, 1)"))
        conn.execute(text("INSERT INTO filter VALUES (1, '{}')"))
        conn.execute(text("INSERT INTO subscription VALUES (7, 1, '2025-07-03 12:00:00')"))
        conn.execute(
            text(
                "INSERT INTO outbox (alert_id, chat_id, revision, action, state, priority, "
                "created_at, not_before, attempts, possibly_repeated) VALUES (1, 7, 1, 'send', "
                "'PENDING', 1, '2025-07-03 12:00:00', '2025-07-03 12:00:00', 0, 0)"
            )
        )
    with engine.begin() as conn:
        migrations.upgrade(conn, str(path))
        assert [(r.chat_id, r.thread_id) for r in conn.execute(select(subscription))] == [(7, 0)]
        (row,) = conn.execute(select(outbox)).all()
        assert (row.thread_id, row.in_general, row.state) == (0, False, "PENDING")
        partial = conn.scalar(
            text("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%WHERE st%'")
        )
        assert partial == 3
    engine.dispose()
