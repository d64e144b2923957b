"""``export``: from a store to the formats, on the command line."""

import asyncio
import csv
import io
import json
from pathlib import Path

import feedparser
import pytest
from icalendar import Calendar
from lxml import etree

from jobs.cli import main
from jobs.domain.alerts import AlertKind
from jobs.gatherings import note_forums
from jobs.reference import load_reference
from jobs.store.engine import Store
from tests.publishing import tell_of
from tests.small_world import EVENING

DATABASE = "sqlite:///data/recognition-watch.sqlite"


async def _fill() -> None:
    store = await Store.open(DATABASE, migrate=True)
    async with store.write() as conn:
        await tell_of(conn, 1)
        await tell_of(conn, 2, AlertKind.ALERT, AlertKind.CANCEL, retracted=True, actor="KZ")
        await tell_of(conn, 3, case="palestine", actor="ES")
        await note_forums(conn, load_reference().cases.values(), EVENING)
    await store.close()


class Shell:
    def __init__(self, printed: pytest.CaptureFixture[str]) -> None:
        self._printed = printed

    def run(self, *words: str) -> tuple[int, str]:
        code = main(["export", *words])
        shown = self._printed.readouterr()
        return code, shown.out or shown.err


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    asyncio.run(_fill())
    return Shell(capsys)


def test_the_table_holds_what_is_believed(shell: Shell) -> None:
    code, text = shell.run("csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(text)))
    # What was retracted is believed no more, and is no row.
    assert [(row["actor"], row["recipient"], row["cameo"]) for row in rows] == [
        ("RU", "AF", "054"),
        ("ES", "PS", "054"),
    ]
    one = json.loads(shell.run("json", "--case", "palestine")[1])
    assert [row["actor"] for row in one] == ["ES"]


def test_the_feed_holds_alerts_and_a_tombstone(shell: Shell) -> None:
    code, text = shell.run("atom", "--case", "taliban")
    assert code == 0
    found = feedparser.parse(io.BytesIO(text.encode()))
    assert not found.bozo
    assert [each.title for each in found.entries] == [
        "Russia recognised Taliban government of Afghanistan, 3 July 2025 (reported)"
    ]
    assert len(list(etree.fromstring(text.encode()).iter("{*}deleted-entry"))) == 1


def test_a_warning_is_of_one_alert(shell: Shell) -> None:
    code, text = shell.run("cap", "--alert", "2")
    assert code == 0
    assert etree.fromstring(text.encode()).findtext("{*}msgType") == "Cancel"


def test_the_calendar_holds_every_forum_of_a_case(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "forums.ics"
    assert shell.run("calendar", "--case", "taliban", "--output", str(file))[0] == 0
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert len(events) == len(load_reference().cases["taliban"].forums)
    assert not any(event.errors for event in events)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cap"], "--alert: give the number of one alert"),
        (["csv", "--alert", "1"], "--alert: give the number of one alert"),
        (["cap", "--alert", "9"], "there is no alert 9"),
        (["csv", "--case", "atlantis"], "no case atlantis; there are taliban"),
        (["csv", "--output", "/nowhere/x.csv"], "/nowhere/x.csv: cannot be written"),
    ],
)
def test_what_is_wrong_is_said(shell: Shell, words: list[str], says: str) -> None:
    code, text = shell.run(*words)
    assert code == 2
    assert says in text
