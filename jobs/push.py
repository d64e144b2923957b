"""The route on which sources of kind ``push`` bring their items, signed.

What comes is checked and stored, and nothing else: it goes the way of every item from
there. Requests are signed as Standard Webhooks are: ``webhook-signature`` holds
``v1,`` and the base64 of HMAC-SHA256, keyed with PUSH_SECRET, over ``webhook-id``,
``webhook-timestamp`` and the body, joined by dots.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tornado.web import HTTPError, RequestHandler, stream_request_body

from jobs.domain.clock import Clock
from jobs.domain.items import NewsItem, Source, SourceId, SourceKind
from jobs.domain.signatures import sign
from jobs.errors import InputError
from jobs.reference import Reference
from jobs.reference.sources import outlet_host
from jobs.sources.charsets import looks_garbled
from jobs.sources.cleaning import clean_text
from jobs.sources.links import canonical_link
from jobs.sources.parsed import LONGEST_SUMMARY, LONGEST_TITLE, item_key
from jobs.sources.reading import believed_date
from jobs.sourcing import in_force
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.web import Route

PUSH_PATH = "/push"
LONGEST_BODY = 262_144
MOST_ITEMS = 100
BELIEVED_SECONDS = 300
"""How far a request's timestamp may be from now: older ones may be replayed."""


@stream_request_body
class PushHandler(RequestHandler):
    """Takes ``{"source": id, "items": [{"title", "url", "summary", "published_at", "lang"}]}``.

    ``title`` and ``url`` are needed. Answers 202 with how many were new, 400 with what
    is wrong, 401 to what is not signed as it should be.
    """

    def initialize(self, secret: str, store: Store, listed: Reference, clock: Clock) -> None:
        """Keep what the route was made with."""
        self._secret, self._store, self._listed, self._clock = secret, store, listed, clock
        self._body = bytearray()

    def set_default_headers(self) -> None:
        """Do not name the server."""
        self.set_header("Server", "recognition-watch")

    def prepare(self) -> None:
        """Refuse before the body is read: the wrong method, time or size."""
        if self.request.method != "POST":
            raise HTTPError(405)
        headers = self.request.headers
        timestamp = headers.get("webhook-timestamp", "")
        if not (headers.get("webhook-id") and headers.get("webhook-signature")):
            raise HTTPError(401)
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
            raise HTTPError(401)
        if abs(self._clock.now().timestamp() - int(timestamp)) > BELIEVED_SECONDS:
            raise HTTPError(401)
        if int(headers.get("Content-Length", "0")) > LONGEST_BODY:
            raise HTTPError(413)

    def data_received(self, chunk: bytes) -> None:
        """Gather the body, as far as it is allowed to go."""
        self._body += chunk
        if len(self._body) > LONGEST_BODY:
            raise HTTPError(413)

    async def post(self) -> None:
        """Check the signature, then store the items."""
        body, headers = bytes(self._body), self.request.headers
        expected = sign(
            self._secret.encode(), headers["webhook-id"], headers["webhook-timestamp"], body
        )
        given = headers["webhook-signature"].split()
        if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given):
            raise HTTPError(401)
        try:
            answer = await self._take(body)
        except InputError as error:
            self.set_status(400)
            answer = {"error": str(error)}
        else:
            self.set_status(202)
        self.finish(answer)

    async def _take(self, body: bytes) -> dict[str, Any]:
        now = self._clock.now()
        document = _document(body)
        async with self._store.write() as conn:
            known = (await in_force(conn, self._listed)).sources
            source = known.get(SourceId(str(document.get("source"))))
            if source is None or source.kind is not SourceKind.PUSH:
                raise InputError("source: there is no source of kind push with this id")
            news = [_item(source, each, at, now) for at, each in enumerate(_listed(document))]
            new = await items.put_items(conn, news, baseline=False)
            await sources.record_pushed(conn, source.id, now, new)
        return {"new": new, "known": len(news) - new}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error with its number alone."""
        self.finish()


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InputError("the body is no JSON object")
    return document


def _listed(document: dict[str, Any]) -> list[dict[str, Any]]:
    listed = document.get("items")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_ITEMS:
        raise InputError(f"items: give a list of 1 to {MOST_ITEMS}")
    return [each if isinstance(each, dict) else {} for each in listed]


def _item(source: Source, given: dict[str, Any], at: int, now: datetime) -> NewsItem:
    title, summary, link, lang = (
        value if isinstance(value := given.get(name), str) else ""
        for name in ("title", "summary", "url", "lang")
    )
    title, url = clean_text(title, LONGEST_TITLE), canonical_link(link, "")
    if not title or looks_garbled(title):
        raise InputError(f"items[{at}].title: is missing or garbled")
    if url is None:
        raise InputError(f"items[{at}].url: is missing or no web address")
    is_language = len(lang) == 2 and lang.isascii() and lang.islower()
    return NewsItem(
        source_id=source.id,
        key=item_key(url, title),
        url=url,
        title=title,
        summary=clean_text(summary, LONGEST_SUMMARY),
        lang=lang if is_language else source.language,
        # Whatever the address says: who pushes speaks for itself and for nobody else.
        outlet=outlet_host(source),
        published_at=believed_date(_moment(given.get("published_at")), now),
        first_seen_at=now,
    )


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    # A time without a zone could be anybody's.
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None


def push_routes(secret: str, store: Store, listed: Reference, clock: Clock) -> Sequence[Route]:
    """Return the route for the web server; none without a secret."""
    if not secret:
        return ()
    made = {"secret": secret, "store": store, "listed": listed, "clock": clock}
    return ((PUSH_PATH, PushHandler, made),)
