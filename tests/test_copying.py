"""A store copied into another one: every table, both directions, cut off and gone on with."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from jobs.errors import InputError, StoreError
from jobs.store import copying, facts
from jobs.store.copying import TABLES, compare, copy, count_on, digest, finish, is_empty
from jobs.store.engine import Store
from jobs.store.schema import alert, event, item, lease, mention
from tests.filled_store import MOMENT, fill


class CutOffError(Exception):
    """The process is no more."""


def silent(table: str, done: int, total: int) -> None:
    pass


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Give the address of an empty store of one engine, and of one of the other."""
    own = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "own.sqlite")
    urls = (f"sqlite:///{own}", str(request.getfixturevalue("postgres_url")))
    return urls if request.param.startswith("sqlite") else (urls[1], urls[0])


@pytest.fixture
def two(tmp_path: Path, sqlite_template: Path) -> tuple[str, str]:
    """Give the addresses of two empty files."""
    made = [shutil.copy(sqlite_template, tmp_path / name) for name in ("a", "b")]
    return f"sqlite:///{made[0]}", f"sqlite:///{made[1]}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url, migrate=True, as_is=True)
    yield store
    await store.close()


@asynccontextmanager
async def filled(url: str) -> AsyncIterator[Store]:
    async with opened(url) as store:
        async with store.write() as conn:
            await fill(conn)
        yield store


async def test_every_row_of_every_table_comes_over(places: tuple[str, str]) -> None:
    async with filled(places[0]) as source, opened(places[1]) as target:
        async with source.read() as conn:
            await copy(conn, target, "old", silent)
        async with target.write() as conn:
            await finish(conn)
        async with source.read() as one, target.read() as other:
            assert await compare(one, other) is None
            sums = await digest(one)
            assert sums == await digest(other)
            assert set(sums) == {table.name for table in TABLES}
            assert {each.rows for each in sums.values()} == {7}
            assert (await other.execute(select(lease))).all() == [], "nobody runs on it yet"
            [ahead] = await other.scalars(select(event.c.reverses).where(event.c.id == 1))
            assert ahead == 7


async def test_new_rows_are_numbered_on(places: tuple[str, str]) -> None:
    async with filled(places[0]) as source, opened(places[1]) as target:
        async with source.read() as conn:
            await copy(conn, target, "old", silent)
        async with target.write() as conn:
            await finish(conn)
        async with target.write() as conn:
            made = await conn.execute(insert(alert).values(created_at=MOMENT).returning(alert.c.id))
            assert made.scalar_one() == 8


async def test_a_copy_goes_on_wherever_it_was_cut_off(
    places: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BITE", 2)
    cuts = 0

    def cut(table: str, done: int, total: int) -> None:
        nonlocal cuts
        cuts += 1
        if cuts % 3:
            raise CutOffError

    async with filled(places[0]) as source, opened(places[1]) as target:
        for _ in range(1000):
            try:
                async with source.read() as conn:
                    await copy(conn, target, "old", cut)
                break
            except CutOffError:
                continue
        assert cuts == 4 * len(TABLES), "no bite was copied twice"
        async with source.read() as one, target.read() as other:
            assert await compare(one, other) is None


async def test_nothing_runs_on_half_a_copy(store: Store, store_url: str) -> None:
    async with store.write() as conn:
        await facts.put(conn, facts.UNFINISHED, {"origin": "old", "table": 2})
    for migrate in (True, False):
        with pytest.raises(StoreError, match="unfinished copy"):
            await Store.open(store_url, migrate=migrate)


async def test_the_progress_says_how_far_it_is(two: tuple[str, str]) -> None:
    said = []
    async with (
        filled(two[0]) as source,
        opened(two[1]) as target,
        source.read() as conn,
    ):
        await copy(conn, target, "old", lambda *how_far: said.append(how_far))
    assert ("item", 7, 7) in said


@pytest.mark.parametrize("is_same", [True, False], ids=["done already", "of somebody else"])
async def test_a_store_that_holds_anything_is_no_target(
    two: tuple[str, str], is_same: bool
) -> None:
    async with (
        filled(two[0]) as source,
        opened(two[1]) as to,
        source.read() as conn,
    ):
        if is_same:
            await copy(conn, to, "old", silent)
            async with to.write() as other:
                await finish(other)
        else:
            async with to.write() as other:
                await facts.put(other, "x", 1)
        with pytest.raises(InputError, match="name an empty database"):
            await copy(conn, to, "old", silent)


async def test_a_copy_of_another_store_is_not_gone_on_with(two: tuple[str, str]) -> None:
    async with filled(two[0]) as source, opened(two[1]) as to:
        async with to.write() as conn:
            await facts.put(conn, facts.UNFINISHED, {"origin": "a third", "table": 2})
        async with source.read() as conn:
            with pytest.raises(InputError, match="unfinished copy of a third"):
                await copy(conn, to, "old", silent)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (update(item).where(item.c.id == 3).values(title="x"), r"item \[3\] is not the same"),
        (delete(item).where(item.c.id == 7), r"item \[7\]"),
        (insert(alert).values(id=8, created_at=MOMENT), r"alert \[8\]"),
    ],
)
async def test_the_first_row_that_differs_is_named(
    places: tuple[str, str], change: object, says: str
) -> None:
    async with filled(places[0]) as source, opened(places[1]) as target:
        async with source.read() as conn:
            await copy(conn, target, "old", silent)
        async with target.write() as conn:
            await finish(conn)
        async with target.write() as conn:
            await conn.execute(delete(mention))
            await conn.execute(change)  # type: ignore[call-overload]
        async with source.write() as conn:
            await conn.execute(delete(mention))
        async with source.read() as one, target.read() as other:
            found = await compare(one, other)
            assert found is not None
            assert re.match(says, found)
            assert await digest(one) != await digest(other)


async def test_an_empty_store_is_told_from_one_that_is_not(store: Store) -> None:
    async with store.write() as conn:
        assert await is_empty(conn)
        await facts.put(conn, "x", 1)
        assert not await is_empty(conn)
        await count_on(conn)
