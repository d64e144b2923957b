"""What can go wrong with one call, as values: whether it was carried out, what was answered."""

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Ending(Enum):
    """What the caller gets."""

    ANSWER = auto()
    HANG = auto()
    RESET = auto()
    TRUNCATED = auto()
    DRIP = auto()


@dataclass(frozen=True)
class Fault:
    """One scripted failure; ``stored`` says that the call was carried out all the same.

    ``body`` None stands for the answer that the call would really have got.
    """

    ending: Ending
    stored: bool = False
    code: int = 200
    body: bytes | None = None


def answer(code: int, body: bytes, *, stored: bool = False) -> Fault:
    """Answer with just these bytes."""
    return Fault(Ending.ANSWER, stored, code, body)


def error(code: int, description: str, *, stored: bool = False, **parameters: Any) -> Fault:
    """Refuse as the Bot API does."""
    refusal = {"ok": False, "error_code": code, "description": description}
    if parameters:
        refusal["parameters"] = parameters
    return answer(code, json.dumps(refusal).encode(), stored=stored)


def too_many(retry_after: int | None) -> Fault:
    """Refuse with 429, with or without saying how long to wait."""
    if retry_after is None:
        return error(429, "Too Many Requests")
    text = f"Too Many Requests: retry after {retry_after}"
    return error(429, text, retry_after=retry_after)


def status(code: int, *, stored: bool) -> Fault:
    """Answer as a proxy in trouble does: a page of HTML."""
    return answer(code, f"<html><h1>{code}</h1></html>".encode(), stored=stored)


def not_ok() -> Fault:
    """Answer 200 with a refusal in the body."""
    return answer(200, b'{"ok": false, "error_code": 400, "description": "Bad Request"}')


def garbage(*, stored: bool) -> Fault:
    """Answer 200 with something that is no JSON."""
    return answer(200, b"<html>captive portal</html>", stored=stored)


def hang(*, stored: bool) -> Fault:
    """Never answer."""
    return Fault(Ending.HANG, stored)


def reset(*, stored: bool) -> Fault:
    """Break the connection instead of an answer."""
    return Fault(Ending.RESET, stored)


def truncated(*, stored: bool) -> Fault:
    """Break off in the middle of the answer."""
    return Fault(Ending.TRUNCATED, stored)


def drip(*, stored: bool) -> Fault:
    """Answer one byte every 0.3 seconds."""
    return Fault(Ending.DRIP, stored)
