from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.items import ListLayout, SourceKind
from jobs.errors import NotAFeed, SourceBlocked
from jobs.sources.formats.lists import parse_list
from jobs.sources.parsed import ParsedFeed
from jobs.sources.workers import ParserPool
from tests.feed_host import answer, conditional
from tests.reading_desk import FORMATS, NOW, Desk, desk

LIST = (FORMATS / "list.html").read_text(encoding="utf-8").encode("cp1251")
URL = "https://ministry.example/ru/news"
LAYOUT = ListLayout(
    row="li.card",
    link="h3 a",
    date="span.date",
    date_format="%d.%m.%Y %H:%M",
    zone="Asia/Tashkent",
)
LINKS = ListLayout(row="a[href*='/20']", link_date=r"/t?(\d{4})/?(\d{1,2})/?(\d{1,2})")


def parse(body: bytes, layout: ListLayout = LAYOUT) -> ParsedFeed:
    return parse_list(body, "text/html", URL, **asdict(layout))


def test_a_list_by_its_layout_in_the_charset_that_it_declares_inside() -> None:
    items = parse(LIST).items
    assert [(item.title, item.url, item.published_at) for item in items] == [
        (
            "Министр принял посла Афганистана",
            "https://ministry.example/ru/news/17",
            datetime(2025, 7, 4, 4, 30, tzinfo=UTC),
        ),
        (
            "Россия признала Исламский Эмират Афганистан",
            "https://ministry.example/ru/news/16",
            None,  # a day alone, where the layout says a time
        ),
        ("Новость без даты", "https://ministry.example/ru/news/15", None),
        ("Новость с невозможной датой", "https://ministry.example/ru/news/14", None),
    ]
    assert {item.outlet for item in items} == {"ministry.example"}


@pytest.mark.parametrize(
    ("row", "layout", "published_at"),
    [
        pytest.param(
            "<a href='/n/1'>T</a><i>3 July 2025</i>",
            replace(LAYOUT, row="p", link="a", date="i", date_format="%d %B %Y"),
            datetime(2025, 7, 3, 7, tzinfo=UTC),
            id="a day is its noon there",
        ),
        pytest.param(
            "<a href='/n/1'>T</a><time datetime='2025-07-03T10:00:00+03:00'>today</time>",
            ListLayout(row="p", link="a", date="time", date_attribute="datetime"),
            datetime(2025, 7, 3, 7, tzinfo=UTC),
            id="attribute with its zone",
        ),
        pytest.param(
            "<a href='/n/1'>T</a><time datetime='2025-07-03'>today</time>",
            ListLayout(row="p", link="a", date="time", date_attribute="datetime"),
            datetime(2025, 7, 3, 12, tzinfo=UTC),
            id="attribute of a day",
        ),
        pytest.param(
            "<a href='/202507/t20250703_11.html'>T</a>",
            replace(LINKS, link_date=r"/t(\d{4})(\d\d)(\d\d)_", zone="Asia/Shanghai"),
            datetime(2025, 7, 3, 4, tzinfo=UTC),
            id="link of digits",
        ),
        pytest.param(
            "<a href='/News/2025/7/3/slug'>T</a>",
            LINKS,
            datetime(2025, 7, 3, 12, tzinfo=UTC),
            id="link of parts",
        ),
        pytest.param("<a href='/2025/13/40/x'>T</a>", LINKS, None, id="link of no date"),
        pytest.param("<a href='/20'>T</a>", LINKS, None, id="link without a date"),
        pytest.param(
            "<a href='/2025/7/3'>T</a>", replace(LINKS, link_date=r"(\w+)/(\d+)/(x)?"), None,
            id="groups that are no numbers",
        ),
    ],
)  # fmt: skip
def test_where_a_date_is(row: str, layout: ListLayout, published_at: datetime | None) -> None:
    (item,) = parse(f"<p>{row}</p>".encode(), layout).items
    assert item.published_at == published_at


