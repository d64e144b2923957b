"""The benchmark of detection runs and gives every figure."""

from jobs.evaluate import read_items
from tests.benchmarks.detection import ITEMS, measure


def test_a_small_run_gives_every_figure() -> None:
    texts = [item.text for item in read_items(ITEMS / "taliban-en.jsonl")][:20]
    rows = {row[0]: row[1] for row in measure(texts, (20, 60), (1_000, 8_000))}
    assert set(rows) == {
        "tables, start",
        "tables, memory",
        "speed",
        "item, of 20",
        "item, of 60",
        "character, of 1,000",
        "character, of 8,000",
    }
    assert all(value > 0 for figure, value in rows.items() if figure != "tables, memory")
