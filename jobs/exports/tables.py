"""The ledger as a table: one row an event, as CSV (RFC 4180) and as a JSON array."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jobs.domain.alerts import AlertId
from jobs.domain.events import Event
from jobs.exports.codes import codes_of
from jobs.exports.plain import plain, web_address

COLUMNS = (
    "date",
    "case",
    "actor",
    "recipient",
    "type",
    "status",
    "grade",
    "cameo",
    "plover_event",
    "plover_mode",
    "plover_context",
    "quad",
    "origins",
    "urls",
    "detail",
    "contested",
    "alert",
)
"""Who did what toward whom, how sure, its codes, on how many independent voices, where."""

_MOST_URLS = 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")

Row = Mapping[str, Any]


def row_of(event: Event, urls: Iterable[str], seat: str, alert_id: AlertId | None) -> Row:
    """Return an event's row; ``seat`` is the code of the case's own territory.

    ``origins`` counts independent voices; ``urls`` are its pages, of which the first few are
    named.
    """
    codes = codes_of(event.type, event.status, event.detail)
    pages = filter(None, map(web_address, dict.fromkeys(urls)))
    return {
        "date": event.on.isoformat() if event.on else None,
        "case": event.case,
        "actor": event.actor,
        "recipient": seat,
        "type": str(event.type),
        "status": str(event.status),
        "grade": str(event.grade),
        "cameo": codes.cameo,
        "plover_event": codes.plover_event,
        "plover_mode": codes.plover_mode,
        "plover_context": codes.plover_context,
        "quad": codes.quad,
        "origins": len(event.origins),
        "urls": list(islice(pages, _MOST_URLS)),
        "detail": event.detail,
        "contested": event.contested,
        "alert": alert_id,
    }


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a table is written row by row, so that one of any size takes little room."""

    head: str
    line: Callable[[Row], str]
    between: str
    tail: str
    content_type: str

    def write(self, rows: Iterable[Row]) -> str:
        """Return a whole table."""
        return self.head + self.between.join(map(self.line, rows)) + self.tail


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return guarded(" ".join(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else guarded(plain(str(value)))


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _csv_row(row: Row) -> str:
    return _csv_line(_cell(row[name]) for name in COLUMNS)


_json_row: Callable[[Row], str] = json.JSONEncoder(ensure_ascii=False).encode


CSV = TableFormat(_csv_line(COLUMNS), _csv_row, "", "", "text/csv; charset=utf-8")
"""Addresses of one event are parted by spaces; no cell is a formula."""

JSON = TableFormat("[\n", _json_row, ",\n", "\n]\n", "application/json; charset=utf-8")
"""An object a line."""
