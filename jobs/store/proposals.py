"""Alerts that wait for an editor: proposed in private, let through, dropped or expired.

The alert's own row waits in the outbox as UNAPPROVED; a notice shows it to the editors, and
each change of it is a revision of that notice, which edits what they see.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    AlertId,
    AlertKind,
    ChatId,
    DeliveryState,
    Facts,
    Level,
    Proposal,
    ProposalState,
    Reason,
)
from jobs.store import alerts, outbox, stewards
from jobs.store.outbox import write
from jobs.store.schema import chat, proposal
from jobs.store.schema import outbox as rows


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One place where an alert waits, and the notice that says so, if there is one yet."""

    chat_id: ChatId
    chat_kind: str
    thread_id: int
    notice_id: AlertId | None


async def propose(conn: AsyncConnection, alert_id: AlertId, facts: Facts, now: datetime) -> None:
    """Show the editors what waits of an alert, as it stands now.

    Called after each fan-out. What is retracted before it was let through is dropped.
    """
    for each in await _waiting(conn, alert_id):
        state = ProposalState.RETRACTED if facts.retracted else ProposalState.OPEN
        shown = Proposal(state, each.chat_id, each.chat_kind, each.thread_id, alert_id, facts)
        if each.notice_id is None:
            if not facts.retracted:
                await _open(conn, shown, now)
        else:
            await _revise(conn, each.notice_id, shown, now, loud=False)
        if facts.retracted:
            await _cancel(conn, shown, "retracted before it was published")
            if each.notice_id is not None:
                await _close(conn, each.notice_id, now)


async def decide(
    conn: AsyncConnection, notice_id: AlertId, chat_id: ChatId, now: datetime, *, publish: bool
) -> Proposal | None:
    """Let an alert through, or drop it; return how it stands now, None if there is no such.

    What was decided already, or has expired, stays as it is.
    """
    found = await _read(conn, notice_id)
    if found is None or found.chat_id != chat_id or found.state is not ProposalState.OPEN:
        return found
    state = ProposalState.PUBLISHED if publish else ProposalState.DROPPED
    if publish:
        # It is news from now on: its time in the queue begins anew.
        values = {"state": DeliveryState.PENDING, "created_at": now, "not_before": now}
        await write(conn, update(rows).where(*_is_row(found)).values(**values))
    else:
        await _cancel(conn, found, "dropped by an editor")
    decided = replace(found, state=state)
    await _close(conn, notice_id, now)
    await _revise(conn, notice_id, decided, now, loud=False)
    return decided


async def expire(conn: AsyncConnection, before: datetime, now: datetime) -> int:
    """Close what was proposed before ``before`` and nobody let through; tell the editors."""
    old = await conn.scalars(
        select(proposal.c.notice_id).where(
            proposal.c.closed_at.is_(None), proposal.c.created_at < before
        )
    )
    expired = 0
    for notice_id in old.all():
        found = await _read(conn, AlertId(notice_id))
        await _close(conn, AlertId(notice_id), now)
        if found is None or found.state is not ProposalState.OPEN:
            continue
        await _cancel(conn, found, "nobody let it through in time")
        shown = replace(found, state=ProposalState.EXPIRED)
        await _revise(conn, AlertId(notice_id), shown, now, loud=True)
        expired += 1
    return expired


async def _waiting(conn: AsyncConnection, alert_id: AlertId) -> list[_Waiting]:
    same = (proposal.c.alert_id == alert_id) & (proposal.c.chat_id == rows.c.chat_id)
    found = await conn.execute(
        select(rows.c.chat_id, chat.c.kind, rows.c.thread_id, proposal.c.notice_id)
        .join(chat, chat.c.id == rows.c.chat_id)
        .outerjoin(
            proposal,
            same & (proposal.c.thread_id == rows.c.thread_id) & proposal.c.closed_at.is_(None),
        )
        .where(rows.c.alert_id == alert_id, rows.c.state == DeliveryState.UNAPPROVED)
    )
    return [_waiting_of(row) for row in found]


def _waiting_of(row: Any) -> _Waiting:
    notice_id = None if row.notice_id is None else AlertId(row.notice_id)
    return _Waiting(ChatId(row.chat_id), row.kind, row.thread_id, notice_id)


async def _open(conn: AsyncConnection, shown: Proposal, now: datetime) -> None:
    notice_id = await alerts.add_notice(conn, shown, now)
    await conn.execute(
        insert(proposal).values(
            notice_id=notice_id,
            alert_id=shown.alert_id,
            chat_id=shown.chat_id,
            thread_id=shown.thread_id,
            created_at=now,
        )
    )
    await outbox.put_notices(conn, notice_id, await stewards.editors(conn, shown.chat_id), now)


async def _revise(
    conn: AsyncConnection, notice_id: AlertId, shown: Proposal, now: datetime, *, loud: bool
) -> None:
    number = await alerts.add_revision(
        conn,
        notice_id,
        kind=AlertKind.UPDATE,
        level=Level.ALERT,
        reason=Reason.ORDERED,
        facts=shown,
        now=now,
    )
    await outbox.fan_out(conn, notice_id, number, (), level=Level.ALERT, loud=loud, now=now)


async def _read(conn: AsyncConnection, notice_id: AlertId) -> Proposal | None:
    found = await alerts.last_of(conn, notice_id)
    return found.facts if found is not None and isinstance(found.facts, Proposal) else None


async def _close(conn: AsyncConnection, notice_id: AlertId, now: datetime) -> None:
    await conn.execute(
        update(proposal).where(proposal.c.notice_id == notice_id).values(closed_at=now)
    )


async def _cancel(conn: AsyncConnection, found: Proposal, cause: str) -> None:
    await outbox.cancel(conn, cause, *_is_row(found))


def _is_row(found: Proposal) -> tuple[Any, ...]:
    return (
        rows.c.alert_id == found.alert_id,
        rows.c.chat_id == found.chat_id,
        rows.c.thread_id == found.thread_id,
        rows.c.state == DeliveryState.UNAPPROVED,
    )
