"""Origins: how many independent voices stand behind an event (design, rule 3)."""

from collections.abc import Sequence

from jobs.domain.events import Evidence


def origins_of(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the independent voices, earliest first: forty copies of one wire are one."""
    raise NotImplementedError
