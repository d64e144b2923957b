from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import NotAFeed
from jobs.sources.feeds import parse_feed
from jobs.sources.parsed import LONGEST_SUMMARY, LONGEST_TITLE, MOST_ITEMS, ParsedFeed

SAMPLES = Path(__file__).parent / "data" / "feeds"
URL = "https://news.example/feeds/rss.xml"


def sample(name: str, url: str = URL) -> ParsedFeed:
    return parse_feed((SAMPLES / name).read_bytes(), "application/octet-stream", url)


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>".encode()


def parse(body: bytes) -> ParsedFeed:
    return parse_feed(body, "text/xml", URL)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_rss() -> None:
    feed = sample("rss.xml")
    assert feed.title == "Example News & Views"
    found = [(item.title, item.url, item.published_at) for item in feed.items]
    assert found == [
        (
            "Russia recognises the Taliban government",
            "https://news.example/2025/07/03/russia?id=7",
            at(2025, 7, 3, 17, 34, 5),
        ),
        ("AT&T, 5 < 6 & “quotes”", "https://news.example/relative/path", None),
        ("Without a date or a link", "https://news.example/guid-is-link", None),
        (
            "Only a description says what happened.",
            "https://news.example/untitled",
            at(2025, 7, 4, 8),
        ),
        ("A link that is no link", URL, at(1970, 1, 1)),
        ("Only content", "https://news.example/content", at(2099, 7, 3, 10)),
    ]
    assert feed.items[0].summary == "The ministry said so. Flag raised."
    assert feed.items[-1].summary == "The whole article."
    assert {item.outlet for item in feed.items} == {"news.example"}


def test_atom() -> None:
    first, second = sample("atom.xml", "https://cdn.example/feed").items
    assert first.title == "Credentials presented by ambassadors"
    assert first.url == "https://president.example/en/news/77001"
    assert first.outlet == "president.example"
    assert first.published_at == at(2025, 7, 3, 14, 30)
    assert first.summary == "In the Kremlin’s hall."
    assert second.title == "A meeting with the foreign minister"
    assert second.published_at == at(2025, 7, 2, 9)


def test_rdf() -> None:
    (item,) = sample("rdf.xml").items
    assert item.title == "Berlin nimmt zwei afghanische Konsularbeamte auf"
    assert item.published_at == at(2025, 7, 21, 14, 5)
    assert item.outlet == "welle.example"


def test_the_netscape_declaration_is_let_through() -> None:
    (item,) = sample("netscape.xml").items
    assert item.url == "http://ministry.example/1"


def test_google_news_names_the_publisher() -> None:
    (item,) = sample("google-news.xml").items
    assert item.title == "Uzbekistan hosts Baradar hours after Russia's move"
    assert item.outlet == "www.gazeta.uz"
    assert item.url.startswith("https://news.google.com/rss/articles/")


def test_json_feed() -> None:
    first, second, third = sample("feed.json", "https://mfa.example/feed.json").items
    assert first.url == "https://mfa.example/news/1"
    assert first.summary == "On 4 July the Minister received…"
    assert first.published_at == at(2025, 7, 4, 7)
    assert (second.url, second.published_at) == ("https://other.example/2", None)
    assert (third.title, third.url) == ("Link missing", "https://mfa.example/feed.json")


DOCTYPE = "document type declaration"
NOT_FEEDS = {
    "nothing": (b"", "nothing at all"),
    "spaces": (b" \n ", "nothing at all"),
    "page": (
        b"<!DOCTYPE html><html><head><title>Just a <b>moment</b>&hellip;</title></head></html>",
        "an HTML page titled “Just a moment…”",
    ),
    "page without a doctype": (b"<html><title>Login</title>", "an HTML page titled “Login”"),
    "page without a title": (b"<html><body>x</body></html>", "an HTML page without a title"),
    "page in XHTML": (b"<?xml version='1.0'?>\n<!DOCTYPE HTML PUBLIC 'x'><html/>", "an HTML page"),
    "sitemap": (b"<urlset><url/></urlset>", "a sitemap"),
    "list of feeds": (b"<opml><body/></opml>", "a list of feeds"),
    "other XML": (b"<?xml version='1.0'?><soap:Envelope/>", "the kind <soap:envelope>"),
    "other JSON": (b'{"items": []}', "no JSON Feed"),
    "JSON list": (b"[1, 2]", "no JSON Feed"),
    "broken JSON": (b'{"version": ', "broken JSON"),
    "deep JSON": (b'{"items":' + b"[" * 100_000, "broken JSON"),
    "long number": (b'{"items": ' + b"9" * 10_000, "broken JSON"),
    "text": (b"Error: quota exceeded", "plain text starting “Error: quota exceeded”"),
    "local device": (b"/dev/zero", "plain text starting “/dev/zero”"),
    "local file": (str(SAMPLES / "rss.xml").encode(), "plain text starting"),
    "address": (b"http://127.0.0.1:1/feed.xml", "plain text starting"),
    "file address": (b"file:///etc/passwd", "plain text starting"),
    "billion laughs": (
        b"<!DOCTYPE rss [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]>" + rss("<title>&b;</title>"),
        DOCTYPE,
    ),
    "external entity": (
        b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + rss("<title>&x;</title>"),
        DOCTYPE,
    ),
    "external declaration": (b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1/x.dtd'>" + rss(), DOCTYPE),
    "declaration after a comment": (b"<!-- <rss> --><!DOCTYPE rss []>" + rss(), DOCTYPE),
    "Netscape's name with more in it": (
        b'<!DOCTYPE rss SYSTEM "http://my.netscape.com/publish/formats/rss-0.91.dtd" '
        b"[<!ENTITY a 'x'>]>" + rss(),
        DOCTYPE,
    ),
    "declaration in UTF-16": (("<!DOCTYPE rss []>" + rss().decode()).encode("utf-16"), DOCTYPE),
    "entity without a doctype": (b"<!ENTITY a 'x'>" + rss(), DOCTYPE),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "garbled"),
}


