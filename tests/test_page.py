"""The public page over real HTTP: what it shows, to whom, and that nothing on it is markup."""

import io
import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import feedparser
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree, html

from bot.page.html import Markup, foreign, joined, tag
from bot.page.routes import page_routes
from bot.page.view import Place
from jobs.errors import ConfigError
from jobs.settings import Settings
from jobs.store.engine import Store
from tests.clocks import ManualClock
from tests.page_site import a_site, fill
from tests.publishing import tell_of
from tests.small_world import EVENING, SMALL_WORLD

ALLOWED = {
    *("html", "head", "meta", "title", "link", "body", "header", "main", "footer", "section"),
    *("nav", "ul", "li", "a", "h1", "h2", "h3", "p", "figure", "img", "figcaption", "div"),
    *("details", "summary", "table", "thead", "tbody", "tr", "th", "td", "article", "del"),
    *("span", "bdi", "script"),
}


def parsed(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


async def test_the_first_page_shows_map_standings_alerts_evidence_and_feeds() -> None:
    async with a_site() as site:
        page = parsed(await site.text())
    said = page.text_content()
    assert page.get("lang") == "en"
    assert page.xpath("//img[@class='map']/@alt") == [
        "Taliban government of Afghanistan: recognised by 1 state known here."
    ]
    assert [each.text_content() for each in page.xpath("//summary")] == [
        "Recognised (1)",
        "At ambassador level (1)",
        "With a mission (1)",
        "In official contact (1)",
    ]
    assert "3 July 2025" in page.xpath("string(//table)")
    headlines = [each.text_content() for each in page.xpath("//article/h3")]
    assert headlines[-1] == "Russia has recognised the Taliban government of Afghanistan."
    assert "3 July 2025 · confirmed by Russia itself" in said
    assert "Sources contradict each other on this." in said
    assert "This is not recognition." in said
    evidence = page.xpath("//article[last()]//li/a")
    assert evidence[0].get("href") == "https://tass.com/politics/1984"
    assert evidence[0].text_content() == "Russia recognizes Taliban"
    feeds = page.xpath("//section[@aria-labelledby='feeds']//a/@href")
    assert [each.partition("?")[0] for each in feeds] == [
        "./alerts.atom",
        "./forums.ics",
        "./events.csv",
        "./events.json",
    ]


async def test_what_was_retracted_is_struck_through_with_its_reason() -> None:
    async with a_site() as site:
        page = parsed(await site.text())
    (article,) = page.xpath("//article[.//del]")
    assert article.xpath("string(.//del)").startswith("Kazakhstan has recognised")
    assert "RETRACTED. Please disregard this alert" in article.text_content()
    assert "It was <b>satire</b>." in article.text_content()
    assert article.xpath(".//ul") == []


async def test_every_link_of_the_page_leads_somewhere() -> None:
    async with a_site() as site:
        seen, waiting = set(), ["/"]
        while waiting:
            path = waiting.pop()
            answer = await site.get(path)
            assert answer.status_code == 200, path
            if "html" not in answer.headers["content-type"]:
                continue
            page = parsed(answer.text)
            page.make_links_absolute(str(answer.url))
            for link in page.xpath("//@href | //@src"):
                url = httpx.URL(link)
                if url.port == site.port and (key := str(url.copy_with(fragment=None))) not in seen:
                    seen.add(key)
                    waiting.append(key)
    assert len(seen) > 12


async def test_cases_are_apart_and_an_unknown_one_is_the_first() -> None:
    async with a_site() as site:
        other = parsed(await site.text("/?case=palestine"))
        unknown = parsed(await site.text("/?case=%3Cscript%3E"))
    assert "plans to recognise Palestine" in other.xpath("string(//article/h3)")
    assert "Nothing is known yet." in other.text_content()
    assert other.xpath("string(//a[@aria-current='true'])") == "Palestine"
    assert unknown.xpath("string(//title)").startswith("Taliban government")


async def test_older_alerts_are_a_page_away(store: Store) -> None:
    async with store.write() as conn:
        for number in range(1, 35):
            await tell_of(conn, number)
    async with a_site(store) as site:
        counts, path = [], "/"
        while path:
            page = parsed(await site.text(path))
            counts.append(len(page.xpath("//article")))
            path = "/" + (page.xpath("string(//a[@rel='next']/@href)") or "").lstrip("./")
            path = "" if path == "/" else path
    assert counts == [15, 15, 4]


async def test_one_alert_has_a_page_and_a_warning() -> None:
    async with a_site(page_url="https://watch.example") as site:
        page = parsed(await site.text("/alerts/1"))
        warning = etree.fromstring((await site.get("/alerts/1.cap.xml")).content)
        absent = [await site.get(path) for path in ("/alerts/99", "/alerts/99.cap.xml")]
    assert page.xpath("string(//h2)") == (
        "Russia has recognised the Taliban government of Afghanistan."
    )
    assert warning.findtext("{*}info/{*}web") == "https://watch.example/alerts/1"
    assert warning.findtext("{*}msgType") == "Update"
    for answer in absent:
        assert answer.status_code == 404
        assert "There is no such page." in answer.text


async def test_feed_calendar_and_tables_are_served_as_what_they_are() -> None:
    async with a_site() as site:
        feed = await site.get("/alerts.atom")
        calendar = await site.get("/forums.ics")
        table = await site.get("/events.csv")
        data = await site.get("/events.json")
        picture = await site.get("/map.svg")
    found = feedparser.parse(io.BytesIO(feed.content))
    assert not found.bozo
    assert len(found.entries) == 3
    assert b"deleted-entry" in feed.content
    (event,) = Calendar.from_ical(calendar.content).walk("VEVENT")
    assert event["DESCRIPTION"] == "SCO. Taliban government of Afghanistan: invited"
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.startswith("date,case,actor,recipient,")
    assert {row["actor"] for row in json.loads(data.content)} == {"RU", "IR", "UZ"}
    assert ElementTree.fromstring(picture.content).tag.endswith("svg")


async def test_the_readers_language_comes_from_the_address_or_their_program() -> None:
    async with a_site() as site:
        for how in ({"params": {"lang": "xx"}}, {"headers": {"Accept-Language": "xx, *;q=0.1"}}):
            assert parsed(await site.text("/", **how)).get("lang") == "en"


async def test_no_answer_lets_anything_else_in() -> None:
    async with a_site() as site:
        for path in ("/", "/alerts/1", "/alerts/99", "/map.svg", "/app.js", "/alerts.atom"):
            headers = (await site.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Server"] == "recognition-watch"
            assert "Set-Cookie" not in headers
        page = parsed(await site.text())
    # Nothing inline: the policy would not let it run, and no source is elsewhere.
    assert page.xpath("//script[not(@src)] | //style | //@style | //@onclick") == []
    assert all("//" not in src for src in page.xpath("//@src"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_written(method: str) -> None:
    async with a_site() as site:
        for path in ("/", "/alerts/1", "/events.csv", "/map.svg"):
            assert (await site.client.request(method, path)).status_code == 405
        assert (await site.client.head("/")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/?before=-1", "/?before=9999999999999999999999", "/?lang=../../x", "/?theme=%22%3E", "/?t=x"],
)
async def test_an_odd_address_is_an_ordinary_page(path: str) -> None:
    async with a_site() as site:
        page = parsed(await site.text(path))
    assert {each.tag for each in page.iter() if isinstance(each.tag, str)} <= ALLOWED


async def test_hostile_titles_are_text_and_their_links_harmless() -> None:
    async with a_site() as site:
        for path in ("/", "/alerts/5"):
            page = parsed(await site.text(path))
            assert {each.tag for each in page.iter() if isinstance(each.tag, str)} <= ALLOWED
            for link in page.xpath("//a/@href"):
                assert link.startswith(("./", "../", "https://", "#"))


async def test_what_serves_one_serves_the_next_for_a_few_seconds() -> None:
    async with a_site() as site:
        before = await site.text()
        async with site.store.write() as conn:
            await tell_of(conn, 9, actor="CN")
        assert await site.text() == before
        site.clock.advance(11)
        assert "China has recognised" in await site.text()


def test_the_page_is_off_unless_wanted_and_needs_a_token_inside_telegram() -> None:
    clock = ManualClock(EVENING)
    for_nobody: tuple[object, ...] = (SMALL_WORLD, None, clock)
    assert page_routes(Settings(), *for_nobody) == ()  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="PAGE: app needs BOT_TOKEN"):
        page_routes(Settings(page="app"), *for_nobody)  # type: ignore[arg-type]


@given(st.text())
def test_any_text_in_an_element_or_attribute_comes_back_as_text(text: str) -> None:
    made = tag("p", text, tag("a", foreign(text), href=text), title=text)
    (found,) = html.fragments_fromstring(made.replace("\x00", "").replace("\r", " "))
    assert {each.tag for each in found.iter()} == {"p", "a", "bdi"}
    assert set(found.attrib) == {"title"}


def test_markup_of_ours_is_not_escaped_again() -> None:
    assert joined(tag("b", "<"), "<", None) == "<b>&lt;</b>&lt;"
    assert tag("img", alt='"', hidden=True, lang=None) == '<img alt="&quot;" hidden>'
    assert isinstance(tag("p"), Markup)


def test_a_place_carries_on_what_the_reader_chose() -> None:
    place = Place("ru", "taliban", "dark", "1.a", "../")
    assert place.to("alerts/7") == "../alerts/7?case=taliban&lang=ru&theme=dark&t=1.a"
    assert Place("en", "x").to(case="y&z") == "./?case=y%26z&lang=en"


async def test_times_pass_and_the_page_stays_up(store: Store) -> None:
    await fill(store)
    async with a_site(store) as site:
        for _ in range(3):
            site.clock.advance(timedelta(hours=1).total_seconds())
            assert (await site.get("/")).status_code == 200
