"""Who opens the page inside Telegram: what the app says of them, checked, and what it opens.

An app gets ``initData`` from Telegram, signed with a key that follows from the bot's token.
Once it is verified, the visitor gets a ticket that stands in the page's own links: inside
Telegram a page may keep no cookies.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from jobs.domain.alerts import ChatId

INIT_DATA_LIFE = timedelta(hours=1)
"""How old ``initData`` may be: whoever has stolen it has it no longer than this."""
TICKET_LIFE = timedelta(hours=12)
LONGEST_INIT_DATA = 8192
_AHEAD = timedelta(minutes=1)
"""How far Telegram's clock may be before ours."""
_MOST_FIELDS = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened the page, and in which chat: their private one, where none is named."""

    user_id: int
    chat_id: ChatId
    language: str


def read_init_data(text: str, token: str, now: datetime) -> Visitor | None:
    """Return who the visitor is; None where it is not Telegram's word, or an old one."""
    fields = _fields(text)
    given = fields.pop("hash", "")
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    expected = hmac.digest(key, checked.encode("utf-8", "replace"), "sha256").hex()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return None
    if not _is_fresh(fields.get("auth_date", ""), now):
        return None
    user, chat = _number_of(fields.get("user", "")), _number_of(fields.get("chat", ""))
    if user is None:
        return None
    spoken = _read(fields.get("user", "")).get("language_code")
    language = spoken if isinstance(spoken, str) else ""
    return Visitor(user, ChatId(user if chat is None else chat), language)


def ticket(token: str, now: datetime) -> str:
    """Return what lets a verified visitor go on to the page's other parts."""
    until = str(int((now + TICKET_LIFE).timestamp()))
    return f"{until}.{_seal(token, until)}"


def is_valid(given: str, token: str, now: datetime) -> bool:
    """Tell whether a ticket is ours and has not run out."""
    until, _, seal = given.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return False
    is_ours = hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(token, until).encode())
    return is_ours and now.timestamp() < int(until)


def _seal(token: str, until: str) -> str:
    return hmac.digest(token.encode(), f"page ticket {until}".encode(), "sha256").hex()[:32]


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return {}
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else {}


def _is_fresh(stamp: str, now: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    age = now.timestamp() - int(stamp)
    return -_AHEAD.total_seconds() <= age <= INIT_DATA_LIFE.total_seconds()


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _number_of(text: str) -> int | None:
    number = _read(text).get("id")
    return number if type(number) is int else None
