from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.domain.alerts import Notice
from jobs.domain.health import SourceHealth, State, Trouble, state_of
from jobs.domain.items import SourceId
from jobs.watching import watch
from tests.samples import NOON

DAY = timedelta(days=1)
WELL = SourceHealth(SourceId("a"), 0, None, NOON - DAY, NOON, NOON, NOON, None)
FAILING = replace(WELL, failures=5, last_error="404")
SILENT = replace(WELL, last_new_at=NOON - 15 * DAY)


@pytest.mark.parametrize(
    ("health", "notice"),
    [
        (WELL, None),
        (replace(WELL, failures=4, last_error="404"), None),
        (FAILING, Notice("source_failing", {"source": "a", "why": "404"})),
        (SILENT, Notice("source_silent", {"source": "a", "days": 15})),
        (
            replace(WELL, last_new_at=None, baseline_at=NOON - 20 * DAY),
            Notice("source_silent", {"source": "a", "days": 20}),
        ),
        (replace(WELL, last_new_at=None, baseline_at=None, last_ok_at=None), None),
        (replace(SILENT, gap_seconds=4 * 86_400), None),
        (
            replace(FAILING, trouble=Trouble.BLOCKED),
            Notice("source_blocked", {"source": "a", "why": "404"}),
        ),
        (
            replace(FAILING, trouble=Trouble.CHANGED),
            Notice("source_changed", {"source": "a", "why": "404"}),
        ),
        (
            replace(FAILING, failures=1, trouble=Trouble.GONE),
            Notice("source_dead", {"source": "a", "why": "404"}),
        ),
        (
            replace(WELL, moved_to="https://new.example/", moved_times=5),
            Notice("source_moved", {"source": "a", "to": "https://new.example/"}),
        ),
        (replace(FAILING, paused_at=NOON), None),
        (replace(FAILING, alarmed_at=NOON), None),
        (replace(WELL, alarmed_at=NOON), Notice("source_well", {"source": "a"})),
    ],
    ids=[
        "well",
        "a few failures",
        "failing",
        "silent",
        "silent from the start",
        "never read yet",
        "silent no longer than usual",
        "blocked",
        "changed",
        "gone",
        "moved",
        "failing and paused",
        "failing and told",
        "well again",
    ],
)
def test_one_source(health: SourceHealth, notice: Notice | None) -> None:
    found = watch([health], NOON)
    assert list(found.notices) == ([notice] if notice else [])
    assert bool(found.ailing or found.well) == bool(notice)


def test_many_at_once_are_one_notice() -> None:
    ailing = [replace(FAILING, source_id=SourceId(f"s{number}")) for number in range(12)]
    found = watch([*ailing, WELL], NOON)
    [notice] = found.notices
    assert (notice.key, notice.values["count"]) == ("sources_alarm", 12)
    assert str(notice.values["sources"]).endswith("s9 …")
    assert len(found.ailing) == 12


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (WELL, State.FRESH),
        (replace(WELL, last_new_at=NOON - 2 * DAY), State.QUIET),
        (replace(WELL, last_new_at=NOON - 2 * DAY, gap_seconds=86_400.0), State.FRESH),
        (replace(WELL, last_new_at=None, baseline_at=None), State.NEW),
        (replace(FAILING, paused_at=NOON), State.PAUSED),
        (FAILING, State.FAILING),
        (replace(FAILING, failures=1, trouble=Trouble.BLOCKED), State.BLOCKED),
        (replace(FAILING, trouble=Trouble.CHANGED), State.CHANGED),
        (replace(FAILING, failures=1, trouble=Trouble.GONE), State.DEAD),
        (replace(FAILING, failures=35, trouble=Trouble.BLOCKED), State.DEAD),
    ],
)
def test_states(health: SourceHealth, state: State) -> None:
    assert state_of(health, NOON) is state


def test_a_flapping_source_is_told_of_at_most_twice_an_hour_apart() -> None:
    """Sources that fail and recover all day long: one word an hour, whatever happens."""
    healths = [replace(WELL, source_id=SourceId(f"s{n}")) for n in range(20)]
    told_at, words = None, 0
    for minute in range(0, 24 * 60, 5):
        now = NOON + timedelta(minutes=minute)
        for number, each in enumerate(healths):
            failing = (minute // 5 + number) % 2 == 0
            healths[number] = replace(each, failures=5 if failing else 0, last_new_at=now)
        found = watch(healths, now, told_at)
        for number, each in enumerate(healths):
            if each.source_id in found.ailing:
                healths[number] = replace(each, alarmed_at=now)
            elif each.source_id in found.well:
                healths[number] = replace(each, alarmed_at=None)
        if found.notices:
            told_at = now
            words += len(found.notices)
    assert 24 <= words <= 48
