"""The chats with all their settings, as a list that another store can take in.

Every column goes along, found by its table, so that a new setting cannot be forgotten here;
what only this store's alerts and hours mean does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import ChatId, DeliveryState
from jobs.domain.rhythm import QuietHours
from jobs.errors import InputError
from jobs.store import nights, outbox, rhythms
from jobs.store.chats import filter_from_json, filter_number, filter_to_json
from jobs.store.schema import Moment, chat, filter_row, silence, steward, subscription, upload
from jobs.store.schema import outbox as rows
from jobs.store.states import HOOKS_BELOW, UNSENT, is_hook

Entry = Mapping[str, Any]

WAITS = "waits for /start"
"""Why a chat is closed that a new bot may not write to before it is spoken to."""

_BESIDE: Mapping[str, Table] = {
    "subscriptions": subscription,
    "silences": silence,
    "stewards": steward,
}
_PASSING = frozenset(
    {
        *("not_before", "quiet_begins_at", "quiet_ends_at", "owner_told_at"),
        *("filter_id", "digest_at", "digest_since", "full_until"),
    }
)
"""What is worked out anew, or held for a moment only."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many chats were taken in, and how many were known already."""

    new: int
    known: int


async def write_list(conn: AsyncConnection) -> list[Entry]:
    """Return every chat with its settings, open or closed, by number; webhooks are none."""
    entries: dict[int, dict[str, Any]] = {}
    of_telegram = select(chat).where(chat.c.id >= HOOKS_BELOW).order_by(chat.c.id)
    for row in await conn.execute(of_telegram):
        entries[row.id] = {"chat": _plain(row._mapping), **{name: [] for name in _BESIDE}}
    wanted = select(subscription, filter_row.c.definition.label("wanted")).join(filter_row)
    for row in await conn.execute(wanted.order_by(subscription.c.thread_id)):
        if row.chat_id in entries:
            entries[row.chat_id]["subscriptions"].append(_plain(row._mapping))
    # A silence of one alert means nothing where alerts have other numbers.
    lasting = select(silence).where(silence.c.alert_id.is_(None)).order_by(silence.c.id)
    for row in await conn.execute(lasting):
        if row.chat_id in entries:
            entries[row.chat_id]["silences"].append(_plain(row._mapping, but=("id",)))
    for row in await conn.execute(select(steward).order_by(steward.c.user_id)):
        if row.chat_id in entries:
            entries[row.chat_id]["stewards"].append(_plain(row._mapping))
    return list(entries.values())


async def take_in(conn: AsyncConnection, entries: Sequence[Entry], now: datetime) -> TakenIn:
    """Add the chats that are not known here, as they were: a closed one stays closed.

    Raises ``InputError`` where an entry is not one that ``write_list`` wrote.
    """
    known = set((await conn.scalars(select(chat.c.id))).all())
    new = 0
    for number, entry in enumerate(entries, start=1):
        try:
            if entry["chat"]["id"] not in known:
                await _add(conn, entry, now)
                new += 1
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"chat {number} of the list makes no sense ({error!r})") from None
    return TakenIn(new, len(entries) - new)


async def wait_for_all(conn: AsyncConnection) -> int:
    """Let no chat be written to before it speaks to the bot, as a new bot must; return how many.

    What waits is cancelled, and messages of the former bot are edited no more: a correction
    of one comes as a new message.
    """
    sent = (rows.c.state == DeliveryState.SENT, ~is_hook(rows))
    await conn.execute(update(rows).where(*sent).values(message_id=None))
    # Telegram's names of pictures are each bot's own.
    await conn.execute(delete(upload))
    await outbox.cancel(conn, WAITS, rows.c.state.in_(UNSENT), ~is_hook(rows))
    is_open = update(chat).where(chat.c.closed_reason.is_(None), chat.c.id >= HOOKS_BELOW)
    return await outbox.write(conn, is_open.values(closed_reason=WAITS))


async def _add(conn: AsyncConnection, entry: Entry, now: datetime) -> None:
    own = _values(chat, entry["chat"])
    zone = ZoneInfo(own["zone"])
    chat_id = ChatId(own["id"])
    await conn.execute(insert(chat).values(own))
    for each in entry["subscriptions"]:
        wanted = filter_to_json(filter_from_json(each["wanted"]))
        values = _values(subscription, each)
        filter_id = await filter_number(conn, wanted)
        await conn.execute(insert(subscription).values({**values, "filter_id": filter_id}))
    for name in ("silences", "stewards"):
        for each in entry[name]:
            await conn.execute(insert(_BESIDE[name]).values(_values(_BESIDE[name], each)))
    await rhythms.begin_digests(conn, chat_id, zone.key, now)
    if own["quiet_from"] is not None:
        hours = QuietHours(own["quiet_from"], own["quiet_to"], own["quiet_lets_major"])
        await nights.set_quiet(conn, chat_id, hours, now)


def _plain(row: Mapping[Any, Any], but: Sequence[str] = ()) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _PASSING and name not in but
    }


def _values(table: Table, entry: Entry) -> dict[str, Any]:
    """Return the columns that an entry has; one of an older list takes its default."""
    found: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in entry or column.name in _PASSING:
            continue
        value = entry[column.name]
        if value is not None and isinstance(column.type, Moment):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        found[column.name] = value
    return found
