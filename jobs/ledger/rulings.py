"""Rulings: an operator's word, laid over what the evidence amounts to."""

from dataclasses import replace

from jobs.domain.events import Event, Grade, Ruling


def lay_over(event: Event, ruling: Ruling | None) -> Event:
    """Return an assessed event as the operator wants it believed.

    To be applied after every new assessment: later evidence does not undo a ruling, only
    another ruling does.
    """
    if ruling is Ruling.CONFIRMED:
        return replace(
            event, ruling=ruling, grade=Grade.CONFIRMED, contested=False, retracted=False
        )
    if ruling is Ruling.RETRACTED:
        return replace(event, ruling=ruling, retracted=True)
    return event
