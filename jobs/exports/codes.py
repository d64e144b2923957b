"""Our types and statuses in the code books of the field: CAMEO and PLOVER."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jobs.domain.events import TAKES_BACK, EventStatus, EventType

_TABLE = Path(__file__).parents[1] / "data" / "codes.csv"


@dataclass(frozen=True, slots=True)
class Codes:
    """One event in CAMEO and PLOVER; all empty where the books have no code for it.

    ``quad`` is the quad class: 1 verbal and 2 material cooperation, 3 verbal and 4
    material conflict.
    """

    cameo: str = ""
    plover_event: str = ""
    plover_mode: str = ""
    plover_context: str = ""
    quad: str = ""


NO_CODES = Codes()


def codes_of(event_type: EventType, status: EventStatus, detail: str = "") -> Codes:
    """Return the codes of what was done, planned, considered, denied or reversed.

    What is past has the codes of what was done; a plan, thought or denial of taking
    something back has none.
    """
    if status is EventStatus.PAST:
        status = EventStatus.DONE
    if detail == TAKES_BACK and status is not EventStatus.REVERSED:
        return NO_CODES
    table = _codes()
    usual = table.get((event_type, status, ""), NO_CODES)
    return table.get((event_type, status, detail), usual)


@lru_cache(maxsize=1)
def _codes() -> dict[tuple[str, str, str], Codes]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        (row["type"], row["status"], row["detail"]): Codes(
            row["cameo"],
            row["plover_event"],
            row["plover_mode"],
            row["plover_context"],
            row["quad"],
        )
        for row in rows
    }
