"""Scores that anybody can redo, and waves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.ledger.momentum import momentum, wave
from jobs.store import facts
from jobs.store.engine import Store
from jobs.store.schema import revision
from tests.samples import NOON, a_mention, an_event
from tests.watching_world import CHAT, OTHER_CHAT, World

TODAY = date(2025, 7, 3)
DAY = timedelta(days=1)
SURE = an_event(1, grade=Grade.CONFIRMED)


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({}, 10),
        ({"grade": Grade.REPORTED}, 5),
        ({"contested": True}, 5),
        ({"on": TODAY - 180 * DAY}, 5),
        ({"type": EventType.MEETING}, 1),
        ({"status": EventStatus.CONSIDERED}, 2),
        ({"status": EventStatus.DENIED}, -4),
        ({"status": EventStatus.REVERSED}, -10),
        ({"status": EventStatus.CONSIDERED, "detail": "withdrawal"}, -2),
    ],
)
def test_a_signal_is_worth_what_the_readme_says(changes: dict[str, object], points: float) -> None:
    found = momentum("RU", [replace(SURE, **changes)], TODAY)  # type: ignore[arg-type]
    assert (found.score, found.signals[0].points) == (points, points)


@pytest.mark.parametrize(
    "changes",
    [
        {"retracted": True},
        {"on": None},
        {"on": TODAY + DAY},
        {"on": TODAY - 731 * DAY},
        {"status": EventStatus.PAST},
    ],
)
def test_what_is_void_undated_or_long_past_adds_nothing(changes: dict[str, object]) -> None:
    found = momentum("RU", [replace(SURE, **changes)], TODAY)  # type: ignore[arg-type]
    assert (found.score, found.signals) == (0, ())


def test_a_score_lists_its_signals_weightiest_first() -> None:
    met = replace(SURE, id=2, type=EventType.MEETING)  # type: ignore[arg-type]
    found = momentum("RU", [met, SURE], TODAY)
    assert found.score == 11
    assert [each.event_id for each in found.signals] == [1, 2]


def moved(number: int, actor: str, ago: int, **changes: object) -> object:
    return replace(an_event(number, actor=actor, on=TODAY - ago * DAY), **changes)  # type: ignore[arg-type]


def test_three_actors_within_a_week_are_a_wave() -> None:
    events = [moved(1, "FR", 6), moved(2, "MT", 0), moved(3, "FR", 1), moved(4, "PT", 3)]
    found = wave(events, TODAY)  # type: ignore[arg-type]
    assert found is not None
    assert (found.actors, found.since) == (("FR", "PT", "MT"), TODAY - 6 * DAY)


@pytest.mark.parametrize(
    "third",
    [
        moved(3, "PT", 7),
        moved(3, "MT", 0),
        moved(3, "PT", 0, type=EventType.MEETING),
        moved(3, "PT", 0, grade=Grade.CLAIMED),
        moved(3, "PT", 0, contested=True),
        moved(3, "PT", 0, status=EventStatus.REVERSED),
    ],
    ids=["too old", "no third", "only talks", "only claimed", "disputed", "backward"],
)
def test_fewer_are_none(third: object) -> None:
    assert wave([moved(1, "FR", 1), moved(2, "MT", 0), third], TODAY) is None  # type: ignore[list-item]


async def test_a_wave_is_told_once_and_again_when_it_has_doubled(store: Store) -> None:
    world = World(store)
    await world.subscribe(CHAT)
    await world.subscribe(OTHER_CHAT, wanted=Filter(level=Level.MAJOR))
    said = a_mention(case="palestine", attributions=(), clause="")

    async def move(*actors: str) -> list[str]:
        for actor in actors:
            await world.hear(f"{actor.lower()}.example", replace(said, actor=actor))
        await world.pipeline.note_trends(NOON)
        async with store.read() as conn:
            rows = await conn.scalars(select(revision.c.facts).order_by(revision.c.alert_id))
            return [each["actors"] for each in rows if each.get("notice") == "wave"]

    assert await move("UY", "PY") == []
    assert await move("BO") == ["UY PY BO"]
    assert await move("PE", "CL") == ["UY PY BO"]
    assert len(await move("EC")) == 2
    told = [each for each in await world.deliveries() if each[0] == 4]
    assert told == [(4, 1, CHAT, "send")]


async def test_watched_actors_momenta_are_kept_for_the_bot(store: Store) -> None:
    world = World(store)
    met = a_mention(actor="UZ", type=EventType.MEETING, attributions=(), clause="")
    await world.hear("amu.tv", met)
    await world.pipeline.note_trends(NOON)
    async with store.read() as conn:
        kept = await facts.get(conn, "momentum taliban")
    assert kept is not None
    assert kept[0]["actor"] == "UZ"
    assert kept[0]["signals"][0][1:3] == ["meeting", "done"]
