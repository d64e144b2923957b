"""``hook add | list | test | remove``: webhooks of other programs that are called with alerts."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventType, Grade
from jobs.errors import ConfigError, FetchFailed, FetchRefused, InputError
from jobs.exports.hooks import headers_of, key_of, notice_body, shown_key
from jobs.exports.plain import web_address
from jobs.means import guarded_client, load_all
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store import hooks
from jobs.store.engine import Store
from jobs.store.hooks import Hook, chat_of


@dataclass(frozen=True, slots=True)
class _Desk:
    settings: Settings
    reference: Reference
    store: Store
    now: datetime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``hook`` takes."""
    words = parser.add_subparsers(metavar="ACTION", required=True)
    adding = words.add_parser("add", help="post alerts to an address, and show its signing key")
    adding.add_argument("url")
    for name, about in (
        ("case", "an id, such as taliban"),
        ("actor", "a code, such as UZ"),
        ("group", "an id, such as neighbours"),
    ):
        adding.add_argument(f"--{name}", action="append", default=[], help=f"{about}; repeatable")
    adding.add_argument("--type", action="append", default=[], choices=list(EventType))
    adding.add_argument("--level", default=Level.ALERT, choices=list(Level))
    adding.add_argument("--grade", default=Grade.CLAIMED, choices=list(Grade))
    adding.set_defaults(action=_add)
    listing = words.add_parser("list", help="show the webhooks and how they fare")
    listing.set_defaults(action=_list)
    for name, action, about in (
        ("test", _test, "post a signed trial to a webhook now"),
        ("remove", _remove, "call a webhook no more, and forget it"),
    ):
        word = words.add_parser(name, help=about)
        word.add_argument("number", type=int)
        word.set_defaults(action=action)


def main(args: argparse.Namespace) -> int:
    """Carry out one action; return 0, or 1 where a trial was not taken."""
    settings = Settings.load()
    if not settings.hooks_word():
        raise ConfigError("HOOKS_SECRET: needed, or nothing could be signed; see .env.example")
    return asyncio.run(_run(args.action, args, settings))


Action = Callable[[argparse.Namespace, _Desk], Awaitable[int]]


async def _run(action: Action, args: argparse.Namespace, settings: Settings) -> int:
    reference = load_all(settings)
    store = await Store.open(settings.database_url(), migrate=True)
    try:
        return await action(args, _Desk(settings, reference, store, datetime.now(UTC)))
    finally:
        await store.close()


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the verb's result


async def _add(args: argparse.Namespace, desk: _Desk) -> int:
    url = _checked(args.url, desk.settings)
    wanted = _wanted(args, desk.reference)
    async with desk.store.write() as conn:
        number = await hooks.add(conn, url, wanted, desk.now)
    _say(f"webhook {number}: {_host(url)} is called from now on; its signing key:")
    _say(_key(desk, number))
    return 0


async def _list(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.read() as conn:
        known = await hooks.every(conn)
    for each in known:
        _say(_line(each))
    return 0


async def _test(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.read() as conn:
        known = {each.number: each for each in await hooks.every(conn)}
    found = known.get(args.number)
    if found is None:
        raise InputError(f"there is no webhook {args.number}; `hook list` shows those there are")
    body = notice_body("trial", {}, desk.now)
    key = key_of(desk.settings.hooks_word(), found.chat_id)
    headers = headers_of(key, f"msg_trial_{int(desk.now.timestamp())}", desk.now, body)
    client = guarded_client(desk.settings)
    try:
        answer = await client.post(found.url, headers, body)
    except (FetchRefused, FetchFailed) as error:
        _say(f"not taken: {error}")
        return 1
    finally:
        await client.aclose()
    is_taken = 200 <= answer.status < 300
    _say(f"{'taken' if is_taken else 'not taken'}: {_host(found.url)} answered {answer.status}")
    return 0 if is_taken else 1


async def _remove(args: argparse.Namespace, desk: _Desk) -> int:
    async with desk.store.write() as conn:
        await hooks.remove(conn, args.number)
    _say(f"webhook {args.number} is removed")
    return 0


def _checked(url: str, settings: Settings) -> str:
    # On this machine itself there is nobody between who could read or change anything.
    schemes = ("https", "http") if settings.fetch_allow_loopback else ("https",)
    if not web_address(url) or urlsplit(url).scheme not in schemes:
        raise InputError("the address must begin with https:// and name a host")
    return url


def _wanted(args: argparse.Namespace, reference: Reference) -> Filter:
    known: dict[str, Any] = {
        "case": reference.cases,
        "actor": reference.actors,
        "group": reference.groups,
    }
    for name, table in known.items():
        for given in getattr(args, name):
            if given not in table:
                raise InputError(f"--{name}: {given} is not known")
    return Filter(
        cases=frozenset(args.case),
        types=frozenset(EventType(each) for each in args.type),
        level=Level(args.level),
        actors=frozenset(args.actor),
        groups=frozenset(args.group),
        grade=Grade(args.grade),
    )


def _line(each: Hook) -> str:
    state = f"closed: {each.closed_reason}" if each.closed_reason else f"{each.waiting} waiting"
    # An address may hold a key of its receiver's: only its host is shown.
    line = f"{each.number:4} {_host(each.url):40} {state}"
    return f"{line} ({each.trouble})" if each.trouble and each.waiting else line


def _key(desk: _Desk, number: int) -> str:
    return shown_key(key_of(desk.settings.hooks_word(), chat_of(number)))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
