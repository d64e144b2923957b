"""The ``search_word`` table: events by the words that lead to them, newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import EventId
from jobs.domain.search import number_of
from jobs.store.dialects import insert_into
from jobs.store.schema import search_word

RARE = 200
"""A word of more events is common: which of two such is rarer does not matter."""
FIRST_LOOK = 300
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
    for look in (FIRST_LOOK, LOOK_THROUGH):
        candidates = _newest(rarest, before, look)
        found = await _with_all(conn, candidates, others, limit + 1)
        if len(found) > limit:
            return Hits(tuple(found[:limit]), found[limit - 1])
    count, last = (await conn.execute(select(func.count(), func.min(candidates.c.event_id)))).one()
    return Hits(tuple(found), int(last) if count == LOOK_THROUGH else None)


def _newest(word: int, before: int | None, limit: int) -> Subquery:
    of_word = select(search_word.c.event_id).where(search_word.c.word == word)
    if before is not None:
        of_word = of_word.where(search_word.c.event_id < before)
    return of_word.order_by(search_word.c.event_id.desc()).limit(limit).subquery()


async def _with_all(
    conn: AsyncConnection, candidates: Subquery, words: Sequence[int], limit: int
) -> list[EventId]:
    other = search_word.alias()
    has_all = (
        exists().where(other.c.word == word, other.c.event_id == candidates.c.event_id)
        for word in words
    )
    wanted = select(candidates.c.event_id).where(*has_all)
    newest = wanted.order_by(candidates.c.event_id.desc()).limit(limit)
    return [EventId(number) for number in (await conn.execute(newest)).scalars()]


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
