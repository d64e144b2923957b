"""What holds for every text: no error, no memory, no order, no more than linear cost."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.detection import RULES_VERSION, Text
from jobs.domain.events import DateBasis, EventStatus, EventType
from tests.detecting import PUBLISHED, detector, mentions, text

SCRAPS = """
Russia Taliban Muttaqi China's recognises recognition not to will of by the embassy in Kabul
Moscow hands over ambassador accepts credentials list removes signs deal forum invited met , .
? : – ( ) ' 's and or if after after-all 3 July 2025 Friday US us U.S. 31 February 9999
"""
WORDS = st.sampled_from(SCRAPS.split())
ANYTHING = st.text(max_size=200) | st.lists(WORDS, max_size=60).map(" ".join)
DATES = st.none() | st.datetimes(timezones=st.just(UTC))


@given(title=ANYTHING, summary=ANYTHING, published=DATES)
@settings(max_examples=150, deadline=None)
def test_reads_any_text_the_same_twice(
    title: str, summary: str, published: datetime | None
) -> None:
    read = Text(title, summary, "en", "example.org", published)
    first = detector().detect(read)
    assert detector().detect(read) == first
    keys = [(m.case, m.actor, m.type) for m in first]
    assert len(keys) == len(set(keys))
    for mention in first:
        assert mention.rules_version == RULES_VERSION
        assert mention.rule
        assert mention.words
        assert (mention.basis is DateBasis.UNKNOWN) == (mention.on is None)


_TIES = """
from jobs.detection import Text
from tests.detecting import PUBLISHED, detector
read = Text(
    "په کابل کې د چین، پاکستان او افغانستان د بهرنیو چارو وزیران سره کېناستل",
    "د سي پېک پر غځولو هوکړه وشوه. طالبانو هرکلی وکړ.",
    "ps",
    "example.org",
    PUBLISHED,
)
print([(m.actor, m.type, m.status, m.rule) for m in detector().detect(read)])
"""


def test_ties_between_words_fall_the_same_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", _TIES],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert b"meeting" in told.pop()


@given(
    noise=st.text(alphabet="\ud800\udfff\u200f\u202e\u2066\x00\x1b\u0085\ufeff\u200d", max_size=30)
)
@settings(max_examples=50, deadline=None)
def test_invisible_characters_change_nothing(noise: str) -> None:
    quiet = [
        (m.actor, m.type, m.status) for m in mentions("Russia recognises the Taliban government")
    ]
    noisy = mentions(f"{noise} Russia recognises the {noise}Taliban government{noise}")
    assert [(m.actor, m.type, m.status) for m in noisy] == quiet != []


@pytest.mark.parametrize("names", [("Russia", "China"), ("China", "Russia")], ids=str)
def test_order_of_an_enumeration_does_not_matter(names: tuple[str, str]) -> None:
    found = mentions(f"{names[0]} and {names[1]} recognise the Taliban")
    assert {(m.actor, m.type, m.status) for m in found} == {
        ("RU", EventType.RECOGNITION, EventStatus.DONE),
        ("CN", EventType.RECOGNITION, EventStatus.DONE),
    }


@pytest.mark.parametrize("outlet", ["//[::", "http://[", "a b", "\ud800", "x" * 5000])
def test_what_is_no_host_is_nobodys_press(outlet: str) -> None:
    read = Text("Russia recognises the Taliban", "", "en", outlet, PUBLISHED)
    assert [m.actor for m in detector().detect(read)] == ["RU"]


def test_the_subjects_own_press_leaves_out_whose_minister_it_is() -> None:
    title = "Political Deputy Meets Head of the Indian Embassy"
    read = [Text(title, "", "en", host, PUBLISHED) for host in ("bakhtarnews.af", "example.org")]
    assert [[m.actor for m in detector().detect(one)] for one in read] == [["IN"], []]


@pytest.mark.parametrize("lang", ["", "xx", "en-GB", "zz-ZZ-zz"], ids=repr)
def test_an_unknown_language_is_no_error(lang: str) -> None:
    read = Text("Russia recognises the Taliban", "", lang, "", PUBLISHED)
    assert bool(detector().detect(read)) == (lang in ("", "en-GB"))


@pytest.mark.parametrize(
    "unit",
    [
        "Russia recognises the Taliban government in Moscow on Friday. ",
        "Russia and China to recognise Taliban, ",
        "to ",
        "Taliban ",
        "Pakistani Taliban ",
        "not recognise and ",
        "May 3, 2021 ",
        "((((",
        "' ",
    ],
    ids=repr,
)
def test_cost_is_linear_in_length(unit: str) -> None:
    def seconds(characters: int) -> float:
        long = text(unit, unit * (characters // len(unit)))
        started = time.process_time()
        detector().detect(long)
        return time.process_time() - started

    short, long = (min(seconds(size) for _ in range(3)) for size in (2_000, 20_000))
    assert long < 30 * short + 0.05
