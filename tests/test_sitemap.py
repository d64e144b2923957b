from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.items import SourceKind
from jobs.errors import FetchFailed, FetchRefused, NotAFeed
from jobs.sources.formats.sitemaps import parse_sitemap
from jobs.sources.parsed import MOST_ITEMS, ParsedFeed
from jobs.sources.sitemap import MOST_PARTS
from tests.feed_host import answer, conditional
from tests.reading_desk import FORMATS, Desk, desk

NEWS = (FORMATS / "news-sitemap.xml").read_bytes()
INDEX = (FORMATS / "sitemap-index.xml").read_bytes()
URL = "https://agency.example/news-sitemap.xml"
STAMPED = {"ETag": '"index"'}


def parse(body: bytes) -> ParsedFeed:
    return parse_sitemap(body, "text/xml", URL)


def entry(number: int, when: str = "2025-07-04T10:00:00Z") -> str:
    return (
        f"<url><loc>https://a.example/{number}</loc><n:news><n:title>Title {number}</n:title>"
        f"<n:publication_date>{when}</n:publication_date></n:news></url>"
    )


def sitemap(*entries: str) -> bytes:
    return f"<urlset>{''.join(entries)}</urlset>".encode()


def test_a_news_sitemap_newest_first() -> None:
    feed = parse(NEWS)
    assert [(item.title, item.url, item.lang, item.published_at) for item in feed.items] == [
        (
            "The newest stands last",
            "https://agency.example/2025/07/05/newest-last",
            "",
            datetime(2025, 7, 5, 8, tzinfo=UTC),
        ),
        (
            "Uzbekistan & Baradar: talks in Tashkent",
            "https://agency.example/2025/07/04/baradar-in-tashkent?id=7",
            "en",
            datetime(2025, 7, 4, 4, 30, tzinfo=UTC),
        ),
        (
            "俄罗斯承认 塔利班 政府",
            "https://agency.example/2025/07/03/russia",
            "zh",
            datetime(2025, 7, 3, 12, tzinfo=UTC),
        ),
        ("Dated by a word", "https://agency.example/undated", "", None),
    ]
    assert feed.whole
    assert {item.outlet for item in feed.items} == {"agency.example"}


def test_an_index_names_its_parts() -> None:
    assert parse(INDEX).parts == (
        ("https://agency.example/news-1.xml", "2025-07-03T10:00:00Z"),
        ("https://agency.example/news-2.xml", "2025-07-04T10:00:00Z"),
    )


def test_a_sitemap_that_breaks_off_is_read_so_far() -> None:
    whole = sitemap(entry(1), entry(2))
    cut = parse(whole[: whole.index(b"Title 2")])
    assert [item.title for item in cut.items] == ["Title 1"]
    assert not cut.whole


def test_only_the_newest_of_very_many_are_kept() -> None:
    dates = [f"2025-07-03T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z" for n in range(520)]
    items = parse(sitemap(*(entry(n, when) for n, when in enumerate(dates)))).items
    assert len(items) == MOST_ITEMS
    assert items[0].title == "Title 519"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "nothing at all", id="empty"),
        pytest.param(b"<html><title>Login</title>", "HTML page titled “Login”", id="page"),
        pytest.param(b"<rss><channel/></rss>", "a feed .RSS.; look up", id="feed"),
        pytest.param(
            b"<urlset><url><loc>https://a.example/1</loc></url></urlset>",
            "without news titles",
            id="bare addresses",
        ),
        pytest.param(
            b"<!DOCTYPE urlset [<!ENTITY a 'x'>]><urlset/>", "type declaration", id="DOCTYPE"
        ),
        pytest.param(b"<urlset><url", "too broken", id="broken"),
        pytest.param(b'{"urlset": 1}', "plain text", id="JSON"),
    ],
)
def test_what_is_no_sitemap_is_named(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        parse(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sitemap_or_are_said_not_to_be(body: bytes) -> None:
    for start in (b"", b"<urlset><url><loc>http://a.example/</loc><n:news><n:title>"):
        try:
            parse(start + body)
        except NotAFeed:
            continue


@pytest.fixture
async def at() -> AsyncIterator[Desk]:
    routes = {
        "/sitemap.xml": conditional(INDEX, STAMPED),
        "/news-1.xml": answer(sitemap(entry(1))),
        "/news-2.xml": answer(sitemap(entry(2))),
    }
    async with desk(SourceKind.SITEMAP, "/sitemap.xml", routes) as opened:
        yield opened


async def test_a_news_sitemap_is_read_and_then_unchanged(at: Desk) -> None:
    at.host.routes["/sitemap.xml"] = answer(NEWS)
    first = await at.read()
    assert [item.lang for item in first.items] == ["en", "en", "zh", "en"]
    assert not (await at.read(first.validators)).changed


async def test_an_index_is_followed_newest_part_first(at: Desk) -> None:
    reading = await at.read()
    assert at.asked() == ["/sitemap.xml", "/news-2.xml", "/news-1.xml"]
    assert [item.title for item in reading.items] == ["Title 2", "Title 1"]
    assert not (await at.read(reading.validators)).changed
    assert at.asked() == ["/sitemap.xml"]


async def test_only_parts_that_changed_are_asked_for_again(at: Desk) -> None:
    first = await at.read()
    changed = INDEX.replace(b"2025-07-03T10", b"2025-07-05T10")
    at.host.routes["/sitemap.xml"] = conditional(changed, {"ETag": '"other"'})
    at.asked()
    assert [item.title for item in (await at.read(first.validators)).items] == ["Title 1"]
    assert at.asked() == ["/sitemap.xml", "/news-1.xml"]
    # The whole, as it is asked for once a day, believes no date.
    await at.read(replace(first.validators, etag=None))
    assert at.asked() == ["/sitemap.xml", "/news-1.xml", "/news-2.xml"]


async def test_a_part_that_fails_is_tried_again_and_hides_no_other(at: Desk) -> None:
    at.host.routes["/news-2.xml"] = answer(b"", 503)
    first = await at.read()
    assert [item.title for item in first.items] == ["Title 1"]
    assert first.validators.etag is None  # a 304 would hide the part that failed
    at.host.routes["/news-2.xml"] = answer(sitemap(entry(2)))
    assert "Title 2" in [item.title for item in (await at.read(first.validators)).items]


async def test_an_index_of_which_nothing_can_be_read_is_a_failure(at: Desk) -> None:
    for part in ("/news-1.xml", "/news-2.xml"):
        at.host.routes[part] = answer(b"", 503)
    with pytest.raises(FetchFailed):
        await at.read()


async def test_an_index_leads_to_no_private_address(at: Desk) -> None:
    at.host.routes["/sitemap.xml"] = answer(INDEX.replace(b"/news-1", b"http://169.254.169.254/x"))
    assert [item.title for item in (await at.read()).items] == ["Title 2"]
    at.host.routes["/sitemap.xml"] = answer(INDEX.replace(b"/news-", b"http://10.0.0.1/x"))
    with pytest.raises(FetchRefused, match="not a public address"):
        await at.read()


async def test_an_index_is_followed_one_level_and_so_many_parts(at: Desk) -> None:
    parts = "".join(f"<sitemap><loc>/part-{number}</loc></sitemap>" for number in range(50))
    nested = f"<sitemapindex>{parts}</sitemapindex>".encode()
    at.host.routes["/sitemap.xml"] = answer(nested)
    for number in range(50):
        at.host.routes[f"/part-{number}"] = answer(nested)
    with pytest.raises(NotAFeed, match="further indexes"):
        await at.read()
    assert len(at.asked()) == 1 + MOST_PARTS
