"""The gates: never faster than Telegram allows, and never slower than that for no reason."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import (
    ANSWERS_BESIDE_ALERTS,
    ANSWERS_PER_SECOND,
    GROUP_PER_MINUTE,
    HOLD_SECONDS,
    PER_SECOND,
    PRIVATE_BURST,
    Lane,
    Pacer,
)
from jobs.domain.alerts import ChatId

A, B, C = ChatId(1), ChatId(2), ChatId(-3)


def starts(
    pacer: Pacer, wishes: list[tuple[int, float]], now: float = 0.0
) -> dict[int, list[float]]:
    """Start each wished call as soon as it may; ids below zero are groups."""
    started: dict[int, list[float]] = {}
    for chat, idle in wishes:
        now += idle
        now = pacer.ready_at(ChatId(chat), chat > 0, now)
        pacer.finish(pacer.start(ChatId(chat), chat > 0, now), now)
        started.setdefault(chat, []).append(now)
    return started


def most_within(times: list[float], seconds: float) -> int:
    times = sorted(times)
    return max(
        (sum(1 for t in times if begin <= t < begin + seconds) for begin in times), default=0
    )


wishes = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3, -1, -2, *range(100, 160)]),
        st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 1.0, 7.0]),
    ),
    max_size=200,
)


@given(wishes)
def test_the_pace_holds_whatever_is_wished(wished: list[tuple[int, float]]) -> None:
    started = starts(Pacer(), wished)
    assert most_within(list(itertools.chain(*started.values())), 1.0) <= PER_SECOND
    for chat, times in started.items():
        if chat < 0:
            assert most_within(times, 60.0) <= GROUP_PER_MINUTE
        else:
            for first, last in itertools.combinations(range(len(times)), 2):
                allowed = PRIVATE_BURST + times[last] - times[first]
                assert last - first + 1 <= allowed + 1e-6


@given(wishes)
def test_a_chat_that_is_ready_is_not_called_closed(wished: list[tuple[int, float]]) -> None:
    pacer = Pacer()
    started = starts(pacer, wished)
    now = max(itertools.chain([0.0], *started.values()))
    for chat in started:
        is_closed = chat in pacer.closed_chats(now)
        opens_at = max(pacer.ready_at(ChatId(chat), chat > 0, now), now)
        if opens_at == now:
            assert not is_closed
        if pacer.opens_at(now) == now:
            assert is_closed == (opens_at > now)


def test_sustained_pace_is_near_the_limit() -> None:
    started = starts(Pacer(), [(chat, 0.0) for chat in range(1, 1001)])
    last = max(itertools.chain(*started.values()))
    assert 1000 / last >= 25


def test_a_group_waits_for_the_oldest_of_its_minute_to_pass() -> None:
    times = starts(Pacer(), [(-1, 0.0)] * (2 * GROUP_PER_MINUTE + 1))[-1]
    assert most_within(times, 60.0) == GROUP_PER_MINUTE
    assert times[GROUP_PER_MINUTE] == pytest.approx(times[0] + 60.0)
    assert times[2 * GROUP_PER_MINUTE] == pytest.approx(times[0] + 120.0)


def test_room_is_what_the_window_leaves() -> None:
    pacer = Pacer()
    assert pacer.room(0.0) == PER_SECOND
    for chat in range(10):
        pacer.finish(pacer.start(ChatId(chat + 1), True, 0.0), 0.2)
    assert pacer.room(1.1) == PER_SECOND - 10
    assert pacer.room(1.2) == PER_SECOND


arrivals = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.02, 0.3]), st.floats(0, 4), st.floats(0, 1)),
    min_size=30,
    max_size=150,
)


@settings(deadline=None)  # many small steps, on however busy a machine
@given(arrivals)
def test_no_second_sees_more_however_long_calls_take_to_arrive(
    calls: list[tuple[float, float, float]],
) -> None:
    pacer, now, arrived = Pacer(), 0.0, []
    under_way: list[tuple[float, int]] = []
    for chat, (idle, seconds, share) in enumerate(calls, start=1):
        now += idle
        while True:
            for end, number in [each for each in under_way if each[0] <= now]:
                pacer.finish(number, end)
                under_way.remove((end, number))
            ready = pacer.ready_at(ChatId(chat), True, now)
            if ready == now:
                break
            now = min([ready, *(end for end, _ in under_way)])
        under_way.append((now + seconds, pacer.start(ChatId(chat), True, now)))
        arrived.append(now + share * seconds)
    assert most_within(arrived, 1.0) <= PER_SECOND


def test_a_call_that_hangs_gives_its_place_back() -> None:
    pacer = Pacer()
    numbers = [pacer.start(ChatId(chat), True, 0.0) for chat in range(1, PER_SECOND + 1)]
    assert pacer.opens_at(1.0) == HOLD_SECONDS
    assert (pacer.room(HOLD_SECONDS - 0.1), pacer.room(HOLD_SECONDS)) == (0, PER_SECOND)
    pacer.finish(numbers[0], HOLD_SECONDS)
    assert pacer.room(HOLD_SECONDS) == PER_SECOND, "an end after that takes no place again"


@pytest.mark.parametrize(
    ("alerts_wait", "most"), [(True, ANSWERS_BESIDE_ALERTS), (False, ANSWERS_PER_SECOND)]
)
def test_answers_leave_room_for_alerts(alerts_wait: bool, most: int) -> None:
    pacer = Pacer()
    pacer.alerts_wait = alerts_wait
    for chat in range(1, most + 1):
        assert pacer.ready_at(ChatId(chat), True, 0.0, Lane.ANSWER) == 0.0
        pacer.finish(pacer.start(ChatId(chat), True, 0.0, Lane.ANSWER), 0.0)
    assert pacer.ready_at(ChatId(999), True, 0.0, Lane.ANSWER) == 1.0
    assert pacer.ready_at(ChatId(999), True, 0.0) == 0.0
    assert pacer.room(0.0) == PER_SECOND - most


def test_a_pace_may_be_bought() -> None:
    pacer = Pacer(per_second=1000)
    assert pacer.room(0.0) == 1000


def test_refusal_closes_only_its_chat() -> None:
    pacer = Pacer()
    pacer.refused(A, True, 7.0, now=100.0)
    assert pacer.ready_at(A, True, 100.0) == 107.0
    assert pacer.ready_at(B, True, 100.0) == 100.0
    assert pacer.closed_chats(106.9) == [A]
    assert pacer.next_change(106.9) == 107.0
    assert pacer.closed_chats(107.0) == []
    assert pacer.next_change(107.0) is None


def test_a_shorter_refusal_does_not_open_a_gate() -> None:
    pacer = Pacer()
    pacer.refused(A, True, 60.0, now=0.0)
    pacer.refused(A, True, 1.0, now=10.0)
    assert pacer.ready_at(A, True, 10.0) == 60.0


@pytest.mark.parametrize(
    ("second", "at", "opens_at"),
    [
        (B, 0.9, 5.9),
        (C, 0.9, 5.9),
        (B, 1.1, 1.1),
        (A, 0.5, 0.5),
    ],
    ids=["another at once", "a group at once", "another, later", "the same chat"],
)
def test_refusals_close_together_close_everything(
    second: ChatId, at: float, opens_at: float
) -> None:
    pacer = Pacer()
    assert pacer.refused(A, True, 5.0, now=0.0) == 0.0
    wide = pacer.refused(second, second > 0, 30.0, now=at)
    assert wide == pytest.approx(5.0 if opens_at > at else 0.0)
    assert pacer.opens_at(at) == opens_at
    assert (pacer.room(at) == 0) == (opens_at > at)


def test_a_dead_link_is_tried_less_and_less_often() -> None:
    pacer = Pacer()
    now, pauses = 0.0, []
    for _ in range(8):
        pacer.link_failed(now)
        pacer.link_failed(now)  # a second call of the same moment is the same failure
        pauses.append(pacer.opens_at(now) - now)
        now = pacer.opens_at(now)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    pacer.link_worked()
    pacer.link_failed(now)
    assert pacer.opens_at(now) - now == 1.0


def test_idle_chats_are_forgotten_but_held_ones_are_not() -> None:
    pacer = Pacer()
    for chat in range(1, 1001):
        pacer.start(ChatId(chat), True, 0.0)
        pacer.start(ChatId(-chat), False, 0.0)
    pacer.refused(A, True, 86_400.0, now=0.0)
    assert pacer.closed_chats(61.0) == [A]
    assert pacer.watched == 1
