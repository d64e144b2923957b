"""The one command for all benchmarks lists what there is, runs it and prints one table."""

import ast
from pathlib import Path

import pytest

from tests.benchmarks import growth
from tests.benchmarks.__main__ import BENCHMARKS, main, rows

FOLDER = Path(__file__).parent / "benchmarks"
APART = {"__main__", "ledger", "quiet_host"}
"""The command itself; what needs one's own news; a host for others."""


def runs_by_itself(path: Path) -> bool:
    return any(
        isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


def test_every_benchmark_is_listed() -> None:
    there = {path.stem for path in FOLDER.glob("*.py") if runs_by_itself(path)}
    assert {each.module for each in BENCHMARKS} == there - APART


def test_the_list_says_what_each_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "growth", "reading"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:14].strip() for line in lines] == ["growth", "reading warm", "reading cold"]
    assert all(len(line) > 30 for line in lines)


def test_what_benchmarks_print_becomes_rows() -> None:
    printed = (
        "item, of 1,000         180.00 µs     after another\n|---|---|\n| /status | 1 / 2 (3) |\n"
    )
    assert list(rows(printed)) == [
        ("item, of 1,000", "180.00 µs · after another"),
        ("/status", "1 / 2 (3)"),
    ]


def test_an_unknown_benchmark_is_refused() -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["speed"])
    assert refusal.value.code == 2


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(10, 5.0), (100, 5.0), (1000, 5.0)], 0.0),
        ([(10, 1.0), (100, 10.0), (1000, 100.0)], 1.0),
        ([(10, 2.0), (100, 200.0)], 2.0),
    ],
)
def test_the_exponent_of_a_curve(points: list[tuple[int, float]], expected: float) -> None:
    assert growth.exponent(points) == pytest.approx(expected)


@pytest.mark.parametrize("name", growth.CURVES)
def test_each_curve_can_be_measured(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    what, measure, _, allowed = growth.CURVES[name]
    monkeypatch.setitem(growth.CURVES, name, (what, measure, (10,), allowed))
    [(size, cost)] = growth.curve(name, 10)
    assert size == 10
    assert cost > 0


@pytest.mark.slow
def test_one_is_run_and_shown_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deciding"]) == 0
    said = capsys.readouterr().out
    assert "cores" in said.splitlines()[0]
    assert "| deciding | 1000 | 10000 · " in said
    assert "ended well" in said
