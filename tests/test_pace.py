from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobs.domain.items import Source, Tier
from jobs.errors import ConfigError
from jobs.reference import DATA, load_reference
from jobs.reference.cadence import load_cadence
from jobs.reference.cases import Forum
from jobs.sources.pace import open_windows, own_pace
from tests.samples import NOON, a_source
from tests.small_world import TALIBAN

CADENCE = load_cadence(DATA / "cadence.toml")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUMMIT = Forum("SCO", "SCO", "Bishkek", date(2026, 8, 31), date(2026, 9, 1))
SOME_DAY = Forum("Moscow Format", "", "", date(2026, 9, 1), date(2026, 12, 31))

TOLO = a_source(cases=("taliban",))
UZBEK = a_source(side="UZ")
BBC = a_source()
WAFA = a_source(cases=("palestine",), side="UZ")


@pytest.mark.parametrize(
    ("today", "factor"),
    [
        (date(2026, 8, 29), 1.0),
        (date(2026, 8, 30), 0.5),
        (date(2026, 9, 3), 0.5),
        (date(2026, 9, 4), 1.0),
    ],
)
def test_a_forum_opens_a_window_for_the_watched_actors(today: date, factor: float) -> None:
    case = replace(TALIBAN, forums=(SUMMIT, SOME_DAY))
    windows = open_windows([case], {}, CADENCE, today)
    assert [windows.factor(source) for source in (TOLO, UZBEK, BBC, WAFA)] == [
        factor,
        factor,
        1.0,
        1.0,
    ]


@pytest.mark.parametrize(
    ("days", "factor"), [(0, 1 / 3), (3, 1 / 3), (4, 1 / 2), (14, 1 / 2), (15, 1.0)]
)
def test_a_recognition_opens_the_ripple_window(days: int, factor: float) -> None:
    third = date(2025, 7, 3)
    windows = open_windows([TALIBAN], {"taliban": third}, CADENCE, third + days * DAY)
    assert windows.factor(UZBEK) == factor
    assert windows.factor(BBC) == 1.0


@pytest.mark.parametrize(
    ("source", "silent", "new", "shown", "factor"),
    [
        (BBC, HOUR, 0, 30, 1.0),
        (BBC, HOUR, 3, 30, 1.0),
        (BBC, HOUR, 15, 30, 0.5),
        (BBC, 25 * HOUR, 0, 30, 1.5),
        (BBC, 5 * DAY, 0, 30, 3.0),
        (BBC, 5 * DAY, 1, 30, 1.0),
        (BBC, None, 0, 0, 1.0),
        (a_source(tier=Tier.OFFICIAL), 50 * DAY, 0, 30, 1.0),
    ],
    ids=["quiet", "usual", "busy", "a day", "days", "again", "never", "an organ"],
)
def test_an_interval_follows_how_often_a_source_publishes(
    source: Source, silent: timedelta | None, new: int, shown: int, factor: float
) -> None:
    last = NOON - silent if silent else None
    paced = own_pace(source, CADENCE, last_new_at=last, new=new, shown=shown, now=NOON)
    assert paced == factor


def test_what_the_shipped_table_says_is_loaded() -> None:
    assert load_reference().cadence == CADENCE
    assert CADENCE.fresh_most == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("faster = 3.0", "faster = 0.5", r"ripple\[1\].faster: is 0.5; give a number from 1"),
        ("days = 3", "days = 30", "ripple: put the shortest first"),
        ("new_share = 0.5", "", "busy.new_share: is missing"),
        ("days_after = 2", "days_afterwards = 2", "forum.days_after: is missing"),
        ("slower = 3.0", 'slower = "3"', r"idle\[2\].slower: is '3'"),
    ],
)
def test_a_wrong_cadence_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (DATA / "cadence.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "cadence.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_cadence(path)
