from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.domain.alerts import Notice
from jobs.domain.items import SourceId
from jobs.store.sources import SourceHealth
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
