import socket
import sys
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import pytest

from jobs.domain.items import Validators
from jobs.errors import FetchFailed, FetchRefused, SourceError
from jobs.sources.addresses import is_allowed, is_public, system_resolver
from jobs.sources.http import GuardedClient
from tests.feed_host import FeedHost, answer, redirect

PUBLIC = ["8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700:4700::1111", "2a00:1450:4001::5"]
PUBLIC += ["64:ff9b::808:808", "2001:4860:4860::8888", "2001:67c:4e8:f002::a", "11.0.0.1"]

PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3
    169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.10
    192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1
    198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255
    :: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
    64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1
    2001:0:53aa:64c::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1
    2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%1 fec0::1
    ff02::1 ff0e::1
""".split()  # noqa: SIM905 - one in a line would be a page

# What hosts may be called when they mean this machine or a private one. The names are
# answered by the test's own resolver, the numbers as the system reads them.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "rebinding.example": ["169.254.169.254"],
    "mixed.example": ["8.8.8.8", "10.0.0.1"],
    "mixed6.example": ["2606:4700::1", "::1"],
    "cname-to-local.example": ["192.168.1.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "xn--bcher-kva.example": ["10.1.1.1"],
    "evil": ["10.9.9.9"],
}
REFUSED_URLS = [
    *(f"http://{address}/" for address in PRIVATE if ":" not in address),
    *(f"http://[{address}]/feed" for address in PRIVATE if ":" in address and "%" not in address),
    *(f"http://{name}/rss" for name in NAMES),
    *(f"https://{name}/rss" for name in NAMES),
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://127.0.0.1\\@evil/",
    "http://user@127.0.0.1/",
    "http://user:pw@8.8.8.8/",
    "http://8.8.8.8:22/",
    "http://8.8.8.8:8080/",
    "https://8.8.8.8:6379/",
    "http://127.0.0.1:80:80/",
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "gopher://8.8.8.8/",
    "//8.8.8.8/",
    "/etc/passwd",
    "http:///nothing",
    "http://[::1",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "",
]

_connects: list[object] = []
_watching = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_audit)


@pytest.fixture
def connects() -> Iterator[list[object]]:
    """Every address that this process connects to during the test."""
    global _watching
    _connects.clear()
    _watching = True
    yield _connects
    _watching = False


async def resolver(host: str, port: int) -> Sequence[str]:
    if host in NAMES:
        return NAMES[host]
    flags = socket.AI_NUMERICHOST
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [str(entry[4][0]) for entry in found]


def client(*, allow_loopback: bool = False) -> GuardedClient:
    return GuardedClient(
        deadline_seconds=2,
        max_bytes=10_000,
        allow_loopback=allow_loopback,
        contact="",
        resolver=resolver,
    )


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_loopback_is_allowed_only_when_asked_for(address: str) -> None:
    loopback = address in ("127.0.0.1", "127.1.2.3", "::1")
    mapped = address == "::ffff:127.0.0.1"  # loopback to newer versions of Python only
    assert mapped or is_allowed(ip_address(address), allow_loopback=True) == loopback


def test_there_are_enough_hostile_urls() -> None:
    assert len(REFUSED_URLS) > 90


async def test_no_hostile_url_is_connected_to(connects: list[object]) -> None:
    guarded = client()
    for url in REFUSED_URLS:
        with pytest.raises(SourceError) as refused:
            await guarded.get(url, Validators())
        assert isinstance(refused.value, FetchRefused), url
    assert connects == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://167772161/",
        "//mixed.example/",
        "file:///etc/passwd",
        "http://user@8.8.8.8/",
    ],
)
async def test_a_redirect_is_checked_like_an_address(
    target: str, status: int, connects: list[object]
) -> None:
    async with FeedHost({"/": redirect(target, status)}) as host:
        with pytest.raises(FetchRefused):
            await client(allow_loopback=True).get(host.url("/"), Validators())
        assert connects == [("127.0.0.1", host.port)]


async def test_a_name_is_resolved_once_for_each_connection() -> None:
    # A rebinding name answers well first and badly afterwards: the second answer, if it
    # were asked for, would lead elsewhere.
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=100, allow_loopback=True, contact="", resolver=rebinding
    )
    async with FeedHost({"/": answer(b"body")}) as host:
        await guarded.get(host.url("/", "rebinding.example"), Validators())
        assert asked == ["rebinding.example"]
        with pytest.raises(FetchRefused, match=r"rebinding\.example: leads to 10\.0\.0\.1"):
            await guarded.get(host.url("/", "rebinding.example"), Validators())


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async def two(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]  # nobody listens at the first

    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=100, allow_loopback=True, contact="", resolver=two
    )
    async with FeedHost({"/": answer(b"body")}) as host:
        assert await guarded.get(host.url("/", "two.example"), Validators())


@pytest.mark.parametrize(
    "failure", [socket.gaierror("unknown name"), UnicodeError("label too long"), None]
)
async def test_a_name_without_an_address_may_be_tried_again(failure: Exception | None) -> None:
    async def failing(host: str, port: int) -> Sequence[str]:
        if failure:
            raise failure
        return []

    guarded = GuardedClient(
        deadline_seconds=2, max_bytes=100, allow_loopback=False, contact="", resolver=failing
    )
    with pytest.raises(FetchFailed, match=r"gone\.example: the name has no address"):
        await guarded.get("http://gone.example/", Validators())


async def test_the_system_is_asked() -> None:
    assert "127.0.0.1" in await system_resolver("127.0.0.1", 80)
    with pytest.raises(ValueError, match="idna"):
        await system_resolver("a" * 70 + ".example", 80)
