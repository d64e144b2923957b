"""What the outside sees of a running program: figures, readiness and the heartbeat."""

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import update

from bot.pictures.renderer import Renderer
from bot.runtime import build_station
from jobs.heartbeat import EVERY_SECONDS, beat
from jobs.measuring import look, metrics
from jobs.settings import Settings
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.store.schema import chat, source
from jobs.vitals import KEEP_SECONDS, Vitals
from tests.bot_api import TOKEN
from tests.clocks import ManualClock
from tests.delivering import Line
from tests.feed_host import FeedHost, answer
from tests.samples import NOON, a_source, an_item
from tests.telling import subscribe, tell
from tests.watching_world import REFERENCE
from tests.whole_program import HEADLINE, World, make_due, program, rss, until

Samples = dict[tuple[str, ...], float]


def samples_of(found: list[Metric]) -> Samples:
    """Return each sample's value by its name and its labels' values."""
    return {
        (sample.name.removeprefix("recognition_watch_"), *sample.labels.values()): sample.value
        for family in found
        for sample in family.samples
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_an_alerts_way_shows_in_the_figures_of_the_running_program(world: World) -> None:
    port = free_port()
    world.feeds.routes["/feed"] = answer(rss(HEADLINE))
    world.feeds.routes["/tick"] = answer(b"ok")
    own = f"http://127.0.0.1:{port}"
    beating = {"HTTP_PORT": str(port), "HEARTBEAT_URL": world.feeds.url("/tick?uuid=secret-7")}
    async with program(world, 0, **beating), httpx.AsyncClient() as client:
        await make_due(world)
        await until(lambda: all(len(world.told(each)) == 1 for each in (7, -100200, -100300)))
        ready = await client.get(f"{own}/readyz")
        page = await client.get(f"{own}/metrics")
        await until(lambda: any("/tick" in each.target for each in world.feeds.requests))
    assert ready.status_code == 200
    assert ready.json() == {"ok": True, "jobs": True, "store": True, "telegram": True}
    assert page.headers["Content-Type"].startswith("text/plain; version=")
    found = samples_of(list(text_string_to_metric_families(page.text)))
    assert found["items_total",] == 1
    assert found["mentions_total", "FIRST"] == 1
    assert found["revisions_total", "alert"] == 1
    assert found["sends_total", "send", "sent"] >= 3
    assert found["readings_total", "ok"] >= 1
    for stage in ("detect", "fuse", "decide", "tell"):
        assert found["stage_seconds_count", stage] == 1, stage
    assert found["job_seconds_count", "poll", "ok"] >= 1
    assert found["sources", "fresh"] == 1
    assert found["database_bytes",] > 0
    assert 0 <= found["updates_age_seconds",] < 60
    assert found["sending_halted",] == 0
    assert found["process_resident_memory_bytes",] > 1e6
    assert "secret-7" not in (world.folder / "log").read_text(encoding="utf-8") + page.text


async def test_what_waits_shows_with_its_age(store: Store, tmp_path: Path) -> None:
    now = NOON + timedelta(minutes=30)
    async with store.write() as conn:
        await items.put_items(conn, [an_item(first_seen_at=NOON)], baseline=False)
        await subscribe(conn, 7)
        await tell(conn, 1, 1, now=NOON + timedelta(minutes=20))
        await conn.execute(update(chat).values(not_before=now + timedelta(hours=1)))
    found = samples_of(list(metrics(await look(store, REFERENCE, now), tmp_path / "not/yet", now)))
    assert (found["items_waiting",], found["items_waiting_age_seconds",]) == (1, 1800)
    assert (found["outbox_waiting",], found["outbox_waiting_age_seconds",]) == (1, 600)
    assert found["orders_waiting",] == 0
    assert found["disk_free_bytes",] > 0
    assert found["database_bytes",] > 10_000


async def test_sources_show_by_state_and_age(store: Store, tmp_path: Path) -> None:
    listed = [a_source(name, url=f"https://{name}.example/") for name in ("a", "b", "c")]
    async with store.write() as conn:
        await sources.sync(conn, listed, NOON)
        for name, seconds, failures in (("a", 60, 0), ("b", 600, 0), ("c", 6000, 2)):
            await conn.execute(
                update(source)
                .where(source.c.id == name)
                .values(
                    last_ok_at=NOON - timedelta(seconds=seconds),
                    baseline_at=NOON - timedelta(hours=1),
                    failures=failures,
                    next_due_at=NOON - timedelta(seconds=seconds / 10),
                )
            )
    found = samples_of(list(metrics(await look(store, REFERENCE, NOON), tmp_path, NOON)))
    assert (found["sources", "fresh"], found["sources", "failing"]) == (2, 1)
    assert found["sources_overdue",] == 1
    assert found["source_age_seconds", "0.5"] == 600
    assert found["source_age_seconds", "1.0"] == 6000


class Still:
    """A part that says what a test wants, and counts how often its figures were asked for."""

    def __init__(self, ok: bool = True, ready: bool = True) -> None:
        self.ok, self.ready, self.asked = ok, ready, 0

    def health(self) -> dict[str, Any]:
        return {"ok": self.ok}

    def readiness(self) -> dict[str, bool]:
        return {"still": self.ready}

    async def metrics(self) -> list[Metric]:
        self.asked += 1
        return []


async def test_the_program_is_not_ready_while_a_part_or_the_store_is_missing(
    tmp_path: Path,
) -> None:
    part, path = Still(ready=False), tmp_path / "watch.sqlite"
    store = await Store.open(f"sqlite:///{path}", migrate=True)
    vitals = Vitals(store, [part], ManualClock())
    assert await vitals.readiness() == {"ok": False, "still": False, "store": True}
    part.ready = True
    assert (await vitals.readiness())["ok"]
    await store.close()
    path.write_bytes(b"no database any more " * 1000)
    assert await vitals.readiness() == {"ok": False, "still": True, "store": False}
    await store.close()


async def test_one_unwell_part_makes_the_whole_unwell(store: Store) -> None:
    vitals = Vitals(store, [Still(), Still(ok=False)], ManualClock())
    assert vitals.health() == {"ok": False}


async def test_asking_without_end_does_not_keep_the_store_busy(store: Store) -> None:
    part, clock = Still(), ManualClock()
    vitals = Vitals(store, [part], clock)
    for _ in range(50):
        await vitals.metrics()
    assert part.asked == 1
    clock.advance(KEEP_SECONDS)
    await vitals.metrics()
    assert part.asked == 2


async def _turns(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0)


class Metronome(ManualClock):
    """Lets each sleep last until the test allows the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.go_on = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.go_on.wait()
        self.go_on.clear()


async def test_the_heart_beats_each_minute_while_all_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    part, clock = Still(), Metronome()
    async with FeedHost({"/tick": answer(b"ok")}) as host:
        beating = asyncio.create_task(beat(host.url("/tick?key=hush"), part.health, clock))
        await _turns(lambda: len(clock.slept) == 1)
        assert len(host.requests) == 1
        part.ok = False
        clock.go_on.set()
        await _turns(lambda: len(clock.slept) == 2)
        assert len(host.requests) == 1  # unwell: no tick
        part.ok = True
        host.routes["/tick"] = answer(b"", status=500)
        for slept in (3, 4):
            clock.go_on.set()
            await _turns(lambda slept=slept: len(clock.slept) == slept)  # type: ignore[misc]
        beating.cancel()
    assert len(host.requests) == 3
    assert set(clock.slept) == {EVERY_SECONDS}
    assert caplog.text.count("HEARTBEAT_URL does not answer") == 1
    assert "hush" not in caplog.text


async def test_a_sender_or_an_asker_that_is_stuck_makes_the_bot_unwell(
    store: Store, tmp_path: Path
) -> None:
    clock = ManualClock()
    settings = Settings(_env_file=None, data_dir=tmp_path, bot_token=SecretStr(TOKEN))
    async with Renderer() as renderer:
        station = build_station(settings, REFERENCE, store, clock, renderer)
        assert station.poller is not None
        assert station.health()["ok"]
        for stuck in ("sender", "asker"):
            clock.advance(121)
            if stuck == "sender":
                station.poller.completed_at = clock.monotonic()
            else:
                station.deliverer.turned_at = clock.monotonic()
            assert not station.health()["ok"], stuck
            station.poller.completed_at = station.deliverer.turned_at = clock.monotonic()
            assert station.health()["ok"]


async def test_a_sender_that_turns_is_seen_to(line: Line) -> None:
    deliverer, stop = line.deliverer(), asyncio.Event()
    line.clock.advance(300)
    running = asyncio.create_task(deliverer.run(stop))
    await _turns(lambda: deliverer.turned_at >= 1300)
    stop.set()
    await running
