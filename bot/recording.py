"""What an outcome means for the outbox, and for the chat: one transaction for each."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outcomes import Outcome, Verdict
from jobs.domain.alerts import ChatId
from jobs.store import attempts, moves, outbox, topics
from jobs.store.claims import Delivery

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""After so many failures that are nobody's outage a row is given up."""


async def record(
    conn: AsyncConnection, delivery: Delivery, outcome: Outcome, now: datetime
) -> None:
    """Write down what became of a call; a row that another attempt took over is left alone."""
    match outcome.verdict:
        case Verdict.SENT:
            await attempts.mark_sent(conn, delivery, outcome.message_id, now)
        case Verdict.UNCERTAIN:
            await _record_uncertain(conn, delivery, outcome.cause)
        case Verdict.EDIT_GONE:
            await attempts.redo_as_send(conn, delivery, outcome.cause)
        case Verdict.TOPIC_GONE:
            await _record_no_topic(conn, delivery, outcome.cause)
        case Verdict.CHAT_GONE | Verdict.CHAT_SUSPECT | Verdict.PERMANENT:
            await _record_refusal(conn, delivery, outcome)
        case _:
            await _record_not_sent(conn, delivery, outcome, now)


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


async def _record_no_topic(conn: AsyncConnection, delivery: Delivery, cause: str) -> None:
    if delivery.topic is not None and await topics.leave_topic(conn, delivery, cause):
        return
    await _give_up(conn, delivery, cause)
    await topics.pause(conn, delivery.chat_id, delivery.thread_id, cause)


async def _record_refusal(conn: AsyncConnection, delivery: Delivery, outcome: Outcome) -> None:
    await _give_up(conn, delivery, outcome.cause)
    gone = outcome.verdict is Verdict.CHAT_GONE
    if outcome.verdict is Verdict.CHAT_SUSPECT:
        gone = await attempts.count_dead(conn, delivery.chat_id, outcome.cause) > 1
    if gone:
        await outbox.close_chat(conn, delivery.chat_id, outcome.cause)


async def _give_up(conn: AsyncConnection, delivery: Delivery, cause: str) -> None:
    log.error("delivery %d of alert %d: %s", delivery.id, delivery.alert_id, cause)
    await attempts.mark_dead(conn, delivery, cause)
