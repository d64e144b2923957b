"""Whose sources belong to a case, and when they were last heard."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from jobs.domain.health import SourceHealth
from jobs.domain.items import Source
from jobs.reference.cases import Case


def voices_of(case: Case) -> frozenset[str]:
    """Return the sides whose sources belong to a case: its seat's and its watch list's."""
    return frozenset({case.seat, *(watched.actor for watched in case.watch)})


def belongs(source: Source, case: str, voices: Collection[str]) -> bool:
    """Tell whether a source is one of a case's own, not merely one that may tell of it."""
    return case in source.cases or (not source.cases and source.side in voices)


def last_heard(
    case: Case, sources: Iterable[Source], healths: Iterable[SourceHealth]
) -> datetime | None:
    """Return when one of a case's own sources last brought something new.

    A case without any hears all sources; None if none was read yet.
    """
    known = {each.source_id: each.spoke_at for each in healths if each.paused_at is None}
    able = [each for each in sources if not each.cases or case.id in each.cases]
    voices = voices_of(case)
    own = [each for each in able if belongs(each, case.id, voices)] or able
    return max((at for each in own if (at := known.get(each.id)) is not None), default=None)


def silence(heard: datetime | None, now: datetime, least: timedelta) -> timedelta | None:
    """Return how long a case has been silent, or None if that is less than ``least``."""
    if heard is None or now - heard < least:
        return None
    return now - heard