def test_a_title_may_stand_beside_its_link_and_a_link_twice() -> None:
    card = "<p><a href='/1'><img></a><b>The <i>title</i><script>x()</script></b></p>"
    layout = ListLayout(row="p", link="a", title="b")
    (item,) = parse((card * 2).encode(), layout).items
    assert (item.title, item.url) == ("The title", "https://ministry.example/1")


@pytest.mark.parametrize(
    ("body", "layout", "says"),
    [
        pytest.param(b"", LAYOUT, "nothing at all", id="empty"),
        pytest.param(
            b"<title>Just a moment</title>", LAYOUT, "titled “Just a moment” that has no li.card",
            id="challenge",
        ),
        pytest.param(b"<li class=card>x", LAYOUT, "that has no h3 a in its rows", id="no link"),
        pytest.param(LIST, replace(LAYOUT, row="li[["), "correct the source", id="selector"),
        pytest.param(
            b"<a href=/20>T</a>", replace(LINKS, link_date="("), "correct the source", id="pattern"
        ),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, LAYOUT, "garbled", id="binary"),
    ],
)  # fmt: skip
def test_a_page_that_its_layout_does_not_fit_is_named(
    body: bytes, layout: ListLayout, says: str
) -> None:
    with pytest.raises(NotAFeed, match=says.replace("[", r"\[")):
        parse(body, layout)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_are_said_not_to_be(body: bytes) -> None:
    for start in (b"", b"<li class=card><h3><a href='/1'>"):
        try:
            parse(start + body)
        except NotAFeed:
            continue


@pytest.fixture
async def at() -> AsyncIterator[Desk]:
    async with desk(SourceKind.PAGE, "/news", {"/news": answer(LIST)}, layout=LAYOUT) as opened:
        yield opened


async def test_a_page_is_read_if_robots_let_and_then_unchanged(at: Desk) -> None:
    at.host.routes["/news"] = conditional(LIST, {"ETag": '"1"'})
    first = await at.read()
    assert at.asked() == ["/robots.txt", "/news"]
    assert len(first.items) == 4
    second = await at.read(first.validators)
    assert (second.changed, second.validators) == (False, first.validators)
    assert at.asked() == ["/news"]


async def test_robots_that_forbid_a_page_are_obeyed(at: Desk) -> None:
    at.host.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /news")
    with pytest.raises(SourceBlocked, match="look whether the site has a feed"):
        await at.read()
    assert at.asked() == ["/robots.txt"]


async def test_a_layout_that_fits_no_more_says_that_the_page_has_changed(at: Desk) -> None:
    first = await at.read()
    at.host.routes["/news"] = answer(LIST.replace(b"card", b"tile"))
    with pytest.raises(NotAFeed, match=r"^127\.0\.0\.1: .* so the page has changed"):
        await at.read(first.validators)
    with pytest.raises(NotAFeed, match="correct the source's address or its layout"):
        await at.read()


@pytest.mark.parametrize(
    ("shown", "published_at"),
    [
        pytest.param("06.07.2025 23:00", NOW, id="later today is now"),
        pytest.param("09.07.2025 10:00", None, id="days ahead is nothing"),
        pytest.param("06.07.2025 16:00", datetime(2025, 7, 6, 11, tzinfo=UTC), id="an hour ago"),
    ],
)
async def test_a_day_that_has_begun_is_no_later_than_now(
    at: Desk, shown: str, published_at: datetime | None
) -> None:
    body = LIST.replace(b"04.07.2025 09:30", shown.encode())
    at.host.routes["/news"] = answer(body)
    assert (await at.read()).items[0].published_at == published_at


async def test_deep_nesting_costs_no_more_than_the_deadline(at: Desk) -> None:
    await at.parser.close()
    at.parser = ParserPool(deadline_seconds=0.5, memory_mb=256)
    at.host.routes["/news"] = answer(b"<div>" * 190_000)
    with pytest.raises(NotAFeed, match=r"takes more than 0\.5 s"):
        await at.read()
    at.host.routes["/news"] = answer(LIST)
    assert (await at.read()).items
