"""How long alerts took, measured on what the store says of them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from jobs.domain.alerts import ChatId, DeliveryState
from jobs.domain.latency import MOST_KEPT, Latencies, Latency
from jobs.store import latencies
from jobs.store.schema import chat
from jobs.store.schema import outbox as rows
from tests.faults_line import CHATS, KAZAKHSTAN, Line, a_line, entry, feed
from tests.samples import NOON

MINUTE = timedelta(minutes=1)


async def sent(line: Line, chat_id: ChatId, at: datetime) -> None:
    """Let a chat's delivery have been sent at a time, as the sender records it."""
    async with line.store.write() as conn:
        await conn.execute(
            update(rows)
            .where(rows.c.chat_id == chat_id)
            .values(state=DeliveryState.SENT, sent_at=at, attempts=rows.c.attempts + 1)
        )


async def read_late(line: Line) -> datetime:
    """Read news three minutes after it was published; return when."""
    seen = NOON + timedelta(hours=2)
    line.serve(feed(entry(KAZAKHSTAN, seen - 3 * MINUTE)))
    await line.read(seen)
    return seen


async def measured(line: Line, now: datetime) -> tuple[Latency, ...]:
    await line.pipeline.note_latencies(now)
    async with line.store.read() as conn:
        return (await latencies.known(conn)).measured


async def test_an_alert_is_measured_from_publication_and_from_reading() -> None:
    async with a_line() as line:
        seen = await read_late(line)
        await sent(line, CHATS[0], seen + timedelta(seconds=2))
        await sent(line, CHATS[1], seen + timedelta(seconds=4))
        assert await measured(line, seen + MINUTE) == ()  # others may still be on their way
        assert await measured(line, seen + 6 * MINUTE) == (Latency(183.0, 3.0),)
        # It is measured once, whatever happens to it later.
        await sent(line, CHATS[1], seen + timedelta(hours=4))
        assert await measured(line, seen + 9 * MINUTE) == (Latency(183.0, 3.0),)


async def test_what_a_chat_itself_put_off_is_not_our_delay() -> None:
    async with a_line() as line:
        async with line.store.write() as conn:
            await conn.execute(
                update(chat)
                .where(chat.c.id == CHATS[1])
                .values(
                    quiet_from=0,
                    quiet_to=1439,
                    quiet_begins_at=NOON - timedelta(hours=5),
                    quiet_ends_at=NOON + timedelta(hours=9),
                )
            )
        seen = await read_late(line)
        await sent(line, CHATS[0], seen + timedelta(seconds=2))
        await sent(line, CHATS[1], seen + timedelta(hours=7))
        assert await measured(line, seen + timedelta(hours=8)) == (Latency(182.0, 2.0),)


async def test_an_alert_that_nobody_got_is_passed_over() -> None:
    async with a_line() as line:
        seen = await read_late(line)
        assert await measured(line, seen + 6 * MINUTE) == ()
        async with line.store.read() as conn:
            assert (await latencies.known(conn)).after == 1


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (NOON - 10 * MINUTE, Latency(605.0, 5.0)),
        (None, Latency(None, 5.0)),
        (NOON + timedelta(hours=3), Latency(5.0, 5.0)),
    ],
    ids=["dated", "undated", "from the future"],
)
def test_a_time_of_publication_is_believed_as_far_as_it_can_be(
    published: datetime | None, expected: Latency
) -> None:
    had = [NOON + timedelta(seconds=each) for each in (4, 5, 600)]
    assert Latency.of(published, NOON, had) == expected


def test_only_the_last_alerts_count() -> None:
    all_of_them = Latencies().with_more(7, [Latency(float(n), 1.0) for n in range(MOST_KEPT + 50)])
    assert all_of_them.published(0.0) == 50
    assert all_of_them.published(0.5) == 100
    assert Latencies.from_json(all_of_them.to_json()) == all_of_them
    assert Latencies().published(0.5) is None
