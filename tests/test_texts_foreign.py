"""Foreign text can do nothing but be read, whatever it holds."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.alerts import render_alert
from bot.texts.foreign import cut, host_of, safe_foreign, safe_url, utf16_length
from bot.texts.messages import Writer
from jobs.domain.alerts import Action, AlertId, Reason, Voice
from jobs.domain.events import Grade
from tests.small_world import SMALL_WORLD, some_facts

BITS = st.sampled_from(
    [
        *[
            "/stop",
            "@scam",
            "#tag",
            "$CASH",
            "t.me/evil",
            "http://e.vil",
            "a@b.co",
            ".",
            "/",
            " ",
            "\n",
        ],
        *["\u202e", "\u2066", "\u200f", "\u00ad", "\ufeff", "\x00", "\ud800", "\U000e0041"],
        *["🇦🇫", "طالبان", "می\u200cشود", "e\u0301\u0301\u0301\u0301", "塔利班"],
    ]
)
HOSTILE = st.lists(st.one_of(BITS, st.text(max_size=12)), max_size=60).map("".join)
LINKABLE = re.compile(r"(?:[/@#$]\w|[\w-]\.\w|://)")
BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]")


@given(HOSTILE, st.integers(8, 400))
def test_foreign_text_is_one_harmless_line(text: str, units: int) -> None:
    safe = safe_foreign(text, units)
    assert utf16_length(safe) <= units
    assert not LINKABLE.search(safe)
    assert not BIDI.search(safe)
    assert safe.count("\u2068") == safe.count("\u2069") == bool(safe)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in safe)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_an_alert_of_hostile_sources_is_a_valid_message(title: str, outlet: str, note: str) -> None:
    voices = tuple(Voice(outlet, f"https://x.example/{n}", title, None) for n in range(5))
    facts = some_facts(voices=voices, note=note, grade=Grade.REPORTED)
    for action in Action:
        message = render_alert(
            facts,
            AlertId(3),
            action=action,
            reason=Reason.STATUS_CHANGED,
            names=SMALL_WORLD,
        )
        assert 0 < utf16_length(message.text) <= 4096
        units = message.text.encode("utf-16-le")
        for entity in message.entities:
            assert entity.length > 0
            assert entity.offset + entity.length <= len(units) // 2
            # Cutting a surrogate pair would make this raise.
            units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
        assert not LINKABLE.search(message.text.removesuffix("/why_3"))
        assert not BIDI.search(message.text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("می\u200cشود", "می\u200cشود"),
        ("a\u200db", "ab"),
        ("\u200cیک", "یک"),
        ("one\ntwo\tthree", "one two three"),
        ("x" + "\u0301" * 9, "x\u0301\u0301"),
    ],
    ids=["Persian keeps its joiner", "Latin has none", "none at the start", "one line", "no tower"],
)
def test_what_is_kept(text: str, kept: str) -> None:
    assert safe_foreign(text)[1:-1] == unicodedata.normalize("NFC", kept)


def test_nothing_stays_nothing() -> None:
    assert safe_foreign("\u202e\n ") == ""


@pytest.mark.parametrize(
    "url",
    [
        "tg://resolve?domain=x",
        "javascript:alert(1)",
        "https://user:pass@bank.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://0x7f.1/",
        "https://localhost/",
        "https://host.example:8443/",
        "https://a.example/" + "x" * 3000,
        "https://a.example/\u202ex",
        "https://a b.example/",
        "http://[broken",
        "",
    ],
)
def test_addresses_nobody_is_sent_to(url: str) -> None:
    assert safe_url(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://tass.com/politics/1984",
        "http://www.пример.рф/новость",
        "https://a.example:443/?q=1#x",
    ],
)
def test_addresses_people_may_follow(url: str) -> None:
    assert safe_url(url) == url


def test_a_host_is_named_without_www() -> None:
    assert host_of("https://www.dawn.com/news/1") == "dawn.com"
    assert host_of("http://[broken") == ""


@given(st.text(max_size=50), st.integers(1, 30))
def test_a_cut_never_splits_a_character(text: str, units: int) -> None:
    shortened = cut(text, units)
    assert utf16_length(shortened) <= max(units, 0) or shortened == text
    assert not any(0xD800 <= ord(c) < 0xE000 for c in shortened)


@given(st.lists(st.tuples(st.text(max_size=900), st.booleans()), min_size=1, max_size=12))
def test_a_message_is_never_too_long(pieces: list[tuple[str, bool]]) -> None:
    writer = Writer()
    for text, strong in pieces:
        if strong:
            with writer.bold():
                writer.write(text)
        else:
            writer.line(text)
    message = writer.build()
    length = utf16_length(message.text)
    assert length <= 4096
    assert all(e.length > 0 and e.offset + e.length <= length for e in message.entities)
