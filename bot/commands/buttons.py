"""What our inline buttons carry, signed: anyone can send a bot any callback data.

``version.action.payload.expiry.signature``, at most 64 bytes; the signature is an HMAC
over chat, user and all that stands before it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commands.asks import Place
from jobs.domain.alerts import ChatId
from jobs.store.chats import ChatKind

VERSION = "1"
LONGEST_DATA = 64
_SIGNATURE_BYTES = 8
_ANYBODY = 0
_KIND_LETTERS: Mapping[ChatKind, str] = {
    ChatKind.GROUP: "g",
    ChatKind.SUPERGROUP: "s",
    ChatKind.CHANNEL: "c",
}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Void(StrEnum):
    """Why a press counts for nothing."""

    STALE = "stale"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Press:
    """What a genuine button says."""

    action: str
    payload: str


def address(place: Place | None, payload: str) -> str:
    """Return a payload that says which other place it is about, if it is about one.

    ``@chat/topic|``, both numbers to the base of 36: Telegram takes 64 bytes in all.
    """
    if place is None:
        return payload
    chat, topic = _base36(-place.chat_id), _base36(place.thread_id)
    return f"@{_KIND_LETTERS[place.kind]}{chat}/{topic}|{payload}"


def read_address(payload: str) -> tuple[Place | None, str]:
    """Return what ``address`` put together."""
    if not payload.startswith("@"):
        return None, payload
    head, _, rest = payload[1:].partition("|")
    chat, _, thread = head[1:].partition("/")
    kinds = {letter: kind for kind, letter in _KIND_LETTERS.items()}
    return Place(ChatId(-int(chat, 36)), kinds[head[0]], int(thread, 36)), rest


class Signer:
    """Signs and reads callback data with one key, which is derived from the bot's token.

    A button made for a known person works for that person only; one made for an
    anonymous admin or a channel, for anyone in that chat (whose rights are checked at
    each press all the same).
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"recognition-watch buttons", "sha256")

    def sign(
        self, chat_id: ChatId, user_id: int | None, press: Press, now: datetime, life: timedelta
    ) -> str:
        """Return callback data that is good for ``life``.

        Raises ``ValueError`` if it would be longer than Telegram takes.
        """
        expiry = int((now + life).timestamp()) // 60
        body = f"{VERSION}.{press.action}.{press.payload}.{expiry:x}"
        data = f"{body}.{self._signature(chat_id, user_id or _ANYBODY, body)}"
        if len(data.encode()) > LONGEST_DATA:
            raise ValueError(f"callback data of {len(data.encode())} bytes: {press.action}")
        return data

    def read(self, data: str, chat_id: ChatId, user_id: int, now: datetime) -> Press | Void:
        """Return what the button says, or why it counts for nothing."""
        body, _, signature = data.rpartition(".")
        made_for = (self._signature(chat_id, user, body) for user in (user_id, _ANYBODY))
        genuine = [hmac.compare_digest(made.encode(), signature.encode()) for made in made_for]
        if not any(genuine):
            return Void.FORGED
        _, action, rest = body.split(".", 2)
        payload, _, expiry = rest.rpartition(".")
        if now.timestamp() >= 60 * int(expiry, 16):
            return Void.STALE
        return Press(action, payload)

    def _signature(self, chat_id: ChatId, user_id: int, body: str) -> str:
        signed = hmac.new(self._key, f"{chat_id}|{user_id}|{body}".encode(), hashlib.sha256)
        return urlsafe_b64encode(signed.digest()[:_SIGNATURE_BYTES]).decode().rstrip("=")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
