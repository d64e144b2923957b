"""A corpus in, revisions out, as other programs read them."""

import argparse
import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jobs import replay
from jobs.domain.alerts import Facts
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.errors import InputError
from jobs.replay import main, read_corpora
from jobs.wording import describe
from tests.ledger_scripts import moment
from tests.small_world import SMALL_WORLD

KEYS = [
    *("at", "alert", "revision", "kind", "case", "actor", "type", "status", "grade", "date"),
    *("origins", "items", "reason", "inhibited_by", "reverses", "text"),
]

RUSSIA = "Russia recognises the Taliban government"


def row(name: str, published: str | None, title: str = RUSSIA, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "published": published,
        "outlet": f"{name}.example",
        "url": f"https://{name}.example/",
        "lang": "en",
        "title": title,
        "summary": "",
        "case": "taliban",
        "events": [],
        **more,
    }


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8")
    return path


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    return main(parser.parse_args([str(each) for each in arguments]))


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


STORY = [
    row("late", "2025-07-04"),
    row("first", "2025-07-03"),
    row("second", "2025-07-03", "Kremlin confirms it: Russia has recognised the Taliban"),
    row("undated", None, "Kazakhstan recognises the Taliban government"),
    row("maybe", "2025-07-05", "Uzbekistan may recognise the Taliban government"),
]


def test_one_alert_and_its_rise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path / "story.jsonl", *STORY)) == 0
    first, second = printed(capsys)
    assert list(first) == KEYS
    assert first == {
        "at": "2025-07-03T12:00:00Z",
        "alert": 1,
        "revision": 1,
        "kind": "alert",
        "case": "taliban",
        "actor": "RU",
        "type": "recognition",
        "status": "done",
        "grade": "reported",
        "date": "2025-07-03",
        "origins": 1,
        "items": ["first"],
        "reason": "FIRST",
        "inhibited_by": None,
        "reverses": None,
        "text": "Russia recognised Taliban government of Afghanistan, 3 July 2025 (reported)",
    }
    assert (second["kind"], second["grade"], second["items"]) == (
        "update",
        "corroborated",
        ["first", "second"],
    )


def test_signals_are_printed_only_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(tmp_path / "story.jsonl", *STORY), "--signals") == 0
    assert [(line["kind"], line["actor"]) for line in printed(capsys)] == [
        ("alert", "RU"),
        ("update", "RU"),
        ("signal", "UZ"),
    ]


def test_reasons_go_to_their_own_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reasons = tmp_path / "reasons.jsonl"
    assert run(write(tmp_path / "story.jsonl", *STORY), "--reasons", reasons) == 0
    why = [json.loads(line) for line in reasons.read_text(encoding="utf-8").splitlines()]
    assert [(line["item"], line["reason"]) for line in why] == [
        ("late", "ALREADY_KNOWN"),
        ("undated", "UNDATED"),
    ]
    assert "UNDATED" not in capsys.readouterr().out


def test_equal_input_gives_equal_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "story.jsonl", *STORY)
    outputs = []
    for _ in range(2):
        assert run(path) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert outputs[0].isascii()


BEFORE = row("before", "2025-06-01", "Iran says nothing")


@pytest.mark.parametrize(
    ("rows", "options", "alerts"),
    [
        pytest.param([row("now", "2025-12-01")], [], 1, id="no baseline"),
        pytest.param([row("now", "2025-12-01")], ["--baseline"], 0, id="known before"),
        pytest.param(
            [BEFORE, row("now", "2025-12-01")], ["--baseline"], 1, id="dated after the first item"
        ),
    ],
)
def test_baseline(
    rows: list[dict[str, Any]],
    options: list[str],
    alerts: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(write(tmp_path / "story.jsonl", *rows), *options) == 0
    assert len(printed(capsys)) == alerts


def test_a_recognition_prints_what_it_takes_in_as_inhibited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        row("organ", "2025-07-03T10:00:00Z", outlet="mid.ru"),
        row("flag", "2025-07-03T11:00:00Z", "Russia accepts the credentials of Taliban ambassador"),
    ]
    assert run(write(tmp_path / "story.jsonl", *rows)) == 0
    lines = printed(capsys)
    assert [(line["type"], line["inhibited_by"]) for line in lines] == [
        ("recognition", None),
        ("credentials", 1),
    ]


def test_an_empty_corpus_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path / "empty.jsonl")) == 0
    assert printed(capsys) == []


def test_the_order_of_the_clock(tmp_path: Path) -> None:
    one = write(
        tmp_path / "one.jsonl",
        row("none", None),
        row("noon", "2025-07-03"),
        row("zone", "2025-07-03T15:00:00+05:00"),
    )
    two = write(
        tmp_path / "two.jsonl", row("tie", "2025-07-03T12:00:00Z"), row("naive", "2025-07-03T11:00")
    )
    entries = read_corpora([one, two])
    assert [each.id for each in entries] == ["zone", "naive", "noon", "tie", "none"]
    assert [each.at for each in entries] == [
        datetime(2025, 7, 3, 15, tzinfo=timezone(timedelta(hours=5))),
        moment("2025-07-03 11:00"),
        moment("2025-07-03"),
        moment("2025-07-03"),
        moment("2025-07-03"),
    ]
    assert entries[-1].item.published_at is None
    assert len({each.item.key for each in entries}) == 5


def test_equal_ids_of_two_files_are_two_items(tmp_path: Path) -> None:
    files = [write(tmp_path / name, row("same", "2025-07-03")) for name in ("a", "b")]
    assert len({each.item.key for each in read_corpora(files)}) == 2


WRONG = [
    pytest.param("{", "line 1", id="no JSON"),
    pytest.param("[]", "line 1: not a JSON object", id="no object"),
    pytest.param(json.dumps({"id": "a"}), "line 1: title", id="no title"),
    pytest.param(json.dumps(row("a", "yesterday")), "line 1", id="no date"),
    pytest.param(json.dumps(row("a", "2025-13-01")), "line 1", id="no such month"),
    pytest.param(json.dumps({**row("a", None), "published": 5}), "line 1: published", id="number"),
    pytest.param(f"\n{json.dumps(row('a', None))}\n7", "line 3", id="a later line"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_bad_input_is_named(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(text, encoding="utf-8")
    assert run(path) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{path}: {said}" in captured.err


def test_what_cannot_be_read_or_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing.jsonl", binary):
        with pytest.raises(InputError, match=path.name):
            read_corpora([path])
    corpus = write(tmp_path / "story.jsonl", *STORY)
    assert run(corpus, "--reasons", tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_further_case_needs_no_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "broken.toml").write_text("id = 5", encoding="utf-8")
    assert run(write(tmp_path / "story.jsonl", *STORY), "--cases", folder) == 2
    assert "broken.toml" in capsys.readouterr().err


@pytest.mark.parametrize("event_type", list(EventType))
@pytest.mark.parametrize("status", [each for each in EventStatus if each is not EventStatus.PAST])
def test_every_event_has_its_words(event_type: EventType, status: EventStatus) -> None:
    facts = Facts(
        case="taliban",
        actor="XX",
        type=event_type,
        status=status,
        grade=Grade.CLAIMED,
        on=date(2025, 7, 3),
        first_seen_at=moment("2025-07-03"),
        origins=1,
        contested=True,
    )
    text = describe(facts, SMALL_WORLD)
    assert text.startswith("XX ")
    assert text.endswith(", 3 July 2025 (claimed, contested)")
    assert "Taliban government of Afghanistan" in text
