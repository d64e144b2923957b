import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.items import Source, SourceId, SourceKind, Tier
from jobs.errors import FetchFailed, NotAFeed, SourceBlocked
from jobs.reference.sources import outlet_host
from jobs.sources.formats.channels import LONGEST_POST_TITLE, channel_outlet, parse_channel
from jobs.sources.parsed import ParsedFeed
from jobs.sources.telegram_channel import MOST_OLDER_PAGES
from tests.feed_host import Request, Script, answer, redirect
from tests.reading_desk import FORMATS, Desk, desk

CHANNEL = (FORMATS / "channel.html").read_bytes()
URL = "https://t.me/s/ministry_example"


def parse(body: bytes) -> ParsedFeed:
    return parse_channel(body, "text/html; charset=utf-8", URL)


def page(*posts: tuple[int, str]) -> bytes:
    shown = "".join(
        f'<div class="tgme_widget_message" data-post="ministry_example/{number}">'
        f'<div class="tgme_widget_message_text">{text}</div><a class="tgme_widget_message_date">'
        f'<time datetime="2025-07-04T08:00:00+00:00"></time></a></div>'
        for number, text in posts
    )
    return f'<section class="tgme_channel_history">{shown}</section>'.encode()


def test_posts_with_a_text_are_items() -> None:
    items = parse(CHANNEL).items
    assert [(item.title, item.url, item.published_at) for item in items[:2]] == [
        (
            "⚡️ The ambassador of Afghanistan presented copies of his credentials",
            "https://t.me/Ministry_Example/101",
            datetime(2025, 7, 3, 17, 34, 5, tzinfo=UTC),
        ),
        (
            "An answer to an earlier post, with a video.",
            "https://t.me/ministry_example/103",
            datetime(2025, 7, 4, 8, tzinfo=UTC),
        ),
    ]
    assert items[0].summary == "The Deputy Minister received him on 3 July. More #Kabul"
    assert len(items) == 4


def test_a_forwarded_post_is_not_the_channels_own_word() -> None:
    assert [item.outlet for item in parse(CHANNEL).items] == [
        "ministry_example.t.me",
        "ministry_example.t.me",
        "other_channel.t.me",
        "t.me",
    ]


def test_the_list_of_outlets_and_the_parser_name_a_channel_alike() -> None:
    source = Source(
        SourceId("x"), "X", SourceKind.TELEGRAM, "https://t.me/s/Abc_1", "en", "x", Tier.CHANNEL
    )
    assert outlet_host(source) == channel_outlet("Abc_1") == "abc_1.t.me"


def test_an_edited_post_is_another_item_of_the_same_address() -> None:
    (first,) = parse(page((7, "Recognition is being considered"))).items
    (again,) = parse(page((7, "Recognition is <b>being</b> considered"))).items
    (edited,) = parse(page((7, "Recognition is not being considered"))).items
    assert first.key == again.key != edited.key
    assert first.url == edited.url


@pytest.mark.parametrize(
    ("raw", "title", "summary"),
    [
        pytest.param("🇷🇺<br/>Minister met him<br/>Rest", "🇷🇺 Minister met him", "Rest", id="flag"),
        pytest.param("#News<br>Minister met him", "#News Minister met him", "", id="label"),
        pytest.param("Short", "Short", "", id="short"),
        pytest.param(
            "The minister met the guest. " + "And more. " * 30,
            "The minister met the guest.",
            ("And more. " * 30).strip(),
            id="one paragraph",
        ),
    ],
)  # fmt: skip
def test_the_first_telling_line_is_the_title(raw: str, title: str, summary: str) -> None:
    (item,) = parse(page((1, raw))).items
    assert (item.title, item.summary) == (title, summary)


