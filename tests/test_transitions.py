"""What is told, and why not."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from jobs.domain.alerts import AlertKind, Level, Reason, Transition, Withheld
from jobs.domain.events import Event, EventId, EventStatus, Evidence, Grade
from jobs.ledger.assessment import assess
from jobs.ledger.fanout import facts_of
from jobs.ledger.transitions import Circumstances, Told, decide, take_in
from tests.ledger_scripts import FRESHNESS, item, moment

NOW = moment("2025-07-03 18:00")
SAID = item("2025-07-03 14:00", "a.example", "RU recognition done on 2025-07-03")
EVENT = assess(EventId(1), [SAID])
TOLD = Told.of(AlertKind.ALERT, facts_of(EVENT))


def around(
    now: datetime = NOW, *, first: bool = False, told: tuple[int, ...] = ()
) -> Circumstances:
    ids = frozenset(EventId(each) for each in told)
    return Circumstances(now, FRESHNESS, is_baseline=first, told_events=ids)


def first_telling(said: Evidence, now: datetime = NOW) -> Reason | AlertKind:
    decision = decide(said, assess(EventId(1), [said]), [], None, around(now))
    return decision.reason if isinstance(decision, Withheld) else decision.kind


FIRST = [
    ("RU recognition done", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU recognition reversed", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU recognition denied", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU mission planned", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU mission considered", "2025-07-03", "2025-07-03", AlertKind.SIGNAL),
    ("RU recognition done", "2025-07-03", "2025-07-06", AlertKind.ALERT),
    ("RU recognition done", "2025-07-03", "2025-07-07", Reason.STALE),
    ("RU recognition done on 2025-06-19", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU recognition done on 2025-06-18", "2025-07-03", "2025-07-03", Reason.STALE),
    ("RU meeting done on 2025-06-26", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU meeting done on 2025-06-25", "2025-07-03", "2025-07-03", Reason.STALE),
    ("RU recognition done on 1925-06-29", "2025-07-03", "2025-07-03", Reason.STALE),
    ("RU mission planned on 2025-12-01", "2025-07-03", "2025-07-03", AlertKind.ALERT),
    ("RU mission planned on 2025-06-29", "2025-07-03", "2025-07-03", Reason.STALE),
    ("RU recognition done", "1970-01-01", "2025-07-03", Reason.STALE),
]


@pytest.mark.parametrize(("says", "published", "now", "expected"), FIRST)
def test_first_telling(says: str, published: str, now: str, expected: Reason | AlertKind) -> None:
    said = item(published, "a.example", says, seen=now)
    assert first_telling(said, moment(now)) is expected


def revised(**changes: object) -> Event:
    return replace(EVENT, **changes)  # type: ignore[arg-type]


DAY = date(2025, 7, 2)
REVISIONS = [
    pytest.param({}, {}, Reason.ALREADY_KNOWN, None, id="one more origin"),
    pytest.param({"origins": ("a", "b")}, {}, Reason.ALREADY_KNOWN, None, id="origins alone"),
    pytest.param({"grade": Grade.CONFIRMED}, {}, Reason.GRADE_RAISED, False, id="surer"),
    pytest.param({"grade": Grade.CLAIMED}, {}, Reason.GRADE_LOWERED, True, id="less sure"),
    pytest.param({"on": DAY}, {}, Reason.DATE_CHANGED, False, id="another day"),
    pytest.param({"on": DAY, "grade": Grade.CONFIRMED}, {}, Reason.GRADE_RAISED, False, id="both"),
    pytest.param({"contested": True}, {}, Reason.DISPUTED, True, id="disputed"),
    pytest.param({}, {"contested": True}, Reason.SETTLED, True, id="settled"),
    pytest.param({}, {"status": EventStatus.PLANNED}, Reason.STATUS_CHANGED, True, id="done now"),
    pytest.param({"retracted": True}, {}, Reason.RETRACTED, True, id="retracted"),
    pytest.param({}, {"retracted": True}, Reason.RESTORED, True, id="restored"),
    pytest.param(
        {"retracted": True, "on": DAY}, {"retracted": True}, Reason.ALREADY_KNOWN, None, id="still"
    ),
    pytest.param(
        {"grade": Grade.CONFIRMED}, {"kind": AlertKind.SIGNAL}, Reason.ALREADY_KNOWN, None, id="sig"
    ),
]


@pytest.mark.parametrize(("changes", "told", "reason", "loud"), REVISIONS)
def test_revisions(
    changes: dict[str, object], told: dict[str, object], reason: Reason, loud: bool | None
) -> None:
    last = replace(TOLD, **told)  # type: ignore[arg-type]
    decision = decide(SAID, revised(**changes), [], last, around())
    assert decision.reason is reason
    if loud is None:
        assert isinstance(decision, Withheld)
    else:
        assert isinstance(decision, Transition)
        expected = AlertKind.CANCEL if reason is Reason.RETRACTED else AlertKind.UPDATE
        assert (decision.kind, decision.loud, decision.level) == (expected, loud, Level.MAJOR)


def test_a_first_read_tells_nothing_even_of_a_told_event() -> None:
    for told in (None, TOLD):
        decision = decide(SAID, revised(grade=Grade.CONFIRMED), [], told, around(first=True))
        assert decision == Withheld(Reason.BASELINE)


def test_background_tells_nothing_even_where_a_change_waits() -> None:
    past = item("2025-07-03", "b.example", "RU recognition past on 2025-07-03")
    decision = decide(past, revised(grade=Grade.CONFIRMED), [], TOLD, around())
    assert decision == Withheld(Reason.BACKGROUND)


def test_an_event_retracted_before_it_was_told_is_not_told() -> None:
    decision = decide(SAID, revised(retracted=True), [], None, around())
    assert decision == Withheld(Reason.RETRACTED)


def test_a_late_item_can_still_correct_what_was_told() -> None:
    old = item("2025-07-01", "mid.ru", "RU recognition denied", seen="2025-07-09")
    decision = decide(old, revised(contested=True), [], TOLD, around(moment("2025-07-09")))
    assert decision.reason is Reason.DISPUTED


DENIALS = [
    pytest.param("2025-04-05", (2,), Level.SIGNAL, id="told within ninety days"),
    pytest.param("2025-04-04", (2,), Level.ALERT, id="told ninety days ago"),
    pytest.param("2025-07-01", (), Level.ALERT, id="held back, so it silences none"),
]


@pytest.mark.parametrize(("earlier", "told", "level"), DENIALS)
def test_a_refusal_is_news_after_a_silence(
    earlier: str, told: tuple[int, ...], level: Level
) -> None:
    before = assess(EventId(2), [item(earlier, "a.example", "US recognition denied")])
    said = item("2025-07-03", "a.example", "US recognition denied")
    event = assess(EventId(1), [said])
    decision = decide(said, event, [before, event], None, around(told=told))
    assert isinstance(decision, Transition)
    assert decision.level is level


def test_a_refusal_of_another_thing_silences_none() -> None:
    before = assess(EventId(2), [item("2025-07-01", "a.example", "US meeting denied")])
    said = item("2025-07-03", "a.example", "US recognition denied")
    decision = decide(said, assess(EventId(1), [said]), [before], None, around(told=(2,)))
    assert isinstance(decision, Transition)
    assert decision.kind is AlertKind.ALERT


def test_a_plan_dropped_is_news_whatever_was_said_before() -> None:
    before = assess(EventId(2), [item("2025-07-01", "a.example", "BY recognition denied")])
    said = item("2025-07-03", "a.example", "BY recognition denied")
    event = assess(EventId(1), [said], reverses=EventId(3))
    decision = decide(said, event, [before], None, around(told=(2,)))
    assert decision == Transition(
        EventId(1), AlertKind.ALERT, Reason.REVERSAL, Level.MAJOR, loud=False
    )


def test_taking_in_is_a_quiet_revision() -> None:
    decision = take_in(EVENT)
    assert (decision.reason, decision.loud, decision.kind) == (
        Reason.INHIBITED,
        False,
        AlertKind.UPDATE,
    )


def test_freshness_longer_than_the_window_wins() -> None:
    said = item("2025-06-01", "a.example", "RU meeting done", seen="2025-07-03")
    year = Circumstances(NOW, timedelta(days=365))
    decision = decide(said, assess(EventId(1), [said]), [], None, year)
    assert isinstance(decision, Transition)
