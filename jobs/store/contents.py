"""What a revision holds, as JSON: an alert's facts, a notice, a digest, a proposal."""

from datetime import date, datetime
from typing import Any

from jobs.domain.alerts import (
    AlertId,
    ChatId,
    Digest,
    DigestLine,
    Facts,
    Notice,
    Occasion,
    Proposal,
    ProposalState,
    Reason,
    Voice,
)
from jobs.domain.events import EventStatus, EventType, Grade

Content = Facts | Notice | Digest | Proposal


def facts_to_json(facts: Content) -> dict[str, Any]:
    """Return what ``facts_from_json`` reads: plain values, dates as ISO 8601."""
    if isinstance(facts, Notice):
        return {"notice": facts.key, **facts.values}
    if isinstance(facts, Digest):
        return _digest_to_json(facts)
    if isinstance(facts, Proposal):
        return _proposal_to_json(facts)
    return {
        "case": facts.case,
        "actor": facts.actor,
        "type": facts.type,
        "status": facts.status,
        "grade": facts.grade,
        "on": _iso(facts.on),
        "first_seen_at": _iso(facts.first_seen_at),
        "origins": facts.origins,
        "voices": [
            [voice.outlet, voice.url, voice.title, _iso(voice.published_at), voice.denies]
            for voice in facts.voices
        ],
        "detail": facts.detail,
        "contested": facts.contested,
        "retracted": facts.retracted,
        "reverses": facts.reverses,
        "includes": [list(included) for included in facts.includes],
        "note": facts.note,
        "recognises": facts.recognises,
        "reversed_by": facts.reversed_by,
        "same_as": facts.same_as,
    }


def facts_from_json(data: dict[str, Any]) -> Content:
    """Return what ``facts_to_json`` wrote."""
    if "notice" in data:
        return Notice(data["notice"], {key: data[key] for key in data if key != "notice"})
    if "digest" in data:
        return _digest_from_json(data)
    if "proposal" in data:
        return _proposal_from_json(data)
    return _facts(data)


def _facts(data: dict[str, Any]) -> Facts:
    return Facts(
        case=data["case"],
        actor=data["actor"],
        type=EventType(data["type"]),
        status=EventStatus(data["status"]),
        grade=Grade(data["grade"]),
        on=None if data["on"] is None else date.fromisoformat(data["on"]),
        first_seen_at=datetime.fromisoformat(data["first_seen_at"]),
        origins=data["origins"],
        voices=tuple(
            # An older version did not store which side a voice was on.
            Voice(outlet, url, title, _moment(at), *denies)
            for outlet, url, title, at, *denies in data["voices"]
        ),
        detail=data["detail"],
        contested=data["contested"],
        retracted=data["retracted"],
        reverses=_alert_id(data["reverses"]),
        includes=tuple((EventType(kind), detail) for kind, detail in data["includes"]),
        note=data["note"],
        recognises=data["recognises"],
        # An older version did not store these.
        reversed_by=_alert_id(data.get("reversed_by")),
        same_as=_alert_id(data.get("same_as")),
    )


def _digest_to_json(digest: Digest) -> dict[str, Any]:
    return {
        "digest": digest.occasion,
        "since": _iso(digest.since),
        "lines": [
            [line.alert_id, line.revision, line.reason, line.is_new, facts_to_json(line.facts)]
            for line in digest.lines
        ],
        "more": digest.more,
        "sources_read": digest.sources_read,
        "sources": digest.sources,
    }


def _digest_from_json(data: dict[str, Any]) -> Digest:
    lines = []
    for alert_id, number, reason, is_new, told in data["lines"]:
        facts = _facts(told)
        lines.append(DigestLine(AlertId(alert_id), number, Reason(reason), is_new, facts))
    return Digest(
        Occasion(data["digest"]),
        datetime.fromisoformat(data["since"]),
        tuple(lines),
        data["more"],
        data["sources_read"],
        data["sources"],
    )


def _proposal_to_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "proposal": proposal.state,
        "chat": proposal.chat_id,
        "chat_kind": proposal.chat_kind,
        "thread": proposal.thread_id,
        "alert": proposal.alert_id,
        "facts": facts_to_json(proposal.facts),
    }


def _proposal_from_json(data: dict[str, Any]) -> Proposal:
    facts = _facts(data["facts"])
    return Proposal(
        ProposalState(data["proposal"]),
        ChatId(data["chat"]),
        data["chat_kind"],
        data["thread"],
        AlertId(data["alert"]),
        facts,
    )


def _iso(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(iso: str | None) -> datetime | None:
    return None if iso is None else datetime.fromisoformat(iso)


def _alert_id(number: int | None) -> AlertId | None:
    return None if number is None else AlertId(number)
