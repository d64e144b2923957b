"""What delivery counts as it goes, for ``/metrics``."""

from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric

from bot.outcomes import Verdict
from jobs.domain.alerts import Action

CALL_SECONDS = (0.03, 0.1, 0.3, 1, 3, 10, 30)


class Meters:
    """Counters and times of the calls to Telegram; one a sender."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._sends = Counter(
            "recognition_watch_sends",
            "Calls for one delivery each, by action and by what became of them.",
            ["action", "outcome"],
            registry=self._registry,
        )
        # Series exist from the start: a rate needs the zero before the first one.
        for action, verdict in product(Action, Verdict):
            self._sends.labels(action, verdict.name.lower())
        self._seconds = Histogram(
            "recognition_watch_send_seconds",
            "Time that one such call takes.",
            buckets=CALL_SECONDS,
            registry=self._registry,
        )

    def sent(self, action: Action, verdict: Verdict, seconds: float) -> None:
        """Count one call."""
        self._sends.labels(action, verdict.name.lower()).inc()
        self._seconds.observe(seconds)

    def metrics(self) -> Iterable[Metric]:
        """Return everything counted so far."""
        return self._registry.collect()
