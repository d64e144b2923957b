import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.cleaning import LONGEST_RAW, clean_text

CASES = {
    "plain": ("Russia recognises", "Russia recognises"),
    "tags": ("<b>Russia</b> <i class='x'>recognises</i>", "Russia recognises"),
    "blocks part words": ("<p>One.</p><p>Two.</p>three<br>four", "One. Two. three four"),
    "inline does not part words": ("Tali<b>ban</b>", "Taliban"),
    "script": ("a<script>alert('<b>')</script>b", "a b"),
    "script without end": ("a<script>alert(1)", "a"),
    "comment": ("a<!-- <b>x</b> -->b", "a b"),
    "comment without end": ("a<!-- b", "a"),
    "entities": ("AT&amp;T &laquo;ok&raquo; &#8212; &#x41;", "AT&T «ok» — A"),
    "escaped twice": ("&amp;lt;b&amp;gt;x&amp;lt;/b&amp;gt;", "x"),
    "escaped ten times": ("&" + "amp;" * 10 + "lt;b>x", "x"),
    "less than": ("5 < 6 and 7 <8", "5 < 6 and 7 <8"),
    "letter after less than": ("a<b and c", "a‹b and c"),
    "tag cut off": ('see <a href="http://x.example/y', "see"),
    "sign in an attribute": ('<img alt="a > b" src=x>photo', "photo"),
    "spaces": (" a\n\tb\u00a0\u3000c\u2028d ", "a b c d"),
    "controls": ("a\x00b\x1bc\x7f", "a b c"),
    "direction": ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
    "invisible": ("Tali\u200bban\ufeff\u00ad", "Taliban"),
    "invisible inside a tag": ("<\u200bscript>x", ""),
    "Persian joiner stays": ("می\u200cشود", "می\u200cشود"),
    "Latin joiner goes": ("Tali\u200cban", "Taliban"),
    "emoji": ("👩\u200d👩 and 🇷🇺", "👩\u200d👩 and 🇷🇺"),
    "half characters": ("a\ud800b&#xD800;c", "ab\ufffdc"),
    "private and unassigned": ("a\ue000b\uffffc", "abc"),
    "composed": ("e\u0301mirat", "émirat"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("raw", "clean"), CASES.values(), ids=CASES.keys())
def test_cleaning(raw: str, clean: str) -> None:
    assert clean_text(raw, 100) == clean


def test_long_text_is_cut_where_it_is_seen() -> None:
    assert clean_text("word " * 50, 20) == "word word word word…"
    assert len(clean_text("<p>" + "x" * LONGEST_RAW * 2, 500)) == 500


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "<>&;#/!?-\"' abctlgmpx&&<<>\u200b\u200c\u200d\u202e\u2028\x00\ud800\u0338é"
        ),
        st.characters(),
    ),
    max_size=80,
)
PIECES = st.lists(
    st.sampled_from(
        "<b> </b> &lt; &amp; &#60; &#38; lt; <!-- --> <script> <a a".split()  # noqa: SIM905
    ),
    max_size=12,
).map("".join)


@given(st.one_of(HOSTILE, PIECES), st.integers(2, 60))
def test_whatever_comes_the_result_is_plain(raw: str, most: int) -> None:
    clean = clean_text(raw, most)
    assert clean_text(clean, most) == clean
    assert len(clean) <= most
    assert not re.search("<[a-zA-Z/!?]", clean)
    assert clean == clean.strip()
    for character in clean:
        kind = unicodedata.category(character)
        assert kind not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        assert kind != "Cf" or character in "\u200c\u200d"


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', "&amp;", "&#38;", "<!--", "<script>", "&lt;"]
)
def test_hostile_repetition_is_quick(piece: str) -> None:
    started = time.process_time()
    clean_text(piece * 100_000, 500)
    assert time.process_time() - started < 1
