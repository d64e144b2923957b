"""Who wants an alert, and what is in it."""

from dataclasses import replace
from typing import Any

import pytest

from jobs.domain.alerts import AlertId, Filter, Level
from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade
from jobs.ledger.assessment import assess
from jobs.ledger.fanout import MOST_VOICES, facts_of, inhibitor, wants
from tests.ledger_scripts import item
from tests.small_world import SMALL_WORLD


def event(number: int, says: str, *hosts: str, published: str = "2025-07-03") -> Event:
    return assess(
        EventId(number), [item(published, host, says) for host in hosts or ("a.example",)]
    )


FACTS = facts_of(event(1, "RU recognition done"))

WISHES = [
    pytest.param(Filter(), Level.MAJOR, True, id="all, major"),
    pytest.param(Filter(), Level.ALERT, True, id="all, alert"),
    pytest.param(Filter(), Level.SIGNAL, False, id="signals are off"),
    pytest.param(Filter(level=Level.SIGNAL), Level.SIGNAL, True, id="signals are on"),
    pytest.param(Filter(level=Level.MAJOR), Level.ALERT, False, id="major only"),
    pytest.param(Filter(cases=frozenset({"case"})), Level.ALERT, True, id="this case"),
    pytest.param(Filter(cases=frozenset({"kosovo"})), Level.ALERT, False, id="another case"),
    pytest.param(Filter(types=frozenset({EventType.MEETING})), Level.ALERT, False, id="meetings"),
    pytest.param(
        Filter(types=frozenset({EventType.RECOGNITION})), Level.ALERT, True, id="its type"
    ),
]


@pytest.mark.parametrize(("chosen", "level", "expected"), WISHES)
def test_wants(chosen: Filter, level: Level, expected: bool) -> None:
    assert wants(chosen, FACTS, level, SMALL_WORLD) is expected


UZBEK = replace(FACTS, case="taliban", actor="UZ", type=EventType.MEETING, grade=Grade.CORROBORATED)
NARROWER = [
    pytest.param(Filter(actors=frozenset({"UZ"})), {}, True, id="this state"),
    pytest.param(Filter(actors=frozenset({"KZ"})), {}, False, id="another state"),
    pytest.param(Filter(groups=frozenset({"central-asia"})), {}, True, id="its group"),
    pytest.param(
        Filter(groups=frozenset({"central-asia"})), {"actor": "CN"}, False, id="not in the group"
    ),
    pytest.param(
        Filter(groups=frozenset({"central-asia"}), actors=frozenset({"CN"})),
        {"actor": "CN"},
        True,
        id="beside the group",
    ),
    pytest.param(Filter(groups=frozenset({"neighbours"})), {}, True, id="neighbour of this case"),
    pytest.param(
        Filter(groups=frozenset({"neighbours"})), {"case": "palestine"}, False, id="not of that"
    ),
    pytest.param(Filter(groups=frozenset({"long-gone"})), {}, False, id="a group no more listed"),
    pytest.param(Filter(statuses=frozenset({EventStatus.DONE})), {}, True, id="its status"),
    pytest.param(Filter(statuses=frozenset({EventStatus.PLANNED})), {}, False, id="other status"),
    pytest.param(Filter(grade=Grade.CORROBORATED), {}, True, id="just sure enough"),
    pytest.param(Filter(grade=Grade.CONFIRMED), {}, False, id="not sure enough"),
    pytest.param(Filter(), {"retracted": True}, False, id="nothing begins by its retraction"),
]


@pytest.mark.parametrize(("chosen", "changes", "expected"), NARROWER)
def test_what_narrows_a_wish(chosen: Filter, changes: dict[str, Any], expected: bool) -> None:
    facts = replace(UZBEK, **changes)
    assert wants(chosen, facts, Level.ALERT, SMALL_WORLD) is expected


def test_the_best_voices_come_first_one_of_each_origin() -> None:
    hosts = ("news.aggregate.example", "a.example", "bbc.com", "bbc.co.uk", "tass.com", "mid.ru")
    facts = facts_of(event(1, "RU recognition done", *hosts))
    assert [voice.outlet for voice in facts.voices] == [
        "mid.ru",
        "tass.com",
        "a.example",
        "bbc.com",
    ]
    assert facts.origins == 5


def test_an_organ_of_the_actor_goes_before_any_other() -> None:
    facts = facts_of(event(1, "GH recognition done", "mid.ru", "mfa.gov.gh"))
    assert [voice.outlet for voice in facts.voices] == ["mfa.gov.gh", "mid.ru"]


def test_both_sides_of_a_dispute_are_named() -> None:
    said = [item("2025-07-03", f"{n}.example", "LR recognition done") for n in range(9)]
    denied = [item("2025-07-04", f"d{n}.example", "LR recognition denied") for n in range(9)]
    facts = facts_of(assess(EventId(1), [*said, *denied]))
    assert facts.contested
    assert [voice.denies for voice in facts.voices] == [False, False, True, True]
    assert len(facts.voices) == MOST_VOICES


def test_a_withdrawn_voice_is_not_shown_unless_all_is_retracted() -> None:
    told = item("2025-07-03", "apnews.com", "LR recognition done")
    notice = item("2025-07-04", "apnews.com", "LR recognition done", title="WITHDRAWN: LR")
    other = item("2025-07-03", "bbc.com", "LR recognition done")
    kept = facts_of(assess(EventId(1), [told, notice, other]))
    assert [voice.outlet for voice in kept.voices] == ["bbc.com"]
    gone = facts_of(assess(EventId(1), [told, notice]))
    assert (gone.retracted, [voice.outlet for voice in gone.voices]) == (True, ["apnews.com"])


def test_facts_name_what_is_taken_in_and_taken_back() -> None:
    lesser = [event(3, "RU mission done"), event(2, "RU credentials done")]
    facts = facts_of(event(1, "RU recognition done"), reverses=AlertId(7), includes=lesser)
    assert facts.includes == ((EventType.CREDENTIALS, ""), (EventType.MISSION, ""))
    assert facts.reverses == 7


RECOGNITION = event(1, "RU recognition done", "mid.ru")
INHIBITED = [
    pytest.param("RU credentials done", RECOGNITION, True, id="credentials"),
    pytest.param("RU mission done", RECOGNITION, True, id="flag and mission"),
    pytest.param("RU mission done on 2025-07-02", RECOGNITION, True, id="the day before"),
    pytest.param("RU mission done on 2025-07-01", RECOGNITION, False, id="two days before"),
    pytest.param("RU mission planned", RECOGNITION, False, id="a plan"),
    pytest.param("RU meeting done", RECOGNITION, False, id="a meeting"),
    pytest.param("RU mission reversed", RECOGNITION, False, id="a mission closed"),
    pytest.param(
        "RU mission done", event(1, "RU recognition done", "tass.com"), False, id="not confirmed"
    ),
    pytest.param("RU mission done", replace(RECOGNITION, contested=True), False, id="contested"),
    pytest.param("RU mission done", replace(RECOGNITION, retracted=True), False, id="retracted"),
]


@pytest.mark.parametrize(("says", "greater", "expected"), INHIBITED)
def test_inhibitor(says: str, greater: Event, expected: bool) -> None:
    lesser = event(2, says)
    assert inhibitor(lesser, [lesser, greater]) is (greater if expected else None)
