"""Which alerts feeds and pages show, on both engines."""

from datetime import timedelta

import pytest

from jobs.domain.alerts import AlertId, AlertKind, Notice
from jobs.domain.events import EventId
from jobs.store import alerts, stories
from jobs.store.engine import Store
from jobs.store.installation import installation
from tests.publishing import tell_of
from tests.small_world import EVENING

ALERT, UPDATE, CANCEL, SIGNAL = (
    AlertKind.ALERT,
    AlertKind.UPDATE,
    AlertKind.CANCEL,
    AlertKind.SIGNAL,
)


async def test_an_alert_comes_with_all_its_tellings_as_it_stands(store: Store) -> None:
    async with store.write() as conn:
        number = await tell_of(conn, 1, ALERT, UPDATE, CANCEL, retracted=True)
        (story,) = await stories.newest(conn, limit=5, cases=["taliban"])
        assert await stories.one(conn, number) == story
        assert await stories.one(conn, AlertId(99)) is None
    assert story.facts.retracted
    assert [(each.revision, each.kind) for each in story.tellings] == [
        (1, ALERT),
        (2, UPDATE),
        (3, CANCEL),
    ]
    assert story.last.made_at == EVENING + timedelta(hours=2)


async def test_signals_notices_and_what_a_greater_one_tells_are_left_out(store: Store) -> None:
    async with store.write() as conn:
        told = await tell_of(conn, 1)
        await tell_of(conn, 2, SIGNAL)
        await tell_of(conn, 3, inhibited_by=EventId(1))
        raised = await tell_of(conn, 4, SIGNAL, ALERT)
        await alerts.add_notice(conn, Notice("order_done", {}), EVENING)
        found = await stories.newest(conn, limit=9, cases=["taliban"])
    assert [each.alert_id for each in found] == [raised, told]
    assert [each.revision for each in found[0].tellings] == [2]


async def test_pages_follow_each_other_over_the_cases_asked_for(store: Store) -> None:
    async with store.write() as conn:
        numbers = [
            await tell_of(conn, n, case="taliban" if n % 2 else "palestine") for n in range(1, 8)
        ]
        both = await stories.newest(conn, limit=4, cases=["taliban", "palestine"])
        assert [each.alert_id for each in both] == numbers[:2:-1]
        rest = await stories.newest(
            conn, limit=4, cases=["taliban", "palestine"], before_id=both[-1].alert_id
        )
        assert [each.alert_id for each in rest] == numbers[2::-1]
        one = await stories.newest(conn, limit=9, cases=["palestine"])
    assert [each.facts.case for each in one] == ["palestine"] * 3


async def test_an_old_alert_that_is_taken_back_comes_up_again(store: Store) -> None:
    async with store.write() as conn:
        old = await tell_of(conn, 1, ALERT, CANCEL, at=EVENING + timedelta(days=9), retracted=True)
        for number in range(2, 8):
            await tell_of(conn, number, at=EVENING + timedelta(hours=number))
        found = await stories.lately(conn, limit=3, cases=["taliban"])
    assert found[0].alert_id == old
    assert len(found) == 3


@pytest.mark.parametrize("cases", [[], ["palestine"]])
async def test_other_cases_are_not_shown(store: Store, cases: list[str]) -> None:
    async with store.write() as conn:
        await tell_of(conn, 1)
        assert await stories.lately(conn, limit=3, cases=cases) == []


async def test_an_installation_has_one_number_for_ever(store: Store) -> None:
    given = await installation(store)
    assert await installation(store) == given
