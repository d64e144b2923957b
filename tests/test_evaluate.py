"""The figures: counted as the corpus says, and never a word of the kept part."""

import argparse
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from jobs.domain.events import EventStatus, EventType
from jobs.errors import InputError
from jobs.evaluate import (
    Element,
    Item,
    Scored,
    add_arguments,
    choose,
    count,
    figures_of,
    main,
    micro,
    miss_cause,
    read_items,
)
from tests.detecting import DATA, detector, text

DONE = Element("taliban", "RU", EventType.RECOGNITION, EventStatus.DONE)
DENIED = DONE._replace(status=EventStatus.DENIED)
PAST = DONE._replace(status=EventStatus.PAST)
OTHER = DONE._replace(actor="CN")


def item(name: str = "x", case: str = "taliban", gold: frozenset[Element] = frozenset()) -> Item:
    return Item(name, case, text("t"), gold, "")


def scored(found: set[Element], gold: set[Element]) -> Scored:
    return Scored(item(gold=frozenset(gold)), frozenset(found))


def line(name: str, title: str, events: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    row = {"id": name, "published": "2026-03-04", "outlet": "example.org", "url": "", "lang": "en"}
    return row | {"title": title, "summary": "", "case": "taliban", "events": events} | more


def ids(*, kept: bool) -> list[str]:
    numbered = (f"item-{n}" for n in range(100))
    return [name for name in numbered if (zlib.crc32(name.encode()) % 3 == 0) is kept]


RU_DONE = {
    "actor": "RU",
    "type": "recognition",
    "status": "done",
    "date": "2026-03-04",
    "event_id": "e",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    dev, kept = ids(kept=False), ids(kept=True)
    rows = [
        line(dev[0], "Russia recognises the Taliban", [RU_DONE], slug="russia recognises taliban"),
        line(dev[1], "Iran recognises the Taliban", []),
        line(kept[0], "A secret headline", [RU_DONE]),
        line(dev[2], "France recognises Palestine", [], case="none"),
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def run(*args: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return main(parser.parse_args(list(args)))


@pytest.mark.parametrize(
    ("pairs", "precision", "recall", "f1"),
    [
        ([({1, 2}, {2, 3})], 0.5, 0.5, 0.5),
        ([({1}, {1}), (set(), {1})], 1.0, 0.5, 2 / 3),
        ([({1}, set())], 0.0, None, 0.0),
        ([(set(), set())], None, None, None),
        ([], None, None, None),
    ],
    ids=str,
)
def test_micro(
    pairs: list[tuple[set[int], set[int]]],
    precision: float | None,
    recall: float | None,
    f1: float | None,
) -> None:
    assert micro(pairs) == {"precision": precision, "recall": recall, "f1": f1}


def test_a_wrong_status_counts_for_the_pair_only() -> None:
    figures = figures_of([scored({DENIED}, {DONE})])
    assert figures["actor_type"]["f1"] == 1.0
    assert figures["actor_type_status"]["f1"] == 0.0


def test_background_is_not_alertable() -> None:
    assert figures_of([scored({PAST}, {PAST})])["alertable"]["precision"] is None


def test_restricted_by_a_value_on_both_sides() -> None:
    both = [scored({DONE, OTHER}, {DONE, DENIED})]
    assert figures_of(both, "status", "denied")["actor_type_status"]["recall"] == 0.0
    assert figures_of(both, "status", "done")["actor_type_status"]["precision"] == 0.5


def test_negatives() -> None:
    figures = count([scored({DONE}, set()), scored({PAST}, set()), scored(set(), {DONE})])
    assert figures["negatives"] == {"items": 2, "with_alertable": 1}


def test_parts_divide_the_corpus() -> None:
    items = [item(f"item-{n}") for n in range(90)]
    dev, kept = choose(items, "dev", slugs=False), choose(items, "kept", slugs=False)
    assert sorted(one.id for one in dev + kept) == sorted(one.id for one in items)
    assert {one.id for one in kept} == {n for n in ids(kept=True) if n in {i.id for i in items}}


def test_json_goes_to_stdout_alone(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(corpus), "--json", "--errors", "--explain", "--part", "dev") == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert out.count("\n") == 1
    assert figures["items"] == 3
    assert figures["overall"]["actor_type"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3}
    assert figures["negatives"] == {"items": 2, "with_alertable": 1}
    assert list(figures["by_case"]) == ["taliban"]
    assert figures["items_per_second"] == pytest.approx(3 / figures["seconds"])
    assert "false: recognition.verb/agent" in err


def test_kept_items_are_counted_but_never_shown(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(corpus), "--errors", "--explain") == 0
    out, err = capsys.readouterr()
    assert out.startswith("4 items")
    assert "secret" not in out + err


def test_slugs_replace_titles(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(corpus), "--json", "--slugs") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["items"] == 1
    assert figures["overall"]["actor_type_status"]["f1"] == 1.0


def test_a_case_that_is_not_configured_scores_nothing_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.jsonl"
    row = line("a", "Kenya recognises Somaliland", [RU_DONE | {"actor": "KE"}], case="somaliland")
    path.write_text(json.dumps(row), "utf-8")
    assert run(str(path), "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["overall"]["actor_type"] == {"precision": None, "recall": 0.0, "f1": 0.0}
    assert run(str(path), "--json", "--cases", str(DATA / "cases")) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["actor_type"]["f1"] == 1.0


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"id": "x"}', '{"id": "x", "case": "taliban", "events": [1]}'], ids=repr
)
def test_bad_input_names_file_and_line(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("\n" + content + "\n", "utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_items(path)
    assert run(str(path)) == 2
    assert "bad.jsonl" in capsys.readouterr().err


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.jsonl")) == 2


@pytest.mark.parametrize(
    ("title", "gold", "cause"),
    [
        ("Russia refuses to recognise the Taliban", DONE, "missed: status done read as denied"),
        ("Iran recognises the Taliban", DONE, "missed: other actor"),
        ("Taliban urge Moscow to recognise them", DONE, "missed: urged only"),
        ("Taliban hold a parade", DONE, "missed: no trigger of recognition"),
    ],
    ids=str,
)
def test_the_cause_of_a_miss(title: str, gold: Element, cause: str) -> None:
    findings = detector().explain(text(title))
    found = {Element(m.case, m.actor, m.type, m.status) for m in detector().detect(text(title))}
    assert miss_cause(gold, found, findings) == cause
