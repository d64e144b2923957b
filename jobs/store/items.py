"""The ``item`` table: what sources brought, each thing once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.items import ItemId, NewsItem, SourceId
from jobs.store.dialects import insert_into
from jobs.store.schema import item, mention

UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A news item with its number; a baseline item alerts nobody."""

    id: ItemId
    item: NewsItem
    is_baseline: bool


async def put_items(conn: AsyncConnection, items: Sequence[NewsItem], *, baseline: bool) -> int:
    """Store what is not known yet, oldest first, and return how many were new.

    An item known by its source and key stays as it was first seen.
    """
    rows = [
        {
            "source_id": each.source_id,
            "key": each.key,
            "url": each.url,
            "title": each.title,
            "summary": each.summary,
            "lang": each.lang,
            "outlet": each.outlet,
            "published_at": each.published_at,
            "first_seen_at": each.first_seen_at,
            "is_baseline": baseline,
        }
        for each in sorted(items, key=lambda each: each.published_at or UNDATED)
    ]
    if not rows:
        return 0
    known = ["source_id", "key"]
    result = await conn.execute(
        insert_into(conn, item).on_conflict_do_nothing(index_elements=known),
        rows,
        execution_options={"preserve_rowcount": True},
    )
    return result.rowcount


async def unprocessed(
    conn: AsyncConnection, limit: int, but: Collection[ItemId] = ()
) -> list[StoredItem]:
    """Return items that detection has not seen, ``but`` not these, in the order they came.

    Rows that another process is working on are left out.
    """
    waiting = (
        select(item)
        .where(item.c.processed_at.is_(None), item.c.id.not_in(but))
        .order_by(item.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_stored(row) for row in await conn.execute(waiting)]


async def number_of(conn: AsyncConnection, news: NewsItem) -> ItemId:
    """Return the number of an item that is stored."""
    found = select(item.c.id).where(item.c.source_id == news.source_id, item.c.key == news.key)
    return ItemId((await conn.execute(found)).scalar_one())


async def mark_processed(conn: AsyncConnection, ids: Collection[ItemId], now: datetime) -> None:
    """Note that these items' mentions, events and deliveries are written."""
    await conn.execute(update(item).where(item.c.id.in_(ids)).values(processed_at=now))


async def prune(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` items first seen before ``before``, and return how many.

    An item that is an event's evidence stays: the ledger is rebuilt from it, and an
    alert must be able to say why for as long as it is shown.
    """
    is_evidence = exists().where(mention.c.item_id == item.c.id, mention.c.event_id.is_not(None))
    old = (
        select(item.c.id)
        .where(item.c.first_seen_at < before, item.c.processed_at.is_not(None), ~is_evidence)
        .order_by(item.c.id)
        .limit(limit)
    )
    ids = (await conn.execute(old)).scalars().all()
    await conn.execute(delete(mention).where(mention.c.item_id.in_(ids)))
    await conn.execute(delete(item).where(item.c.id.in_(ids)))
    return len(ids)


def _stored(row: Row[Any]) -> StoredItem:
    news = NewsItem(
        source_id=SourceId(row.source_id),
        key=row.key,
        url=row.url,
        title=row.title,
        summary=row.summary,
        lang=row.lang,
        outlet=row.outlet,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
    )
    return StoredItem(ItemId(row.id), news, row.is_baseline)