def test_a_long_line_is_cut_and_kept_whole_below() -> None:
    (item,) = parse(page((1, "word " * 100))).items
    assert len(item.title) <= LONGEST_POST_TITLE
    assert item.summary == ("word " * 100).strip()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "nothing at all", id="empty"),
        pytest.param(b"<title>Telegram: Contact @x</title>", "shows no channel", id="contact page"),
        pytest.param(b"<title>Just a moment</title>", "“Just a moment”", id="challenge"),
        pytest.param(CHANNEL.replace(b"datetime=", b"data-time="), "its layout has", id="dates"),
        pytest.param(
            CHANNEL.replace(b"tgme_channel_history", b"h").replace(b"data-post=", b"data-id="),
            "shows no channel",
            id="layout",
        ),
    ],
)  # fmt: skip
def test_a_page_that_shows_no_channel_is_named(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        parse(body)


def test_an_empty_channel_is_a_channel() -> None:
    assert parse(page()).items == ()


@given(st.text(max_size=100))
def test_any_text_is_a_post_or_none(text: str) -> None:
    for item in parse(page((1, text))).items:
        assert item.title.strip()


def paged(newest: int, *, step: int = 20, missing: frozenset[int] = frozenset()) -> Script:
    """A channel with posts up to ``newest``, ``step`` of them a page."""

    async def script(request: Request, writer) -> None:  # type: ignore[no-untyped-def]
        before = int(request.target.partition("?before=")[2] or newest + 1)
        numbers = range(max(1, before - step), before)
        posts = [(number, f"This is post {number}") for number in numbers if number not in missing]
        await answer(page(*posts))(request, writer)

    return script


@pytest.fixture
async def at() -> AsyncIterator[Desk]:
    routes = {"/s/ministry_example": answer(CHANNEL), "/robots.txt": answer(b"", 404)}
    async with desk(SourceKind.TELEGRAM, "/s/ministry_example", routes) as opened:
        yield opened


async def test_a_channel_is_read_and_then_unchanged(at: Desk) -> None:
    first = await at.read()
    assert len(first.items) == 4
    at.host.routes["/s/ministry_example"] = answer(CHANNEL.replace(b"12.5K", b"12.6K"))
    again = await at.read(first.validators)
    assert (again.items, again.changed) == ((), False)


async def test_an_edit_is_seen(at: Desk) -> None:
    first = await at.read()
    at.host.routes["/s/ministry_example"] = answer(CHANNEL.replace(b"copies of", b""))
    second = await at.read(first.validators)
    new = {item.key for item in second.items} - {item.key for item in first.items}
    assert len(new) == 1


@pytest.mark.parametrize("elsewhere", ["/ministry_example", "/", "/s/"])
async def test_a_channel_without_a_preview_is_blocked_and_not_empty(
    at: Desk, elsewhere: str
) -> None:
    at.host.routes["/s/ministry_example"] = redirect(elsewhere)
    at.host.routes[elsewhere] = answer(page())
    with pytest.raises(SourceBlocked, match="preview is blocked"):
        await at.read()


async def test_posts_that_came_between_are_fetched(at: Desk) -> None:
    at.host.routes["/s/ministry_example"] = paged(30)
    first = await at.read()
    assert at.asked() == ["/robots.txt", "/s/ministry_example"]
    at.host.routes["/s/ministry_example"] = paged(75)
    second = await at.read(first.validators)
    assert at.asked() == [
        "/s/ministry_example",
        "/s/ministry_example?before=56",
        "/s/ministry_example?before=36",
    ]
    assert sorted(int(item.url.rpartition("/")[2]) for item in second.items) == list(range(31, 76))


async def test_a_gap_too_wide_is_said(at: Desk, caplog: pytest.LogCaptureFixture) -> None:
    at.host.routes["/s/ministry_example"] = paged(30)
    first = await at.read()
    at.host.routes["/s/ministry_example"] = paged(500)
    at.asked()
    with caplog.at_level(logging.WARNING):
        second = await at.read(first.validators)
    assert len(at.asked()) == 1 + MOST_OLDER_PAGES
    assert "posts between 30 and 421 were not seen" in caplog.text
    assert not (await at.read(second.validators)).changed
    assert len(at.asked()) == 1  # once said, the gap is left behind


async def test_deleted_posts_are_no_gap(at: Desk, caplog: pytest.LogCaptureFixture) -> None:
    at.host.routes["/s/ministry_example"] = paged(30)
    first = await at.read()
    at.host.routes["/s/ministry_example"] = paged(50, missing=frozenset(range(25, 49)))
    with caplog.at_level(logging.WARNING):
        second = await at.read(first.validators)
    assert [item.url.rpartition("/")[2] for item in second.items] == ["49", "50"]
    assert caplog.text == ""


async def test_robots_are_asked_once_a_day_and_obeyed(at: Desk) -> None:
    at.host.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /x")
    first = await at.read()
    at.now += timedelta(hours=23)
    second = await at.read(first.validators)
    assert at.asked().count("/robots.txt") == 1
    at.now += timedelta(hours=2)
    at.host.routes["/robots.txt"] = answer(b"User-agent: recognitionwatch\nDisallow: /s/")
    with pytest.raises(SourceBlocked, match=r"robots\.txt asks programs"):
        await at.read(second.validators)


ROBOTS: dict[str, tuple[Script, type[Exception] | None]] = {
    "none": (answer(b"", 404), None),
    "gone": (answer(b"", 410), None),
    "a page instead": (answer(b"<html><body>Not found</body></html>"), None),
    "bytes": (answer(bytes(range(256)) * 100), None),
    "another program's": (answer(b"User-agent: other\nDisallow: /"), None),
    "ours by name": (answer(b"User-agent: RecognitionWatch\nDisallow: /"), SourceBlocked),
    "everybody": (answer(b"User-agent: *\nDisallow: /"), SourceBlocked),
    "shut": (answer(b"", 403), FetchFailed),
    "broken": (answer(b"", 500), FetchFailed),
}


@pytest.mark.parametrize(("robots", "error"), ROBOTS.values(), ids=ROBOTS.keys())
async def test_what_robots_may_answer(
    at: Desk, robots: Script, error: type[Exception] | None
) -> None:
    at.host.routes["/robots.txt"] = robots
    if error is None:
        assert (await at.read()).items
    else:
        with pytest.raises(error):
            await at.read()
        assert "/s/ministry_example" not in at.asked()


async def test_a_strange_cursor_is_a_fresh_start(at: Desk) -> None:
    first = await at.read()
    for cursor in ("", "{}", "[1, 2]", json.dumps(["x", "y"]), '["tomorrow", 5]'):
        again = await at.read(replace(first.validators, body_hash=None, cursor=cursor))
        assert len(again.items) == 4


def test_the_switch_names_the_terms() -> None:
    settings = (Path(__file__).parents[1] / "jobs" / "settings.py").read_text()
    beside = settings.partition("telegram_channels: bool = False")[2][:400]
    assert "terms for bot developers (4.3)" in beside
