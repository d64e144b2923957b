"""Faults of hosts, each with what must come of it: rows 48 to 59 of the fault matrix."""

import asyncio
import gzip
import shutil
import ssl
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from jobs.domain.health import State
from jobs.domain.items import Validators
from jobs.errors import FetchFailed, FetchRefused, SourceError
from jobs.sources.http import GuardedClient
from tests.faults_line import CAP, DAY, HOUR, KAZAKHSTAN, a_line, entry, feed
from tests.feed_host import (
    FeedHost,
    Request,
    Script,
    answer,
    conditional,
    endless,
    head,
    redirect,
    stalled,
)
from tests.samples import NOON
from tests.test_addresses import PRIVATE, REFUSED_URLS, resolver

OLD = entry("An old story")
NEWS = entry(KAZAKHSTAN, NOON + HOUR)
SEND_TO_BOTH = [(1, 1, "send"), (2, 1, "send")]


SLOW = {
    "slow headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n", 0.02),
    "slow body": endless(head(), b"x", 0.02),
    "endless 1xx": endless(b"", b"HTTP/1.1 102 Wait\r\n\r\n", 0.005),
    "silence": stalled(),
}


async def test_row_48_a_slow_host_ends_at_the_total_deadline() -> None:
    async with a_line(deadline=0.3) as line:
        for hours, (fault, script) in enumerate(SLOW.items(), start=1):
            line.serve(script)
            started = time.monotonic()
            assert (await line.read(NOON + hours * HOUR)).failed == 1, fault
            # With the store's part; the fetch alone is held to the half second in test_http.
            assert time.monotonic() - started < 0.3 + 3, fault
            assert await line.state() is State.FAILING, fault


def zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + (
        packer.flush()
    )


BOMB = zeros(300_000_000)
BOMBS = {
    "gzip": answer(BOMB, headers={"Content-Encoding": "gzip"}),
    "double gzip": answer(gzip.compress(BOMB), headers={"Content-Encoding": "gzip, gzip"}),
    "double gzip, undeclared": answer(gzip.compress(BOMB)),
    "deflate": answer(zlib.compress(bytes(50_000_000)), headers={"Content-Encoding": "deflate"}),
    "brotli": answer(b"\xcf\xff\xff\x7f\xf8" * 9, headers={"Content-Encoding": "br"}),
    "zstandard": answer(b"\x28\xb5\x2f\xfd" * 9, headers={"Content-Encoding": "zstd"}),
}


async def test_row_49_a_bomb_takes_no_more_than_the_cap() -> None:
    async with a_line() as line:
        for hours, (fault, script) in enumerate(BOMBS.items(), start=1):
            line.serve(script)
            tracemalloc.start()
            try:
                assert (await line.read(NOON + hours * HOUR)).failed == 1, fault
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            # The raw body as served counts too, since the host is in this process.
            assert peak < 2 * CAP + 1_000_000, fault
            assert await line.state() is State.FAILING, fault


ENDLESS = {
    "body": endless(head(), b"x" * 10_000),
    "headers": endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 5000 + b"\r\n"),
    "cookies": endless(b"HTTP/1.1 200 OK\r\n", b"Set-Cookie: a=" + b"x" * 5000 + b"\r\n"),
    "items": answer(b"<rss><channel>" + b"<item><title>a</title></item>" * 34_000),
    "depth": answer(b"<rss><channel><item>" + b"<a>" * 100_000),
}


async def test_row_50_the_endless_costs_bounded_time_and_stops_nobody() -> None:
    async with a_line(deadline=2) as line:
        for hours, (fault, script) in enumerate(ENDLESS.items(), start=1):
            line.serve(script)
            started = time.monotonic()
            await line.read(NOON + hours * HOUR)
            # Deadlines of the fetch (2 s) and of the parse (5 s), and a worker's new start.
            assert time.monotonic() - started < 15, fault
            line.serve(feed(OLD, entry(f"Well after {fault}")))
            assert (await line.read(NOON + hours * HOUR)).new_items == 1, fault


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
XML_ATTACKS = {
    "billion laughs": f"<!DOCTYPE rss [<!ENTITY l0 'lol'>{LAUGHS}]>@&l9;@",
    "quadratic": f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]>@{'&a;' * 5000}@",
    "file": "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>@&x;@",
    "address": "<!DOCTYPE rss [<!ENTITY x SYSTEM '{host}/canary'>]>@&x;@",
    "declaration": "<!DOCTYPE rss SYSTEM '{host}/canary'>@x@",
    "parameter": "<!DOCTYPE rss [<!ENTITY % p SYSTEM '{host}/canary'> %p;]>@x@",
    "style sheet": "<?xml-stylesheet href='{host}/canary' type='text/xsl'?>@x@",
    "inclusion": "@<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{host}/canary'/>@",
    "big token": f"@<b c='{'x' * 400_000}'/>@",
}


