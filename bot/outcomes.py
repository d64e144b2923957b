"""What became of a call to Telegram, read from its answer or from the error: one pure table.

The order of the questions matters. In python-telegram-bot ``BadRequest`` and ``TimedOut``
are both a ``NetworkError``, and only ``__cause__`` tells a request that never left this
machine from one that was written and not answered. The Bot API takes no idempotency key,
so that difference decides between trying again and a possible second copy.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

PLAIN_429_SECONDS = 10.0
"""How long a 429 that names no time closes the chat."""


class Verdict(Enum):
    """What is to be done about a call."""

    SENT = auto()
    """The chat has it."""
    NOT_SENT = auto()
    """It certainly did not reach Telegram: try again, nothing can double."""
    WAIT = auto()
    """Telegram asks for ``seconds`` of silence in this chat: not a failure of the row."""
    UNCERTAIN = auto()
    """It may have arrived: the outbox's policy decides."""
    PERMANENT = auto()
    """Telegram refuses it and always will."""
    PLAIN = auto()
    """Telegram refuses the entities, which is our mistake: once more without them."""
    EDIT_GONE = auto()
    """The message to edit is not there, or no longer ours: say it in a new message."""
    TOPIC_GONE = auto()
    """The forum topic is closed or deleted; the rest of the chat may be open."""
    NO_RIGHTS = auto()
    """The bot is in the chat, but may not write there."""
    CHAT_GONE = auto()
    """The chat cannot be written to any more."""
    CHAT_SUSPECT = auto()
    """Telegram does not find the chat; gone, if it says so again."""
    MIGRATED = auto()
    """The group lives on as ``new_chat_id``; nothing was sent."""
    HALT = auto()
    """The token or our place as the only bot is in doubt: stop sending, keep all rows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with its cause in a few words, fit for the store and the log."""

    verdict: Verdict
    cause: str = ""
    seconds: float = 0.0
    new_chat_id: int = 0
    message_id: int | None = None


NEVER_LEFT = (
    httpx.PoolTimeout,
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""Errors of httpx that come before a byte of the request was written to Telegram."""

CHAT_GONE_TEXTS = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation with a user",
    "bot was kicked from",
    "bot is not a member of",
    "the group chat was deleted",
    "user is deleted",
    "bot can't send messages to bots",
    "peer_id_invalid",
)

TOPIC_GONE_TEXTS = (
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
)

NO_RIGHTS_TEXTS = (
    "not enough rights",
    "no write access",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
)

EDIT_GONE_TEXTS = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
)


def classify(error: BaseException | None) -> Outcome:
    """Say what became of a call that raised ``error``, or returned (None).

    An unknown refusal is permanent and an unknown failure is uncertain: of the mistakes
    possible, those two neither hammer Telegram nor send a second copy unmarked.
    """
    match error:
        case None:
            return Outcome(Verdict.SENT)
        case ChatMigrated():
            return Outcome(Verdict.MIGRATED, "migrated", new_chat_id=error.new_chat_id)
        case RetryAfter():
            return Outcome(Verdict.WAIT, "retry after", seconds=_seconds(error.retry_after))
        case BadRequest():
            return _refusal(error.message)
        case Forbidden():
            return _forbidden(error.message)
        case InvalidToken():
            return Outcome(Verdict.HALT, "Telegram does not accept the bot's token")
        case Conflict():
            return Outcome(Verdict.HALT, "another copy of this bot is running")
        case NetworkError():
            return _network(error)
        case TelegramError():
            return Outcome(Verdict.UNCERTAIN, "the answer was not JSON")
        case KeyError():
            # 200 without "result": Telegram never answers so, something between us does.
            return Outcome(Verdict.UNCERTAIN, "the answer held no result")
        case TimeoutError():
            return Outcome(Verdict.UNCERTAIN, "no answer within the deadline")
    return Outcome(Verdict.UNCERTAIN, type(error).__name__)


def _seconds(period: float | timedelta) -> float:
    return period.total_seconds() if isinstance(period, timedelta) else float(period)


def _refusal(text: str) -> Outcome:
    low = text.lower()
    if "message is not modified" in low:
        return Outcome(Verdict.SENT, "not modified")
    if "parse entities" in low:
        return Outcome(Verdict.PLAIN, text)
    if any(known in low for known in EDIT_GONE_TEXTS):
        return Outcome(Verdict.EDIT_GONE, text)
    if any(known in low for known in TOPIC_GONE_TEXTS):
        return Outcome(Verdict.TOPIC_GONE, text)
    if any(known in low for known in CHAT_GONE_TEXTS):
        return Outcome(Verdict.CHAT_GONE, text)
    if any(known in low for known in NO_RIGHTS_TEXTS):
        return Outcome(Verdict.NO_RIGHTS, text)
    if "chat not found" in low:
        return Outcome(Verdict.CHAT_SUSPECT, "chat not found")
    return Outcome(Verdict.PERMANENT, text)


def _forbidden(text: str) -> Outcome:
    low = text.lower()
    if any(known in low for known in CHAT_GONE_TEXTS):
        return Outcome(Verdict.CHAT_GONE, text)
    if any(known in low for known in NO_RIGHTS_TEXTS):
        return Outcome(Verdict.NO_RIGHTS, text)
    return Outcome(Verdict.PERMANENT, text)


def _network(error: NetworkError) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPError):
        verdict = Verdict.NOT_SENT if isinstance(cause, NEVER_LEFT) else Verdict.UNCERTAIN
        return Outcome(verdict, type(cause).__name__)
    text = error.message
    low = text.lower()
    if "too many requests" in low:
        return Outcome(Verdict.WAIT, "too many requests", seconds=PLAIN_429_SECONDS)
    if "request entity too large" in low:
        return Outcome(Verdict.PERMANENT, "request entity too large")
    if "not initialized" in low:
        return Outcome(Verdict.NOT_SENT, "the HTTP client is closed")
    # What is left are answers such as 500 and 502, which say nothing of the message.
    return Outcome(Verdict.UNCERTAIN, "server error")
