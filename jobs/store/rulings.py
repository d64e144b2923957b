"""The ``ruling`` table: an operator's words, in the order in which they were said."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.events import EventId, MentionId
from jobs.domain.rulings import RulingKind, Word
from jobs.store.events import correction_from_json, correction_to_json
from jobs.store.schema import ruling


async def put(conn: AsyncConnection, order_id: int, word: Word, now: datetime) -> None:
    """Keep one ruling; whose it was stands in its order."""
    correction = word.correction
    await conn.execute(
        insert(ruling).values(
            order_id=order_id,
            kind=word.kind,
            event_id=word.event_id,
            after_mention=word.after,
            other_id=word.other,
            mentions=list(word.mentions),
            correction=None if correction is None else correction_to_json(correction),
            ruled_at=now,
        )
    )


async def every(conn: AsyncConnection) -> list[Word]:
    """Return all rulings, oldest first."""
    return [_word(row) for row in await conn.execute(select(ruling).order_by(ruling.c.id))]


def _word(row: Row[Any]) -> Word:
    return Word(
        kind=RulingKind(row.kind),
        event_id=EventId(row.event_id),
        after=MentionId(row.after_mention),
        other=None if row.other_id is None else EventId(row.other_id),
        mentions=tuple(MentionId(number) for number in row.mentions),
        correction=correction_from_json(row.correction),
    )
