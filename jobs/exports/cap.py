"""Alerts as warnings in the Common Alerting Protocol, CAP 1.2 (OASIS, 2010)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from xml.etree.ElementTree import Element

from jobs.domain.alerts import AlertKind, Telling
from jobs.domain.events import EventStatus, Grade
from jobs.exports.bulletins import Bulletin, Publisher
from jobs.exports.codes import codes_of
from jobs.exports.plain import plain, web_address
from jobs.exports.xml import document, put

CONTENT_TYPE = "application/cap+xml; charset=utf-8"
_CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_LONGEST_HEADLINE = 160
"""Of what CAP advises for small screens."""


class CapStatus(StrEnum):
    """How a receiver shall take a warning; only ``Actual`` is acted upon."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


_URGENCY: Mapping[EventStatus, str] = {
    EventStatus.DONE: "Past",
    EventStatus.REVERSED: "Past",
    EventStatus.PAST: "Past",
    EventStatus.PLANNED: "Future",
}
_CERTAINTY: Mapping[Grade, str] = {
    Grade.CLAIMED: "Unknown",
    Grade.REPORTED: "Possible",
    Grade.CORROBORATED: "Likely",
    Grade.CONFIRMED: "Observed",
}


def write_cap(bulletin: Bulletin, publisher: Publisher, status: CapStatus) -> str:
    """Return an alert's newest revision: an Alert, or an Update or Cancel of those before.

    Its severity is Unknown, always: a recognition is news, and no hazard.
    """
    last, earlier = bulletin.story.last, bulletin.story.tellings[:-1]
    root = Element("alert", {"xmlns": _CAP})
    put(root, "identifier", _identifier(bulletin, publisher, last))
    put(root, "sender", _sender(publisher))
    put(root, "sent", _moment(last.made_at))
    put(root, "status", status)
    put(root, "msgType", _message_type(bulletin))
    put(root, "scope", "Public")
    note = plain(bulletin.facts.note, 300)
    if note:
        put(root, "note", note)
    if earlier:
        put(root, "references", " ".join(_reference(bulletin, publisher, e) for e in earlier))
    put(root, "incidents", f"alert-{bulletin.alert_id}")
    _put_info(root, bulletin, publisher)
    return document(root)


def _put_info(root: Element, bulletin: Bulletin, publisher: Publisher) -> None:
    facts = bulletin.facts
    info = put(root, "info")
    put(info, "language", bulletin.language)
    put(info, "category", "Other")
    put(info, "event", f"Diplomatic {facts.type}")
    put(info, "urgency", _URGENCY.get(facts.status, "Unknown"))
    put(info, "severity", "Unknown")
    put(info, "certainty", _certainty(bulletin))
    if facts.on is not None:
        put(info, "onset", f"{facts.on.isoformat()}T00:00:00-00:00")
    put(info, "senderName", "Recognition Watch")
    put(info, "headline", plain(bulletin.headline, _LONGEST_HEADLINE))
    put(info, "description", _description(bulletin))
    web = publisher.address(f"alerts/{bulletin.alert_id}") or _first_source(bulletin)
    if web:
        put(info, "web", web)
    for name, value in _parameters(bulletin).items():
        parameter = put(info, "parameter")
        put(parameter, "valueName", name)
        put(parameter, "value", value)
    area = put(info, "area")
    put(area, "areaDesc", plain(f"{bulletin.actor_name}; {bulletin.case_title}", 300))
    if len(facts.actor) == 2:
        geocode = put(area, "geocode")
        put(geocode, "valueName", "ISO 3166-1 alpha-2")
        put(geocode, "value", facts.actor)


def _certainty(bulletin: Bulletin) -> str:
    facts = bulletin.facts
    if facts.retracted:
        return "Unlikely"
    if facts.contested or facts.status is EventStatus.CONSIDERED:
        return "Possible"
    sure = _CERTAINTY[facts.grade]
    # What is planned has not been observed, however surely it is planned.
    return "Likely" if facts.status is EventStatus.PLANNED and sure == "Observed" else sure


def _message_type(bulletin: Bulletin) -> str:
    if bulletin.story.last.kind is AlertKind.CANCEL:
        return "Cancel"
    return "Update" if len(bulletin.story.tellings) > 1 else "Alert"


def _description(bulletin: Bulletin) -> str:
    heard = (f"{plain(e.outlet, 80)}: {plain(e.title, 200)}" for e in bulletin.facts.voices)
    return "\n".join([plain(bulletin.surety), *heard])


def _first_source(bulletin: Bulletin) -> str:
    return next((url for e in bulletin.facts.voices if (url := web_address(e.url))), "")


def _parameters(bulletin: Bulletin) -> dict[str, str]:
    facts = bulletin.facts
    codes = codes_of(facts.type, facts.status, facts.detail)
    given = {
        "case": facts.case,
        "actor": facts.actor,
        "type": facts.type,
        "status": facts.status,
        "grade": facts.grade,
        "origins": str(facts.origins),
        "contested": "true" if facts.contested else "",
        "cameo": codes.cameo,
        "plover": " ".join(filter(None, (codes.plover_event, codes.plover_mode))),
    }
    return {name: plain(str(value)) for name, value in given.items() if value}


def _reference(bulletin: Bulletin, publisher: Publisher, telling: Telling) -> str:
    identifier = _identifier(bulletin, publisher, telling)
    return f"{_sender(publisher)},{identifier},{_moment(telling.made_at)}"


def _identifier(bulletin: Bulletin, publisher: Publisher, telling: Telling) -> str:
    return f"{publisher.installation.hex}.{bulletin.alert_id}.{telling.revision}"


def _sender(publisher: Publisher) -> str:
    return f"recognition-watch-{publisher.installation.hex[:12]}"


def _moment(at: datetime) -> str:
    # CAP takes no Z: the distance from UTC is written out, and -00:00 is UTC itself (3.3.2).
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
