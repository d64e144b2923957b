"""Momentum in words: a score, and what it is made of."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name
from bot.texts.wording import TYPE_NAMES
from jobs.domain.events import EventStatus, EventType
from jobs.reference import Reference
from jobs.reference.cases import Case

_SHOWN_SIGNALS = 3
_ROOM = 400
_STATUSES = {
    EventStatus.DONE: N_("done"),
    EventStatus.PLANNED: N_("planned"),
    EventStatus.CONSIDERED: N_("considered"),
    EventStatus.DENIED: N_("denied"),
    EventStatus.REVERSED: N_("reversed"),
}


def momenta(
    words: Words, names: Reference, found: Sequence[tuple[Case, Sequence[Mapping[str, Any]]]]
) -> Message:
    """Return /momentum: each watched actor's score with its weightiest signals."""
    writer = Writer()
    for case, scores in found:
        with writer.bold():
            writer.write(case.full_name(words.language))
        writer.line()
        for each in scores:
            if writer.room < _ROOM:
                break
            writer.line(
                f"{actor_name(names, each['actor'], words.language)}{words.colon}{each['score']:g}"
            )
            for signal in each["signals"][:_SHOWN_SIGNALS]:
                writer.line(f"  {_signal(words, signal)}")
        if not scores:
            writer.line(words.gettext("Nothing is known yet."))
    if not found:
        writer.line(words.gettext("No case with watched actors is known by this name."))
    writer.line(
        words.gettext(
            "The score adds up what was done, planned or refused, by its kind, how sure it is and "
            "how long ago. It says what has happened; it is no forecast."
        )
    )
    return writer.build()


def _signal(words: Words, signal: Sequence[Any]) -> str:
    _, kind, status, _, on, points = signal
    name = words.gettext(TYPE_NAMES[EventType(kind)]).lower()
    how = words.gettext(_STATUSES[EventStatus(status)])
    said = words.comma.join([name, how, words.day(date.fromisoformat(on))])
    return f"{points:+g} {said}"
