"""How far a state has gone toward a case, and the colours that say so."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from jobs.domain.events import Standing


class Level(StrEnum):
    """How far a state has gone toward a case, furthest first."""

    RECOGNISED = "recognised"
    AMBASSADOR = "ambassador"
    MISSION = "mission"
    DELISTED = "delisted"
    CONTACT = "contact"
    NONE = "none"


COLOURS: Mapping[Level, str] = {
    Level.RECOGNISED: "#C8460A",
    Level.AMBASSADOR: "#08518F",
    Level.MISSION: "#5AAFE6",
    Level.DELISTED: "#8A5A62",
    Level.CONTACT: "#F6CF65",
    Level.NONE: "#D6DADD",
}
"""At least 27 apart in CIE Lab for every kind of colour vision, which a test computes."""

DARK = frozenset({Level.RECOGNISED, Level.AMBASSADOR, Level.DELISTED})
"""The levels on whose colour a word is white."""

_NOBODY = frozenset({"", "none", "closed"})
_LIFTED = frozenset({"delisted", "suspended"})


def level_of(standing: Standing) -> Level:
    """Return the furthest step that holds now; a closed mission or a plain listing is none."""
    return next(iter(steps_of(standing)), Level.NONE)


def steps_of(standing: Standing) -> dict[Level, date | None]:
    """Return every step that holds now, furthest first, and since when as far as known."""
    held: dict[Level, date | None] = {}
    if standing.recognition.startswith("de_"):
        held[Level.RECOGNISED] = standing.recognised_on
    if standing.head_of_mission == "ambassador":
        held[Level.AMBASSADOR] = standing.head_on
    if standing.mission not in _NOBODY:
        held[Level.MISSION] = standing.mission_on
    elif standing.head_of_mission not in _NOBODY:
        held[Level.MISSION] = standing.head_on
    if standing.listing in _LIFTED:
        held[Level.DELISTED] = standing.listing_on
    if standing.last_meeting_on:
        held[Level.CONTACT] = standing.last_meeting_on
    return held
