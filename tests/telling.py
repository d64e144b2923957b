"""Chats that want something, and alerts with revisions: what an outbox test starts from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Action, AlertId, AlertKind, ChatId, DeliveryState, Level
from jobs.store import outbox
from jobs.store.claims import Delivery, claim
from jobs.store.outbox import FannedOut
from jobs.store.schema import alert, chat, filter_row, revision, subscription
from jobs.store.schema import outbox as table

NOON = datetime(2025, 7, 3, 12, tzinfo=UTC)
FILTER = 1


def kind_of(chat_id: int) -> str:
    """Telegram's ids tell the kind: people above zero, supergroups far below."""
    if chat_id > 0:
        return "private"
    return "supergroup" if chat_id < -1_000_000_000_000 else "group"


async def subscribe(
    conn: AsyncConnection, *chat_ids: int, filter_id: int = FILTER, thread_id: int = 0
) -> None:
    """Let chats exist and want whatever the filter wants, in one of their topics."""
    if await conn.scalar(select(filter_row.c.id).where(filter_row.c.id == filter_id)) is None:
        await conn.execute(
            insert(filter_row).values(id=filter_id, definition=f"filter {filter_id}")
        )
    known = (await conn.scalars(select(chat.c.id).where(chat.c.id.in_(chat_ids)))).all()
    chats = [{"id": c, "kind": kind_of(c), "created_at": NOON} for c in chat_ids if c not in known]
    if chats:
        await conn.execute(insert(chat), chats)
    wish = {"filter_id": filter_id, "thread_id": thread_id, "created_at": NOON}
    wishes = [{"chat_id": c, **wish} for c in chat_ids]
    await conn.execute(insert(subscription), wishes)


async def tell(
    conn: AsyncConnection,
    alert_id: int,
    number: int = 1,
    *,
    filters: Sequence[int] = (FILTER,),
    level: Level = Level.ALERT,
    loud: bool = False,
    now: datetime = NOON,
    answers: int | None = None,
) -> FannedOut:
    """Store a revision of an alert and fan it out; ``answers`` is the alert it takes back."""
    known = await conn.scalar(select(alert.c.id).where(alert.c.id == alert_id))
    if known is None:
        await conn.execute(insert(alert).values(id=alert_id, created_at=now))
        if conn.dialect.name == "postgresql":
            # A number given by hand is not counted by the sequence.
            await conn.execute(text("SELECT setval(pg_get_serial_sequence('alert', 'id'), 1000)"))
    stored = await conn.scalar(
        select(revision.c.revision).where(
            revision.c.alert_id == alert_id, revision.c.revision == number
        )
    )
    if stored is None:
        kind = AlertKind.ALERT if number == 1 else AlertKind.UPDATE
        values: dict[str, Any] = {
            "alert_id": alert_id,
            "revision": number,
            "kind": kind,
            "level": level,
            "reason": "FIRST",
            "facts": {"says": f"alert {alert_id} as of {number}"},
            "created_at": now,
        }
        await conn.execute(insert(revision).values(**values))
    return await outbox.fan_out(
        *(conn, AlertId(alert_id), number, filters),
        level=level,
        loud=loud,
        now=now,
        answers=None if answers is None else AlertId(answers),
    )


async def take(
    conn: AsyncConnection,
    now: datetime = NOON,
    *,
    limit: int = 100,
    attempt_id: str = "a1",
    except_chats: Sequence[int] = (),
) -> list[Delivery]:
    """Claim what may go."""
    return await claim(
        conn,
        now,
        limit=limit,
        lease_until=now + timedelta(seconds=30),
        attempt_id=attempt_id,
        except_chats=[ChatId(c) for c in except_chats],
    )


async def rows(conn: AsyncConnection, **where: Any) -> list[tuple[int, int, Action, str]]:
    """Return (chat, revision, action, state) of the outbox rows, in order of writing."""
    found = await conn.execute(
        select(table.c.chat_id, table.c.revision, table.c.action, table.c.state)
        .where(*(table.c[name] == value for name, value in where.items()))
        .order_by(table.c.id)
    )
    return [(r.chat_id, r.revision, Action(r.action), DeliveryState(r.state)) for r in found]
