"""``source``: what it changes, says and refuses; the running jobs take it up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.cli import main
from jobs.domain.items import SourceId
from jobs.store import roster, sources
from jobs.store.engine import Store
from tests.feed_host import FeedHost, answer
from tests.whole_program import rss

DATABASE = "sqlite:///data/recognition-watch.sqlite"
LISTED = """\
[listed]
name = "Listed"
kind = "feed"
url = "{url}"
language = "en"
family = "listed"
tier = "wire"
"""


class Shell:
    """The command line on a list of one source, with a feed host beside."""

    def __init__(self, host: FeedHost, printed: pytest.CaptureFixture[str]) -> None:
        self.host, self._printed = host, printed

    async def run(self, *words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["source", *words])
        shown = self._printed.readouterr()
        return code, shown.out + shown.err

    async def added(self) -> dict[str, object]:
        store = await Store.open(DATABASE, migrate=True)
        async with store.read() as conn:
            found = await roster.added(conn)
        await store.close()
        return {str(key): dict(value) for key, value in found.items()}


@pytest_asyncio.fixture
async def shell(capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Shell]:
    async with FeedHost({"/rss": answer(rss("One", "Two"))}) as host:
        Path("mine.toml").write_text(LISTED.format(url=host.url("/listed")), encoding="utf-8")
        settings = "SOURCES_FILE=mine.toml\nFETCH_ALLOW_LOOPBACK=true\n"
        Path(".env").write_text(settings, encoding="utf-8")
        yield Shell(host, capsys)


async def test_a_source_is_tried_and_added(shell: Shell) -> None:
    url = shell.host.url("/rss")
    code, said = await shell.run("add", url, "--language", "ru", "--side", "RU", "--tier", "wire")
    assert code == 0
    assert "ok     127-0-0-1" in said
    assert "127-0-0-1 is added; what stands there now is its baseline" in said
    [definition] = (await shell.added()).values()
    assert definition == {
        "name": "127.0.0.1",
        "kind": "feed",
        "url": url,
        "language": "ru",
        "family": "127.0.0.1",
        "tier": "wire",
        "side": "RU",
        "cases": [],
        "interval_seconds": 600,
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["add", "{host}/page", "--language", "ru"], "HTML page titled “Hello”"),
        (["add", "{host}/page", "--language", "ru"], "it names a feed: {host}/rss"),
        (["add", "{host}/nothing", "--language", "ru"], "answered 404"),
        (["add", "{host}/rss", "--language", "russian"], "language: 'russian' is no language"),
        (["add", "{host}/rss", "--language", "ru", "--side", "XQ"], "no actor has the code"),
        (["add", "{host}/rss", "--language", "ru", "--case", "x"], "there is no case 'x'"),
        (["add", "{host}/rss", "--language", "ru", "--interval", "5"], "give 60 or more"),
        (["add", "{host}/rss", "--language", "ru", "--id", "listed"], "there is a source listed"),
        (["add", "{host}/listed", "--language", "ru"], "is read by listed already"),
        (["add", "ftp://x.example/", "--language", "ru"], "http:// or https://"),
        (["add", "https://t.me/s/name1", "--language", "ru"], "set TELEGRAM_CHANNELS"),
        (["add", "{host}/p", "--language", "ru", "--kind", "gdelt"], "scope"),
        (["remove", "listed"], "stands in the list of sources: pause it"),
        (["remove", "nobody"], "there is no source nobody"),
        (["pause", "nobody"], "there is no source nobody"),
        (["test", "nobody"], "there is no source nobody"),
        (["import", "no-such-file"], "no-such-file: cannot be read"),
    ],
)
async def test_what_is_refused_is_explained(shell: Shell, words: list[str], says: str) -> None:
    page = b"<html><head><title>Hello</title><link rel='alternate' "
    page += b"type='application/rss+xml' href='/rss'></head></html>"
    shell.host.routes["/page"] = answer(page)
    base = shell.host.url("")
    code, said = await shell.run(*(word.format(host=base) for word in words))
    assert code == (1 if "not added" in said or "FAILED" in said else 2)
    assert says.format(host=base) in said
    assert await shell.added() == {}


async def test_a_source_that_fails_is_added_only_untried(shell: Shell) -> None:
    code, said = await shell.run("add", shell.host.url("/x"), "--language", "ru", "--untried")
    assert (code, "is added" in said) == (0, True)
    assert await shell.run("remove", "127-0-0-1") == (
        0,
        "127-0-0-1 is removed; what it brought stays in the ledger\n",
    )
    assert await shell.added() == {}


async def test_a_source_is_tested(shell: Shell) -> None:
    for named in ("listed", shell.host.url("/listed"), shell.host.url("/gone")):
        code, said = await shell.run("test", named)
        assert (code, "answered 404" in said) == (1, True)
    code, said = await shell.run("test", shell.host.url("/rss"))
    assert (code, "    2 " in said, " ok" in said) == (0, True, True)


async def test_a_source_is_paused_and_resumed(shell: Shell) -> None:
    await shell.run("add", shell.host.url("/rss"), "--language", "ru", "--id", "mine")
    assert (await shell.run("pause", "mine"))[0] == 0
    store = await Store.open(DATABASE, migrate=True)
    async with store.read() as conn:
        paused = {each.source_id: each.paused_at for each in await sources.health(conn)}
    assert paused[SourceId("listed")] is None
    assert paused[SourceId("mine")] is not None
    await shell.run("resume", "mine")
    async with store.read() as conn:
        assert [each.paused_at for each in await sources.health(conn)] == [None, None]
    await store.close()


async def test_a_list_goes_out_and_comes_in(shell: Shell) -> None:
    feed = shell.host.url("/rss")
    await shell.run(
        *("add", feed, "--language", "ru", "--id", "mine", "--name", "A & <B>"),
        *("--case", "taliban", "--tier", "wire", "--side", "RU", "--interval", "900"),
    )
    [before] = (await shell.added()).values()
    assert (await shell.run("export", "out.opml"))[0] == 0
    await shell.run("remove", "mine")
    code, said = await shell.run("import", "out.opml")
    assert code == 1  # the listed one is known
    assert "left out: 127.0.0.1: added source" in said
    assert "1 added, 1 left out" in said
    [after] = (await shell.added()).values()
    assert after == before
    code, said = await shell.run("export")
    assert 'xmlUrl="' + feed in said
    assert "A &amp; &lt;B&gt;" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html/>", "no OPML but <html>"),
        ("hello", "is no OPML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><opml>&a;</opml>', "holds a DOCTYPE"),
    ],
)
async def test_what_is_no_list_is_named(shell: Shell, text: str, says: str) -> None:
    Path("in.opml").write_text(text, encoding="utf-8")
    code, said = await shell.run("import", "in.opml")
    assert (code, says in said) == (2, True)


async def test_a_list_of_another_reader_is_taken(shell: Shell) -> None:
    text = (
        '<opml version="1.0"><body><outline text="News"><outline text="A" title="A" type="rss" '
        'xmlUrl="https://a.example/feed"/><outline text="B" xmlUrl="https://b.example/feed" '
        'language="fa-IR"/></outline><outline text="no feed" xmlUrl="mailto:x"/></body></opml>'
    )
    Path("in.opml").write_text(text, encoding="utf-8")
    code, said = await shell.run("import", "in.opml", "--language", "uz")
    assert code == 1
    assert "2 added, 1 left out" in said
    found = await shell.added()
    assert {key: value["language"] for key, value in found.items()} == {  # type: ignore[index]
        "a-example": "uz",
        "b-example": "fa",
    }
