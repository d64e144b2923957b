"""The one command for all benchmarks lists what there is, runs it and prints one table."""

import pytest

from tests.benchmarks import growth, soak
from tests.benchmarks.__main__ import APART, FOLDER, KNOWN, benchmarks, main, rows


def test_all_that_run_by_themselves_are_found() -> None:
    found = {each.module for each in benchmarks()}
    assert {each.module for each in KNOWN} <= found
    assert not found & APART
    assert found | APART <= {path.stem for path in FOLDER.glob("*.py")}
    assert "large_ledger" not in found  # a part of others


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
    monkeypatch.setattr(growth, "REPORTS", 2)
    monkeypatch.setattr(growth, "ASKS", 2)
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


def days(*megabytes: float, descriptors: int = 20) -> list[soak.Held]:
    return [
        soak.Held(day, each, 20 if day == 1 else descriptors, 3, 5, 4.0, float(day))
        for day, each in enumerate(megabytes, 1)
    ]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (days(150, 151, 150, 152, 151, 150, 151), []),
        (days(150, 151, 152, 160, 165, 170, 175), ["resident_mb"]),
        (days(90, 150, 151, 150, 152, 150, 151), []),  # warm only after a day
    ],
    ids=["level", "a leak", "warming up"],
)
def test_growth_is_told_from_warming_up(held: list[soak.Held], expected: list[str]) -> None:
    assert soak.grown(held) == expected
