"""Which mention goes into which event."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domain.alerts import Reason
from jobs.domain.events import Event, EventId, EventStatus, EventType, Evidence
from jobs.ledger.dating import Day, day_of, gap, said_at
from jobs.ledger.fusion import fuse
from jobs.ledger.windows import WINDOWS, Window
from tests.ledger_scripts import Ledger, item


def joined(first: Evidence, second: Evidence) -> bool:
    """Say whether two mentions, read in this order, go into one event."""
    ledger = Ledger()
    ledger.read(first)
    ledger.read(second)
    return len(ledger.events) == 1 and all(
        second in event.evidence for event in ledger.events.values()
    )


ONE = [
    pytest.param("RU recognition done", "2025-07-03", "2025-07-04", id="told a day later"),
    pytest.param("RU recognition done", "2025-07-03", "2025-08-01", id="recognition, weeks later"),
    pytest.param("UZ meeting done", "2025-07-03", "2025-07-06", id="meeting, three days later"),
    pytest.param("RU meeting reversed", "2025-07-03", "2025-07-04", id="cancelled, told again"),
    pytest.param("RU credentials done", "2025-07-03", "2025-07-10", id="credentials, a week later"),
    pytest.param("US recognition denied", "2021-08-16", "2021-08-23", id="refused, same week"),
    pytest.param("UZ recognition considered", "2025-06-02", "2025-06-09", id="considered"),
    pytest.param("BY mission planned", "2025-06-02", "2025-08-31", id="planned without a day"),
]


@pytest.mark.parametrize(("says", "first", "second"), ONE)
def test_two_reports_of_one_event(says: str, first: str, second: str) -> None:
    a, b = item(first, "a.example", says), item(second, "b.example", says)
    assert joined(a, b)
    assert joined(b, a)


TWO = [
    pytest.param("UZ meeting done", "2025-07-03", "2025-07-07", id="the next meeting"),
    pytest.param("RU credentials done", "2025-07-03", "2026-01-15", id="the next ambassador"),
    pytest.param("US recognition denied", "2021-08-16", "2021-08-24", id="refused again"),
    pytest.param("BY mission planned", "2025-06-02", "2025-09-01", id="planned anew"),
    pytest.param("RU recognition done", "2024-05-28", "2025-07-03", id="a premature report"),
]


@pytest.mark.parametrize(("says", "first", "second"), TWO)
def test_two_events(says: str, first: str, second: str) -> None:
    a, b = item(first, "a.example", says), item(second, "b.example", says)
    assert not joined(a, b)
    assert not joined(b, a)


@pytest.mark.parametrize("event_type", list(EventType))
def test_days_that_texts_name_may_differ_by_the_window(event_type: EventType) -> None:
    apart = WINDOWS[event_type].apart
    first = date(2025, 7, 3)
    says = f"RU {event_type} done on"
    a = item("2025-07-20", "a.example", f"{says} {first}")
    inside = item("2025-07-20", "b.example", f"{says} {first + apart}")
    beyond = item("2025-07-20", "b.example", f"{says} {first + apart + timedelta(days=1)}")
    assert joined(a, inside)
    assert not joined(a, beyond)


@pytest.mark.parametrize("window", WINDOWS.values(), ids=list(WINDOWS))
def test_windows_are_whole(window: Window) -> None:
    assert timedelta(0) < window.apart <= window.lag
    assert window.late >= window.apart
    assert window.lasting or not window.once
    assert window.reason


GAPS = [
    ((0, True), (0, True), 0),
    ((2, True), (0, True), 2),
    ((3, True), (0, True), None),
    ((-3, True), (0, False), 3),
    ((-4, True), (0, False), None),
    ((3, False), (0, True), 3),
    ((-2, False), (0, True), 2),
    ((-3, False), (0, True), None),
    ((-3, False), (0, False), 3),
    ((4, False), (0, False), None),
]


@pytest.mark.parametrize(("mention", "event", "expected"), GAPS)
def test_gap(mention: tuple[int, bool], event: tuple[int, bool], expected: int | None) -> None:
    start = date(2025, 7, 3)
    said, known = (Day(start + timedelta(days=days), named) for days, named in (mention, event))
    distance = gap(said, known, WINDOWS[EventType.MEETING])
    assert distance == (None if expected is None else timedelta(days=expected))


PLANS = [
    pytest.param("planned on 2025-05-10", "2025-05-10", True, id="on its day"),
    pytest.param("planned on 2025-05-10", "2025-05-13", True, id="three days late"),
    pytest.param("planned on 2025-05-10", "2025-05-07", True, id="three days early"),
    pytest.param("planned on 2025-05-10", "2025-05-14", False, id="four days late"),
    pytest.param("planned on 2025-05-10", "2025-05-15 undated", True, id="told five days late"),
    pytest.param("planned on 2025-05-10", "2025-05-18 undated", False, id="told eight days late"),
    pytest.param("planned", "2025-07-30", True, id="no day named, ninety days"),
    pytest.param("planned", "2025-07-31", False, id="no day named, longer"),
]


@pytest.mark.parametrize(("plan", "done_on", "expected"), PLANS)
@pytest.mark.parametrize("plan_first", [True, False])
def test_a_plan_joins_its_act(plan: str, done_on: str, expected: bool, plan_first: bool) -> None:
    announced = item("2025-05-01", "a.example", f"KZ mission {plan}")
    day, _, undated = done_on.partition(" ")
    act = item(day, "b.example", "KZ mission done" + ("" if undated else f" on {day}"))
    assert joined(*((announced, act) if plan_first else (act, announced))) is expected


def test_a_done_event_forgets_the_planned_day() -> None:
    ledger = Ledger()
    ledger.read(item("2025-05-01", "a.example", "KZ mission planned on 2025-05-10"))
    ledger.read(item("2025-05-12", "b.example", "KZ mission done on 2025-05-11"))
    (event,) = ledger.events.values()
    assert (event.status, event.on) == (EventStatus.DONE, date(2025, 5, 11))


STATEMENTS = [
    pytest.param("denied", "2025-07-03", 1, id="denied the same day"),
    pytest.param("denied", "2025-07-17", 1, id="denied within a fortnight"),
    pytest.param("denied", "2025-07-18", 2, id="denied later"),
    pytest.param("denied", "2025-07-02", 2, id="denied before"),
    pytest.param("considered", "2025-07-03", 2, id="considered"),
    pytest.param("reversed", "2025-07-03", 2, id="reversed"),
    pytest.param("past on 2025-07-03", "2025-12-01", 1, id="background"),
]


@pytest.mark.parametrize(("says", "day", "events"), STATEMENTS)
def test_statements_are_events_apart_from_acts(says: str, day: str, events: int) -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-03", "a.example", "LR recognition done on 2025-07-03"))
    ledger.read(item(day, "b.example", f"LR recognition {says}"))
    assert len(ledger.events) == events


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("RU recognition past on 2025-07-03", Reason.BACKGROUND),
        ("RU recognition past", Reason.BACKGROUND),
    ],
)
def test_background_alone_makes_no_event(says: str, reason: Reason) -> None:
    fused = fuse(item("2025-12-01", "a.example", says), [], EventId(1))
    assert (fused.after, fused.reason) == (None, reason)


@pytest.mark.parametrize("status", ["done", "planned", "denied", "considered", "reversed"])
def test_without_any_date_there_is_no_event(status: str) -> None:
    fused = fuse(item(None, "a.example", f"RU recognition {status}"), [], EventId(1))
    assert (fused.after, fused.reason) == (None, Reason.UNDATED)


def test_a_named_day_dates_an_item_without_date() -> None:
    said = item(None, "a.example", "RU recognition done on 2025-07-03", seen="2025-07-03")
    assert fuse(said, [], EventId(1)).after is not None


def test_the_same_mention_twice_changes_nothing() -> None:
    said = item("2025-07-03", "a.example", "RU recognition done")
    once = fuse(said, [], EventId(1)).after
    assert once is not None
    again = fuse(said, [once], EventId(2))
    assert again.before is again.after is once
    assert again.reason is Reason.ALREADY_KNOWN


def test_an_act_dated_in_the_future_happened_by_the_time_it_was_read() -> None:
    said = item("2099-01-01", "a.example", "RU recognition done", seen="2025-07-03")
    assert day_of(said) == Day(date(2025, 7, 3), stated=False)


def test_of_two_meetings_the_nearer_is_meant() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-03", "a.example", "UZ meeting done on 2025-07-03"))
    ledger.read(item("2025-07-07", "b.example", "UZ meeting done on 2025-07-07"))
    ledger.read(item("2025-07-06", "c.example", "UZ meeting done on 2025-07-06"))
    assert [len(event.evidence) for event in ledger.events.values()] == [1, 2]


def test_an_organisation_waives_a_ban_again() -> None:
    ledger = Ledger()
    for day in ("2025-03-07", "2025-03-08", "2025-10-03"):
        ledger.read(item(day, f"{day}.example", "UN delisting done"))
    assert len(ledger.events) == 2


def test_a_doubtful_withdrawal_does_not_make_reprints_new() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-03", "mid.ru", "RU recognition done"))
    ledger.read(item("2025-07-05", "rumour.example", "RU recognition reversed"))
    ledger.read(item("2025-07-09", "late.example", "RU recognition done"))
    assert [event.status for event in ledger.events.values()] == [
        EventStatus.DONE,
        EventStatus.REVERSED,
    ]


HISTORIES = [
    pytest.param(["07-03 done", "07-03 done", "07-20 done on 2025-07-20"], [3], id="a wrong day"),
    pytest.param(["07-03 done", "07-03 done", "11-03 done"], [3], id="months later"),
    pytest.param(["07-03 done", "11-03 done"], [1, 1], id="a weak report, months later"),
    pytest.param(
        ["07-03 done", "07-03 done", "07-04 denied", "11-03 done"], [3, 1], id="while contested"
    ),
    pytest.param(
        ["07-03 done", "07-03 done", "07-10 reversed", "07-10 reversed", "07-10 done"],
        [3, 2],
        id="on the day of its withdrawal",
    ),
    pytest.param(
        ["07-03 done", "07-03 done", "07-10 reversed", "07-10 reversed", "07-11 done"],
        [2, 2, 1],
        id="after its withdrawal",
    ),
    pytest.param(
        ["07-03 done", "07-10 reversed", "07-10 reversed WITHDRAWN", "07-12 done"],
        [2, 2],
        id="after a withdrawal that was withdrawn",
    ),
    pytest.param(
        ["07-03 done", "07-03 done", "07-10 reversed", "07-10 reversed", "07-12 denied"],
        [2, 2, 1],
        id="a denial after its withdrawal disputes nothing",
    ),
    pytest.param(
        ["07-03 done", "07-03 done", "07-10 reversed", "07-10 reversed", "08-20 planned"],
        [2, 2, 1],
        id="planned anew after its withdrawal",
    ),
    pytest.param(
        ["07-02 denied", "07-03 done", "07-04 denied"], [1, 2], id="a denial disputes first"
    ),
]


@pytest.mark.parametrize(("story", "sizes"), HISTORIES)
def test_histories_of_a_recognition(story: list[str], sizes: list[int]) -> None:
    ledger = Ledger()
    for number, line in enumerate(story):
        day, status, *more = line.split()
        says = f"LR recognition {status} " + " ".join(more if more[:1] == ["on"] else [])
        # A withdrawal speaks for its own outlet.
        host = "same.example" if status == "reversed" and len(story) == 4 else f"{number}.example"
        title = "WITHDRAWN: recognition" if "WITHDRAWN" in more else ""
        ledger.read(item(f"2025-{day} 12:0{number}", host, says, title=title))
    assert [len(event.evidence) for event in ledger.events.values()] == sizes


def test_an_earlier_withdrawal_takes_nothing_later_back() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-10", "a.example", "LR mission done"))
    ledger.read(item("2025-07-10", "b.example", "LR mission reversed on 2025-07-01"))
    assert ledger.events[EventId(2)].reverses is None


def test_a_lesser_event_stays_in_its_message() -> None:
    said = item("2025-07-03", "a.example", "RU mission done")
    event = fuse(said, [], EventId(2)).after
    assert event is not None
    inside = replace(event, inhibited_by=EventId(1))
    grown = fuse(item("2025-07-03", "b.example", "RU mission done"), [inside], EventId(3)).after
    assert grown is not None
    assert grown.inhibited_by == EventId(1)


def test_nothing_was_said_after_it_was_read() -> None:
    said = item("2099-01-01", "a.example", "RU recognition done", seen="2025-07-03")
    assert said_at(said) == said.seen_at


def test_a_dropped_plan_is_not_fulfilled_by_a_later_act() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-01", "a.example", "BY mission planned"))
    ledger.read(item("2025-07-10", "a.example", "BY mission denied"))
    ledger.read(item("2025-08-10", "a.example", "BY mission done"))
    assert [event.status for event in ledger.events.values()] == [
        EventStatus.PLANNED,
        EventStatus.DENIED,
        EventStatus.DONE,
    ]


STORY = "Kazakhstan takes the Taliban off its list of banned organisations, says ministry"


@pytest.mark.parametrize(
    ("title", "events"),
    [(STORY, 1), (STORY.replace("ministry", "spokesman"), 2), ("Taliban delisted", 2)],
    ids=["the same text", "another text", "a stock phrase"],
)
def test_a_story_is_as_old_as_its_text(title: str, events: int) -> None:
    ledger = Ledger()
    first = title if events == 1 else STORY if "Kazakhstan" in title else title
    ledger.read(item("2023-12-29", "a.example", "KZ delisting done", title=first))
    ledger.read(item("2024-06-03", "b.example", "KZ delisting done", title=title))
    assert len(ledger.events) == events
    assert len(ledger.lines) == events


def test_a_plan_is_dropped_once() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-01", "a.example", "BY mission planned"))
    ledger.read(item("2025-07-10", "a.example", "BY mission denied"))
    ledger.read(item("2025-07-20", "a.example", "BY mission denied"))
    assert [event.reverses for event in ledger.events.values()] == [None, 1, None]


def test_a_plan_without_any_date_joins_no_other() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-01", "a.example", "BY mission planned"))
    ledger.read(item(None, "b.example", "BY mission planned", seen="2025-07-02"))
    assert ledger.reasons[1] is Reason.UNDATED


UNDOING = [
    pytest.param(["AA mission done", "AA mission reversed"], 1, id="closed again"),
    pytest.param(["AA mission reversed", "AA mission done"], 1, id="opened again"),
    pytest.param(["AA meeting done", "AA meeting reversed"], None, id="a meeting was held"),
    pytest.param(["AA meeting planned", "AA meeting reversed"], 1, id="a visit is called off"),
    pytest.param(["AA mission planned", "AA mission denied"], 1, id="a plan is dropped"),
    pytest.param(["AA mission considered", "AA mission denied"], None, id="nothing to drop"),
    pytest.param(["AA mission denied", "AA mission planned"], None, id="a plan takes nothing back"),
    pytest.param(
        ["AA mission planned on 2025-07-02", "AA mission denied"], None, id="its day has passed"
    ),
]


@pytest.mark.parametrize(("says", "reverses"), UNDOING)
def test_what_a_new_event_takes_back(says: list[str], reverses: int | None) -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-01", "a.example", says[0]))
    ledger.read(item("2025-07-15", "a.example", says[1]))
    assert ledger.events[EventId(2)].reverses == reverses


def test_a_plan_told_again_after_the_act_is_the_act() -> None:
    ledger = Ledger()
    ledger.read(item("2025-07-03", "mid.ru", "RU recognition done"))
    ledger.read(item("2025-07-20", "late.example", "RU recognition planned"))
    ledger.read(item("2025-07-20", "late.example", "RU recognition considered"))
    assert [event.status for event in ledger.events.values()] == [
        EventStatus.DONE,
        EventStatus.CONSIDERED,
    ]


def test_a_plan_gains_its_day() -> None:
    ledger = Ledger()
    ledger.read(item("2025-05-01", "a.example", "KZ mission planned"))
    ledger.read(item("2025-05-05", "b.example", "KZ mission planned on 2025-06-01"))
    ledger.read(item("2025-05-06", "c.example", "KZ mission planned"))
    ledger.read(item("2025-05-07", "d.example", "KZ mission planned on 2026-06-01"))
    assert [event.on for event in ledger.events.values()] == [date(2025, 6, 1), date(2026, 6, 1)]


def test_a_plan_to_withdraw_is_another_plan() -> None:
    ledger = Ledger()
    ledger.read(item("2025-05-01", "a.example", "KZ mission planned"))
    ledger.read(item("2025-05-05", "b.example", "KZ mission planned", detail="withdrawal"))
    assert len(ledger.events) == 2


STATUSES = st.sampled_from(list(EventStatus))
TYPES = st.sampled_from([EventType.RECOGNITION, EventType.MEETING, EventType.MISSION])
DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@st.composite
def mentions(draw: st.DrawFn) -> Evidence:
    """Any mention of one actor in one year, dated in any of the ways there are."""
    published = draw(st.none() | DAYS)
    named = draw(st.none() | DAYS)
    says = f"RU {draw(TYPES)} {draw(STATUSES)}" + (f" on {named}" if named else "")
    host = draw(st.sampled_from(["mid.ru", "tass.com", "a.example", "b.example", "mofa.af"]))
    credited = draw(st.lists(st.sampled_from(["TASS", "organ:RU", "AP"]), max_size=2))
    seen = "2026-01-01"
    return item(
        published.isoformat() if published else None, host, says, seen=seen, credited=credited
    )


def membership(events: dict[EventId, Event]) -> set[frozenset[int]]:
    return {frozenset(int(each.mention_id) for each in event.evidence) for event in events.values()}


@given(st.lists(mentions(), max_size=12))
@settings(max_examples=150, deadline=None)
def test_no_mention_is_lost_and_none_is_in_two_events(said: list[Evidence]) -> None:
    ledger = Ledger()
    for each in said:
        ledger.read(each)
    held = [each.mention_id for event in ledger.events.values() for each in event.evidence]
    refused = [
        reason
        for reason, each in zip(ledger.reasons, said, strict=True)
        if each.mention_id not in held
    ]
    assert len(held) == len(set(held))
    assert set(refused) <= {Reason.UNDATED, Reason.BACKGROUND}
    assert len(held) + len(refused) == len(said)


@given(st.lists(mentions(), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_reading_again_changes_nothing_and_tells_nothing(said: list[Evidence]) -> None:
    ledger = Ledger()
    for each in said:
        ledger.read(each)
    before, told = dict(ledger.events), list(ledger.lines)
    held = {each.mention_id for event in before.values() for each in event.evidence}
    for each in said:
        # What found no event can find one later: it waits for none here.
        if each.mention_id in held:
            ledger.read(each)
    assert ledger.events == before
    assert ledger.lines == told


@given(st.permutations(range(6)))
@settings(deadline=None)
def test_reports_within_the_window_are_one_event_in_any_order(order: list[int]) -> None:
    said = [item(f"2025-07-0{3 + n % 2}", f"o{n}.example", "RU recognition done") for n in order]
    ledger = Ledger()
    for each in said:
        ledger.read(each)
    (event,) = ledger.events.values()
    assert event.on == date(2025, 7, 3)
