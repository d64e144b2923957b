"""The gates: never faster than Telegram allows, and never slower than that for no reason."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import GROUP_PER_MINUTE, PER_SECOND, PRIVATE_BURST, Pacer
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
        pacer.start(ChatId(chat), chat > 0, now)
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


def test_room_is_what_the_window_leaves() -> None:
    pacer = Pacer()
    assert pacer.room(0.0) == PER_SECOND
    for chat in range(10):
        pacer.start(ChatId(chat + 1), True, 0.0)
    assert pacer.room(0.5) == PER_SECOND - 10
    assert pacer.room(2.0) == PER_SECOND


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
    pacer.refused(A, True, 5.0, now=0.0)
    pacer.refused(second, second > 0, 30.0, now=at)
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
