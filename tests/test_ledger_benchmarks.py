"""Small samples of the ledger's benchmarks: they run, and count what they say they count."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import deciding, ledger


def row(name: str, day: str, title: str, *events: tuple[str, str, str]) -> dict[str, object]:
    labels = [
        {
            "actor": actor,
            "type": "recognition",
            "status": status,
            "date": on,
            "event_id": f"taliban-{actor}-recognition-{on}",
        }
        for actor, status, on in events
    ]
    return {
        "id": name,
        "published": day,
        "outlet": f"{name}.example",
        "url": f"https://{name}.example/",
        "lang": "en",
        "title": title,
        "summary": "",
        "case": "taliban",
        "events": labels,
    }


CORPUS = [
    row("a", "2025-05-01", "Belarus will, it says", ("BY", "planned", "2025-05-01")),
    row("b", "2025-06-20", "And it has done so", ("BY", "done", "2025-06-20")),
    row("c", "2025-07-03", "Russia goes first", ("RU", "done", "2025-07-03")),
    row("d", "2025-07-04", "What Russia did", ("RU", "done", "2025-07-03")),
    row("e", "2025-07-04", "Nothing at all"),
]


@pytest.mark.parametrize("mode", ["--gold", "--undated"])
def test_the_ledger_scores_in_full_on_its_own_labels(
    mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(f"{json.dumps(each)}\n" for each in CORPUS), encoding="utf-8")
    assert ledger.main([str(corpus), mode]) == 0
    said = capsys.readouterr().out
    assert "100.0 % (2 of 2)" in said  # a plan and its act are one event
    assert "1.000" in said
    assert "0.0 % (0 of 2)" in said


async def test_deciding_is_measured_on_a_filled_ledger(tmp_path: Path) -> None:
    spent = await deciding.measure(tmp_path / "bench.sqlite", 40, 500, 3)
    assert len(spent) == 3
    assert min(spent) > 0
