"""Samples of alerts for /demo: of each kind of event, and of what can become of an alert.

What they tell has happened, or was said, once; their sources are made up and say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.texts.alerts import NO_ALERT, render_alert
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from jobs.domain.alerts import Action, Facts, Reason, Voice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.reference import Reference

_AT = datetime(2025, 7, 3, 14, tzinfo=UTC)
_HEADLINE = N_("(Here stands the source's headline)")
_FALSE = N_("The report was false.")
_VOICE = Voice("example.org", "https://example.org/", _HEADLINE, _AT)
_RECOGNITION = Facts(
    case="taliban",
    actor="RU",
    type=EventType.RECOGNITION,
    status=EventStatus.DONE,
    grade=Grade.CONFIRMED,
    on=date(2025, 7, 3),
    first_seen_at=_AT,
    origins=3,
    voices=(_VOICE,),
    recognises=True,
)


@dataclass(frozen=True, slots=True)
class _Sample:
    kind: str
    facts: Facts
    action: Action = Action.SEND
    reason: Reason = Reason.FIRST


def _event(
    kind: str, actor: str, event_type: EventType, on: date, detail: str = "", origins: int = 2
) -> _Sample:
    facts = replace(
        _RECOGNITION,
        actor=actor,
        type=event_type,
        on=on,
        detail=detail,
        origins=origins,
        grade=Grade.CORROBORATED if origins > 1 else Grade.REPORTED,
        recognises=False,
    )
    return _Sample(kind, facts)


_SAMPLES: Sequence[_Sample] = (
    _Sample(N_("a recognition"), _RECOGNITION),
    _event(N_("a step at ambassador level"), "CN", EventType.CREDENTIALS, date(2024, 1, 30)),
    _event(N_("a mission"), "AE", EventType.MISSION, date(2024, 8, 22), "upgraded"),
    _event(N_("a meeting"), "UZ", EventType.MEETING, date(2025, 7, 3), "host", 1),
    _event(N_("a ban lifted"), "KZ", EventType.DELISTING, date(2024, 6, 3)),
    _event(N_("an agreement"), "UZ", EventType.AGREEMENT, date(2025, 7, 17)),
    _event(N_("a forum"), "OIC", EventType.FORUM, date(2025, 6, 21), "attended"),
    _Sample(
        N_("a mere claim"),
        replace(
            _RECOGNITION, actor="KZ", grade=Grade.CLAIMED, origins=1, recognises=False, on=None
        ),
    ),
    _Sample(
        N_("a plan"),
        replace(
            _RECOGNITION,
            actor="KZ",
            status=EventStatus.PLANNED,
            grade=Grade.REPORTED,
            origins=1,
            recognises=False,
            on=None,
        ),
    ),
    _Sample(
        N_("a signal, told only to who asked for signals"),
        replace(
            _RECOGNITION,
            actor="BY",
            status=EventStatus.CONSIDERED,
            grade=Grade.REPORTED,
            origins=1,
            recognises=False,
        ),
    ),
    _Sample(
        N_("a dispute: a reply to the alert, which is edited as well"),
        replace(
            _RECOGNITION,
            actor="PK",
            grade=Grade.REPORTED,
            origins=1,
            contested=True,
            recognises=False,
        ),
        Action.REPLY,
        Reason.DISPUTED,
    ),
    _Sample(
        N_("a mistake taken back, in every chat that had it"),
        replace(_RECOGNITION, actor="PK", retracted=True, note=_FALSE),
        Action.EDIT,
        Reason.RETRACTED,
    ),
)
COUNT = len(_SAMPLES)


def sample(words: Words, names: Reference, place: int) -> Message:
    """Return one sample, counted from 0, marked as no news."""
    shown = _SAMPLES[place]
    voices = tuple(replace(each, title=words.gettext(each.title)) for each in shown.facts.voices)
    note = words.gettext(shown.facts.note) if shown.facts.note else ""
    writer = Writer()
    with writer.bold():
        writer.write(
            words.gettext("SAMPLE {number} of {count}, no news: {kind}").format(
                number=place + 1, count=COUNT, kind=words.gettext(shown.kind)
            )
        )
    writer.line()
    writer.line()
    return writer.followed_by(
        render_alert(
            replace(shown.facts, voices=voices, note=note),
            NO_ALERT,
            action=shown.action,
            reason=shown.reason,
            names=names,
            language=words.language,
            zone=words.zone.key,
        )
    )
