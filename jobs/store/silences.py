"""The ``silence`` table, and what it keeps from going out.

A silence is looked at just before the send, not when the alert is made: so it holds at once,
and ends by itself. It keeps back first tellings only; whoever has an alert is owed its
corrections.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, ChatId, DeliveryState, Facts
from jobs.domain.events import EventType
from jobs.domain.silences import Matcher, Silence, SilenceId, is_silenced
from jobs.store.claims import Delivery
from jobs.store.contents import facts_from_json
from jobs.store.outbox import promote_followers, write
from jobs.store.schema import outbox, silence

MOST_OF_A_CHAT = 50


async def put(
    conn: AsyncConnection,
    chat_id: ChatId,
    thread_id: int,
    matcher: Matcher,
    until: datetime,
    now: datetime,
) -> SilenceId | None:
    """Silence something in a place; None where the chat has too many silences already."""
    there = silence.c.chat_id == chat_id
    await conn.execute(delete(silence).where(there, silence.c.until <= now))
    count = await conn.scalar(select(func.count()).select_from(silence).where(there))
    if int(count or 0) >= MOST_OF_A_CHAT:
        return None
    result = await conn.execute(
        insert(silence)
        .values(
            chat_id=chat_id,
            thread_id=thread_id,
            case_id=matcher.case,
            actor=matcher.actor,
            type=matcher.type,
            alert_id=matcher.alert_id,
            until=until,
            created_at=now,
        )
        .returning(silence.c.id)
    )
    return SilenceId(result.scalar_one())


async def of_place(
    conn: AsyncConnection, chat_id: ChatId, thread_id: int, now: datetime
) -> list[Silence]:
    """Return the silences that hold in a place, the first to end first."""
    found = await of_chats(conn, [chat_id], now)
    mine = found.get((chat_id, thread_id), [])
    return sorted(mine, key=lambda each: (each.until, each.id))


async def lift(conn: AsyncConnection, chat_id: ChatId, silence_id: SilenceId) -> bool:
    """End a silence of a chat now; return False if there is no such."""
    gone = delete(silence).where(silence.c.id == silence_id, silence.c.chat_id == chat_id)
    return await write(conn, gone) == 1


async def forget_ended(conn: AsyncConnection, now: datetime) -> int:
    """Drop the silences that are over, and return how many."""
    return await write(conn, delete(silence).where(silence.c.until <= now))


async def of_chats(
    conn: AsyncConnection, chat_ids: Collection[ChatId], now: datetime
) -> Mapping[tuple[ChatId, int], Sequence[Silence]]:
    """Return the silences that hold in some chats, by chat and topic."""
    rows = await conn.execute(
        select(silence).where(silence.c.chat_id.in_(chat_ids), silence.c.until > now)
    )
    found: dict[tuple[ChatId, int], list[Silence]] = defaultdict(list)
    for row in rows:
        found[ChatId(row.chat_id), row.thread_id].append(_silence(row))
    return found


async def keep_back(
    conn: AsyncConnection, claimed: Sequence[Delivery], now: datetime
) -> list[Delivery]:
    """Cancel the claimed first tellings that a silence matches; return the other deliveries."""
    kept = await of_chats(conn, {each.chat_id for each in claimed}, now)
    if not kept:
        return list(claimed)
    going = []
    for each in claimed:
        mine = kept.get((each.chat_id, each.thread_id), ())
        if each.action is Action.SEND and _is_silenced(each, mine):
            await _silence_delivery(conn, each)
        else:
            going.append(each)
    return going


def _is_silenced(delivery: Delivery, mine: Sequence[Silence]) -> bool:
    facts = facts_from_json(dict(delivery.facts)) if mine else None
    return isinstance(facts, Facts) and is_silenced(delivery.alert_id, facts, mine)


async def _silence_delivery(conn: AsyncConnection, delivery: Delivery) -> None:
    await write(
        conn,
        update(outbox)
        .where(
            outbox.c.id == delivery.id,
            outbox.c.attempt_id == delivery.attempt_id,
            outbox.c.state == DeliveryState.CLAIMED,
        )
        .values(state=DeliveryState.CANCELLED, cause="silenced", lease_until=None),
    )
    # A newer edit that waits for it becomes a first telling, and is silenced in its turn.
    await promote_followers(
        conn,
        outbox.c.alert_id == delivery.alert_id,
        outbox.c.chat_id == delivery.chat_id,
        outbox.c.thread_id == delivery.thread_id,
    )


def _silence(row: Row[Any]) -> Silence:
    matcher = Matcher(
        case=row.case_id,
        actor=row.actor,
        type=None if row.type is None else EventType(row.type),
        alert_id=None if row.alert_id is None else AlertId(row.alert_id),
    )
    return Silence(SilenceId(row.id), ChatId(row.chat_id), row.thread_id, matcher, row.until)