async def test_row_51_xml_attacks_open_and_fetch_nothing() -> None:
    async with a_line() as line:
        line.serve(answer(b"<rss/>"), "/canary")
        for hours, (fault, text) in enumerate(XML_ATTACKS.items(), start=1):
            before, _, after = text.replace("{host}", line.host.url("")).partition("@")
            inside = after.rstrip("@")
            body = f"{before}<rss><channel><item><title>t{inside}</title></item></channel></rss>"
            line.serve(body.encode())
            started = time.monotonic()
            await line.read(NOON + hours * HOUR)
            assert time.monotonic() - started < 15, fault
        assert "/canary" not in [request.target for request in line.host.requests]
        assert not [title for title in await line.titles() if "root:" in title or "lollol" in title]


@pytest.mark.parametrize(
    "body", ["/dev/zero", "/etc/passwd", "file:///etc/passwd", "{host}/canary"]
)
async def test_row_52_a_body_that_is_a_path_is_not_opened(body: str) -> None:
    async with a_line() as line:
        line.serve(feed(NEWS), "/canary")
        line.serve(body.replace("{host}", line.host.url("")).encode())
        assert (await line.read(NOON + HOUR)).failed == 1
        assert [request.target for request in line.host.requests].count("/canary") == 0
        assert "plain text starting" in ((await line.health()).last_error or "")


_connects: list[object] = []
_watching = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_audit)

DENIED = [address for address in PRIVATE if ":" not in address]
HOSTILE_TARGETS = [
    *REFUSED_URLS,
    *(f"https://{address}/" for address in DENIED),
    *(f"http://{int.from_bytes(bytes(map(int, a.split('.'))))}/" for a in DENIED),
    *(f"http://0x{bytes(map(int, a.split('.'))).hex()}/" for a in DENIED),
    *(f"http://[::ffff:{address}]/" for address in DENIED),
    *(f"http://[64:ff9b::{address}]/" for address in DENIED),
]


async def test_row_53_no_redirect_reaches_a_denied_address() -> None:
    """Every hostile target, as a redirect's; the only connects are those to the test's host."""
    global _watching
    assert len(HOSTILE_TARGETS) >= 200
    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=CAP, allow_loopback=False, contact="", resolver=resolver
    )
    _connects.clear()
    _watching = True
    try:
        for url in HOSTILE_TARGETS:
            with pytest.raises(SourceError):
                await guarded.get(url, Validators())
    finally:
        _watching = False
    assert _connects == []


async def test_row_53_a_source_that_redirects_there_fails() -> None:
    targets = ["http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://167772161/", "/feed"]
    async with a_line() as line:
        for hours, target in enumerate(targets, start=1):
            line.serve(redirect(target))
            assert (await line.read(NOON + hours * HOUR)).failed == 1, target
            assert await line.state() is State.FAILING, target


@pytest.mark.parametrize(
    ("addresses", "error"),
    [
        (["93.184.216.34", "10.0.0.1"], FetchRefused),
        (["127.0.0.1"], FetchRefused),
        (["::ffff:192.168.0.1"], FetchRefused),
        ([], FetchFailed),
    ],
    ids=["mixed records", "name of this machine", "mapped", "empty answer"],
)
async def test_row_54_a_name_that_leads_astray_is_refused(
    addresses: list[str], error: type[SourceError]
) -> None:
    async def rebinding(host: str, port: int) -> Sequence[str]:
        return addresses

    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=CAP, allow_loopback=False, contact="", resolver=rebinding
    )
    with pytest.raises(error, match=r"trap\.example"):
        await guarded.get("http://trap.example/", Validators())


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of it that are right, expired and self-signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, so no certificates can be made")
    folder = tmp_path_factory.mktemp("certificates")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for name in ("ca", "self"):
        openssl(
            folder, "req", "-x509", *new, "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-subj", f"/CN={name}.example", "-addext", "subjectAltName=DNS:right.example",
        )  # fmt: skip
    (folder / "names").write_text("subjectAltName=DNS:right.example\n")
    for name, days in (("right", "9"), ("expired", "-1")):
        openssl(
            folder, "req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", "/CN=right.example",
        )  # fmt: skip
        openssl(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", days, "-extfile", "names", "-out", f"{name}.pem",
        )  # fmt: skip
    return folder


