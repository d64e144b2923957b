"""Alerts as an Atom feed (RFC 4287); what was retracted is a tombstone (RFC 6721)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from jobs.exports.bulletins import Bulletin, Publisher
from jobs.exports.plain import plain, web_address
from jobs.exports.xml import document, put

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_TITLE = "Recognition Watch"


def write_atom(
    bulletins: Sequence[Bulletin], publisher: Publisher, now: datetime, *, language: str = "en"
) -> str:
    """Return the feed, the alert that changed last first.

    A revision moves its entry's ``updated`` and keeps its id, so that readers show it
    again once and not as a second one; a retracted alert stands as a deleted entry, so
    that they take it away. ``now`` is used only where there is no alert yet.
    """
    newest_first = sorted(
        bulletins, key=lambda each: (each.story.last.made_at, each.alert_id), reverse=True
    )
    updated = newest_first[0].story.last.made_at if newest_first else now
    names = {"xmlns": _ATOM, "xmlns:at": _TOMBSTONES, "xml:lang": language}
    root = Element("feed", names)
    put(root, "id", publisher.installation.urn)
    put(root, "title", _TITLE)
    put(root, "updated", _moment(updated))
    put(put(root, "author"), "name", _TITLE)
    if publisher.page_url:
        put(root, "link", rel="self", href=publisher.address("alerts.atom"))
        put(root, "link", rel="alternate", type="text/html", href=publisher.address(""))
    for bulletin in newest_first:
        if bulletin.facts.retracted:
            _put_tombstone(root, bulletin, publisher)
        else:
            _put_entry(root, bulletin, publisher)
    return document(root)


def _put_entry(root: Element, bulletin: Bulletin, publisher: Publisher) -> None:
    facts = bulletin.facts
    entry = put(root, "entry", **{"xml:lang": bulletin.language})
    put(entry, "id", publisher.entry_id(bulletin.alert_id))
    put(entry, "title", plain(bulletin.headline, 300), type="text")
    put(entry, "published", _moment(bulletin.story.tellings[0].made_at))
    put(entry, "updated", _moment(bulletin.story.last.made_at))
    put(entry, "summary", _summary(bulletin), type="text")
    for term in (facts.case, facts.actor, facts.type, facts.status, facts.grade):
        put(entry, "category", term=str(term))
    _put_links(entry, bulletin, publisher)


def _put_links(entry: Element, bulletin: Bulletin, publisher: Publisher) -> None:
    sources = [url for each in bulletin.facts.voices if (url := web_address(each.url))]
    if publisher.page_url:
        page = publisher.address(f"alerts/{bulletin.alert_id}")
        put(entry, "link", rel="alternate", type="text/html", href=page)
        put(entry, "link", rel="alternate", type="application/cap+xml", href=f"{page}.cap.xml")
    elif sources:
        put(entry, "link", rel="alternate", href=sources[0])
    else:  # an entry without content needs one (RFC 4287, 4.1.2)
        put(entry, "link", rel="alternate", href=publisher.entry_id(bulletin.alert_id))
    for url in dict.fromkeys(sources):
        put(entry, "link", rel="via", href=url)


def _summary(bulletin: Bulletin) -> str:
    heard = "; ".join(
        f"{plain(each.outlet, 80)}: {plain(each.title, 200)}" for each in bulletin.facts.voices
    )
    said = f"{bulletin.surety}. {plain(bulletin.facts.note, 300)}".rstrip()
    return f"{said} {heard}".rstrip()


def _put_tombstone(root: Element, bulletin: Bulletin, publisher: Publisher) -> None:
    when = _moment(bulletin.story.last.made_at)
    tombstone = put(root, "at:deleted-entry", ref=publisher.entry_id(bulletin.alert_id), when=when)
    why = plain(bulletin.facts.note, 300) or "retracted"
    put(tombstone, "at:comment", why, type="text")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
