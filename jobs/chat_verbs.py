"""``export-chats`` and ``import-chats``: who hears what, for a spare token or a fresh store.

The list is JSON; with ``BACKUP_KEY`` it is encrypted like a backup.
"""

import argparse
import asyncio
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.errors import InputError
from jobs.sealing import is_sealed, seal, unseal
from jobs.settings import Settings
from jobs.store import chat_list
from jobs.store.alone import alone_on
from jobs.store.chat_list import Entry
from jobs.store.engine import Store

FORMAT = "recognition-watch chats 1"


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``export-chats`` takes."""
    parser.add_argument("file", type=Path, help="a file that is not there yet")


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``import-chats`` takes."""
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--new-bot",
        action="store_true",
        help="another bot than before: it writes to nobody who has not sent it /start",
    )


def export_chats(args: argparse.Namespace) -> int:
    """Write the list of chats to a file that only its owner may read."""
    settings = Settings.load()
    entries = asyncio.run(_read(settings))
    listed = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(), "chats": entries}
    _write(args.file, json.dumps(listed, ensure_ascii=False, indent=1), settings.backup_word())
    kind = "encrypted" if settings.backup_word() else "NOT encrypted (BACKUP_KEY is not set)"
    print(f"{len(entries)} chats are in {args.file}, {kind}")  # noqa: T201
    return 0


def import_chats(args: argparse.Namespace) -> int:
    """Take the chats of a list in that are not known here."""
    settings = Settings.load()
    entries = read_file(args.file, settings.backup_word())
    asyncio.run(_take_in(settings, entries, new_bot=args.new_bot))
    return 0


def read_file(path: Path, key: str) -> Sequence[Entry]:
    """Return the entries of a list; raises ``InputError`` for any other file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if is_sealed(content):
        plain = io.BytesIO()
        unseal(io.BytesIO(content), plain, key, str(path))
        content = plain.getvalue()
    try:
        listed: Any = json.loads(content)
        if listed["format"] == FORMAT:
            return list(listed["chats"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InputError(f"{path}: is no list of chats that export-chats wrote")


async def _read(settings: Settings) -> Sequence[Entry]:
    store = await Store.open(settings.database_url(), migrate=False)
    try:
        async with store.read() as conn:
            return await chat_list.write_list(conn)
    finally:
        await store.close()


async def _take_in(settings: Settings, entries: Sequence[Entry], *, new_bot: bool) -> None:
    store = await Store.open(settings.database_url(), migrate=True)
    now = datetime.now(UTC)
    try:
        with alone_on(store.file):
            async with store.write() as conn:
                done = await chat_list.take_in(conn, entries, now)
                waiting = await chat_list.wait_for_all(conn) if new_bot else 0
    finally:
        await store.close()
    print(f"{done.new} chats taken in, {done.known} known already and left as they are")  # noqa: T201
    if new_bot:
        print(f"{waiting} wait for their first /start", file=sys.stderr)  # noqa: T201


def _write(path: Path, text: str, key: str) -> None:
    about = {"made_at": datetime.now(UTC).isoformat()}
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise InputError(f"{path}: is there already; name another file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    with os.fdopen(number, "wb") as file:
        if key:
            seal(io.BytesIO(text.encode()), file, about, key)
        else:
            file.write(text.encode())
