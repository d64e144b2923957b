"""One guarded way to fetch an address; nothing else in the jobs opens a connection out.

What it promises of every fetch: an end within the deadline, whatever the host does; no
more bytes than the cap, packed or unpacked; no connection to an address that is not
public; no cookies, credentials, proxies or environment; no address in a log.
"""

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import httpcore
import httpx

from jobs.domain.clock import Clock, SystemClock
from jobs.domain.items import Validators
from jobs.errors import ConfigError, FetchFailed, FetchRefused
from jobs.sources.addresses import GuardedBackend, Resolver, system_resolver
from jobs.sources.decoding import decode_body
from jobs.sources.headers import exact, fresh_seconds, retry_after_seconds, validators_of
from jobs.sources.turns import PAUSES, Turns

USER_AGENT = "RecognitionWatch/0.1"
"""Some ministries refuse every User-Agent with the word for our kind of program in it."""

MOST_REDIRECTS = 5

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_HINTS = {
    401: "it wants a login; choose an address that is open",
    403: "it refuses us; look whether the site offers another feed address",
    404: "nothing is there; look up the source's feed address",
    410: "the feed is gone for good; remove the source or look up its new address",
    429: "it asks for fewer requests; a longer interval helps",
}


@dataclass(frozen=True, slots=True)
class Response:
    """A body that came; ``url`` is where it came from after redirects."""

    url: str
    body: bytes
    content_type: str
    validators: Validators
    retry_after: float | None = None
    """Seconds: some hosts ask for patience inside an answer of 200."""
    fresh_seconds: float = 0.0
    """How much longer the host calls this answer fresh; 0 where it does not say."""
    moved_to: str | None = None
    """Where the host says that the address is for good (301, 308)."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host says that what we have is still right; the rest as in ``Response``."""

    fresh_seconds: float = 0.0
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What a host answered to a body that was posted, and for how long it asks for patience."""

    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: httpx.URL
    for_good: bool


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that makes one connection a request and closes it.

    Without a pool: a source is asked once in minutes, and httpcore's pool costs time
    linear in its connections.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext) -> None:
        self._backend = backend
        self._tls = tls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; httpcore's errors pass unchanged."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore.AsyncHTTPConnection(
            url.origin, ssl_context=self._tls, network_backend=self._backend
        )
        try:
            answer = await connection.handle_async_request(
                httpcore.Request(
                    request.method, url, headers=request.headers.raw, content=request.content
                )
            )
        except BaseException:
            await connection.aclose()
            raise
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, connection)
        )


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, connection: httpcore.AsyncHTTPConnection) -> None:
        self._answer = answer
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._connection.aclose()


class GuardedClient:
    """Fetches addresses under the promises of this module.

    ``deadline_seconds`` covers a whole fetch: lookup, connections, redirects, body and
    unpacking; it starts when it is the fetch's turn, since ``pauses`` (seconds by host)
    keeps some hosts' requests apart. ``max_bytes`` caps the body as sent and as unpacked.
    ``allow_loopback`` lets this machine itself be read, on any port, for tests and the
    demo. ``contact`` (a web or mail address) tells hosts whom to write to.
    """

    def __init__(
        self,
        *,
        deadline_seconds: float,
        max_bytes: int,
        allow_loopback: bool,
        contact: str,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        pauses: Mapping[str, float] = PAUSES,
    ) -> None:
        if not (contact.isascii() and contact.isprintable()):
            raise ConfigError(
                "OPERATOR_CONTACT: only plain ASCII can stand in a request; "
                "give a web or mail address"
            )
        self._deadline_seconds = deadline_seconds
        self._max_bytes = max_bytes
        self._allow_loopback = allow_loopback
        self._turns = Turns(clock or SystemClock(), pauses)
        self.contact = contact
        self._user_agent = f"{USER_AGENT} (+{contact})" if contact else USER_AGENT
        self._transport = GuardedTransport(
            GuardedBackend(
                resolver, allow_loopback=allow_loopback, try_seconds=deadline_seconds / 3
            ),
            tls or httpx.create_ssl_context(trust_env=False),
        )
        # Both write whole addresses, and an address may hold a reader's own key.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def get(self, url: str, validators: Validators) -> Response | NotModified:
        """Fetch one address, conditionally if there are validators.

        Raises ``FetchRefused`` or ``FetchFailed``; both name the host and what to do.
        """
        target = self._checked_url(url)
        await self._turns.wait(target.host)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._follow(target, validators)
        except TimeoutError:
            raise FetchFailed(
                f"{target.host}: not done within {self._deadline_seconds:g} s; "
                "it will be tried again, FETCH_DEADLINE_SECONDS sets the limit"
            ) from None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """Post a body once, to just this address; what is answered is not read.

        Raises ``FetchRefused`` or ``FetchFailed`` where no answer came.
        """
        target = self._checked_url(url)
        own = {"User-Agent": self._user_agent, "Connection": "close"}
        request = httpx.Request("POST", target, headers={**own, **headers}, content=body)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                answer = await self._transport.handle_async_request(request)
                await answer.aclose()
        except TimeoutError:
            raise FetchFailed(f"{target.host}: no answer in time") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
            raise FetchFailed(f"{target.host}: {_reason(error)}") from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise FetchFailed(f"{target.host}: speaks no HTTP ({_reason(error)})") from None
        return Posted(answer.status_code, retry_after_seconds(answer.headers))

    async def aclose(self) -> None:
        """Let go of the transport; no fetch may follow."""
        await self._transport.aclose()

    async def _follow(self, url: httpx.URL, validators: Validators) -> Response | NotModified:
        moved_to: str | None = None
        is_for_good = True
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = await self._ask(url, validators)
            except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
                raise FetchFailed(f"{url.host}: {_reason(error)}; it will be tried again") from None
            except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
                raise FetchFailed(
                    f"{url.host}: does not speak HTTP as agreed ({_reason(error)})"
                ) from None
            if not isinstance(answer, _Redirect):
                return replace(answer, moved_to=moved_to)
            url, is_for_good = answer.url, is_for_good and answer.for_good
            if is_for_good:
                moved_to = str(url)
        raise FetchRefused(
            f"{url.host}: more than {MOST_REDIRECTS} redirects; look up the source's feed address"
        )

    async def _ask(
        self, url: httpx.URL, validators: Validators
    ) -> "Response | NotModified | _Redirect":
        """One request: its answer, or where it redirects to."""
        request = httpx.Request("GET", url, headers=self._headers(url, validators))
        answer = await self._transport.handle_async_request(request)
        try:
            if answer.status_code in _REDIRECTS:
                for_good = answer.status_code in _FOR_GOOD
                return _Redirect(self._redirected(url, answer), for_good)
            if answer.status_code == 304 and (validators.etag or validators.last_modified):
                return NotModified(fresh_seconds(answer.headers))
            if answer.status_code != 200:
                raise _failure(url, answer)
            raw = await self._read(url, answer)
        finally:
            await answer.aclose()
        try:
            body = decode_body(raw, answer.headers.get("content-encoding", ""), self._max_bytes)
        except (FetchRefused, FetchFailed) as error:
            raise type(error)(f"{url.host}: {error}") from None
        return Response(
            url=str(url),
            body=body,
            content_type=exact(answer.headers, b"content-type") or "",
            validators=validators_of(answer.headers),
            retry_after=retry_after_seconds(answer.headers),
            fresh_seconds=fresh_seconds(answer.headers),
        )

    async def _read(self, url: httpx.URL, answer: httpx.Response) -> bytes:
        length = answer.headers.get("content-length", "")
        raw = bytearray()
        if not (length.isdecimal() and int(length[:15]) > self._max_bytes):
            async for chunk in answer.aiter_raw():
                raw += chunk
                if len(raw) > self._max_bytes:
                    break
            else:
                return bytes(raw)
        raise FetchRefused(
            f"{url.host}: sends more than {self._max_bytes:,} bytes; "
            "if that is right for this source, raise FETCH_MAX_BYTES"
        )

    def _headers(self, url: httpx.URL, validators: Validators) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"Host", url.netloc),
            (b"User-Agent", self._user_agent.encode("ascii")),
            (b"Accept", _ACCEPT.encode("ascii")),
            (b"Accept-Encoding", b"gzip"),
            (b"Connection", b"close"),
        ]
        if validators.etag:
            headers.append((b"If-None-Match", validators.etag.encode("latin-1")))
        if validators.last_modified:
            headers.append((b"If-Modified-Since", validators.last_modified.encode("latin-1")))
        return headers

    def _redirected(self, url: httpx.URL, answer: httpx.Response) -> httpx.URL:
        location = exact(answer.headers, b"location")
        if not location:
            raise FetchFailed(f"{url.host}: redirects without saying where; it will be tried again")
        try:
            # Hosts write UTF-8 into this header, which arrives read as Latin-1.
            target = str(url.join(location.encode("latin-1").decode("utf-8", "replace")))
        except (httpx.InvalidURL, ValueError):
            raise FetchRefused(f"{url.host}: redirects to what is no web address") from None
        checked = self._checked_url(target)
        if url.scheme == "https" and checked.scheme == "http":
            raise FetchRefused(
                f"{url.host}: redirects from https to plain http; "
                "if that is right for this source, list its http address"
            )
        return checked

    def _checked_url(self, text: str) -> httpx.URL:
        try:
            url = httpx.URL(text)
            named = bool(url.host)  # reading a malformed international name raises
        except (httpx.InvalidURL, ValueError):
            shown = ascii(text.rpartition("@")[2][:80])
            raise FetchRefused(f"{shown} is no web address; correct the source") from None
        if url.scheme not in ("http", "https") or not named:
            raise FetchRefused(f"{url.host or 'no host'}: only http and https addresses are read")
        if url.userinfo:
            raise FetchRefused(f"{url.host}: an address with a user's name in it is not read")
        if url.port not in (None, 80, 443) and not self._allow_loopback:
            raise FetchRefused(f"{url.host}: port {url.port} is not read, only 80 and 443")
        return url


def _reason(error: BaseException) -> str:
    # The first cause says it best: httpcore's own errors often carry no text.
    while error.__cause__ is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return "does not take the connection"
    if isinstance(error, OSError) and error.errno and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno)
    return str(error) or "the connection failed"


def _failure(url: httpx.URL, answer: httpx.Response) -> FetchFailed:
    status = answer.status_code
    hint = _HINTS.get(status, "it will be tried again")
    return FetchFailed(
        f"{url.host}: answered {status}; {hint}",
        retry_after=retry_after_seconds(answer.headers),
        status=status,
    )
