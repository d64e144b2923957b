import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.items import EventScope, SourceKind, Validators
from jobs.errors import FetchFailed, NotAFeed
from jobs.sources.formats import events
from jobs.sources.formats.articles import parse_articles
from jobs.sources.formats.events import parse_events
from jobs.sources.formats.slugs import slug_words
from jobs.sources.gdelt import MOST_SLOTS
from jobs.sources.http import GuardedClient
from jobs.sources.parsed import ParsedFeed
from tests.feed_host import FeedHost, answer, conditional
from tests.reading_desk import FORMATS, Desk, desk

EXPORT = (FORMATS / "export.csv").read_bytes()
LIST = (FORMATS / "lastupdate.txt").read_text()
ARTICLES = (FORMATS / "articles.json").read_bytes()
RECOGNISES = "russia becomes first country to recognise taliban government"


def zipped(*tables: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for number, table in enumerate(tables):
            archive.writestr(f"{number}.export.CSV", table)
    return packed.getvalue()


def parse(body: bytes) -> ParsedFeed:
    return parse_events(body, "application/zip", "", actors=["AFG", "TAL"], places=["AF"])


def test_rows_of_the_wanted_codes_become_one_item_an_address() -> None:
    feed = parse(zipped(EXPORT))
    assert [(item.title, item.url, item.published_at) for item in feed.items] == [
        (
            RECOGNISES,
            "https://news.example/2025/07/03/"
            "russia-becomes-first-country-to-recognise-taliban-government.html",
            None,
        ),
        (
            "uzbekistan hosts deputy prime minister baradar in tashkent",
            "https://news.example/a/"
            "uzbekistan-hosts-deputy-prime-minister-baradar-in-tashkent-1a2b3c4d",
            None,
        ),
        (
            "kabul expels two diplomats after row over visas",
            "https://news.example/kabul-expels-two-diplomats-after-row-over-visas/",
            None,
        ),
    ]
    # What is made of an address is nobody's word but GDELT's.
    assert {item.outlet for item in feed.items} == {"gdeltproject.org"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.example/2025/07/03/one-two-three-four-five.html", "one two three four five"),
        ("https://a.example/one-two-three-four-five/amp/", "one two three four five"),
        ("https://a.example/one-two-three-four-five-12345678", "one two three four five"),
        ("https://a.example/one-two-three-four-2-2025-five", "one two three four 2 2025 five"),
        ("https://a.example/россия-признала-исламский-эмират-сегодня", None),
        ("https://a.example/%D0%B0%D0%B1-%D0%B2-%D0%B3-%D0%B4-%D0%B5", "аб в г д е"),
        ("https://a.example/only-four-words-here", ""),
        ("https://a.example/news?id=one-two-three-four-five", ""),
        ("https://a.example/8817264", ""),
    ],
)
def test_words_of_an_address(url: str, words: str | None) -> None:
    expected = "россия признала исламский эмират сегодня" if words is None else words
    assert slug_words(url) == expected


def damaged() -> bytes:
    body = zipped(EXPORT)
    return body[:60] + bytes([body[60] ^ 255]) + body[61:]


