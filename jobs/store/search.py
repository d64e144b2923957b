"""The ``search_word`` table: events by the words that lead to them, newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import EventId
from jobs.domain.search import number_of
from jobs.store.dialects import insert_into
from jobs.store.schema import search_word

RARE = 1000
"""A word of fewer events is looked through to the end."""
LOOK_THROUGH = 10_000
"""How many events of the rarest word one search looks at: so long, and no longer, it takes."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Events that have all words, newest first; ``next_before`` goes on from there, if at all."""

    event_ids: tuple[EventId, ...]
    next_before: int | None


async def add_words(conn: AsyncConnection, event_id: EventId, words: Collection[str]) -> None:
    """Let these words lead to an event, beside those that do already."""
    rows = [{"word": number_of(word), "event_id": event_id} for word in sorted(words)]
    if rows:
        known = ["word", "event_id"]
        await conn.execute(
            insert_into(conn, search_word).on_conflict_do_nothing(index_elements=known), rows
        )


async def find(
    conn: AsyncConnection, numbers: Sequence[int], *, limit: int, before: int | None = None
) -> Hits:
    """Return the newest events that have all these words (by number), ``before`` an event's id."""
    rarest, *others = await _rarest_first(conn, numbers)
    looked = select(search_word.c.event_id).where(search_word.c.word == rarest)
    if before is not None:
        looked = looked.where(search_word.c.event_id < before)
    looked = looked.order_by(search_word.c.event_id.desc()).limit(LOOK_THROUGH)
    candidates = looked.subquery()
    other = search_word.alias()
    wanted = (
        select(candidates.c.event_id)
        .where(
            *(
                exists().where(other.c.word == word, other.c.event_id == candidates.c.event_id)
                for word in others
            )
        )
        .order_by(candidates.c.event_id.desc())
        .limit(limit + 1)
    )
    found = [EventId(number) for number in (await conn.execute(wanted)).scalars()]
    if len(found) > limit:
        return Hits(tuple(found[:limit]), found[limit - 1])
    if not others:
        return Hits(tuple(found), None)
    bounds = select(func.count(), func.min(candidates.c.event_id))
    count, last = (await conn.execute(bounds)).one()
    return Hits(tuple(found), int(last) if count == LOOK_THROUGH else None)


async def _rarest_first(conn: AsyncConnection, numbers: Sequence[int]) -> list[int]:
    if len(numbers) == 1:
        return list(numbers)
    some = [
        select(search_word.c.event_id).where(search_word.c.word == number).limit(RARE).subquery()
        for number in numbers
    ]
    counted = select(*(select(func.count()).select_from(one).scalar_subquery() for one in some))
    counts = dict(zip(numbers, (await conn.execute(counted)).one(), strict=True))
    return sorted(numbers, key=lambda number: counts[number])
