import pytest

from jobs.sources.links import canonical_link, host_of

BASE = "https://news.example/feeds/rss.xml"
CASES = {
    "absolute": ("http://a.example/x", "http://a.example/x"),
    "relative": ("/x/../y", "https://news.example/y"),
    "without scheme": ("//a.example/x", "https://a.example/x"),
    "spaces around": ("  http://a.example/x\n", "http://a.example/x"),
    "trackers": ("http://a.example/?utm_source=a&id=1&fbclid=2&p=3", "http://a.example/?id=1&p=3"),
    "only trackers": ("http://a.example/?utm_source=a", "http://a.example/"),
    "order of the query": ("http://a.example/?b=2&a=1", "http://a.example/?a=1&b=2"),
    "blank value": ("http://a.example/?a=", "http://a.example/?a="),
    "fragment": ("http://a.example/x#top", "http://a.example/x"),
    "default port": ("http://a.example:80/x", "http://a.example/x"),
    "other port": ("http://a.example:8080/x", "http://a.example:8080/x"),
    "capitals": ("HTTP://A.Example/X", "http://a.example/X"),
    "letters": (
        "http://a.example/новость",
        "http://a.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C",
    ),
    "script": ("javascript:alert(1)", None),
    "Telegram": ("tg://resolve?domain=x", None),
    "data": ("data:text/html,x", None),
    "file": ("file:///etc/passwd", None),
    "user": ("http://user@a.example/", None),
    "bad port": ("http://a.example:99999/", None),
    "bad address": ("http://[::1", None),
    "half character": ("http://a.example/\ud800", None),
    "too long": ("http://a.example/" + "x" * 3000, None),
}


@pytest.mark.parametrize(("link", "canonical"), CASES.values(), ids=CASES.keys())
def test_links(link: str, canonical: str | None) -> None:
    assert canonical_link(link, BASE) == canonical


@pytest.mark.parametrize("link", [found for _, found in CASES.values() if found])
def test_a_canonical_link_stays_as_it_is(link: str) -> None:
    assert canonical_link(link, BASE) == link


def test_hosts() -> None:
    assert host_of("https://WWW.News.example:444/x") == "www.news.example"