def lying_about_its_size() -> bytes:
    """A bomb whose directory says that it is small."""
    body = zipped(b"\t" * (events.MOST_UNPACKED + 10_000))
    size = (events.MOST_UNPACKED + 10_000).to_bytes(4, "little")
    return body.replace(size, (1000).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "no zip file", id="nothing"),
        pytest.param(b"<html>", "no zip file", id="page"),
        pytest.param(zipped(EXPORT)[:-30], "no zip file", id="cut short"),
        pytest.param(zipped(EXPORT, EXPORT), "one table in it", id="two tables"),
        pytest.param(zipped(), "one table in it", id="no table"),
        pytest.param(zipped(EXPORT, method=zipfile.ZIP_LZMA), "packed in a way", id="LZMA"),
        pytest.param(zipped(b"a\tb\n" * 9), "61 columns", id="other columns"),
        pytest.param(zipped(b"\t" * 41_000_000), "unpacks to more than", id="bomb"),
        pytest.param(lying_about_its_size(), "no zip file|unpacks to more", id="lying bomb"),
        pytest.param(damaged(), "no zip file", id="damaged"),
    ],
)
def test_what_is_no_export_file_is_named(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        parse(body)


def test_articles() -> None:
    feed = parse_articles(ARTICLES, "application/json", "")
    assert [(item.title, item.outlet, item.lang, item.published_at) for item in feed.items] == [
        (
            "Russia recognises Taliban government, ministry says",
            "www.ministry-news.example",
            "en",
            datetime(2025, 7, 3, 17, 45, tzinfo=UTC),
        ),
        (
            r"Россия признала \«Исламский эмират\»",
            "gazeta.example",
            "ru",
            datetime(2025, 7, 3, 18, tzinfo=UTC),
        ),
        ("Language that no table names", "one.example", "", None),
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(
            b"Please limit requests to one every 5 seconds", "“Please limit requests", id="limit"
        ),
        pytest.param(b"Your query was too short or too long.", "“Your query was", id="query"),
        pytest.param(b"<html><title>503</title></html>", "instead of articles", id="page"),
        pytest.param(b"", "nothing at all", id="nothing"),
        pytest.param(ARTICLES[:200], "broken JSON", id="half"),
        pytest.param(b'{"articles": {"a": 1}}', "no list of articles", id="no list"),
        pytest.param(b'{"articles":' + b"[" * 100_000, "broken JSON", id="deep"),
    ],
)
def test_a_text_instead_of_articles_is_named(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        parse_articles(body, "", "")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    for read in (parse, lambda every: parse_articles(b'{"articles":[' + every, "", "")):
        with pytest.raises(NotAFeed):
            read(body)


def test_no_articles_are_no_error() -> None:
    assert parse_articles(b"{}", "", "").items == ()


async def test_a_search_is_read_and_may_find_nothing() -> None:
    path = "/api/v2/doc/doc?query=x"
    async with desk(SourceKind.GDELT_DOC, path, {"/api/v2/doc/doc": answer(ARTICLES)}) as at:
        reading = await at.read()
        assert [item.lang for item in reading.items] == ["en", "ru", "en"]
        at.host.routes["/api/v2/doc/doc"] = answer(b"{}")
        assert not (await at.read(reading.validators)).changed
        at.host.routes["/api/v2/doc/doc"] = answer(b"", 429, {"Retry-After": "30"})
        with pytest.raises(FetchFailed) as limited:
            await at.read()
        assert (limited.value.status, limited.value.retry_after) == (429, 30)


def listed(slot: str, file: bytes) -> str:
    digest = hashlib.md5(file, usedforsecurity=False).hexdigest()
    return LIST.replace("{md5}", digest).replace("20250703174500", slot)


def path(slot: str) -> str:
    return f"/gdeltv2/{slot}.export.CSV.zip"


def table(number: int) -> bytes:
    return zipped(EXPORT.splitlines()[0].replace(b"russia", f"state-{number}-x".encode()))


@pytest.fixture
async def at() -> AsyncIterator[Desk]:
    file = zipped(EXPORT)
    routes = {
        "/gdeltv2/lastupdate.txt": answer(listed("20250703174500", file).encode()),
        path("20250703174500"): answer(file),
    }
    scope = EventScope(actors=("AFG", "TAL"), places=("AF",))
    async with desk(SourceKind.GDELT, "/gdeltv2/lastupdate.txt", routes, scope=scope) as opened:
        yield opened


def publish(at: Desk, slot: str, file: bytes, *, there: bool = True) -> None:
    at.host.routes["/gdeltv2/lastupdate.txt"] = answer(listed(slot, file).encode())
    if there:
        at.host.routes[path(slot)] = answer(file)


async def test_the_first_reading_takes_the_newest_file_from_beside_the_list(at: Desk) -> None:
    reading = await at.read()
    assert at.asked() == ["/gdeltv2/lastupdate.txt", path("20250703174500")]
    assert reading.items[0].title == RECOGNISES
    again = await at.read(reading.validators)
    assert not again.changed
    assert at.asked() == ["/gdeltv2/lastupdate.txt"]


async def test_an_unchanged_list_is_not_read_again(at: Desk) -> None:
    text = listed("20250703174500", zipped(EXPORT)).encode()
    at.host.routes["/gdeltv2/lastupdate.txt"] = conditional(text, {"ETag": '"1"'})
    reading = await at.read()
    assert reading.validators.etag == '"1"'
    again = await at.read(reading.validators)
    assert (again.changed, again.validators) == (False, reading.validators)


async def test_files_between_are_read_and_missing_ones_later(at: Desk) -> None:
    first = await at.read()
    publish(at, "20250703180000", table(2), there=False)
    publish(at, "20250703181500", table(3))
    at.asked()
    second = await at.read(first.validators)
    assert at.asked()[1:] == [path("20250703181500"), path("20250703180000")]
    assert [item.title.split()[:2] for item in second.items] == [["state", "3"]]
    at.host.routes[path("20250703180000")] = answer(table(2))
    third = await at.read(second.validators)
    assert at.asked()[1:] == [path("20250703180000")]
    assert [item.title.split()[:2] for item in third.items] == [["state", "2"]]
    assert not (await at.read(third.validators)).changed


async def test_a_file_other_than_its_digest_is_read_later(at: Desk) -> None:
    at.host.routes[path("20250703174500")] = answer(zipped(b"other"))
    reading = await at.read()
    assert not reading.changed
    at.host.routes[path("20250703174500")] = answer(zipped(EXPORT))
    assert (await at.read(reading.validators)).changed


async def test_what_was_missed_is_caught_up_over_several_readings(at: Desk) -> None:
    reading = await at.read()
    publish(at, "20250710000000", table(1))  # far more than a day later
    at.asked()
    asked: list[str] = []
    for _ in range(13):
        reading = await at.read(reading.validators)
        slots = at.asked()[1:]
        assert len(slots) <= MOST_SLOTS
        for slot in slots:
            at.host.routes[slot] = answer(table(0))
        asked += slots
    assert path("20250709000000") < min(asked)
    assert max(asked) == path("20250710000000")


async def test_a_broken_older_file_is_left_out_and_a_broken_newest_told(at: Desk) -> None:
    first = await at.read()
    publish(at, "20250703180000", b"no zip")
    with pytest.raises(NotAFeed, match=r"^127\.0\.0\.1: is no zip file"):
        await at.read(first.validators)
    publish(at, "20250703181500", table(3))
    reading = await at.read(first.validators)
    assert len(reading.items) == 1
    assert json.loads(reading.validators.cursor or "")[1] == []


@pytest.mark.parametrize(
    "text", ["", "<html>quota</html>", "1 x y\n", LIST.replace("20250703174500", "2" * 14)]
)
async def test_a_list_that_names_no_file_is_an_error(at: Desk, text: str) -> None:
    text = text.replace("{md5}", "0" * 32)
    at.host.routes["/gdeltv2/lastupdate.txt"] = answer(text.encode())
    with pytest.raises(NotAFeed, match="names no export file"):
        await at.read()


async def test_a_host_that_fails_is_a_failure_and_a_strange_cursor_a_fresh_start(at: Desk) -> None:
    assert (await at.read(Validators(cursor='["x", ["y"]]'))).changed
    at.host.routes[path("20250703174500")] = answer(b"", 503)
    with pytest.raises(FetchFailed):
        await at.read(Validators(cursor='{"not": "ours"}'))


class SleptClock:
    """A clock on which only sleeping takes time."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        raise NotImplementedError

    def monotonic(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_requests_to_a_host_that_asks_for_it_are_kept_apart() -> None:
    clock = SleptClock()
    client = GuardedClient(
        deadline_seconds=5,
        max_bytes=1000,
        allow_loopback=True,
        contact="",
        clock=clock,
        pauses={"127.0.0.1": 5.0},
    )
    async with FeedHost({"/": answer(b"x")}) as host, FeedHost({"/": answer(b"y")}) as other:
        for _ in range(3):
            await client.get(host.url("/"), Validators())
        await client.get(other.url("/", "localhost"), Validators())
    assert clock.slept == [5.0, 5.0]
