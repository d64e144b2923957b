import json
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.items import SourceKind, Validators
from jobs.errors import FetchFailed, FetchRefused, NotAFeed
from jobs.sources.formats.wiki_pages import parse_wiki_page
from jobs.sources.http import GuardedClient
from jobs.sources.mediawiki import MOST_CONTINUED, MOST_NEW_ROWS
from jobs.sources.reading import Reading
from tests.feed_host import Request, answer
from tests.reading_desk import CONTACT, FORMATS, Desk, desk

PAGE = (FORMATS / "wiki-page.json").read_bytes()
RUSSIA = "Russia — 3 July 2025"


def rows(body: bytes, *sections: str) -> list[str]:
    page = parse_wiki_page(body, "", "https://en.wikipedia.example/wiki/P", sections=sections)
    return [item.summary for item in page.items]


def rendered(*states: str, title: str = "Recognition") -> bytes:
    lines = "".join(
        f"<tr><td>{number}</td><td>{state}</td></tr>" for number, state in enumerate(states)
    )
    html = f"<table class='wikitable'><tr><th>State</th></tr>{lines}</table>"
    return json.dumps({"parse": {"title": title, "text": html}}).encode()


def test_the_rows_of_data_tables() -> None:
    assert rows(PAGE) == [RUSSIA, "Examplia — 5 July 2025"]


def test_the_rows_points_and_paragraphs_of_sections() -> None:
    assert rows(PAGE, "RECOGNITION") == [
        "As of July 2025 one state recognises the government.",
        RUSSIA,
        "Examplia — 5 July 2025",
        "Uzbekistan has an ambassador in Kabul since 2024",
        "A point within a point of the list",
    ]


