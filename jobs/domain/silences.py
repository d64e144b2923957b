"""Silences: what a place does not want to hear of for a while, as in Alertmanager."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from jobs.domain.alerts import AlertId, ChatId, Facts
from jobs.domain.events import EventType

SilenceId = NewType("SilenceId", int)


@dataclass(frozen=True, slots=True)
class Matcher:
    """What is silenced; each part that is None matches everything."""

    case: str | None = None
    actor: str | None = None
    type: EventType | None = None
    alert_id: AlertId | None = None

    def matches(self, alert_id: AlertId, facts: Facts) -> bool:
        """Tell whether an alert is silenced."""
        return (
            self.case in (None, facts.case)
            and self.actor in (None, facts.actor)
            and self.type in (None, facts.type)
            and self.alert_id in (None, alert_id)
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """A matcher that holds in one place until a time."""

    id: SilenceId
    chat_id: ChatId
    thread_id: int
    matcher: Matcher
    until: datetime


def is_silenced(alert_id: AlertId, facts: Facts, silences: Iterable[Silence]) -> bool:
    """Tell whether any of the silences keeps an alert back."""
    return any(each.matcher.matches(alert_id, facts) for each in silences)
