"""Keeps bot tokens out of the logs, whoever writes them there."""

import logging
import re

_TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}")
REDACTED = "[token]"


def redact(text: str) -> str:
    """Return the text with every bot token blotted out."""
    return _TOKEN.sub(REDACTED, text)


class TokenRedaction(logging.Filter):
    """Blots tokens out of a record's text, arguments, exception and stack.

    The text is made final here: a token may stand half in the format and half in its
    arguments, and an exception's text is only written by the formatter.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; every record is let through."""
        record.msg = redact(_text_of(record))
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def quiet_logging(*handlers: logging.Handler) -> None:
    """Put the redaction on these handlers, and silence the libraries that log addresses.

    httpx logs the address of each request at INFO, and Telegram's holds the token.
    """
    for handler in handlers:
        handler.addFilter(TokenRedaction())
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _text_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        # Arguments that do not fit their format are the caller's mistake, not ours.
        return f"{record.msg} {record.args}"
