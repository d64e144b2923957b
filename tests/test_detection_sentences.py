"""Our own sentences, language by language: each type, status and trap."""

import tomllib
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.detection import Text
from jobs.domain.events import EventStatus, EventType
from tests.detecting import DATA, PUBLISHED, detector

FILES = sorted((DATA / "sentences").glob("*.toml"))


def rows() -> list[Any]:
    return [
        pytest.param(path.stem, row, id=f"{path.stem}: {row['name']}")
        for path in FILES
        for row in tomllib.loads(path.read_text("utf-8"))["sentence"]
    ]


@pytest.mark.parametrize(("lang", "row"), rows())
def test_says_what_it_says(lang: str, row: dict[str, Any]) -> None:
    day = row.get("published")
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC) if day else PUBLISHED
    read = Text(row["title"], row.get("summary", ""), lang, "example.org", at)
    case = row.get("case", "taliban")
    said = sorted(
        f"{m.actor} {m.type} {m.status}" for m in detector().detect(read) if m.case == case
    )
    assert said == sorted(row["says"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_type_and_status_has_a_sentence(path: Any) -> None:
    sentences = tomllib.loads(path.read_text("utf-8"))["sentence"]
    words = {word for row in sentences for one in row["says"] for word in one.split()[1:]}
    assert words == {*EventType, *EventStatus}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_names_are_unique(path: Any) -> None:
    names = Counter(row["name"] for row in tomllib.loads(path.read_text("utf-8"))["sentence"])
    assert names.most_common(1)[0][1] == 1
