import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobs.domain.events import EventStatus, EventType
from jobs.domain.items import Tier
from jobs.evaluate import read_items
from jobs.reference import load_reference
from jobs.reference.demo import STREAM, load_demo
from jobs.reference.sources import host_of

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]


def telling(rows: list[Row], *what: str) -> list[Row]:
    """Return the items with an event of this actor, type, status and date."""
    keys = ("actor", "type", "status", "date")
    return [
        row
        for row in rows
        if any(tuple(event[key] for key in keys)[: len(what)] == what for event in row["events"])
    ]


def outlets(rows: list[Row]) -> set[str]:
    return {row["outlet"] for row in rows}


def test_the_stream_is_large_and_many_voiced(rows: list[Row]) -> None:
    stream = load_demo()
    assert len(stream) == len(rows) >= 160
    assert len({item.outlet for item in stream}) >= 8
    assert stream[0].published < datetime(2021, 9, 1, tzinfo=UTC)
    assert stream[-1].published.year == 2026


def test_items_come_in_order_with_aware_times() -> None:
    times = [item.published for item in load_demo()]
    assert times == sorted(times)
    assert all(time.utcoffset() == timedelta(0) for time in times)


def test_no_two_items_are_one(rows: list[Row]) -> None:
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["url"] for row in rows}) == len(rows)
    assert len({(row["outlet"], row["title"]) for row in rows}) == len(rows)


def test_an_address_lies_under_its_outlets_host() -> None:
    assert all(host_of(item.url) == item.outlet for item in load_demo())


def test_every_label_exists(rows: list[Row]) -> None:
    reference = load_reference()
    for row in rows:
        assert row["case"] in {*reference.cases, "none"}
        assert (row["case"] == "none") == (not row["events"])
        for event in row["events"]:
            assert event["actor"] in reference.actors
            EventType(event["type"])
            EventStatus(event["status"])


def test_what_is_done_is_not_told_before_its_day(rows: list[Row]) -> None:
    for row in rows:
        for event in row["events"]:
            if event["date"] and event["status"] in {"done", "reversed", "past"}:
                assert date.fromisoformat(event["date"]) <= date.fromisoformat(
                    row["published"][:10]
                )


def test_russias_recognition_is_told_by_many_and_by_its_ministry(rows: list[Row]) -> None:
    told = outlets(telling(rows, "RU", "recognition", "done", "2025-07-03"))
    assert len(told) >= 12
    assert "mid.ru" in told
    assert load_reference().outlet_of("mid.ru").tier is Tier.OFFICIAL


def test_nobody_else_recognises_the_taliban_but_in_the_false_report(rows: list[Row]) -> None:
    done = [
        (event["actor"], event["date"])
        for row in rows
        if row["case"] == "taliban"
        for event in row["events"]
        if (event["type"], event["status"]) == ("recognition", "done")
    ]
    assert set(done) == {("RU", "2025-07-03"), ("CN", "2023-12-05")}


def test_uzbekistan_meets_baradar_hours_later(rows: list[Row]) -> None:
    first = telling(rows, "RU", "recognition", "done", "2025-07-03")[0]
    meeting = telling(rows, "UZ", "meeting", "done", "2025-07-03")[0]
    gap = datetime.fromisoformat(meeting["published"]) - datetime.fromisoformat(first["published"])
    assert timedelta() < gap < timedelta(hours=12)


def test_chinas_credentials_are_no_recognition(rows: list[Row]) -> None:
    told = telling(rows, "CN", "credentials", "done", "2024-01-30")
    assert len(outlets(told)) >= 4
    assert not set(map(id, told)) & set(map(id, telling(rows, "CN", "recognition", "done")))


def test_one_report_is_claimed_by_the_weak_and_denied_by_its_actor(rows: list[Row]) -> None:
    reference = load_reference()
    claims = telling(rows, "CN", "recognition", "done")
    denials = telling(rows, "CN", "recognition", "denied", "2023-12-05")
    sides = {reference.outlet_of(row["outlet"], "taliban").side for row in claims}
    assert sides <= {"subject", "third"}
    assert claims[-1]["published"] < denials[0]["published"]
    assert reference.outlet_of(denials[0]["outlet"]).side == "CN"


def test_kazakhstans_delisting_is_told_again_after_half_a_year(rows: list[Row]) -> None:
    days = [row["published"][:7] for row in telling(rows, "KZ", "delisting", "done", "2023-12-29")]
    assert {"2023-12", "2024-06"} <= set(days)


@pytest.mark.parametrize(
    ("planned", "done"),
    [
        pytest.param(("IR", "mission"), "2023-02-26", id="embassy in Tehran"),
        pytest.param(("PK", "meeting"), "2021-11-10", id="visit to Islamabad"),
        pytest.param(("GB", "mission"), "2024-09-27", id="embassy in London"),
        pytest.param(("RU", "credentials"), "2026-01-15", id="credentials in the Kremlin"),
    ],
)
def test_a_plan_is_later_done(rows: list[Row], planned: tuple[str, str], done: str) -> None:
    plan = telling(rows, *planned, "planned", done)[0]
    act = telling(rows, *planned, "done", done)[0]
    assert plan["published"] < act["published"]


def test_something_is_reversed_that_was_done(rows: list[Row]) -> None:
    deal = telling(rows, "CN", "agreement", "done", "2023-01-05")[0]
    end = telling(rows, "CN", "agreement", "reversed", "2025-06-17")[0]
    assert deal["published"] < end["published"]


@pytest.mark.parametrize(
    ("kind", "least", "holds"),
    [
        pytest.param("TTP", 4, lambda text: "TTP" in text, id="Pakistani Taliban"),
        pytest.param(
            "cricket", 3, lambda text: "cricket" in text.lower() or "T20" in text, id="cricket"
        ),
        pytest.param("award", 2, lambda text: "award" in text.lower(), id="awards"),
        pytest.param("need", 3, lambda text: "recognise the need" in text, id="recognise the need"),
        pytest.param("praise", 1, lambda text: "praises" in text, id="third-party praise"),
    ],
)
def test_hard_negatives_are_among_it(
    rows: list[Row], kind: str, least: int, holds: Callable[[str], bool]
) -> None:
    empty = [row for row in rows if not row["events"]]
    assert sum(holds(f"{row['title']} {row['summary']}") for row in empty) >= least, kind


def test_background_pieces_are_among_it(rows: list[Row]) -> None:
    assert len(telling(rows, "RU", "recognition", "past")) >= 3


def test_evaluate_can_read_the_stream() -> None:
    assert len(read_items(STREAM)) == len(load_demo())
