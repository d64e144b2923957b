"""What an outcome means for the outbox, and for the chat: one transaction for each."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outcomes import Outcome, Verdict
from jobs.domain.alerts import ChatId, Notice
from jobs.store import attempts, moves, notices, outbox, topics
from jobs.store.claims import Delivery

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""After so many failures that are nobody's outage a row is given up."""

LONG_WAIT_SECONDS = 600.0
"""The operators are told of a chat that must wait longer."""

REFUSALS = frozenset(
    {Verdict.CHAT_GONE, Verdict.CHAT_SUSPECT, Verdict.NO_RIGHTS, Verdict.PERMANENT}
)


async def record(
    conn: AsyncConnection,
    delivery: Delivery,
    outcome: Outcome,
    now: datetime,
    operators: Collection[ChatId] = (),
) -> None:
    """Write down what became of a call; a row that another attempt took over is left alone.

    What a person must know is written as a notice in the same transaction: to the
    operators, or to who turned the chat's alerts on.
    """
    match outcome.verdict:
        case Verdict.SENT:
            await attempts.mark_sent(conn, delivery, outcome.message_id, now)
        case Verdict.UNCERTAIN:
            await _record_uncertain(conn, delivery, outcome.cause)
        case Verdict.EDIT_GONE:
            await attempts.redo_as_send(conn, delivery, outcome.cause)
        case Verdict.TOPIC_GONE:
            await _record_no_topic(conn, delivery, outcome.cause, now)
        case verdict if verdict in REFUSALS:
            await _record_refusal(conn, delivery, outcome, now)
        case _:
            await _record_not_sent(conn, delivery, outcome, now)
    alarm = _alarm(delivery, outcome)
    if alarm is not None:
        await notices.alarm(conn, alarm, operators, now)


async def _record_not_sent(
    conn: AsyncConnection, delivery: Delivery, outcome: Outcome, now: datetime
) -> None:
    if outcome.verdict is Verdict.WAIT:
        until = now + timedelta(seconds=outcome.seconds)
        await outbox.hold_chat(conn, delivery.chat_id, until)
    if outcome.verdict is Verdict.MIGRATED:
        await moves.migrate_chat(conn, delivery.chat_id, ChatId(outcome.new_chat_id))
    # Only a refusal of our own entities is a failure of the row itself.
    counted = outcome.verdict is Verdict.PLAIN
    await attempts.mark_retry(conn, delivery, now, outcome.cause, counted=counted)


async def _record_uncertain(conn: AsyncConnection, delivery: Delivery, cause: str) -> None:
    # Only an edit can come here often: a message is repeated once at most.
    if delivery.attempts + 1 >= MAX_ATTEMPTS:
        await _give_up(conn, delivery, f"arrival unknown: {cause}")
    else:
        await attempts.mark_uncertain(conn, delivery, cause)


async def _record_no_topic(
    conn: AsyncConnection, delivery: Delivery, cause: str, now: datetime
) -> None:
    if delivery.topic is not None and await topics.leave_topic(conn, delivery, cause):
        return
    await _give_up(conn, delivery, cause)
    await topics.pause(conn, delivery.chat_id, delivery.thread_id, cause)
    closed = Notice("topic_closed", {"chat": str(delivery.chat_id)})
    if not await notices.tell_owner(conn, closed, delivery.chat_id, now) and delivery.topic:
        # Nobody is known in person; the rest of the chat can still be told.
        await notices.tell(conn, Notice("this_topic_closed", {}), [delivery.chat_id], now)


async def _record_refusal(
    conn: AsyncConnection, delivery: Delivery, outcome: Outcome, now: datetime
) -> None:
    await _give_up(conn, delivery, outcome.cause)
    chat_id, verdict = delivery.chat_id, outcome.verdict
    if verdict is Verdict.CHAT_SUSPECT and (
        await attempts.count_dead(conn, chat_id, outcome.cause) > 1
    ):
        verdict = Verdict.CHAT_GONE
    if verdict is Verdict.CHAT_GONE:
        await outbox.close_chat(conn, chat_id, outcome.cause)
    if verdict in (Verdict.CHAT_GONE, Verdict.NO_RIGHTS):
        key = "no_rights" if verdict is Verdict.NO_RIGHTS else "chat_closed"
        await notices.tell_owner(conn, Notice(key, {"chat": str(chat_id)}), chat_id, now)


async def _give_up(conn: AsyncConnection, delivery: Delivery, cause: str) -> None:
    log.error("delivery %d of alert %d: %s", delivery.id, delivery.alert_id, cause)
    await attempts.mark_dead(conn, delivery, cause)


def _alarm(delivery: Delivery, outcome: Outcome) -> Notice | None:
    """Return what the operators must know of an outcome; a notice itself raises no alarm."""
    if "notice" in delivery.facts:
        return None
    number: dict[str, str | int | bool | None] = {"alert": delivery.alert_id}
    if outcome.verdict is Verdict.PLAIN:
        return Notice("entities_refused", {**number, "why": outcome.cause})
    if outcome.verdict is Verdict.PERMANENT:
        return Notice("message_refused", {**number, "why": outcome.cause})
    if outcome.verdict is Verdict.WAIT and outcome.seconds > LONG_WAIT_SECONDS:
        return Notice("long_wait", {"minutes": round(outcome.seconds / 60)})
    return None
