"""The press of the demo: one real feed per outlet, served over HTTP on loopback.

Feeds come in the four formats of the wild (RSS, Atom, RDF, JSON Feed), with ETags, the
newest items only, so that the real client and parser have real work.
"""

import hashlib
import json
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol
from xml.etree import ElementTree

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

NEWEST = 20
"""How many items a feed shows, as real ones do."""

ATOM = "http://www.w3.org/2005/Atom"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"
DC = "http://purl.org/dc/elements/1.1/"


class Story(Protocol):
    """What the press needs of an item."""

    @property
    def url(self) -> str:
        """The article's address."""

    @property
    def title(self) -> str:
        """The headline."""

    @property
    def summary(self) -> str:
        """The lead."""

    @property
    def published(self) -> datetime:
        """When it appeared."""


def _child(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = text or None


def _document(root: ElementTree.Element) -> bytes:
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def rss(outlet: str, stories: Sequence[Story]) -> bytes:
    """Return an RSS 2.0 feed."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _child(channel, "title", outlet)
    _child(channel, "link", f"https://{outlet}/")
    for story in stories:
        item = ElementTree.SubElement(channel, "item")
        _child(item, "title", story.title)
        _child(item, "link", story.url)
        _child(item, "description", story.summary)
        _child(item, "pubDate", format_datetime(story.published))
        _child(item, "guid", story.url)
    return _document(root)


def atom(outlet: str, stories: Sequence[Story]) -> bytes:
    """Return an Atom feed."""
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _child(root, f"{{{ATOM}}}title", outlet)
    _child(root, f"{{{ATOM}}}id", f"https://{outlet}/")
    for story in stories:
        entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _child(entry, f"{{{ATOM}}}id", story.url)
        _child(entry, f"{{{ATOM}}}title", story.title)
        _child(entry, f"{{{ATOM}}}summary", story.summary)
        _child(entry, f"{{{ATOM}}}link", href=story.url)
        _child(entry, f"{{{ATOM}}}updated", story.published.isoformat())
    return _document(root)


def rdf(outlet: str, stories: Sequence[Story]) -> bytes:
    """Return an RSS 1.0 (RDF) feed, its dates in Dublin Core."""
    root = ElementTree.Element(f"{{{RDF}}}RDF")
    channel = ElementTree.SubElement(
        root, f"{{{RSS1}}}channel", {f"{{{RDF}}}about": f"https://{outlet}/"}
    )
    _child(channel, f"{{{RSS1}}}title", outlet)
    for story in stories:
        item = ElementTree.SubElement(root, f"{{{RSS1}}}item", {f"{{{RDF}}}about": story.url})
        _child(item, f"{{{RSS1}}}title", story.title)
        _child(item, f"{{{RSS1}}}link", story.url)
        _child(item, f"{{{RSS1}}}description", story.summary)
        _child(item, f"{{{DC}}}date", story.published.isoformat())
    return _document(root)


def json_feed(outlet: str, stories: Sequence[Story]) -> bytes:
    """Return a JSON Feed 1.1."""
    items = [
        {
            "id": story.url,
            "url": story.url,
            "title": story.title,
            "content_text": story.summary,
            "date_published": story.published.isoformat(),
        }
        for story in stories
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": outlet, "items": items}
    return json.dumps(feed, ensure_ascii=False).encode()


FORMATS: tuple[tuple[Callable[[str, Sequence[Story]], bytes], str], ...] = (
    (rss, "application/rss+xml"),
    (atom, "application/atom+xml"),
    (json_feed, "application/feed+json"),
    (rdf, "application/rdf+xml"),
)


class _FeedHandler(RequestHandler):
    """One outlet's feed, with an ETag, so that an unchanged one answers 304."""

    def initialize(self, press: "Press") -> None:
        self.press = press

    async def get(self, number: str) -> None:
        body, content_type = self.press.feed(int(number))
        self.set_header("Content-Type", content_type)
        self.set_header("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
        if self.check_etag_header():
            self.set_status(304)
        else:
            self.write(body)
        self.finish()


class Press:
    """Every outlet of a stream on one loopback server; empty until stories are printed."""

    def __init__(self, outlets: Sequence[str]) -> None:
        self._outlets = list(outlets)
        self._stories: dict[str, list[Story]] = {outlet: [] for outlet in outlets}
        self._server = HTTPServer(
            Application(
                [(r"/(\d+)", _FeedHandler, {"press": self})], log_function=lambda handler: None
            )
        )
        self._port = 0

    def start(self) -> None:
        """Listen on a free port of this machine."""
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setblocking(False)
        self._port = listening.getsockname()[1]
        self._server.add_socket(listening)

    async def stop(self) -> None:
        """Close the server and what is open on it."""
        self._server.stop()
        await self._server.close_all_connections()

    def address(self, outlet: str) -> str:
        """Return where an outlet's feed is served."""
        return f"http://127.0.0.1:{self._port}/{self._outlets.index(outlet)}"

    def print(self, outlet: str, story: Story) -> None:
        """Put a story at the top of its outlet's feed."""
        self._stories[outlet].insert(0, story)

    def feed(self, number: int) -> tuple[bytes, str]:
        """Return one outlet's feed as it stands: body and content type."""
        outlet = self._outlets[number]
        build, content_type = FORMATS[number % len(FORMATS)]
        return build(outlet, self._stories[outlet][:NEWEST]), content_type
