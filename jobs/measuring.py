"""What the store says of the program's state, for ``/metrics``: queues, sources, sizes."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from jobs.domain.health import SourceHealth, State, state_of
from jobs.domain.latency import Latencies
from jobs.reference import Reference
from jobs.reference.voices import last_heard
from jobs.sourcing import in_force
from jobs.store import census, latencies, sources
from jobs.store.census import Backlog, Queue, Size
from jobs.store.engine import Store

LATE = timedelta(minutes=5)
"""A source whose reading is due for so long is overdue; after a start all are due at once."""

SHARES = (0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """One look into the store."""

    reference: Reference
    sources: Sequence[SourceHealth]
    queue: Queue
    backlog: Backlog
    size: Size
    latencies: Latencies


async def look(store: Store, listed: Reference, now: datetime) -> Found:
    """Read what is measured, in one transaction."""
    async with store.read() as conn:
        return Found(
            await in_force(conn, listed),
            await sources.health(conn),
            await census.of_queue(conn, now),
            await census.of_backlog(conn),
            await census.of_database(conn),
            await latencies.known(conn),
        )


def metrics(found: Found, data_dir: Path, now: datetime) -> Iterable[Metric]:
    """Return what was found as gauges; ages are in seconds, 0 where nothing waits."""
    yield _gauge("items_waiting", "Items that detection has not seen yet.", found.backlog.items)
    yield _gauge(
        "items_waiting_age_seconds",
        "How long the oldest of them has waited.",
        _age(found.backlog.oldest, now),
    )
    yield _gauge("orders_waiting", "Orders not carried out yet.", found.backlog.orders)
    yield _gauge("outbox_waiting", "Deliveries that could have gone.", found.queue.waiting)
    yield _gauge(
        "outbox_waiting_age_seconds",
        "How long the oldest of them could have gone.",
        _age(found.queue.oldest, now),
    )
    yield _gauge(
        "outbox_uncertain", "Deliveries of which nobody knows arrival.", found.queue.uncertain
    )
    yield from _of_sources(found, now)
    yield _of_latencies(found.latencies)
    yield _gauge("database_bytes", "Size of the database.", found.size.whole)
    yield _gauge("database_log_bytes", "Size of SQLite's write-ahead log.", found.size.log)
    yield _gauge("disk_free_bytes", "Room left where DATA_DIR is.", free_bytes(data_dir))


def free_bytes(folder: Path) -> int:
    """Return the room left where a folder is, or would be made."""
    whole = folder.resolve()
    there = next(each for each in (whole, *whole.parents) if each.exists())
    return shutil.disk_usage(there).free


def _of_sources(found: Found, now: datetime) -> Iterable[Metric]:
    states = Counter({state.value: 0 for state in State})
    states.update(state_of(each, now).value for each in found.sources)
    yield _by("sources", "Sources by state, as /sources shows them.", "state", states)
    polled = [each for each in found.sources if each.paused_at is None]
    overdue = sum(now - each.next_due_at > LATE for each in polled)
    yield _gauge("sources_overdue", "Sources that should have been read minutes ago.", overdue)
    ages = sorted(_age(each.last_ok_at, now) for each in polled if each.last_ok_at)
    quantiles = {str(share): _quantile(ages, share) for share in SHARES}
    told = "How long ago sources were last read well: the middle one, all but 5 %, the worst."
    yield _by("source_age_seconds", told, "quantile", quantiles)
    heard = {
        case.id: _age(last_heard(case, found.reference.sources.values(), found.sources), now)
        for case in found.reference.cases.values()
    }
    yield _by("case_silence_seconds", "How long a case's own sources bring nothing.", "case", heard)


def _of_latencies(measured: Latencies) -> Metric:
    words = "Time of the last 100 alerts to the middle one of their first chats, by where it begins"
    gauge = GaugeMetricFamily(
        "recognition_watch_alert_latency_seconds",
        f"{words}: published, or read here.",
        labels=["since", "quantile"],
    )
    for since, quantile in (("published", measured.published), ("read", measured.read)):
        for share in SHARES:
            seconds = quantile(share)
            if seconds is not None:
                gauge.add_metric([since, str(share)], seconds)
    return gauge


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"recognition_watch_{name}", words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(f"recognition_watch_{name}", words, labels=[label])
    for key, value in values.items():
        gauge.add_metric([key], value)
    return gauge
