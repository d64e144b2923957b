"""Every answer and failure of Telegram, one row each, and what is to be done about it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.outcomes import PLAIN_429_SECONDS, Outcome, Verdict, classify


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def network(cause: type[httpx.HTTPError]) -> Exception:
    return caused(NetworkError(f"httpx.{cause.__name__}: "), cause(""))


def timed_out(cause: type[httpx.TimeoutException]) -> Exception:
    return caused(TimedOut(), cause(""))


REFUSALS: list[tuple[str, Exception, Verdict]] = [
    # Success by another name.
    ("edit not modified", BadRequest("Message is not modified: specified new …"), Verdict.SENT),
    # The chat is gone.
    ("blocked", Forbidden("Forbidden: bot was blocked by the user"), Verdict.CHAT_GONE),
    ("deactivated", Forbidden("Forbidden: user is deactivated"), Verdict.CHAT_GONE),
    (
        "never started",
        Forbidden("Forbidden: bot can't initiate conversation with a user"),
        Verdict.CHAT_GONE,
    ),
    ("kicked", Forbidden("Forbidden: bot was kicked from the group chat"), Verdict.CHAT_GONE),
    (
        "kicked from a channel",
        Forbidden("Forbidden: bot was kicked from the channel chat"),
        Verdict.CHAT_GONE,
    ),
    (
        "left",
        Forbidden("Forbidden: bot is not a member of the supergroup chat"),
        Verdict.CHAT_GONE,
    ),
    ("deleted", Forbidden("Forbidden: the group chat was deleted"), Verdict.CHAT_GONE),
    ("peer invalid", BadRequest("PEER_ID_INVALID"), Verdict.CHAT_GONE),
    ("chat not found", BadRequest("Chat not found"), Verdict.CHAT_SUSPECT),
    ("private chat not found", BadRequest("Private chat not found"), Verdict.CHAT_SUSPECT),
    # The edit is impossible.
    ("edit target gone", BadRequest("Message to edit not found"), Verdict.EDIT_GONE),
    ("edit not ours", BadRequest("Message can't be edited"), Verdict.EDIT_GONE),
    ("edit id invalid", BadRequest("MESSAGE_ID_INVALID"), Verdict.EDIT_GONE),
    # Our own mistake.
    ("entities", BadRequest("Can't parse entities: unsupported type"), Verdict.PLAIN),
    ("too long", BadRequest("Message is too long"), Verdict.PERMANENT),
    ("empty", BadRequest("Message text is empty"), Verdict.PERMANENT),
    ("too large", NetworkError("Request Entity Too Large (413)"), Verdict.PERMANENT),
    # No right to write.
    ("no write access", BadRequest("Have no write access to the chat"), Verdict.NO_RIGHTS),
    (
        "not enough rights",
        BadRequest("Not enough rights to send text messages to the chat"),
        Verdict.NO_RIGHTS,
    ),
    (
        "no admin in channel",
        BadRequest("Need administrator rights in the channel chat"),
        Verdict.NO_RIGHTS,
    ),
    ("write forbidden", BadRequest("CHAT_WRITE_FORBIDDEN"), Verdict.NO_RIGHTS),
    ("topic closed", BadRequest("TOPIC_CLOSED"), Verdict.TOPIC_GONE),
    ("thread not found", BadRequest("Message thread not found"), Verdict.TOPIC_GONE),
    ("unknown 400", BadRequest("A new kind of refusal"), Verdict.PERMANENT),
    ("403 no rights", Forbidden("Forbidden: not enough rights to send"), Verdict.NO_RIGHTS),
    ("unknown 403", Forbidden("Forbidden: a new kind of refusal"), Verdict.PERMANENT),
    # Stop.
    ("401", InvalidToken("Unauthorized"), Verdict.HALT),
    ("404", InvalidToken("Not Found"), Verdict.HALT),
    ("409", Conflict("Conflict: terminated by other getUpdates request"), Verdict.HALT),
    # Never left this machine.
    ("PoolTimeout", timed_out(httpx.PoolTimeout), Verdict.NOT_SENT),
    ("ConnectTimeout", timed_out(httpx.ConnectTimeout), Verdict.NOT_SENT),
    ("ConnectError", network(httpx.ConnectError), Verdict.NOT_SENT),
    ("ProxyError", network(httpx.ProxyError), Verdict.NOT_SENT),
    ("UnsupportedProtocol", network(httpx.UnsupportedProtocol), Verdict.NOT_SENT),
    ("LocalProtocolError", network(httpx.LocalProtocolError), Verdict.NOT_SENT),
    (
        "client closed",
        caused(
            NetworkError(
                "Unknown error in HTTP implementation: "
                "RuntimeError('This HTTPXRequest is not initialized!')"
            ),
            RuntimeError("This HTTPXRequest is not initialized!"),
        ),
        Verdict.NOT_SENT,
    ),
    # May have arrived.
    ("ReadTimeout", timed_out(httpx.ReadTimeout), Verdict.UNCERTAIN),
    ("WriteTimeout", timed_out(httpx.WriteTimeout), Verdict.UNCERTAIN),
    ("ReadError", network(httpx.ReadError), Verdict.UNCERTAIN),
    ("WriteError", network(httpx.WriteError), Verdict.UNCERTAIN),
    ("RemoteProtocolError", network(httpx.RemoteProtocolError), Verdict.UNCERTAIN),
    ("500", NetworkError("Internal Server Error (500)"), Verdict.UNCERTAIN),
    ("502", NetworkError("Bad Gateway (502)"), Verdict.UNCERTAIN),
    ("504", NetworkError("Gateway Timeout (504)"), Verdict.UNCERTAIN),
    ("timed out without a cause", TimedOut(), Verdict.UNCERTAIN),
    ("200 with garbage", TelegramError("Invalid server response"), Verdict.UNCERTAIN),
    ("200 without result", KeyError("result"), Verdict.UNCERTAIN),
    ("our own deadline", TimeoutError(), Verdict.UNCERTAIN),
    ("a mistake while reading the answer", TypeError("chat"), Verdict.UNCERTAIN),
]


@pytest.mark.parametrize(
    ("error", "verdict"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_verdict(error: Exception, verdict: Verdict) -> None:
    assert classify(error).verdict is verdict


def test_no_error_is_sent() -> None:
    assert classify(None) == Outcome(Verdict.SENT)


def test_migration_names_the_new_chat() -> None:
    outcome = classify(ChatMigrated(-1_000_000_000_100))
    assert (outcome.verdict, outcome.new_chat_id) == (Verdict.MIGRATED, -1_000_000_000_100)


@pytest.mark.parametrize("as_timedelta", ["0", "1"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize("period", [7, timedelta(seconds=7)], ids=["int", "timedelta"])
def test_retry_after_in_either_form(
    period: Any, as_timedelta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    outcome = classify(RetryAfter(period))
    assert (outcome.verdict, outcome.seconds) == (Verdict.WAIT, 7.0)


def test_429_without_a_time_waits_too() -> None:
    outcome = classify(NetworkError("Too Many Requests"))
    assert (outcome.verdict, outcome.seconds) == (Verdict.WAIT, PLAIN_429_SECONDS)
    assert PLAIN_429_SECONDS >= 5


def test_no_cause_repeats_an_address_with_the_token() -> None:
    secret = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    address = f"https://api.telegram.org/bot{secret}/sendMessage"
    errors = [
        caused(NetworkError(f"httpx.ReadError: {address}"), httpx.ReadError(address)),
        NetworkError(f"Bad Gateway {address}"),
        InvalidToken(f"The token `{secret}` was rejected by the server."),
        KeyError(address),
        TypeError(address),
    ]
    assert not [error for error in errors if secret in classify(error).cause]
