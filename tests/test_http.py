import asyncio
import gzip
import logging
import shutil
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from jobs.domain.items import Validators
from jobs.errors import ConfigError, FetchFailed, FetchRefused
from jobs.sources.http import (
    USER_AGENT,
    GuardedClient,
    NotModified,
    Response,
)
from tests.feed_host import (
    FeedHost,
    Request,
    Script,
    answer,
    conditional,
    endless,
    head,
    raw,
    redirect,
    stalled,
)

NOTHING = Validators()
CAP = 100_000
TLS = ssl.create_default_context()  # made once: loading the authorities takes 20 ms


async def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def client(
    deadline_seconds: float = 5, contact: str = "", tls: ssl.SSLContext | None = None
) -> GuardedClient:
    return GuardedClient(
        deadline_seconds=deadline_seconds,
        max_bytes=CAP,
        allow_loopback=True,
        contact=contact,
        resolver=loopback,
        tls=tls or TLS,
    )


async def fetch(script: Script, validators: Validators = NOTHING) -> Response | NotModified:
    async with FeedHost({"/feed": script}) as host:
        return await client().get(host.url("/feed"), validators)


async def body_of(script: Script) -> bytes:
    response = await fetch(script)
    assert isinstance(response, Response)
    return response.body


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    chunks = [packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join(chunks) + packer.flush()


async def test_a_request_says_who_asks_and_no_more() -> None:
    async with FeedHost({"/feed": answer(b"body")}) as host:
        await client(contact="https://watch.example/about").get(host.url("/feed?a=1#x"), NOTHING)
    (request,) = host.requests
    assert request.target == "/feed?a=1"
    assert request.headers["user-agent"] == "RecognitionWatch/0.1 (+https://watch.example/about)"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["host"] == f"127.0.0.1:{host.port}"
    assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_the_user_agent_avoids_a_word_that_hosts_refuse() -> None:
    assert "bot" not in USER_AGENT.lower()


@pytest.mark.parametrize("contact", ["me@пример.example", "me\r\nX-Evil: 1"])
def test_a_contact_that_cannot_be_sent_is_a_configuration_error(contact: str) -> None:
    with pytest.raises(ConfigError, match="OPERATOR_CONTACT"):
        client(contact=contact)


@pytest.mark.parametrize(
    "etag",
    ['"abc"', 'W/"abc"', "abc", '"a-gzip"', "", '"\xe4\xfc"', '"with \\" quote"', "''"],
)
@pytest.mark.parametrize("modified", ["Thu, 03 Jul 2025 10:00:00 GMT", "yesterday", ""])
async def test_validators_come_back_byte_for_byte(etag: str, modified: str) -> None:
    headers = {"ETag": etag, "Last-Modified": modified}
    headers = {name: value for name, value in headers.items() if value}
    async with FeedHost({"/feed": conditional(b"body", headers)}) as host:
        first = await client().get(host.url("/feed"), NOTHING)
        assert isinstance(first, Response)
        assert first.validators == Validators(etag or None, modified or None)
        second = await client().get(host.url("/feed"), first.validators)
    assert isinstance(second, NotModified) == bool(headers)


async def test_an_endless_validator_is_not_kept() -> None:
    response = await fetch(answer(b"body", headers={"ETag": "x" * 2000}))
    assert isinstance(response, Response)
    assert response.validators.etag is None


async def test_not_modified_without_a_condition_is_a_failure() -> None:
    with pytest.raises(FetchFailed, match="answered 304"):
        await fetch(answer(b"", 304))


SLOW = {
    "nothing after connecting": stalled(),
    "headers break off": stalled(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "headers drip": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n", 0.02),
    "body stalls": stalled(head(headers={"Content-Length": "1000"}) + b"<rss>"),
    "body drips": endless(head(), b"x", 0.02),
    "chunked body drips": endless(
        head(headers={"Transfer-Encoding": "chunked"}), b"1\r\nx\r\n", 0.02
    ),
    "early hints for ever": endless(b"", b"HTTP/1.1 103 Early\r\n\r\n"),
    "continue for ever": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW.keys())
async def test_a_slow_host_is_left_at_the_deadline(script: Script) -> None:
    async with FeedHost({"/feed": script}) as host:
        started = time.monotonic()
        with pytest.raises(FetchFailed, match=r"127\.0\.0\.1: not done within 0\.3 s"):
            await client(deadline_seconds=0.3).get(host.url("/feed"), NOTHING)
        assert 0.25 < time.monotonic() - started < 0.8


async def test_the_deadline_covers_the_redirects_together() -> None:
    async def slow_redirect(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.12)
        await redirect("/feed")(request, writer)

    async with FeedHost({"/feed": slow_redirect}) as host:
        with pytest.raises(FetchFailed, match="not done within"):
            await client(deadline_seconds=0.3).get(host.url("/feed"), NOTHING)
        assert len(host.requests) <= 3


async def test_the_deadline_covers_the_lookup() -> None:
    async def hung(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    guarded = GuardedClient(
        deadline_seconds=0.3, max_bytes=CAP, allow_loopback=True, contact="", resolver=hung
    )
    with pytest.raises(FetchFailed, match=r"slow\.example: not done within"):
        await guarded.get("http://slow.example/", NOTHING)


ZIPPED = gzip.compress(b"<rss/>")
READ = {
    "plain": answer(b"<rss/>"),
    "gzip": answer(ZIPPED, headers={"Content-Encoding": "gzip"}),
    "x-gzip in capitals": answer(ZIPPED, headers={"Content-Encoding": "X-GZIP"}),
    "gzip that is not declared": answer(ZIPPED),
    "plain that is declared gzip": answer(b"<rss/>", headers={"Content-Encoding": "gzip"}),
    "identity": answer(b"<rss/>", headers={"Content-Encoding": "identity"}),
    "two gzip members": answer(gzip.compress(b"<rs") + gzip.compress(b"s/>")),
    "rubbish after gzip": answer(ZIPPED + b"rubbish"),
    "until the connection ends": raw(head(), b"<rss/>"),
    "chunked": raw(head(headers={"Transfer-Encoding": "chunked"}), b"6\r\n<rss/>\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("script", READ.values(), ids=READ.keys())
async def test_bodies_that_are_read(script: Script) -> None:
    assert await body_of(script) == b"<rss/>"


REFUSED = {
    "announced too large": (raw(head(headers={"Content-Length": "50000000"})), "more than 100,000"),
    "endless": (endless(head(), b"x" * 10_000), "sends more than 100,000 bytes"),
    "gzip bomb": (answer(bomb(50_000_000)), "unpacks to more than 100,000 bytes"),
    "double gzip": (answer(gzip.compress(ZIPPED)), "compressed twice"),
    "stacked": (answer(ZIPPED, headers={"Content-Encoding": "gzip, gzip"}), "'gzip, gzip'"),
    "brotli": (answer(b"x", headers={"Content-Encoding": "br"}), "'br'"),
    "zstandard": (answer(b"x", headers={"Content-Encoding": "zstd"}), "'zstd'"),
    "deflate": (answer(b"x", headers={"Content-Encoding": "deflate"}), "'deflate'"),
    "redirect loop": (redirect("/feed"), "more than 5 redirects"),
    "redirect to another protocol": (redirect("ftp://127.0.0.1/x"), "only http and https"),
    "redirect to rubbish": (redirect("http://[::1"), "no web address"),
}


@pytest.mark.parametrize(("script", "why"), REFUSED.values(), ids=REFUSED.keys())
async def test_bodies_that_are_refused(script: Script, why: str) -> None:
    with pytest.raises(FetchRefused, match=why) as refused:
        await fetch(script)
    assert "127.0.0.1" in str(refused.value)
    assert not refused.value.retryable


FAILED = {
    "cut short": (raw(head(headers={"Content-Length": "99"}), b"<rss"), "does not speak HTTP"),
    "gzip cut short": (answer(ZIPPED[:-9]), "breaks off"),
    "gzip damaged": (answer(ZIPPED[:-8] + bytes(8)), "damaged"),
    "no answer": (raw(), "does not speak HTTP"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "does not speak HTTP"),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 5000 + b"\r\n"), "HTTP"),
    "empty success": (answer(b"", 204), "answered 204"),
    "no access": (answer(b"", 403), "answered 403; it refuses us"),
    "gone": (answer(b"", 410), "gone for good"),
    "server error": (answer(b"", 500), "answered 500; it will be tried again"),
    "redirect to nowhere": (answer(b"", 302), "without saying where"),
}


@pytest.mark.parametrize(("script", "why"), FAILED.values(), ids=FAILED.keys())
async def test_failures_name_host_and_cause(script: Script, why: str) -> None:
    with pytest.raises(FetchFailed, match=why) as failed:
        await fetch(script)
    assert "127.0.0.1" in str(failed.value)


async def test_nobody_listening() -> None:
    async with FeedHost({}) as host:
        url = host.url("/feed")
    with pytest.raises(FetchFailed, match=r"127\.0\.0\.1: Connection refused"):
        await client().get(url, NOTHING)


async def test_redirects_are_followed_and_the_last_address_is_told() -> None:
    unescaped = raw(b"HTTP/1.1 301 Moved\r\nLocation: /" + "да".encode() + b"\r\n\r\n")
    async with FeedHost({"/feed": unescaped, "/rss": answer(b"<rss/>")}) as host:
        host.routes["/%D0%B4%D0%B0"] = redirect(f"//other.example:{host.port}/rss", 308)
        response = await client().get(host.url("/feed"), NOTHING)
    assert isinstance(response, Response)
    assert response.url == f"http://other.example:{host.port}/rss"


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((), None),
        ((302,), None),
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((301, 302, 301), "/1"),
        ((302, 301), None),
    ],
)
async def test_a_move_for_good_is_told_as_far_as_all_hops_say_so(
    statuses: tuple[int, ...], moved_to: str | None
) -> None:
    hops = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    async with FeedHost({**hops, f"/{len(statuses)}": answer(b"<rss/>")}) as host:
        response = await client().get(host.url("/0"), NOTHING)
        assert response.moved_to == (moved_to and host.url(moved_to))


async def test_a_move_is_told_with_not_modified_too() -> None:
    moved = conditional(b"<rss/>", {"ETag": '"x"'})
    async with FeedHost({"/old": redirect("/new", 301), "/new": moved}) as host:
        response = await client().get(host.url("/old"), Validators(etag='"x"'))
        assert response == NotModified(moved_to=host.url("/new"))


async def test_a_cookie_is_never_sent_back() -> None:
    routes = {
        "/feed": answer(b"", 302, {"Location": "/b", "Set-Cookie": "id=1"}),
        "/b": answer(b"b"),
    }
    async with FeedHost(routes) as host:
        await client().get(host.url("/feed"), NOTHING)
    assert [("cookie" in request.headers) for request in host.requests] == [False, False]


@pytest.mark.parametrize("status", [429, 503])
async def test_what_the_host_asks_for_is_handed_on(status: int) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetch(answer(b"", status, {"Retry-After": "77"}))
    assert failed.value.retry_after == 77


async def test_a_bomb_takes_little_memory() -> None:
    packed = bomb(90_000_000)
    assert len(packed) < CAP
    tracemalloc.start()
    try:
        with pytest.raises(FetchRefused):
            await fetch(answer(packed))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


async def test_addresses_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with FeedHost({"/feed": answer(b"body")}) as host:
        await client().get(host.url("/feed?key=s3cret"), NOTHING)
        with pytest.raises(FetchFailed) as failed:
            await client().get(host.url("/none?key=s3cret"), NOTHING)
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(failed.value)


def open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


async def test_nothing_stays_open() -> None:
    before = open_files()
    async with FeedHost({"/feed": stalled(head()), "/ok": answer(b"ok")}) as host:
        impatient = client(deadline_seconds=0.01)
        for _ in range(30):
            with pytest.raises(FetchFailed):
                await impatient.get(host.url("/feed"), NOTHING)
            await client().get(host.url("/ok"), NOTHING)
    assert open_files() <= before + 2


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate authority and, signed by it, a host's certificate."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, so no certificates can be made")
    folder = tmp_path_factory.mktemp("tls")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    commands = [
        [
            "req",
            "-x509",
            *key,
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=Test authority",
        ],
        ["req", *key, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=right.example"],
        ["x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    ]
    commands[2] += ["-extfile", "names", "-out", "host.pem"]
    (folder / "names").write_text("subjectAltName=DNS:right.example\n")
    for command in commands:
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return folder


def host_tls(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "host.pem", authority / "host.key")
    return context


async def test_a_certificate_counts_for_the_name_not_the_address(authority: Path) -> None:
    trusting = client(tls=ssl.create_default_context(cafile=authority / "ca.pem"))
    async with FeedHost({"/feed": answer(b"body")}, host_tls(authority)) as host:
        assert await trusting.get(host.url("/feed", "right.example"), NOTHING)
        with pytest.raises(FetchFailed, match=r"wrong\.example: its certificate is refused \(Host"):
            await trusting.get(host.url("/feed", "wrong.example"), NOTHING)
        with pytest.raises(FetchFailed, match="its certificate is refused"):
            await client().get(host.url("/feed", "right.example"), NOTHING)
    assert len(host.requests) == 1


async def test_https_is_not_left_for_http(authority: Path) -> None:
    trusting = client(tls=ssl.create_default_context(cafile=authority / "ca.pem"))
    routes = {"/feed": redirect("http://right.example/feed")}
    async with FeedHost(routes, host_tls(authority)) as host:
        with pytest.raises(FetchRefused, match="redirects from https to plain http"):
            await trusting.get(host.url("/feed", "right.example"), NOTHING)
