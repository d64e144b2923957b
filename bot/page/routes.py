"""The page's routes on the one HTTP server: read-only, nothing from elsewhere, no cookies."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.web import HTTPError, RequestHandler, stream_request_body

from bot.commands.access import Access
from bot.commands.asks import Ask, Sender
from bot.page import view
from bot.page.shelf import Shelf
from bot.page.site import Site
from bot.page.view import Place
from bot.page.visitors import LONGEST_INIT_DATA, Visitor, is_valid, read_init_data, ticket
from bot.publications import Publications
from bot.texts.language import languages, spoken
from jobs.domain.alerts import AlertId
from jobs.domain.clock import Clock
from jobs.errors import ConfigError
from jobs.exports import atom, calendar, cap
from jobs.exports.cap import CapStatus
from jobs.exports.tables import CSV, JSON, TableFormat
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store import chats
from jobs.store.chats import ChatKind
from jobs.store.engine import Store

Making = Callable[[Site, Place], Awaitable[str]]
"""Makes a document for a reader."""
Route = tuple[str, type[RequestHandler], dict[str, Any]]

_DATA = Path(__file__).parent / "data"
_HTML = "text/html; charset=utf-8"
_THEMES = frozenset({"light", "dark"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; "
    # Telegram's web apps show the page in a frame of theirs.
    "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org"
)
_SECONDS_KEPT = 30
"""For how long a reader's own program may keep a document."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in: everybody, or (``open`` False) those who bring a ticket of ours."""

    is_open: bool
    token: str
    access: Access
    clock: Clock

    def lets_in(self, given: str) -> bool:
        """Tell whether a request with this ticket, or none, may see anything."""
        return self.is_open or self.knows(given)

    def knows(self, given: str) -> bool:
        """Tell whether a ticket is one of ours."""
        return bool(self.token) and is_valid(given, self.token, self.clock.now())

    def admits(self, visitor: Visitor) -> bool:
        """Tell whether the bot serves a visitor, or the chat they come from."""
        asked = Ask(visitor.chat_id, ChatKind.PRIVATE, Sender.PERSON, visitor.user_id)
        return self.access.admits(asked)


class PageHandler(RequestHandler):
    """What all answers have in common: safe headers, a reader's place, plain refusals."""

    def initialize(self, site: Site, door: Door) -> None:
        """Keep what the route was made with."""
        self.site, self.door = site, door

    def set_default_headers(self) -> None:
        """Do not name the server; load, run and frame nothing of others."""
        self.set_header("Server", "recognition-watch")
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", f"public, max-age={_SECONDS_KEPT}")
        self.set_header("Vary", "Accept-Language")

    def place(self, root: str = "") -> Place:
        """Return where the reader is, as far as the address says so rightly."""
        known, cases = languages(), self.site.reference.cases
        language, case = self._asked("lang"), self._asked("case")
        theme, given = self._asked("theme"), self._asked("t")
        return Place(
            language if language in known else self._accepted(),
            case if case in cases else next(iter(cases)),
            theme if theme in _THEMES else "",
            given if self.door.knows(given) else "",
            root,
        )

    async def send(self, content_type: str, make: Callable[[Place], Awaitable[str | None]]) -> None:
        """Answer with a document, or 404 where there is none."""
        place = self.place("../" if self.request.path.count("/") > 1 else "")
        if not self.door.lets_in(place.ticket):
            self._close(place)
            return
        if place.ticket:
            self.set_header("Cache-Control", "private, no-store")
        made = await make(place)
        if made is None:
            self.set_status(404)
            content_type = _HTML
            made = view.notice(self.site.words(place), place, is_closed=False)
        self.set_header("Content-Type", content_type)
        self.finish(made)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error with its number alone."""
        self.finish()

    def _close(self, place: Place) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", _HTML)
        self.set_status(403)
        self.finish(view.notice(self.site.words(place), place, is_closed=True))

    def _asked(self, name: str) -> str:
        # What is no UTF-8 is refused by tornado with 400; a long word is none of ours.
        return self.get_query_argument(name, "")[:80]

    def _accepted(self) -> str:
        """Return the first language that the reader's program asks for and the page speaks."""
        known = languages()
        for part in self.request.headers.get("Accept-Language", "")[:200].split(","):
            tag = part.partition(";")[0].strip()
            if tag and tag.split("-")[0].lower() in known:
                return spoken(tag)
        return "en"


class HomeHandler(PageHandler):
    """``/``: the first page of a case, or one of older alerts (``before``)."""

    async def get(self) -> None:
        """Answer with the page."""
        asked = self._asked("before")
        is_number = asked.isascii() and asked.isdecimal() and len(asked) < 16
        before = AlertId(int(asked)) if is_number else None
        await self.send(_HTML, lambda place: self.site.home(place, before))

    head = get


class AlertHandler(PageHandler):
    """``/alerts/12``: one alert with every source."""

    async def get(self, number: str) -> None:
        """Answer with the alert's page."""
        await self.send(_HTML, lambda place: self.site.alert(place, AlertId(int(number))))

    head = get


