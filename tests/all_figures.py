"""Every figure that ``/metrics`` can show, from the parts that make them, without a network."""

import asyncio
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from bot.outcomes import Verdict
from bot.pictures.renderer import Renderer
from bot.runtime import build_station
from jobs.domain.alerts import Action
from jobs.domain.clock import SystemClock
from jobs.domain.latency import Latencies, Latency
from jobs.meters import Meters
from jobs.runtime import Watch
from jobs.schedule import Job, LagMeter, Runner
from jobs.settings import Settings
from jobs.store import facts
from jobs.store.engine import Store
from jobs.vitals import Vitals
from tests.bot_api import TOKEN
from tests.watching_world import REFERENCE


@dataclass(frozen=True)
class Figure:
    """What a figure is called where it is asked for, its kind, its labels, its words."""

    name: str
    kind: str
    labels: tuple[str, ...]
    words: str

    @property
    def names(self) -> set[str]:
        """Return every name by which a query may ask for it."""
        if self.kind == "histogram":
            return {f"{self.name}{end}" for end in ("_bucket", "_sum", "_count")}
        return {self.name}


async def _gather(folder: Path) -> list[Figure]:
    settings = Settings(_env_file=None, data_dir=folder, bot_token=SecretStr(TOKEN))
    clock, meters = SystemClock(), Meters()
    store = await Store.open("sqlite://", migrate=True)
    measured = Latencies(1, (Latency(60.0, 5.0),))
    async with store.write() as conn:
        await facts.put(conn, "latencies", measured.to_json())
    async with Renderer() as renderer:
        station = build_station(settings, REFERENCE, store, clock, renderer)
        station.deliverer.meters.sent(Action.SEND, Verdict.SENT, 0.1)
        meters.mentions.labels("FIRST").inc()
        meters.revisions.labels("alert").inc()
        meters.job("poll", "ok", 0.1)
        runner = Runner([Job("poll", _nothing, 1, 1)], clock)
        lag = LagMeter(clock, lambda step: None)
        watch = Watch(runner, lag, meters, store, REFERENCE, folder, clock)
        found = await Vitals(store, [station, watch], clock).metrics()
    await store.close()
    figures = []
    for family in found:
        ending = "_total" if family.type == "counter" else ""
        labels = dict.fromkeys(
            label for sample in family.samples for label in sample.labels if label != "le"
        )
        figures.append(
            Figure(family.name + ending, family.type, tuple(labels), family.documentation)
        )
    return figures


@cache
def all_figures() -> list[Figure]:
    """Return the figures in the order in which they are shown."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_gather(Path(folder)))


async def _nothing() -> None:
    pass
