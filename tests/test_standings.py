"""Where an actor stands."""

from datetime import date

import pytest

from jobs.domain.events import Event, EventId, Standing
from jobs.ledger.assessment import assess
from jobs.ledger.standings import is_in_baseline, stand
from jobs.reference.cases import BaselineStanding
from tests.ledger_scripts import item

DAY = date(2025, 4, 17)


def event(number: int, says: str, *hosts: str, published: str = "2025-07-03") -> Event:
    said = [item(published, host, says) for host in hosts or ("a.example", "b.example")]
    return assess(EventId(number), said)


def known(*, on: date = DAY, certain: bool = True, **part: object) -> BaselineStanding:
    standing = Standing("case", "RU", certain=certain, **part)  # type: ignore[arg-type]
    return BaselineStanding(standing, on, "https://example.org", certain)


def test_nothing_known_is_no_recognition() -> None:
    assert stand("case", "RU", []) == Standing("case", "RU")


def test_events_follow_the_baseline_by_day() -> None:
    baseline = [
        known(listing="suspended", listing_on=DAY),
        known(on=date(2022, 4, 9), mission="embassy", mission_on=date(2022, 4, 9)),
        known(on=date(2026, 1, 1), last_meeting_on=date(2026, 1, 1)),
    ]
    events = [
        event(1, "RU recognition done on 2025-07-03"),
        event(2, "RU credentials done on 2025-07-03"),
        event(3, "RU meeting done on 2025-07-03"),
        event(4, "RU agreement done on 2025-07-03"),
        event(5, "RU mission planned"),
    ]
    day = date(2025, 7, 3)
    assert stand("case", "RU", events, baseline) == Standing(
        "case",
        "RU",
        recognition="de_jure",
        recognised_on=day,
        mission="embassy",
        mission_on=date(2022, 4, 9),
        head_of_mission="ambassador",
        head_on=day,
        listing="suspended",
        listing_on=DAY,
        last_meeting_on=date(2026, 1, 1),
        certain=True,
        events=(EventId(1), EventId(2)),
    )


REVERSALS = [
    ("recognition", "recognition", "withdrawn"),
    ("mission", "mission", "closed"),
    ("credentials", "head_of_mission", "none"),
    ("delisting", "listing", "listed"),
]


@pytest.mark.parametrize(("event_type", "part", "word"), REVERSALS)
def test_reversals(event_type: str, part: str, word: str) -> None:
    events = [
        event(2, f"RU {event_type} reversed on 2025-08-01", published="2025-08-01"),
        event(1, f"RU {event_type} done on 2025-07-03"),
    ]
    standing = stand("case", "RU", events)
    assert (getattr(standing, part), standing.events) == (word, (EventId(2),))


@pytest.mark.parametrize("host", ["mofa.af"])
def test_what_only_a_party_claims_changes_nothing(host: str) -> None:
    assert stand("case", "RU", [event(1, "RU recognition done", host)]).recognition == "none"


def test_one_origin_makes_an_uncertain_standing() -> None:
    standing = stand("case", "RU", [event(1, "RU recognition done", "a.example")])
    assert (standing.recognition, standing.certain) == ("de_jure", False)


def test_a_mission_keeps_its_kind() -> None:
    said = [item("2025-07-03", host, "RU mission done", detail="consulate") for host in ("a", "b")]
    assert stand("case", "RU", [assess(EventId(1), said)]).mission == "consulate"


RECOGNISED = known(recognition="de_jure", recognised_on=DAY)
EMBASSY = known(mission="embassy", mission_on=DAY)

BASELINE = [
    pytest.param("recognition done on 2025-07-03", RECOGNISED, True, id="recognised long since"),
    pytest.param("recognition done on 2025-04-16", RECOGNISED, True, id="a day before"),
    pytest.param("recognition done on 2025-03-16", RECOGNISED, False, id="dated before"),
    pytest.param("recognition planned", RECOGNISED, True, id="planned though done"),
    pytest.param("recognition reversed", RECOGNISED, False, id="withdrawn now"),
    pytest.param("recognition denied", RECOGNISED, False, id="a statement"),
    pytest.param("mission done on 2025-04-18", EMBASSY, True, id="the embassy"),
    pytest.param("mission done on 2025-07-03", EMBASSY, False, id="a later mission"),
    pytest.param("mission planned on 2025-04-18", EMBASSY, False, id="a mission planned"),
    pytest.param(
        "recognition done",
        known(recognition="de_jure", recognised_on=DAY, certain=False),
        False,
        id="uncertain",
    ),
    pytest.param(
        "recognition reversed",
        known(recognition="withdrawn", recognised_on=DAY),
        True,
        id="withdrawn long since",
    ),
    pytest.param("meeting done on 2025-04-18", known(last_meeting_on=DAY), True, id="met"),
    pytest.param("recognition done", EMBASSY, False, id="another part"),
]


@pytest.mark.parametrize(("says", "part", "expected"), BASELINE)
def test_is_in_baseline(says: str, part: BaselineStanding, expected: bool) -> None:
    assert is_in_baseline(event(1, f"RU {says}"), [part], []) is expected


def test_a_baseline_undone_since_holds_nothing_back() -> None:
    undone = event(1, "RU recognition reversed on 2025-07-03")
    again = event(2, "RU recognition done on 2025-07-03")
    assert not is_in_baseline(again, [RECOGNISED], [undone, again])
    assert is_in_baseline(again, [RECOGNISED], [again])
