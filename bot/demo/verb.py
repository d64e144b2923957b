"""``recognition-watch demo``: sets the stage, plays the show, leaves the person at the prompt."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bot.demo.clock import DemoClock
from bot.demo.press import Press
from bot.demo.show import STEP, Show, demo_reference
from bot.pictures.renderer import Renderer
from bot.runtime import Station, build_station, serve
from bot.screen import Screen
from bot.terminal import CHAT_ID, TerminalRequest
from bot.typed import TypedLines
from jobs.domain.alerts import ChatId, Filter
from jobs.logs import log_to
from jobs.reference import load_reference
from jobs.reference.demo import DemoItem, load_demo
from jobs.replay import with_baseline_before
from jobs.runtime import open_pipeline, stop_on_signal
from jobs.settings import Settings
from jobs.store import chats
from jobs.store.chats import ChatKind
from jobs.store.engine import Store

GREETING = """\
Recognition Watch, demo: the press of {first:%B %Y} to {last:%B %Y}, {items} items of
{outlets} outlets, goes through the real feeds, store, detection, ledger and
delivery into this chat.
"""
AT_THE_PROMPT = """\
You are in the chat now: try /status, /status russia, /latest, /why 1, /map or /help.
Type #1 to press a numbered button. Ctrl-D or Ctrl-C leaves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``demo`` takes."""
    parser.add_argument(
        "--once", action="store_true", help="end after the show instead of opening the chat"
    )


def main(args: argparse.Namespace) -> int:
    """Play the show; end after it with ``--once`` or without a terminal to type at."""
    log_to(sys.stderr, "WARNING")
    ends_by_itself = args.once or not sys.stdin.isatty()
    with tempfile.TemporaryDirectory(prefix="recognition-watch-demo-") as folder:
        return asyncio.run(_play(Path(folder), load_demo(), ends_by_itself=ends_by_itself))


def _settings(folder: Path) -> Settings:
    # Nothing of the operator's is read or touched: neither settings nor store nor token.
    return Settings.model_construct(
        **{
            **{name: field.default for name, field in Settings.model_fields.items()},
            "data_dir": folder,
            "fetch_allow_loopback": True,
            "http_port": 0,
            # Hours lie between two looks, so each look takes up every feed that is due.
            "poll_tick_seconds": 3600,
        }
    )


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the verb's result


async def _play(folder: Path, stream: Sequence[DemoItem], *, ends_by_itself: bool) -> int:
    outlets = sorted({item.outlet for item in stream})
    clock = DemoClock(stream[0].published - STEP)
    settings = _settings(folder)
    async with AsyncExitStack() as stack:
        press = Press(outlets)
        press.start()
        stack.push_async_callback(press.stop)
        # What happened later must still be news when the demo comes to it.
        known = with_baseline_before(load_reference(), stream[0].published.date())
        reference = demo_reference(known, press, outlets)
        store = await Store.open(settings.database_url(), migrate=True)
        stack.push_async_callback(store.close)
        pipeline = await stack.enter_async_context(open_pipeline(settings, reference, store))
        await pipeline.start(clock.now())
        await _subscribe(store, clock)
        typed = TypedLines(sys.stdin.fileno())
        screen = Screen(sys.stdout, interactive=sys.stdout.isatty() and not ends_by_itself)
        terminal = TerminalRequest(screen, typed, clock, Path("recognition-watch-demo"))
        renderer = await stack.enter_async_context(Renderer())
        station = build_station(settings, reference, store, clock, renderer, terminal)
        _say(
            GREETING.format(
                first=stream[0].published,
                last=stream[-1].published,
                items=len(stream),
                outlets=len(outlets),
            )
        )
        show = Show(press, store, pipeline, station, terminal, clock)
        await station.application.initialize()
        began = time.perf_counter()
        await show.play(stream)
        _say(show.tally.summary(time.perf_counter() - began))
        if not ends_by_itself:
            _say(AT_THE_PROMPT)
            clock.let_go()
            await _chat(station, settings, typed)
    return 0


async def _subscribe(store: Store, clock: DemoClock) -> None:
    chat = ChatId(CHAT_ID)
    async with store.write() as conn:
        await chats.open_chat(
            conn, chat, ChatKind.PRIVATE, language="en", zone="UTC", now=clock.now()
        )
        await chats.subscribe(conn, chat, Filter(), clock.now())


async def _chat(station: Station, settings: Settings, typed: TypedLines) -> None:
    """Answer what is typed until the person leaves."""
    stop = asyncio.Event()
    with stop_on_signal(stop), typed.ending(stop):
        await serve(station, settings, stop)