@pytest.mark.parametrize(
    ("certificate", "name", "why"),
    [
        ("right", "right.example", ""),
        ("expired", "right.example", "certificate has expired"),
        ("right", "wrong.example", "Hostname mismatch"),
        ("self", "right.example", "self-signed certificate"),
        ("old protocol", "right.example", "."),
    ],
)
async def test_row_55_bad_tls_is_refused_with_the_reason(
    certificates: Path, certificate: str, name: str, why: str
) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stem = certificate if (certificates / f"{certificate}.pem").exists() else "right"
    serving.load_cert_chain(certificates / f"{stem}.pem", certificates / f"{stem}.key")
    if certificate == "old protocol":
        serving.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            serving.maximum_version = ssl.TLSVersion.TLSv1

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    trusting = ssl.create_default_context(cafile=certificates / "ca.pem")
    guarded = GuardedClient(
        deadline_seconds=2,
        max_bytes=CAP,
        allow_loopback=True,
        contact="",
        resolver=here,
        tls=trusting,
    )
    async with FeedHost({"/feed": answer(b"<rss/>")}, serving) as host:
        if not why:
            assert await guarded.get(host.url("/feed", name), Validators())
            return
        with pytest.raises(FetchFailed, match=why):
            await guarded.get(host.url("/feed", name), Validators())
        assert host.requests == []


