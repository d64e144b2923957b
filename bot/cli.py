"""``recognition-watch VERB``: the jobs' verbs, and those that need the bot.

Without a token the bot is the same and its Bot API is answered in this terminal.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TextIO

from bot.demo import verb as demo
from bot.doctor import examine_telegram
from bot.pictures.renderer import Renderer
from bot.runtime import build_station, serve, set_up_face
from bot.screen import Screen
from bot.terminal import TerminalRequest
from bot.typed import TypedLines
from jobs import check
from jobs import cli as jobs_cli
from jobs.cli import Verb, run_verb, start_log
from jobs.doctor import Finding, examine
from jobs.domain.clock import SystemClock
from jobs.errors import ConfigError
from jobs.means import load_all
from jobs.push import push_routes
from jobs.runtime import jobs_running, stop_on_signal
from jobs.settings import Settings
from jobs.store.alone import alone_on
from jobs.store.engine import Store
from jobs.vitals import Part, Vitals, shown


def _log_stream(settings: Settings) -> TextIO:
    """Return stderr, or a file where the terminal is itself the chat."""
    if settings.bot_token is not None or not sys.stderr.isatty():
        return sys.stderr
    path = settings.data_dir / "recognition-watch.log"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        stream = path.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise ConfigError(f"DATA_DIR: cannot write {path}: {error.strerror}") from None
    print(f"No BOT_TOKEN: you are in the chat. The log goes to {path}.", file=sys.stderr)  # noqa: T201
    return stream


def _settings() -> Settings:
    settings = Settings.load()
    start_log(_log_stream(settings), settings)
    return settings


async def _serve(settings: Settings, *, with_jobs: bool) -> int:
    clock = SystemClock()
    reference = load_all(settings)
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.enter_context(stop_on_signal(stop))
        store = await Store.open(settings.database_url(), migrate=with_jobs)
        stack.push_async_callback(store.close)
        stack.enter_context(alone_on(store.file))
        request = None
        if settings.bot_token is None:
            typed = TypedLines(sys.stdin.fileno())
            screen = Screen(sys.stdout, interactive=sys.stdin.isatty())
            request = TerminalRequest(screen, typed, clock, settings.data_dir)
            if sys.stdin.isatty():  # the end of a file or pipe is no wish to leave
                stack.enter_context(typed.ending(stop))
        renderer = await stack.enter_async_context(Renderer())
        station = build_station(settings, reference, store, clock, renderer, request)
        parts: list[Part] = [station]
        routes = [*station.routes]
        if with_jobs:
            watch = await stack.enter_async_context(jobs_running(settings, reference, store, clock))
            parts.append(watch)
            routes += push_routes(settings.push_word(), store, reference, clock)

        vitals = Vitals(store, parts, clock)
        await stack.enter_async_context(shown(settings, vitals, routes, clock))
        await serve(station, settings, stop)
    return 0


def _run(args: argparse.Namespace) -> int:
    return asyncio.run(_serve(_settings(), with_jobs=True))


def _bot(args: argparse.Namespace) -> int:
    return asyncio.run(_serve(_settings(), with_jobs=False))


def _set_up_bot(args: argparse.Namespace) -> int:
    settings = Settings.load()
    start_log(sys.stderr, settings)
    done = asyncio.run(set_up_face(settings))
    for line in done.written:
        print(line)  # noqa: T201
    for line in done.refused:
        print(f"not taken: {line}", file=sys.stderr)  # noqa: T201
    if not (done.written or done.refused):
        print("nothing differed", file=sys.stderr)  # noqa: T201
    return 1 if done.refused else 0


def _check(args: argparse.Namespace) -> int:
    if args.what != "doctor":
        return check.main(args)
    settings, clock = Settings.load(), SystemClock()

    async def all_findings() -> AsyncIterator[Finding]:
        for part in (examine(settings, clock), examine_telegram(settings, clock)):
            async for finding in part:
                yield finding

    return asyncio.run(check.report(all_findings()))


VERBS: tuple[Verb, ...] = (
    Verb("run", "run the whole product: jobs and bot in one process", _run),
    Verb("bot", "run the bot alone, beside a `jobs` process on the same store", _bot),
    Verb(
        "setup-bot",
        "set the bot's menus, description and about text in Telegram; writes only what differs",
        _set_up_bot,
    ),
    Verb(
        "demo",
        "replay five years of true history through the real pipeline, here, without a network",
        demo.main,
        demo.add_arguments,
    ),
    # Only the bot can ask Telegram.
    *(replace(verb, run=_check) if verb.name == "check" else verb for verb in jobs_cli.VERBS),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return the exit code."""
    # Telegram's library is changing retry_after from seconds to a timedelta, and warns at
    # each one until told that we take the new form; bot.outcomes takes both.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    return run_verb("recognition-watch", VERBS, argv)
