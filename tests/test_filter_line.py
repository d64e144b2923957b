"""One line of words, and the wish it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.countries import Gazetteer
from bot.commands.filter_line import BY_WEIGHT, FilterGrammar, Mistake, Why
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventStatus, EventType, Grade
from tests.small_world import SMALL_WORLD

GRAMMAR = FilterGrammar(SMALL_WORLD, Gazetteer(SMALL_WORLD))
MEETING_UP = frozenset(BY_WEIGHT) - {EventType.FORUM}


def wish(**parts: object) -> Filter:
    """Return a wish whose parts are given as words with spaces between."""
    kinds = {"cases": str, "actors": str, "groups": str}
    sets = {
        name: frozenset(kind(word) for word in str(parts.pop(name)).split())
        for name, kind in {**kinds, "types": EventType, "statuses": EventStatus}.items()
        if name in parts
    }
    return Filter(**sets, **parts)  # type: ignore[arg-type]


LINES = [
    ("uz kz meeting+ confirmed", Filter(actors=frozenset({"UZ", "KZ"}), types=MEETING_UP,
                                        grade=Grade.CONFIRMED)),
    ("all", Filter()),
    ("everything", Filter()),
    ("", Filter()),
    ("UZ, KZ;  ru", wish(actors="UZ KZ RU")),
    ("Uzbekistan and the United States", wish(actors="UZ US")),
    ("Россия", wish(actors="RU")),
    ("sco recognitions", wish(groups="sco", types="recognition")),
    ("Shanghai Cooperation Organisation", wish(groups="sco")),
    ("central asia neighbors nato", wish(groups="central-asia neighbours", actors="NATO")),
    ("palestine taliban", wish(cases="palestine taliban")),
    ("recognition+", wish(types="recognition")),
    ("forum+", wish(types=" ".join(EventType))),
    ("corroborated+ embassies bans", wish(types="mission delisting", grade=Grade.CORROBORATED)),
    ("done planned", wish(statuses="done planned")),
    ("considered ir", wish(statuses="considered", actors="IR", level=Level.SIGNAL)),
    ("signals", wish(level=Level.SIGNAL)),
    ("major ru", wish(level=Level.MAJOR, actors="RU")),
    ("important", Filter()),
    ("reported confirmed", wish(grade=Grade.CONFIRMED)),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line or "-" for line, _ in LINES])
def test_a_line_is_a_whole_wish(line: str, expected: Filter) -> None:
    assert GRAMMAR.read(line) == expected


MISTAKES = [
    ("uz kazahkstan", Why.UNKNOWN, "kazahkstan", "kazakhstan"),
    ("meting", Why.UNKNOWN, "meting", "meeting"),
    ("confirmd uz", Why.UNKNOWN, "confirmd", "confirmed"),
    ("neighbour uz", Why.UNKNOWN, "neighbour", "neighbours"),
    ("palestin", Why.UNKNOWN, "palestin", "palestine"),
    ("^uz.*$", Why.UNKNOWN, "^uz.*$", ""),
    ("-uz", Why.UNKNOWN, "-uz", ""),
    ("(a+)+b", Why.UNKNOWN, "(a+)+b", ""),
    ("uz+", Why.NO_PLUS, "uz+", ""),
    ("done+", Why.NO_PLUS, "done+", ""),
    ("major meeting", Why.NOTHING_LEFT, "major", ""),
    ("major considered", Why.NOTHING_LEFT, "major", ""),
]


@pytest.mark.parametrize(("line", "why", "word", "guess"), MISTAKES)
def test_what_cannot_be_read_is_named_with_the_nearest(
    line: str, why: Why, word: str, guess: str
) -> None:
    found = GRAMMAR.read(line)
    assert isinstance(found, Mistake)
    assert (found.why, found.word) == (why, word)
    assert not guess or guess == found.guesses[0]
    assert len(found.guesses) <= 3


@given(st.text(max_size=300))
def test_any_line_gives_a_wish_or_a_mistake_that_it_holds(line: str) -> None:
    found = GRAMMAR.read(line)
    if isinstance(found, Mistake) and found.why is not Why.NOTHING_LEFT:
        assert found.word in line


def test_every_kind_has_its_weight() -> None:
    assert sorted(BY_WEIGHT) == sorted(EventType)
