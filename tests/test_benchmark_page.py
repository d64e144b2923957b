"""The page's benchmark measures what it says, on a ledger of a few events."""

from pathlib import Path

from jobs.reference import load_reference
from tests.benchmarks.large_ledger import Size, build
from tests.benchmarks.page import VIEWS, measure


async def test_every_part_of_the_page_is_measured(tmp_path: Path) -> None:
    reference = load_reference()
    path = tmp_path / "ledger.sqlite"
    await build(path, Size(60, 240), reference)
    figures = {each.part: each for each in await measure(path, reference, 3)}
    assert set(VIEWS) < set(figures)
    assert all(0 < each.median <= each.p99 for each in figures.values())
    # What is kept costs a fraction of what is made.
    kept, made = figures["the first page, kept"], figures["the first page"]
    assert kept.processor_median < made.processor_median
