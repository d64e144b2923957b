from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from jobs.store.engine import Store
from jobs.store.schema import metadata


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
