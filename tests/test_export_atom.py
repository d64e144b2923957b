"""The feed of alerts, read back by feedparser and lxml."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jobs.domain.alerts import AlertKind, Voice
from jobs.exports.atom import write_atom
from jobs.exports.bulletins import Bulletin, Publisher
from tests.bulletins import HERE, NOWHERE, a_bulletin
from tests.small_world import EVENING

ATOM = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
ALERT, UPDATE, CANCEL = AlertKind.ALERT, AlertKind.UPDATE, AlertKind.CANCEL


def feed(*bulletins: Bulletin, publisher: Publisher = HERE) -> str:
    return write_atom(bulletins, publisher, EVENING)


def parsed(text: str) -> Any:
    found = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def tree(text: str) -> Any:
    return etree.fromstring(text.encode())


def test_a_reader_sees_the_alert_its_times_and_its_sources() -> None:
    found = parsed(feed(a_bulletin(12, ALERT, UPDATE)))
    assert found.feed.title == "Recognition Watch"
    assert found.feed.updated == "2025-07-03T18:30:00Z"
    (entry,) = found.entries
    assert entry.title == "Russia has recognised the Taliban government of Afghanistan."
    assert (entry.published, entry.updated) == ("2025-07-03T17:30:00Z", "2025-07-03T18:30:00Z")
    assert entry.link == "https://watch.example/alerts/12"
    assert "tass.com: Russia recognizes Taliban" in entry.summary
    via = [link.href for link in entry.links if link.rel == "via"]
    assert via == ["https://tass.com/politics/1984"]
    warnings = [link.href for link in entry.links if link.type == "application/cap+xml"]
    assert warnings == ["https://watch.example/alerts/12.cap.xml"]
    assert [tag.term for tag in entry.tags] == ["taliban", "RU", "recognition", "done", "reported"]


def test_an_entry_keeps_its_id_through_revisions_and_differs_elsewhere() -> None:
    first, later = (parsed(feed(a_bulletin(12, *kinds))) for kinds in ([ALERT], [ALERT, UPDATE]))
    assert first.entries[0].id == later.entries[0].id
    assert first.entries[0].id.startswith("urn:uuid:")
    elsewhere = replace(HERE, installation=NOWHERE.installation.__class__(int=7))
    assert parsed(feed(a_bulletin(12), publisher=elsewhere)).entries[0].id != first.entries[0].id
    assert parsed(feed(a_bulletin(13))).entries[0].id != first.entries[0].id


def test_what_was_retracted_is_a_tombstone_with_its_reason() -> None:
    gone = a_bulletin(12, ALERT, CANCEL, retracted=True, note="A satire was taken at its word.")
    text = feed(gone, a_bulletin(13))
    assert [each.id for each in parsed(text).entries] == [HERE.entry_id(a_bulletin(13).alert_id)]
    (tombstone,) = tree(text).findall("at:deleted-entry", ATOM)
    assert tombstone.get("ref") == HERE.entry_id(gone.alert_id)
    assert tombstone.get("when") == "2025-07-03T18:30:00Z"
    assert tombstone.findtext("at:comment", None, ATOM) == "A satire was taken at its word."


def test_what_changed_last_comes_first() -> None:
    old, new = a_bulletin(1, ALERT, UPDATE, UPDATE), a_bulletin(2, ALERT)
    ids = [each.id for each in parsed(feed(new, old)).entries]
    assert ids == [HERE.entry_id(old.alert_id), HERE.entry_id(new.alert_id)]


def test_every_element_that_the_rules_demand_is_there_once() -> None:
    for publisher in (HERE, NOWHERE):
        for voices in ((), a_bulletin().facts.voices):
            root = tree(feed(a_bulletin(12, voices=voices), publisher=publisher))
            for parent in (root, *root.findall("a:entry", ATOM)):
                for name in ("id", "title", "updated"):
                    assert len(parent.findall(f"a:{name}", ATOM)) == 1
            links = root.findall("a:entry/a:link[@rel='alternate']", ATOM)
            assert links
            assert len({(link.get("type"), link.get("href")) for link in links}) == len(links)
            assert root.find("a:author/a:name", ATOM) is not None


def test_a_feed_without_alerts_is_one_all_the_same() -> None:
    found = parsed(feed())
    assert found.entries == []
    assert found.feed.updated == "2025-07-03T17:30:00Z"


HOSTILE = "</title><script>alert(1)</script>]]>&lt;b&gt; \x00\x0b\ud800\u202e\ufffe <!-- ' \" "


@pytest.mark.parametrize("field", ["headline", "note", "title", "outlet"])
def test_a_hostile_text_is_text_and_nothing_else(field: str) -> None:
    voice = Voice("tass.com", "https://tass.com/1", "A headline", EVENING - timedelta(hours=1))
    if field in ("title", "outlet"):
        changed: dict[str, Any] = {field: HOSTILE}
        bulletin = a_bulletin(12, voices=(replace(voice, **changed),))
    else:
        bulletin = a_bulletin(12, **{field: HOSTILE})
    text = feed(bulletin)
    names = {etree.QName(each).localname for each in tree(text).iter()}
    assert names <= {
        *("feed", "id", "title", "updated", "author", "name", "link", "entry"),
        *("published", "summary", "category"),
    }
    assert "\u202e" not in text
    assert parsed(text).entries[0].title_detail.type == "text/plain"


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://x.example/"><script>', "//x"])
def test_a_hostile_address_is_no_link(url: str) -> None:
    text = feed(a_bulletin(12, voices=(Voice("x", url, "t", None),)), publisher=NOWHERE)
    links = [link.get("href") for link in tree(text).iter("{*}link")]
    assert links == [NOWHERE.entry_id(a_bulletin(12).alert_id)]


@settings(max_examples=60)
@given(st.text(), st.text(), st.text())
def test_any_text_makes_a_well_formed_feed(headline: str, note: str, title: str) -> None:
    voice = Voice(title, title, title, None)
    text = feed(
        a_bulletin(1, headline=headline, note=note, voices=(voice,)),
        a_bulletin(2, ALERT, CANCEL, retracted=True, note=note),
    )
    assert len(tree(text).findall("a:entry", ATOM)) == 1
