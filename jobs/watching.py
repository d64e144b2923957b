"""Watching the sources themselves: which fail or fall silent, and which are well again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.domain.alerts import Notice
from jobs.domain.items import SourceId
from jobs.store.sources import SourceHealth

MOST_FAILURES = 5
"""In a row; with the growing waits in between that is some hours of a five-minute feed."""

SILENCE = timedelta(days=14)
"""A feed that is read well and brings nothing for so long has probably moved."""

MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Watch:
    """What the operator is to be told of the sources, and of which that is remembered."""

    notices: tuple[Notice, ...] = ()
    ailing: tuple[SourceId, ...] = ()
    well: tuple[SourceId, ...] = ()


def watch(healths: Iterable[SourceHealth], now: datetime) -> Watch:
    """Compare the sources' health with what the operator was told of it.

    Each source that begins to fail is told of once, and once when it is well again;
    several at a time are one notice, since the fault is then most likely our own.
    """
    seen = tuple(healths)
    ailing = [each for each in seen if each.alarmed_at is None and _trouble(each, now)]
    well = [each for each in seen if each.alarmed_at is not None and not _trouble(each, now)]
    notices = [*_alarm(ailing, now), *([_relief(well)] if well else [])]
    return Watch(
        tuple(notices),
        tuple(each.source_id for each in ailing),
        tuple(each.source_id for each in well),
    )


def _trouble(health: SourceHealth, now: datetime) -> bool:
    return health.failures >= MOST_FAILURES or _is_silent(health, now)


def _is_silent(health: SourceHealth, now: datetime) -> bool:
    spoke_at = health.last_new_at or health.baseline_at
    return spoke_at is not None and now - spoke_at > SILENCE


def _alarm(ailing: Sequence[SourceHealth], now: datetime) -> list[Notice]:
    if len(ailing) > 1:
        return [Notice("sources_alarm", {"count": len(ailing), "sources": _names(ailing)})]
    return [_single(each, now) for each in ailing]


def _single(health: SourceHealth, now: datetime) -> Notice:
    if health.failures >= MOST_FAILURES:
        why = health.last_error or ""
        return Notice("source_failing", {"source": health.source_id, "why": why})
    spoke_at = health.last_new_at or health.baseline_at or now
    return Notice("source_silent", {"source": health.source_id, "days": (now - spoke_at).days})


def _relief(well: Sequence[SourceHealth]) -> Notice:
    return Notice("source_well", {"source": _names(well)})


def _names(healths: Sequence[SourceHealth]) -> str:
    names = [str(each.source_id) for each in healths[:MOST_NAMES]]
    return ", ".join(names) + (" …" if len(healths) > MOST_NAMES else "")
