"""Digests: what of the alerts of a time a place is told in one message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jobs.domain.alerts import AlertId, DigestLine, Facts, Filter, Level, Reason
from jobs.ledger.fanout import wants
from jobs.reference import Reference

_SURER = frozenset({Reason.GRADE_RAISED, Reason.DATE_CHANGED})
"""Quiet changes that a digest tells of again; a loud one was told by itself when it came."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alert as of its newest revision."""

    alert_id: AlertId
    revision: int
    level: Level
    reason: Reason
    facts: Facts


def pick(
    candidates: Iterable[Candidate],
    wanted: Filter,
    known: Mapping[AlertId, int],
    reference: Reference,
) -> list[DigestLine]:
    """Return what a place is told, the weightiest and newest first.

    ``known`` holds the revision at which former digests told the place of an alert. What was
    told to it by a message of its own is not among the candidates.
    """
    chosen = [
        each
        for each in candidates
        if wants(wanted, each.facts, each.level, reference) and _is_news(each, known)
    ]
    chosen.sort(key=lambda each: (each.level.rank, -each.alert_id))
    return [
        DigestLine.of(
            each.alert_id,
            each.revision,
            each.reason,
            each.facts,
            is_new=each.alert_id not in known,
        )
        for each in chosen
    ]


def _is_news(candidate: Candidate, known: Mapping[AlertId, int]) -> bool:
    told = known.get(candidate.alert_id)
    return told is None or (told < candidate.revision and candidate.reason in _SURER)
