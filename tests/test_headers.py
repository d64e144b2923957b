import httpx
import pytest

from jobs.sources.headers import fresh_seconds, retry_after_seconds

TEN = "Thu, 03 Jul 2025 10:00:00 GMT"

RETRY_AFTER = {
    "seconds": ("120", 120.0),
    "spaces": (" 120 ", 120.0),
    "negative": ("-5", 0.0),
    "ten years": ("315360000", 315_360_000.0),
    "absurd": ("9" * 300, 999_999_999_999.0),
    "moment": ("Thu, 03 Jul 2025 10:02:00 GMT", 120.0),
    "moment passed": ("Thu, 03 Jul 2025 09:00:00 GMT", 0.0),
    "moment without zone": ("Thu, 03 Jul 2025 10:02:00 -0000", 120.0),
    "word": ("soon", None),
    "fraction": ("1.5", None),
    "absent": ("", None),
}


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER.keys())
def test_retry_after(value: str, seconds: float | None) -> None:
    headers = httpx.Headers({"Retry-After": value, "Date": TEN})
    assert retry_after_seconds(headers) == seconds


FRESH = {
    "nothing": ({}, 0),
    "max-age": ({"Cache-Control": "public, max-age=600"}, 600),
    "already old": ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
    "older than fresh": ({"Cache-Control": "max-age=600", "Age": "900"}, 0),
    "in quotes and capitals": ({"Cache-Control": 'Max-Age="60"'}, 60),
    "no-cache": ({"Cache-Control": "no-cache, max-age=600"}, 0),
    "no-store": ({"Cache-Control": "no-store"}, 0),
    "negative": ({"Cache-Control": "max-age=-1"}, 0),
    "rubbish": ({"Cache-Control": "=,,max-age=soon,=;"}, 0),
    "absurd": ({"Cache-Control": f"max-age={'9' * 300}"}, 999_999_999_999),
    "expires": ({"Expires": "Thu, 03 Jul 2025 10:05:00 GMT"}, 300),
    "expires 0": ({"Expires": "0"}, 0),
    "expires long past": ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    "cache-control over expires": (
        {"Cache-Control": "private", "Expires": "Thu, 03 Jul 2025 10:05:00 GMT"},
        0,
    ),
}


@pytest.mark.parametrize(("headers", "seconds"), FRESH.values(), ids=FRESH.keys())
def test_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float) -> None:
    assert fresh_seconds(httpx.Headers({"Date": TEN, **headers})) == seconds