def stubborn(body: bytes, headers: dict[str, str]) -> Script:
    """304 to whatever condition, however the body has changed since."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        asked = {"if-none-match", "if-modified-since"} & set(request.headers)
        await (answer(b"", 304) if asked else answer(body, 200, headers))(request, writer)

    return script


async def test_row_56_304_for_ever_hides_no_item_longer_than_a_day() -> None:
    stamped = {"ETag": '"same"'}
    async with a_line({"/feed": stubborn(feed(OLD), stamped)}) as line:
        line.serve(stubborn(feed(OLD, entry(KAZAKHSTAN, NOON + HOUR)), stamped))
        for hours in (1, 12, 23):
            assert (await line.read(NOON + hours * HOUR)).new_items == 0
        assert (await line.read(NOON + DAY)).new_items == 1
        assert await line.sent() == SEND_TO_BOTH


ODD_VALIDATORS = {
    "weak": {"ETag": 'W/"weak"'},
    "another each time": {"ETag": '"{n}"'},
    "in the future": {"Last-Modified": "Thu, 03 Jul 2099 10:00:00 GMT"},
    "at odds": {"ETag": '"{n}"', "Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "none": {},
}


async def test_row_56_odd_validators_neither_hide_nor_repeat() -> None:
    async with a_line() as line:
        shown = [OLD]
        for days, (fault, headers) in enumerate(ODD_VALIDATORS.items()):
            shown.append(NEWS if not days else entry(f"Story with validators {fault}"))
            for number in range(1, 5):
                stamped = {key: value.replace("{n}", str(number)) for key, value in headers.items()}
                line.serve(conditional(feed(*shown), stamped))
                polled = await line.read(NOON + days * DAY + number * HOUR)
                assert polled.new_items == (number == 1), fault
        assert await line.sent() == SEND_TO_BOTH


ASKED = {
    "seconds": (429, {"Retry-After": "3600"}, HOUR, HOUR),
    "negative": (429, {"Retry-After": "-5"}, HOUR / 12, HOUR / 6),
    "ten years": (429, {"Retry-After": "315360000"}, DAY, DAY),
    "word": (429, {"Retry-After": "soon"}, HOUR / 12, HOUR / 6),
    "date": (503, {"Retry-After": "Thu, 03 Jul 2025 12:00:00 GMT"}, 2 * HOUR, 2 * HOUR),
    "503": (503, {}, HOUR / 12, HOUR / 6),
    "404": (404, {}, HOUR / 12, HOUR / 6),
    "410": (410, {}, 7 * DAY, 7 * DAY),
}


async def test_row_57_a_host_that_asks_for_patience_gets_it() -> None:
    async with a_line() as line:
        for hours, (fault, (status, headers, least, most)) in enumerate(ASKED.items(), start=1):
            now = NOON + hours * HOUR
            dated = {**headers, "Date": "Thu, 03 Jul 2025 10:00:00 GMT"}
            line.serve(answer(b"", status, dated))
            await line.read(now)
            assert least <= (await line.health()).next_due_at - now <= most, fault
            assert (await line.state() is State.DEAD) == (status == 410), fault
            line.serve(feed(OLD, NEWS))  # whatever it was, it recovers by itself
            await line.read(now)
            assert await line.state() is State.FRESH, fault


async def test_row_57_a_move_to_a_parked_domain_is_never_believed() -> None:
    async with a_line() as line:
        line.serve(redirect("/parked", 301))
        line.serve(answer(b"<html><title>This domain is for sale</title></html>"), "/parked")
        for hours in range(1, 9):
            await line.read(NOON + hours * HOUR)
        health = await line.health()
        assert await line.state() is State.CHANGED
        assert "This domain is for sale" in (health.last_error or "")
        assert health.moved_to is None


RUSSIAN = "Казахстан официально признал правительство талибов в Афганистане"
DEGRADED = {
    "challenge": b"<!DOCTYPE html><html><title>Just a moment...</title></html>",
    "emptied": feed(),
    "nothing": b"",
    "cut in the middle": feed(OLD)[:40],
    "JSON error": b'{"error": "quota"}',
    "another charset": feed(OLD).replace(b"An old story", "Êàçàõñòàí îôèöèàëüíî ïðèçíàë".encode()),
}


async def test_row_58_what_is_no_feed_degrades_the_source_and_repeats_nothing() -> None:
    async with a_line() as line:
        line.serve(feed(OLD, NEWS))
        await line.read(NOON + HOUR)
        for hours, (fault, body) in enumerate(DEGRADED.items(), start=2):
            line.serve(body)
            assert (await line.read(NOON + hours * HOUR)).new_items == 0, fault
            assert await line.state() is State.CHANGED, fault
            line.serve(feed(OLD, NEWS))
            assert (await line.read(NOON + hours * HOUR)).new_items == 0, fault
            assert await line.state() is State.FRESH, fault
        assert await line.sent() == SEND_TO_BOTH


CHARSETS = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "gbk": "哈萨克斯坦正式承认塔利班政府，外交部发言人在例行记者会上表示",
    "iso-8859-6": "كازاخستان تعترف رسميا بحكومة طالبان في أفغانستان",
    "utf-8-sig": RUSSIAN,
    "utf-16": RUSSIAN,
    "utf-16-be": RUSSIAN,
}


async def test_row_58_a_wrong_charset_gives_the_right_title_or_none() -> None:
    right = {"An old story"}
    async with a_line() as line:
        for hours, (charset, title) in enumerate(CHARSETS.items(), start=1):
            for declared in {"", charset, "utf-8", "windows-1251", "iso-8859-1"}:
                prolog = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
                named = f"{title} {hours}{declared}"
                right.add(named)
                line.serve((prolog + feed(entry(named, NOON)).decode()).encode(charset))
                polled = await line.read(NOON + hours * HOUR)
                garbled = "garbled" in ((await line.health()).last_error or "")
                assert polled.new_items == 1 or garbled, (charset, declared)
        assert set(await line.titles()) <= right


def numbered(*titles: str, salt: str = "") -> list[str]:
    return [entry(title, NOON, f"guid{salt}-{n}") for n, title in enumerate(titles)]


async def test_row_59_new_guids_order_and_returning_items_repeat_no_alert() -> None:
    titles = ["An old story", KAZAKHSTAN, "Another story", "One more"]
    async with a_line() as line:
        line.serve(feed(*numbered(*titles)))
        await line.read(NOON + HOUR)
        assert await line.sent() == SEND_TO_BOTH
        for hours, shown in enumerate(
            [
                numbered(*titles, salt="x"),
                list(reversed(numbered(*titles, salt="x"))),
                numbered(*titles[2:]),
                numbered(*titles),
                [each.replace("https://news", "https://www2.news") for each in numbered(*titles)],
            ],
            start=2,
        ):
            line.serve(feed(*shown))
            await line.read(NOON + hours * HOUR)
        assert await line.sent() == SEND_TO_BOTH


async def test_row_59_a_guid_that_is_used_again_hides_no_news() -> None:
    async with a_line() as line:
        line.serve(feed(entry("A live blog", NOON, "one", "https://news.example/live")))
        await line.read(NOON + HOUR)
        assert await line.sent() == []
        line.serve(feed(entry(KAZAKHSTAN, NOON + HOUR, "one", "https://news.example/live")))
        assert (await line.read(NOON + 2 * HOUR)).new_items == 1
        assert await line.sent() == SEND_TO_BOTH