def test_a_row_more_changes_no_other() -> None:
    assert rows(rendered("UAE", "Chad")) == ["UAE", "Chad"]
    assert rows(rendered("Mali", "UAE", "Chad")) == ["Mali", "UAE", "Chad"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "holds no page", id="empty"),
        pytest.param(b"<html>", "holds no page", id="page"),
        pytest.param(b"[]", "holds no page", id="list"),
        pytest.param(b'{"parse": {"title": 1, "text": {"*": ""}}}', "unknown form", id="old form"),
        pytest.param(b'{"parse":' + b"[" * 100_000, "holds no page", id="deep"),
        pytest.param(rendered(), "has no row", id="blanked"),
    ],
)
def test_what_is_no_page_is_named(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        rows(body)


def test_sections_that_are_not_there_are_an_error() -> None:
    with pytest.raises(NotAFeed, match="look at the page and its sections"):
        rows(PAGE, "No such heading")


@given(st.text(max_size=200))
def test_any_text_is_rows_or_none(text: str) -> None:
    body = json.dumps({"parse": {"title": "T", "text": f"<table class=wikitable><td>{text}"}})
    try:
        assert all(rows(body.encode()))
    except NotAFeed:
        return


class Wiki:
    """A wiki whose page has one revision after another."""

    def __init__(self, *states: str) -> None:
        self.revision = 1
        self.page = rendered(*states)
        self.before: list[bytes] = []  # answers to queries that come before the real one

    def edit(self, *states: str) -> None:
        self.revision += 1
        self.page = rendered(*states)

    async def serve(self, request: Request, writer) -> None:  # type: ignore[no-untyped-def]
        asked = parse_qs(urlsplit(request.target).query)
        assert asked["maxlag"] == ["5"]
        assert CONTACT in request.headers["user-agent"]
        if self.before:
            body = self.before.pop(0)
        elif asked["action"] == ["query"]:
            assert asked["titles"] == ["Recognition of A & B"]
            page = {"pageid": 7, "title": "P", "lastrevid": self.revision}
            body = json.dumps({"batchcomplete": True, "query": {"pages": [page]}}).encode()
        else:
            assert asked["oldid"] == [str(self.revision)]
            body = self.page
        await answer(body, headers={"Retry-After": "7"})(request, writer)


@pytest.fixture
def wiki() -> Wiki:
    return Wiki("Examplia", "Anotherland")


@pytest.fixture
async def at(wiki: Wiki) -> AsyncIterator[Desk]:
    routes = {"/w/api.php": wiki.serve}
    path = "/wiki/Recognition_of_A_%26_B"
    async with desk(SourceKind.MEDIAWIKI, path, routes) as opened:
        yield opened


async def later(at: Desk, known: Reading, hours: float) -> Reading:
    at.now += timedelta(hours=hours)
    return await at.read(known.validators)


async def test_the_first_reading_learns_and_an_unchanged_page_is_not_fetched(at: Desk) -> None:
    first = await at.read()
    assert (first.items, first.changed) == ((), False)
    assert len(at.asked()) == 2
    again = await later(at, first, 1)
    assert (again.items, again.validators) == ((), first.validators)
    assert len(at.asked()) == 1


async def test_new_rows_are_one_item_without_a_date(at: Desk, wiki: Wiki) -> None:
    first = await at.read()
    wiki.edit("Russia (2025)", "Examplia", "Anotherland", "Thirdland")
    second = await later(at, first, 1)
    (item,) = second.items
    assert (item.title, item.summary) == ("Recognition: Russia (2025)", "Thirdland")
    assert (item.published_at, item.outlet, item.url) == (None, "127.0.0.1", at.source.url)
    assert not (await later(at, second, 1)).changed


async def test_editors_who_undo_each_other_are_no_news(at: Desk, wiki: Wiki) -> None:
    reading = await at.read()
    told = 0
    for turn in range(40):
        wiki.edit("Examplia", "Anotherland", *(["Russia (2025)"] if turn % 2 else []))
        reading = await later(at, reading, 0.5)
        told += len(reading.items)
    assert told == 1


async def test_a_page_brings_one_item_an_hour(at: Desk, wiki: Wiki) -> None:
    reading = await at.read()
    states: list[str] = []
    told: list[str] = []
    for number in range(12):
        states.append(f"New state {'abcdefghijkl'[number] * 3}")
        wiki.edit("Examplia", "Anotherland", *states)
        reading = await later(at, reading, 0.25)
        told += [f"{item.title}; {item.summary}" for item in reading.items]
    assert len(told) == 3
    # What came within the hour is told with its end, not lost.
    assert all(any(state in text for text in told) for state in states[:9])


async def test_a_table_laid_out_anew_is_learnt_and_not_told(at: Desk, wiki: Wiki) -> None:
    first = await at.read()
    wiki.edit(*(f"State of {'x' * number} anew" for number in range(MOST_NEW_ROWS + 1)))
    second = await later(at, first, 2)
    assert (second.items, second.changed) == ((), False)
    assert second.validators != first.validators
    assert not (await later(at, second, 2)).changed


async def test_a_blanked_page_is_an_error_and_forgets_nothing(at: Desk, wiki: Wiki) -> None:
    first = await at.read()
    wiki.edit()
    with pytest.raises(NotAFeed, match=r"^127\.0\.0\.1: has no row"):
        await at.read(first.validators)
    wiki.edit("Examplia", "Anotherland")
    assert not (await later(at, first, 2)).changed


async def test_lag_inside_an_answer_of_200_is_honoured(at: Desk, wiki: Wiki) -> None:
    lag = {"error": {"code": "maxlag", "info": "Waiting for db1: 6 seconds", "lag": 6}}
    wiki.before = [json.dumps(lag).encode()]
    with pytest.raises(FetchFailed, match="the error maxlag") as caught:
        await at.read()
    assert caught.value.retry_after == 7
    assert len(at.asked()) == 1


async def test_continuations_are_followed(at: Desk, wiki: Wiki) -> None:
    part = {"continue": {"incontinue": "7|x", "continue": "||"}, "query": {"pages": []}}
    wiki.before = [json.dumps(part).encode()]
    await at.read()
    assert "incontinue=7%7Cx" in at.asked()[1]


@pytest.mark.parametrize("changing", [False, True], ids=["the same", "always another"])
async def test_continuations_end(at: Desk, wiki: Wiki, changing: bool) -> None:
    wiki.before = [
        json.dumps({"continue": {"c": str(turn if changing else 0)}}).encode()
        for turn in range(100)
    ]
    with pytest.raises(NotAFeed, match="what revision"):
        await at.read()
    assert len(at.asked()) == (MOST_CONTINUED if changing else 2)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"query": {"pages": [{"title": "P", "missing": True}]}}, "has no page"),
        ({"query": {"pages": {"7": {"lastrevid": 1}}}}, "what revision"),
        ({"query": []}, "what revision"),
        ([1], "something else than JSON"),
    ],
)
async def test_an_answer_without_the_page_is_named(
    at: Desk, wiki: Wiki, body: object, says: str
) -> None:
    wiki.before = [json.dumps(body).encode()]
    with pytest.raises(NotAFeed, match=says):
        await at.read()


async def test_a_strange_cursor_is_a_fresh_start(at: Desk) -> None:
    for cursor in ("", "[1]", '["1", "", ""]', '{"a": 1}'):
        assert (await at.read(Validators(cursor=cursor))).items == ()


async def test_without_a_contact_no_wiki_is_asked(at: Desk) -> None:
    at.client = GuardedClient(deadline_seconds=5, max_bytes=1000, allow_loopback=True, contact="")
    with pytest.raises(FetchRefused, match="set OPERATOR_CONTACT"):
        await at.read()
    assert at.asked() == []
