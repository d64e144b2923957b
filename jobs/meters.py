"""What the jobs count as they go, for ``/metrics``; one ``Meters`` a process.

Counting decides nothing: whoever makes a pipeline without meters gets some that nobody reads.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric

STAGE_SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
JOB_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


class Meters:
    """Counters and times of the way from a source to the outbox."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.readings = Counter(
            "recognition_watch_readings",
            "Readings of sources, by whether they could be read (ok) or not (failed).",
            ["outcome"],
            registry=self._registry,
        )
        self.items = Counter(
            "recognition_watch_items",
            "News items that were not known before.",
            registry=self._registry,
        )
        self.mentions = Counter(
            "recognition_watch_mentions",
            "Mentions entered in the ledger, by why they were told or were not.",
            ["reason"],
            registry=self._registry,
        )
        self.revisions = Counter(
            "recognition_watch_revisions",
            "Revisions of alerts written, by kind.",
            ["kind"],
            registry=self._registry,
        )
        self._stages = Histogram(
            "recognition_watch_stage_seconds",
            "Time that one item or mention takes in a stage: detect, fuse, decide or tell.",
            ["stage"],
            buckets=STAGE_SECONDS,
            registry=self._registry,
        )
        self._jobs = Histogram(
            "recognition_watch_job_seconds",
            "Time that one run of a job takes, by how it ended: ok or failed.",
            ["job", "outcome"],
            buckets=JOB_SECONDS,
            registry=self._registry,
        )
        # Series exist from the start: a rate needs the zero before the first one.
        for outcome in ("ok", "failed"):
            self.readings.labels(outcome)
        for stage in ("detect", "fuse", "decide", "tell"):
            self._stages.labels(stage)

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Time the block as one pass of a stage."""
        return self._stages.labels(name).time()

    def job(self, name: str, outcome: str, seconds: float) -> None:
        """Count one run of a job."""
        self._jobs.labels(name, outcome).observe(seconds)

    def metrics(self) -> Iterable[Metric]:
        """Return everything counted so far."""
        return self._registry.collect()
