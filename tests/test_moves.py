import pytest

from jobs.domain.health import STAYS, Move
from jobs.sources.moves import is_same_site, is_to_follow, seen

NEW = "https://news.example/rss"


def test_a_move_is_counted_while_it_is_the_same() -> None:
    move = STAYS
    for times in (1, 2, 3):
        move = seen(move, NEW)
        assert move == Move(NEW, times)
    assert seen(move, "https://other.example/") == Move("https://other.example/", 1)
    assert seen(move, None) == STAYS


@pytest.mark.parametrize(
    ("address", "times", "follows"),
    [
        ("http://news.example/feed", 4, False),
        ("http://news.example/feed", 5, True),
        ("http://feeds.news.example/x", 5, True),
        ("http://elsewhere.example/x", 5, False),
    ],
)
def test_a_move_is_followed_after_repeats_and_within_the_site(
    address: str, times: int, follows: bool
) -> None:
    assert is_to_follow(Move(NEW, times), address) is follows


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/x", "https://www.a.example/y", True),
        ("http://a.example/", "http://b.a.example/", True),
        ("http://a.example/", "http://nota.example/", False),
        ("http://a.co.uk/", "http://b.co.uk/", False),
    ],
)
def test_what_is_one_site(one: str, other: str, same: bool) -> None:
    assert is_same_site(one, other) is is_same_site(other, one) is same
