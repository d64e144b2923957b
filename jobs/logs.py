"""The log: as text or as JSON, one record a line, and no secret in it whoever writes it."""

import json
import logging
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TextIO
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from jobs.settings import SECRETS, Settings

_TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}")
REDACTED = "[token]"
HIDDEN = "[secret]"
SHORTEST_SECRET = 6
"""What is shorter may be a word of any sentence, and guards nothing."""

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CHATTY = ("httpx", "httpcore", "apscheduler", "alembic", "telegram")
"""Libraries that log each call; httpx's addresses at INFO hold the token."""


def secrets_of(settings: Settings) -> list[str]:
    """Return every word that must not be logged: the secrets, and the database's password."""
    given = [getattr(settings, name) for name in SECRETS]
    words = [value.get_secret_value() for value in given if isinstance(value, SecretStr)]
    passwords = [urlsplit(word).password for word in words if "://" in word]
    words += [form for each in passwords if each for form in (each, unquote(each))]
    return [word for word in words if len(word) >= SHORTEST_SECRET]


def log_to(stream: TextIO, level: str, form: str = "text", secrets: Collection[str] = ()) -> None:
    """Log to a stream, as ``text`` or ``json``; libraries that would log each call stay quiet."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    quiet_logging(handler, secrets=secrets)


def quiet_logging(*handlers: logging.Handler, secrets: Collection[str] = ()) -> None:
    """Put the redaction on these handlers, and silence the libraries that log each call."""
    for handler in handlers:
        handler.addFilter(Redaction(secrets))
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class Redaction(logging.Filter):
    """Blots bot tokens, and the secrets it is given, out of a record's text and its error.

    The text is made final here: a token may stand half in the format and half in its
    arguments, and an exception's text is only written by the formatter.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        # The longest first: one may be a part of another.
        self._secrets: Sequence[str] = sorted(secrets, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; every record is let through."""
        record.msg = self._blot(_text_of(record))
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._blot(record.exc_text)
        if record.stack_info:
            record.stack_info = self._blot(record.stack_info)
        return True

    def _blot(self, text: str) -> str:
        text = redact(text)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


class JsonLines(logging.Formatter):
    """One JSON object a record: ``at``, ``level``, ``logger``, ``message``, ``error`` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        written = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            written["error"] = record.exc_text
        if record.stack_info:
            written["stack"] = record.stack_info
        return json.dumps(written, ensure_ascii=False)


def redact(text: str) -> str:
    """Return the text with every bot token blotted out."""
    return _TOKEN.sub(REDACTED, text)


def _text_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        # Arguments that do not fit their format are the caller's mistake, not ours.
        return f"{record.msg} {record.args}"
