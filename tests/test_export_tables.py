"""The ledger as CSV and JSON, read back by the readers of others."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.alerts import AlertId
from jobs.domain.events import EventStatus, EventType
from jobs.exports.codes import NO_CODES, Codes, codes_of
from jobs.exports.plain import plain, web_address
from jobs.exports.tables import COLUMNS, CSV, JSON, guarded, row_of
from tests.samples import an_event

DONE, PLANNED, DENIED = EventStatus.DONE, EventStatus.PLANNED, EventStatus.DENIED
REVERSED, CONSIDERED, PAST = EventStatus.REVERSED, EventStatus.CONSIDERED, EventStatus.PAST


RUSSIA = an_event(origins=("TASS", "organ:RU"))
PAGES = ("https://tass.com/1", "https://mid.ru/2")


@pytest.mark.parametrize(
    ("event_type", "status", "detail", "cameo"),
    [
        (EventType.RECOGNITION, DONE, "", "054"),
        (EventType.RECOGNITION, PLANNED, "", "032"),
        (EventType.RECOGNITION, CONSIDERED, "", "022"),
        (EventType.RECOGNITION, DENIED, "", "120"),
        (EventType.RECOGNITION, REVERSED, "", "161"),
        (EventType.CREDENTIALS, DONE, "", "050"),
        (EventType.MISSION, DONE, "opened", "054"),
        (EventType.MISSION, DONE, "upgraded", "050"),
        (EventType.MISSION, REVERSED, "expelled", "161"),
        (EventType.MEETING, DONE, "", "040"),
        (EventType.MEETING, DONE, "phone", "041"),
        (EventType.MEETING, DONE, "visit", "042"),
        (EventType.MEETING, DONE, "host", "043"),
        (EventType.MEETING, DONE, "third-place", "044"),
        (EventType.MEETING, DONE, "multilateral", "046"),
        (EventType.MEETING, PLANNED, "", "036"),
        (EventType.MEETING, DENIED, "", "125"),
        (EventType.DELISTING, DONE, "", "085"),
        (EventType.DELISTING, DENIED, "renewed", "1244"),
        (EventType.DELISTING, REVERSED, "listed", "163"),
        (EventType.AGREEMENT, DONE, "", "057"),
        (EventType.AGREEMENT, PLANNED, "", "030"),
        (EventType.FORUM, DONE, "attended", "046"),
        (EventType.FORUM, DONE, "invited", "036"),
        (EventType.FORUM, DONE, "admitted", "054"),
        (EventType.FORUM, REVERSED, "barred", "166"),
        (EventType.RECOGNITION, PAST, "", "054"),
    ],
)
def test_each_event_has_the_code_of_the_book(
    event_type: EventType, status: EventStatus, detail: str, cameo: str
) -> None:
    assert codes_of(event_type, status, detail).cameo == cameo


def test_what_the_books_do_not_know_has_no_code() -> None:
    assert codes_of(EventType.CREDENTIALS, CONSIDERED) == NO_CODES
    # A plan to withdraw a recognition is no plan to recognise.
    assert codes_of(EventType.RECOGNITION, PLANNED, "withdrawal") == NO_CODES


def test_a_multilateral_meeting_has_plovers_mode() -> None:
    assert codes_of(EventType.MEETING, DONE, "multilateral") == Codes(
        "046", "CONSULT", "multilateral", "diplomatic", "1"
    )


def test_russias_recognition_reads_back_from_csv_and_json() -> None:
    rows = [row_of(RUSSIA, PAGES, "AF", AlertId(7))]
    text = CSV.write(rows)
    (read,) = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(read) == COLUMNS
    assert text.endswith("\r\n")
    assert read == {
        "date": "2025-07-03",
        "case": "taliban",
        "actor": "RU",
        "recipient": "AF",
        "type": "recognition",
        "status": "done",
        "grade": "reported",
        "cameo": "054",
        "plover_event": "SUPPORT",
        "plover_mode": "",
        "plover_context": "diplomatic",
        "quad": "1",
        "origins": "2",
        "urls": "https://tass.com/1 https://mid.ru/2",
        "detail": "",
        "contested": "false",
        "alert": "7",
    }
    (same,) = json.loads(JSON.write(rows))
    assert (same["date"], same["origins"], same["alert"]) == ("2025-07-03", 2, 7)
    assert same["urls"] == ["https://tass.com/1", "https://mid.ru/2"]


def test_an_undated_event_and_an_empty_ledger_are_well_formed() -> None:
    undated = row_of(replace(RUSSIA, on=None), PAGES, "AF", None)
    (read,) = csv.DictReader(io.StringIO(CSV.write([undated]), newline=""))
    assert (read["date"], read["alert"]) == ("", "")
    assert json.loads(JSON.write([])) == []
    assert len(json.loads(JSON.write([undated] * 3))) == 3


HOSTILE = [
    '=HYPERLINK("http://e.vil","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    "+1 202 555 0100",
    "\t=1",
    "\r\n=1+1",
    'a","b\r\nc',
    "%0A=1",
    "\u200b=1",
]


@pytest.mark.parametrize("detail", HOSTILE)
def test_no_cell_is_a_formula_or_a_second_row(detail: str) -> None:
    row = {**row_of(RUSSIA, PAGES, "AF", None), "detail": detail, "case": detail}
    (read,) = csv.DictReader(io.StringIO(CSV.write([row]), newline=""))
    for cell in read.values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read["actor"] == "RU"


@given(st.text())
def test_any_text_stays_one_cell_of_one_row(text: str) -> None:
    row = {**row_of(RUSSIA, PAGES, "AF", None), "detail": text}
    (read,) = csv.reader(io.StringIO(CSV.write([row]).split("\r\n", 1)[1], newline=""))
    assert read[COLUMNS.index("detail")] == guarded(plain(text))
    assert len(read) == len(COLUMNS)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "http://", "https://u:p@x.example/",
     'https://x.example/"onclick=', "https://x.example/ =1", "http://[::1", "ftp://x.example/"],
)  # fmt: skip
def test_an_address_that_is_none_is_left_out(url: str) -> None:
    assert web_address(url) == ""
    assert row_of(RUSSIA, [url, *PAGES], "AF", None)["urls"] == list(PAGES)


def test_the_same_page_is_named_once_and_pages_are_bounded() -> None:
    many = [f"https://x.example/{n // 2}" for n in range(100)]
    urls = row_of(RUSSIA, many, "AF", None)["urls"]
    assert urls == [f"https://x.example/{n}" for n in range(20)]


def test_every_type_has_a_code_for_what_is_done_and_taken_back() -> None:
    for event_type in EventType:
        for status in (DONE, PLANNED, DENIED, REVERSED):
            assert codes_of(event_type, status).quad in ("1", "2", "3", "4")
