"""Watching the sources themselves: which fail or fall silent, and which are well again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.domain.alerts import Notice
from jobs.domain.health import SourceHealth, State, needs_a_person, state_of
from jobs.domain.items import SourceId
from jobs.reference import Reference
from jobs.reference.voices import last_heard, silence

MOST_NAMES = 10

APART = timedelta(hours=1)
"""Between two words about sources; what happens meanwhile is told together."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the operator is to be told of the sources, and of which that is remembered."""

    notices: tuple[Notice, ...] = ()
    ailing: tuple[SourceId, ...] = ()
    well: tuple[SourceId, ...] = ()


def watch(healths: Iterable[SourceHealth], now: datetime, told_at: datetime | None = None) -> Watch:
    """Compare the sources' health with what the operator was told of it, last ``told_at``.

    Each source that begins to fail is told of once, and once when it is well again;
    several at a time are one notice, since the fault is then most likely our own. Within
    an hour of the last word nothing is told: it waits, and may have passed by then.
    """
    if told_at is not None and timedelta() <= now - told_at < APART:
        return Watch()
    seen = tuple(healths)
    ailing = [each for each in seen if each.alarmed_at is None and needs_a_person(each, now)]
    well = [each for each in seen if each.alarmed_at is not None and not needs_a_person(each, now)]
    notices = [*_alarm(ailing, now), *([_relief(well)] if well else [])]
    return Watch(
        tuple(notices),
        tuple(each.source_id for each in ailing),
        tuple(each.source_id for each in well),
    )


@dataclass(frozen=True, slots=True)
class CaseWatch:
    """What the operator is to be told of the cases, and which are silent now."""

    notices: tuple[Notice, ...]
    silent: tuple[str, ...]


def watch_cases(
    reference: Reference,
    healths: Sequence[SourceHealth],
    told: Sequence[str],
    least: timedelta,
    now: datetime,
) -> CaseWatch:
    """Tell once of a case whose own sources bring nothing, and once when they do again.

    ``told`` are the cases that the operator knows to be silent.
    """
    notices: list[Notice] = []
    silent: list[str] = []
    for case in reference.cases.values():
        heard = last_heard(case, reference.sources.values(), healths)
        lasting = silence(heard, now, least)
        if lasting is not None:
            silent.append(case.id)
        if lasting is not None and case.id not in told:
            hours = int(lasting.total_seconds() // 3600)
            notices.append(Notice("case_silent", {"case": case.id, "hours": hours}))
        if lasting is None and case.id in told:
            notices.append(Notice("case_heard", {"case": case.id}))
    return CaseWatch(tuple(notices), tuple(silent))


def _alarm(ailing: Sequence[SourceHealth], now: datetime) -> list[Notice]:
    if len(ailing) > 1:
        return [Notice("sources_alarm", {"count": len(ailing), "sources": _names(ailing)})]
    return [_single(each, now) for each in ailing]


_KEYS = {
    State.FAILING: "source_failing",
    State.BLOCKED: "source_blocked",
    State.CHANGED: "source_changed",
    State.DEAD: "source_dead",
}


def _single(health: SourceHealth, now: datetime) -> Notice:
    if key := _KEYS.get(state_of(health, now)):
        return Notice(key, {"source": health.source_id, "why": health.last_error or ""})
    if health.has_moved:
        return Notice("source_moved", {"source": health.source_id, "to": health.moved_to})
    spoke_at = health.spoke_at or now
    return Notice("source_silent", {"source": health.source_id, "days": (now - spoke_at).days})


def _relief(well: Sequence[SourceHealth]) -> Notice:
    return Notice("source_well", {"source": _names(well)})


def _names(healths: Sequence[SourceHealth]) -> str:
    names = [str(each.source_id) for each in healths[:MOST_NAMES]]
    return ", ".join(names) + (" …" if len(healths) > MOST_NAMES else "")
