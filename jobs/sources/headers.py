"""What the headers of an answer say: when to come again, and what to ask then."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from jobs.domain.items import Validators

LONGEST_VALIDATOR = 1000
LONGEST_NUMBER = 12
"""Digits of a count of seconds; more would be thousands of years."""


def exact(headers: httpx.Headers, name: bytes) -> str | None:
    """Return a header's value byte for byte, or None."""
    # Latin-1 gives each byte one character, so that it can be sent back as it came.
    for key, value in headers.raw:
        if key.lower() == name:
            return value.decode("latin-1")
    return None


def validators_of(headers: httpx.Headers) -> Validators:
    """Return what makes the next request conditional; endless values are not kept."""
    return Validators(
        etag=_validator(headers, b"etag"), last_modified=_validator(headers, b"last-modified")
    )


def _validator(headers: httpx.Headers, name: bytes) -> str | None:
    value = exact(headers, name)
    return value if value and len(value) <= LONGEST_VALIDATOR else None


def retry_after_seconds(headers: httpx.Headers) -> float | None:
    """Read Retry-After: seconds, or a moment.

    A moment is measured from the host's own ``Date``, since clocks differ, or else from
    this machine's. None for what cannot be read; never less than 0.
    """
    value = headers.get("retry-after", "").strip()
    if value.lstrip("-").isdecimal():
        return float(max(0, int(value[:LONGEST_NUMBER])))
    until = _moment(value)
    return None if until is None else _seconds_until(until, headers)


def fresh_seconds(headers: httpx.Headers) -> float:
    """Return for how much longer the host calls its answer fresh (RFC 9111), else 0.

    ``max-age`` less the answer's ``Age``; only without ``Cache-Control`` does ``Expires``
    count. A host that wants to be asked each time says ``no-cache`` or ``no-store``.
    """
    asked = headers.get("cache-control", "").lower()
    if not asked:
        expires = _moment(headers.get("expires", ""))
        return 0.0 if expires is None else _seconds_until(expires, headers)
    directives = dict(_directive(part) for part in asked.split(","))
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    age = _whole(headers.get("age", ""))
    return float(max(0, _whole(directives.get("max-age", "")) - age))


def _directive(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip().strip('"')


def _whole(text: str) -> int:
    text = text.strip()
    return int(text[:LONGEST_NUMBER]) if text.isdecimal() and text.isascii() else 0


def _seconds_until(until: datetime, headers: httpx.Headers) -> float:
    now = _moment(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
