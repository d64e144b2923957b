"""Alerts as CAP 1.2, held against the standard's rules by lxml."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jobs.domain.alerts import AlertKind, Voice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.exports.bulletins import Bulletin, Publisher
from jobs.exports.cap import CapStatus, write_cap
from tests.bulletins import HERE, NOWHERE, a_bulletin

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "cap-1.2.xsd"))
ALERT, UPDATE, CANCEL = AlertKind.ALERT, AlertKind.UPDATE, AlertKind.CANCEL


def warning(
    bulletin: Bulletin, publisher: Publisher = HERE, status: CapStatus = CapStatus.TEST
) -> Any:
    found = etree.fromstring(write_cap(bulletin, publisher, status).encode())
    SCHEMA.assertValid(found)
    return found


def says(found: Any, path: str) -> str | None:
    text: str | None = found.findtext("/".join(f"c:{each}" for each in path.split("/")), None, CAP)
    return text


def test_a_first_telling_is_an_alert_of_status_test() -> None:
    found = warning(a_bulletin())
    assert says(found, "msgType") == "Alert"
    assert says(found, "status") == "Test"
    assert says(found, "references") is None
    assert says(found, "sent") == "2025-07-03T17:30:00-00:00"
    assert says(found, "info/headline") == (
        "Russia has recognised the Taliban government of Afghanistan."
    )
    assert says(found, "info/onset") == "2025-07-03T00:00:00-00:00"
    assert says(found, "info/web") == "https://watch.example/alerts/12"
    assert says(found, "info/area/geocode/value") == "RU"
    named = {
        each.findtext("c:valueName", None, CAP): each.findtext("c:value", None, CAP)
        for each in found.iter("{*}parameter")
    }
    assert named["cameo"] == "054"
    assert named["grade"] == "reported"


def test_later_tellings_refer_to_all_that_came_before() -> None:
    sender = "recognition-watch-6ba7b8109dad"
    first, second = (
        f"{sender},{HERE.installation.hex}.12.{n},2025-07-03T{16 + n}:30:00-00:00" for n in (1, 2)
    )
    update = warning(a_bulletin(12, ALERT, UPDATE), status=CapStatus.ACTUAL)
    assert (says(update, "msgType"), says(update, "status")) == ("Update", "Actual")
    assert says(update, "references") == first
    assert says(update, "identifier") == f"{HERE.installation.hex}.12.2"
    gone = a_bulletin(12, ALERT, UPDATE, CANCEL, retracted=True, note="It was satire.")
    cancel = warning(gone)
    assert says(cancel, "msgType") == "Cancel"
    assert says(cancel, "note") == "It was satire."
    assert says(cancel, "references") == f"{first} {second}"
    assert says(cancel, "info/certainty") == "Unlikely"


@pytest.mark.parametrize(
    ("changes", "urgency", "certainty"),
    [
        ({"grade": Grade.CLAIMED}, "Past", "Unknown"),
        ({"grade": Grade.REPORTED}, "Past", "Possible"),
        ({"grade": Grade.CORROBORATED}, "Past", "Likely"),
        ({"grade": Grade.CONFIRMED}, "Past", "Observed"),
        ({"grade": Grade.CONFIRMED, "contested": True}, "Past", "Possible"),
        ({"grade": Grade.CONFIRMED, "status": EventStatus.PLANNED}, "Future", "Likely"),
        ({"grade": Grade.CONFIRMED, "status": EventStatus.CONSIDERED}, "Unknown", "Possible"),
        ({"grade": Grade.CONFIRMED, "status": EventStatus.DENIED}, "Unknown", "Observed"),
    ],
)
def test_how_sure_and_how_near_it_is(changes: dict[str, Any], urgency: str, certainty: str) -> None:
    found = warning(a_bulletin(**changes))
    assert says(found, "info/urgency") == urgency
    assert says(found, "info/certainty") == certainty
    # A diplomatic step threatens nobody's life or property, whatever it is.
    assert says(found, "info/severity") == "Unknown"


def test_every_kind_of_event_is_within_the_rules() -> None:
    for event_type in EventType:
        for status in EventStatus:
            for changes in ({"on": None, "voices": ()}, {"actor": "SCO"}):
                warning(a_bulletin(type=event_type, status=status, **changes), NOWHERE)


@pytest.mark.parametrize(
    "spoilt",
    [
        ("<msgType>Alert</msgType>", "<msgType>alert</msgType>"),
        ("T17:30:00-00:00</sent>", "T17:30:00Z</sent>"),
        ("<severity>Unknown</severity>", ""),
        ("<scope>Public</scope>", "<scope>Public</scope><scope>Public</scope>"),
        (".12.1</identifier>", " 12,1</identifier>"),
    ],
)
def test_the_schema_refuses_what_the_standard_does(spoilt: tuple[str, str]) -> None:
    right = write_cap(a_bulletin(), HERE, CapStatus.TEST)
    wrong = right.replace(*spoilt)
    assert wrong != right
    assert not SCHEMA.validate(etree.fromstring(wrong.encode()))


@settings(max_examples=60)
@given(st.text(), st.text(), st.text())
def test_any_text_stays_within_the_rules(headline: str, note: str, title: str) -> None:
    voice = Voice(title, title, title, None)
    found = warning(
        a_bulletin(
            headline=f"H{headline}</headline>",
            note=f"{note}]]><info/>",
            actor_name=f"R{title}<area>",
            voices=(voice,) * 2,
        )
    )
    assert len(found.findall("c:info/c:area", CAP)) == 1
    assert len(says(found, "info/headline") or "") <= 160