@pytest.mark.parametrize(("body", "why"), NOT_FEEDS.values(), ids=NOT_FEEDS.keys())
def test_what_is_no_feed_is_named(body: bytes, why: str) -> None:
    with pytest.raises(NotAFeed, match=why):
        parse(body)


BROKEN = {
    "bare ampersand": rss("<title>A & B</title>"),
    "unclosed tag": rss("<title>A & B</title><b>"),
    "undefined entity": rss("<title>A &amp;nbsp;&amp; B</title>"),
    "control characters": rss("<title>A\x00 \x0b&amp; B</title>"),
    "half character": rss("<title>A&#xD800; &amp; B</title>"),
    "blank lines first": b"\n\n<?xml version='1.0'?>" + rss("<title>A &amp; B</title>"),
    "warning first": b"PHP Warning: x in y\n<?xml version='1.0'?>"
    + rss("<title>A &amp; B</title>"),
    "byte order mark": b"\xef\xbb\xbf" + rss("<title>A &amp; B</title>"),
    "UTF-16": (
        "<?xml version='1.0' encoding='utf-16'?>" + rss("<title>A &amp; B</title>").decode()
    ).encode("utf-16"),
    "impossible characters": rss("<title>A&#0;&#x110000;&#99999999999999; &amp; B</title>"),
    "namespace not declared": rss("<title>A &amp; B</title><media:x/>"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_broken_feeds_are_read_as_far_as_possible(body: bytes) -> None:
    (item,) = parse(body).items
    assert item.title.replace("\ufffd", "") == "A & B"


def test_the_item_where_a_feed_breaks_off_is_left_out() -> None:
    whole = rss("<title>First</title>", "<title>Taliban not recognised</title>")
    cut = whole[: whole.index(b" not")]
    assert [item.title for item in parse(cut).items] == ["First"]


def test_garbled_titles_are_left_out() -> None:
    garbled = "Россия признала".encode("cp1251").decode("latin-1")
    feed = parse(rss("<title>Right</title>", f"<title>{garbled}</title>"))
    assert [item.title for item in feed.items] == ["Right"]
    with pytest.raises(NotAFeed, match="garbled"):
        parse(rss(f"<title>{garbled}</title>"))


def test_a_title_encoded_twice_is_repaired() -> None:
    (item,) = parse(rss(f"<title>{'Россия признала'.encode().decode('latin-1')}</title>")).items
    assert item.title == "Россия признала"


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss()).items == ()


def test_texts_are_cut() -> None:
    long = "word " * 5000
    (item,) = parse(rss(f"<title>{long}</title><description>{long}</description>")).items
    assert len(item.title) <= LONGEST_TITLE
    assert len(item.summary) <= LONGEST_SUMMARY


def test_only_the_newest_of_very_many_items_are_kept() -> None:
    dated = "<title>{0}</title><pubDate>2025-07-03T10:{1:02}:{2:02}Z</pubDate>"
    oldest_first = [dated.format(number, *divmod(number, 60)) for number in range(MOST_ITEMS + 20)]
    items = parse(rss(*oldest_first)).items
    assert len(items) == MOST_ITEMS
    assert {item.title for item in items} == {str(number) for number in range(20, MOST_ITEMS + 20)}


IDENTITY = "<guid isPermaLink='false'>{}</guid><link>http://a.example/{}</link><title>{}</title>"


@pytest.mark.parametrize(
    ("parts", "same"),
    [
        (("g", "u", "t"), True),
        (("g", "u?utm_source=x", " <b>t</b> "), True),
        (("other", "u", "t"), False),
        (("g", "other", "t"), False),
        (("g", "u", "other"), False),
    ],
)
def test_identity_is_guid_link_and_title_together(parts: tuple[str, ...], same: bool) -> None:
    (known,) = parse(rss(IDENTITY.format("g", "u", "t"))).items
    (item,) = parse(rss(IDENTITY.format(*(part.replace("<", "&lt;") for part in parts)))).items
    assert (item.key == known.key) == same


def test_an_item_given_twice_counts_once() -> None:
    twice = IDENTITY.format("g", "u", "t")
    assert len(parse(rss(twice, twice)).items) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_are_said_not_to_be(body: bytes) -> None:
    for start in (b"", b"<rss><channel><item><title>"):
        try:
            parse(start + body)
        except NotAFeed:
            continue
