"""``source add | pause | resume | test | remove | import | export``: sources at run time.

Results are printed on stdout; what was refused makes the exit code 1.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from jobs.domain.items import THIRD, Source, SourceId, Tier
from jobs.errors import InputError
from jobs.means import load_all, means_of_reading
from jobs.opml import read_opml, write_opml
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.sourcing import (
    USUAL_INTERVAL,
    USUAL_TIER,
    Wanted,
    add,
    check_wanted,
    in_force,
    pause,
    remove,
)
from jobs.store.engine import Store
from jobs.trials import HEAD, Trial, Trier


@dataclass(frozen=True, slots=True)
class _Desk:
    settings: Settings
    listed: Reference
    store: Store
    now: datetime

    async def try_one(self, source: Source) -> Trial:
        async with means_of_reading(self.settings) as (client, parser):
            return await Trier(client, parser, 1).try_source(source, self.now)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``source`` takes."""
    words = parser.add_subparsers(metavar="ACTION", required=True)
    adding = words.add_parser("add", help="try a source and read it from now on")
    adding.add_argument("url")
    adding.add_argument("--language", required=True, help="ISO 639-1, such as ru")
    for name in ("id", "name", "kind", "family"):
        adding.add_argument(f"--{name}", default="", help="guessed from the address if left out")
    adding.add_argument("--tier", default=USUAL_TIER, choices=list(Tier))
    adding.add_argument("--side", default=THIRD, help="a state's or organisation's code")
    adding.add_argument("--case", action="append", default=[], help="may be given several times")
    adding.add_argument(
        "--interval", type=int, default=USUAL_INTERVAL, help="seconds between two reads"
    )
    adding.add_argument("--untried", action="store_true", help="add it even if it fails now")
    adding.set_defaults(action=_add)
    for name, action, about in (
        ("pause", _pause, "read a source no more, until it is resumed"),
        ("resume", _resume, "read a paused source again"),
        ("remove", _remove, "drop a source that was added"),
    ):
        word = words.add_parser(name, help=about)
        word.add_argument("id")
        word.set_defaults(action=action)
    testing = words.add_parser("test", help="read a source once and say what came")
    testing.add_argument("source", help="an id, or an address")
    testing.set_defaults(action=_test)
    importing = words.add_parser("import", help="add the feeds of an OPML list, untried")
    importing.add_argument("file", type=Path)
    importing.add_argument("--language", default="en", help="of feeds that name none")
    importing.set_defaults(action=_import)
    exporting = words.add_parser("export", help="write the feeds as OPML, on stdout or to a file")
    exporting.add_argument("file", type=Path, nargs="?")
    exporting.set_defaults(action=_export)


def main(args: argparse.Namespace) -> int:
    """Carry out one action; return 0, or 1 where it was refused."""
    settings = Settings.load()
    return asyncio.run(_run(args.action, args, settings))


Action = Callable[[argparse.Namespace, _Desk], Awaitable[int]]


async def _run(action: Action, args: argparse.Namespace, settings: Settings) -> int:
    listed = load_all(settings)
    store = await Store.open(settings.database_url(), migrate=True)
    try:
        return await action(args, _Desk(settings, listed, store, datetime.now(UTC)))
    finally:
        await store.close()


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the verb's result


async def _add(args: argparse.Namespace, desk: _Desk) -> int:
    wanted = Wanted(
        args.url,
        args.language,
        args.id,
        args.name,
        args.kind,
        args.family,
        args.tier,
        args.side,
        args.case,
        args.interval,
    )
    async with desk.store.read() as conn:
        source = await check_wanted(conn, desk.listed, wanted)
    if not args.untried:
        trial = await desk.try_one(source)
        _say(HEAD)
        _say(trial.line())
        if trial.problem:
            _say("not added; --untried adds it all the same")
            return 1
    async with desk.store.write() as conn:
        await add(conn, desk.listed, source, wanted.definition(), desk.now)
    _say(f"{source.id} is added; what stands there now is its baseline and alerts nobody")
    return 0


async def _pause(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.write() as conn:
        await pause(conn, SourceId(args.id), desk.now)
    _say(f"{args.id} is paused")
    return 0


async def _resume(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.write() as conn:
        await pause(conn, SourceId(args.id), None)
    _say(f"{args.id} is read again")
    return 0


async def _remove(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.write() as conn:
        await remove(conn, desk.listed, SourceId(args.id))
    _say(f"{args.id} is removed; what it brought stays in the ledger")
    return 0


async def _test(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.read() as conn:
        known = (await in_force(conn, desk.listed)).sources
        source = known.get(SourceId(args.source))
        source = source or next((each for each in known.values() if each.url == args.source), None)
        if source is None and "://" in args.source:
            source = await check_wanted(conn, desk.listed, Wanted(args.source, "en"))
    if source is None:
        raise InputError(f"there is no source {args.source}; give an id or an address")
    trial = await desk.try_one(source)
    _say(HEAD)
    _say(trial.line())
    return 1 if trial.problem else 0


async def _import(args: argparse.Namespace, desk: _Desk) -> int:
    try:
        text = args.file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{args.file}: cannot be read as UTF-8 text ({error})") from None
    added, refused = 0, 0
    for each in read_opml(text, args.language):
        async with desk.store.write() as conn:
            try:
                source = await check_wanted(conn, desk.listed, each.wanted)
            except InputError as error:
                refused += 1
                _say(f"left out: {each.line}: {error}")
                continue
            definition = replace(each.wanted, id=source.id).definition()
            await add(conn, desk.listed, source, definition, desk.now)
            added += 1
            _say(f"added: {source.id}")
    _say(f"{added} added, {refused} left out; `check sources` tries them")
    return 1 if refused else 0


async def _export(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.read() as conn:
        reference = await in_force(conn, desk.listed)
    text = write_opml(reference.sources.values())
    if args.file is None:
        sys.stdout.write(text)
        return 0
    try:
        args.file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{args.file}: cannot be written: {error.strerror}") from None
    return 0
