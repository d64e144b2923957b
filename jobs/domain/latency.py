"""How long alerts took from their news to the chats, as measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Self

MOST_KEPT = 100
"""Alerts whose times are remembered."""


@dataclass(frozen=True, slots=True)
class Latency:
    """One alert's time to the middle one of its first chats, in seconds.

    ``published`` counts from when its news says it was published, None where it does not
    say; ``read`` from when it was first seen here.
    """

    published: float | None
    read: float

    @classmethod
    def of(
        cls, published_at: datetime | None, seen_at: datetime, sent_at: Sequence[datetime]
    ) -> Self:
        """Measure one alert by its news and by when its first chats had it."""
        seconds = [(at - seen_at).total_seconds() for at in sent_at]
        read = max(0.0, median(seconds))
        # What claims to come from the future was published when we saw it, at the latest.
        before = max(0.0, (seen_at - published_at).total_seconds()) if published_at else None
        return cls(None if before is None else before + read, read)


@dataclass(frozen=True, slots=True)
class Latencies:
    """The latest alerts' times; ``after`` is the number of the last alert measured."""

    after: int = 0
    measured: tuple[Latency, ...] = ()

    def with_more(self, after: int, more: Sequence[Latency]) -> Self:
        """Return these and newer ones, the oldest dropped."""
        return type(self)(after, (*self.measured, *more)[-MOST_KEPT:])

    def published(self, share: float) -> float | None:
        """Return the seconds from publication that this share of alerts did not exceed."""
        return _quantile([each.published for each in self.measured], share)

    def read(self, share: float) -> float | None:
        """Return the seconds from first seeing that this share of alerts did not exceed."""
        return _quantile([each.read for each in self.measured], share)

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        kept = [[each.published, each.read] for each in self.measured]
        return {"after": self.after, "measured": kept}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        return cls(kept["after"], tuple(Latency(*each) for each in kept["measured"]))


UNMEASURED = Latencies()


def _quantile(values: Sequence[float | None], share: float) -> float | None:
    ordered = sorted(value for value in values if value is not None)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
