"""Which addresses may be connected to, decided when connecting.

A name proves nothing: it may point to this machine, to a cloud's metadata service, or to
one address when checked and another when used. So a host is resolved once, every address
it has is checked, and the connection is made to a checked address.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

from jobs.errors import FetchFailed, FetchRefused

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses as text; raises OSError where there are none."""

MOST_TRIES = 4
"""Addresses of one host that are tried before giving up."""

# The special-purpose registries, not ``is_global``: that says yes to ::127.0.0.1, to
# multicast and, depending on Python's version, to 6to4 and 192.0.0.8.
_DENIED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet.

    A NAT64 address is judged by the IPv4 address in it, since that is where it leads.
    """
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _DENIED_V4)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_V6 and not any(address in block for block in _DENIED_V6)


def is_allowed(address: Address, *, allow_loopback: bool) -> bool:
    """Say whether an address may be connected to."""
    return is_public(address) or (allow_loopback and address.is_loopback)


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses.

    Each lookup has a daemon thread of its own: a lookup cannot be cancelled, and a hung
    one must hold up neither the others nor the program's end.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(addresses: Sequence[str] | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(addresses or ())

    def look_up() -> None:
        addresses, failure = None, None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(entry[4][0]) for entry in found]
        except (OSError, ValueError) as error:  # ValueError: a name that IDNA refuses
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, addresses, failure)

    threading.Thread(target=look_up, name="lookup", daemon=True).start()
    return await answer


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to allowed addresses only, each host resolved once.

    Raises ``FetchRefused`` if any of a host's addresses is not allowed, so that a name
    with one public and one private address is never a matter of luck.
    """

    def __init__(self, resolver: Resolver, *, allow_loopback: bool, try_seconds: float) -> None:
        self._resolver = resolver
        self._allow_loopback = allow_loopback
        self._try_seconds = try_seconds
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in _tries(await self._checked_addresses(host, port)):
            try:
                return await self._network.connect_tcp(
                    str(address), port, self._try_seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _checked_addresses(self, host: str, port: int) -> list[Address]:
        try:
            addresses = [ip_address(text) for text in await self._resolver(host, port)]
        except (OSError, ValueError):
            addresses = []
        if not addresses:
            raise FetchFailed(
                f"{host}: the name has no address; check its spelling and this machine's DNS"
            )
        for address in addresses:
            if not is_allowed(address, allow_loopback=self._allow_loopback):
                raise FetchRefused(
                    f"{host}: leads to {address}, which is not a public address; "
                    "only public hosts are read"
                )
        return addresses


def _tries(addresses: Sequence[Address]) -> list[Address]:
    # The first of each family first: where one family leads nowhere, the other still does.
    first = {address.version: address for address in reversed(addresses)}
    heads = sorted(first.values(), key=addresses.index)
    rest = [address for address in addresses if address not in heads]
    return (heads + rest)[:MOST_TRIES]