class WarningHandler(PageHandler):
    """``/alerts/12.cap.xml``: one alert as a CAP warning."""

    async def get(self, number: str) -> None:
        """Answer with the warning."""
        site, asked = self.site, AlertId(int(number))
        await self.send(
            cap.CONTENT_TYPE, lambda place: site.publications.warning(site.words(place), asked)
        )

    head = get


class DocumentHandler(PageHandler):
    """A document of one case, made for the first who asks and kept for the next."""

    def initialize(
        self,
        site: Site,
        door: Door,
        content_type: str = "",
        make: Making | None = None,
    ) -> None:
        """Keep what the route was made with."""
        super().initialize(site, door)
        self._content_type, self._make = content_type, make

    async def get(self) -> None:
        """Answer with the document."""
        await self.send(self._content_type, self._document)

    head = get

    async def _document(self, place: Place) -> str | None:
        make = self._make
        if make is None:
            return None
        name = f"{self.request.path} {place.case} {place.language}"
        return await self.site.shelf.get(name, lambda: make(self.site, place))


class PartHandler(PageHandler):
    """The page's style and script: the same for everybody."""

    def initialize(self, site: Site, door: Door, content_type: str = "", part: str = "") -> None:
        """Keep what the route was made with."""
        super().initialize(site, door)
        self._content_type, self._part = content_type, part

    def get(self) -> None:
        """Answer with the part."""
        self.set_header("Content-Type", self._content_type)
        self.finish(self._part)

    head = get


@stream_request_body
class VisitorHandler(PageHandler):
    """``POST /app``: takes ``initData`` and says where its visitor goes on."""

    def initialize(self, site: Site, door: Door) -> None:
        """Keep what the route was made with."""
        super().initialize(site, door)
        self._body = bytearray()

    def prepare(self) -> None:
        """Refuse before the body is read: the wrong method, too long a word."""
        if self.request.method != "POST" or not self.door.token:
            raise HTTPError(405)
        if int(self.request.headers.get("Content-Length", "0")) > LONGEST_INIT_DATA:
            raise HTTPError(413)

    def data_received(self, chunk: bytes) -> None:
        """Gather the body, as far as it is allowed to go."""
        self._body += chunk
        if len(self._body) > LONGEST_INIT_DATA:
            raise HTTPError(413)

    async def post(self) -> None:
        """Answer with the chat's language and a ticket, 403 to whom the bot does not serve."""
        now, text = self.door.clock.now(), bytes(self._body).decode("utf-8", "replace")
        visitor = read_init_data(text, self.door.token, now)
        if visitor is None or not self.door.admits(visitor):
            raise HTTPError(403)
        async with self.site.store.read() as conn:
            chat = await chats.read_chat(conn, visitor.chat_id)
        language = chat.language if chat is not None else spoken(visitor.language)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"lang": language, "t": ticket(self.door.token, now)}))


def page_routes(
    settings: Settings, reference: Reference, store: Store, clock: Clock
) -> Sequence[Route]:
    """Return the page's routes; none where it is off.

    Raises ``ConfigError`` where it shall open in Telegram only, and there is no token.
    """
    if settings.page == "off":
        return ()
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    if settings.page == "app" and not token:
        raise ConfigError("PAGE: app needs BOT_TOKEN, by which Telegram's visitors are known")
    site = Site(
        store,
        reference,
        clock,
        Shelf(clock),
        Publications(store, reference, clock, settings.page_url, CapStatus(settings.cap_status)),
        settings.default_zone,
    )
    access = Access(
        settings.access, frozenset(settings.listed_ids), frozenset(settings.operators())
    )
    door = Door(settings.page == "open", token, access, clock)
    made = {"site": site, "door": door}
    documents: dict[str, tuple[str, Making]] = {
        "/map.svg": ("image/svg+xml", Site.map),
        "/alerts.atom": (
            atom.CONTENT_TYPE,
            lambda site, place: site.publications.feed(site.words(place), [place.case]),
        ),
        "/forums.ics": (
            calendar.CONTENT_TYPE,
            lambda site, place: site.publications.calendar(site.words(place), [place.case]),
        ),
        **{
            f"/events.{name}": (table.content_type, _table(table))
            for name, table in (("csv", CSV), ("json", JSON))
        },
    }
    parts = {"/page.css": "text/css; charset=utf-8", "/app.js": "text/javascript; charset=utf-8"}
    return (
        ("/", HomeHandler, made),
        (r"/alerts/(\d{1,15})", AlertHandler, made),
        (r"/alerts/(\d{1,15})\.cap\.xml", WarningHandler, made),
        ("/app", VisitorHandler, made),
        *(
            (path, DocumentHandler, {**made, "content_type": kind, "make": make})
            for path, (kind, make) in documents.items()
        ),
        *(
            (path, PartHandler, {**made, "content_type": kind, "part": _part(path)})
            for path, kind in parts.items()
        ),
    )


def _table(table: TableFormat) -> Making:
    return lambda site, place: site.publications.table([place.case], table)


def _part(path: str) -> str:
    return (_DATA / path.removeprefix("/")).read_text(encoding="utf-8")
