"""How a text is cut: words, datelines, clauses; and whose word it credits."""

import pytest

from jobs.detection.datelines import without_dateline
from jobs.detection.normalise import LIMIT, clean, pattern_words, split_words
from tests.detecting import detector, mentions, text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Moscow's envoy", ("moscow", "'s", "envoy")),
        ("US-Taliban talks", ("us", "taliban", "talks")),
        ("the U.S. won’t", ("the", "u.s.", "won't")),
        ("承认塔利班", ("承", "认", "塔", "利", "班")),
        ("3,800 men", ("3,800", "men")),
        ("chargé d’affaires", ("chargé", "d'affaires")),
        ("“quoted” text", ("quoted", "text")),
        ("one – two", ("one", "–", "two")),
        ("İstanbul", ("istanbul",)),
        ("", ()),
    ],
    ids=repr,
)
def test_words(raw: str, words: tuple[str, ...]) -> None:
    assert split_words(clean(raw)).words == words


def test_every_word_is_found_again_in_the_line() -> None:
    cut = split_words("Russia, China and the Taliban's envoy met.")
    assert [cut.line[place:].split(" ", 1)[0] for place in cut.at] == list(cut.words)


def test_a_flood_is_read_up_to_the_limit() -> None:
    assert len(clean("a" * (2 * LIMIT))) == LIMIT


def test_patterns_are_cut_like_texts() -> None:
    assert pattern_words("take* back .. recogni*") == ("take*", "back", "..", "recogni*")
    assert pattern_words("ambassador-level") == ("ambassador", "level")


@pytest.mark.parametrize(
    ("lead", "dateline"),
    [
        ("KABUL, Sept. 24 (Xinhua) -- The Taliban said", "KABUL, Sept. 24 (Xinhua)"),
        ("LONDON: Lawmakers urged", "LONDON"),
        ("New York, MINA – Five states", "New York, MINA"),
        ("PRISTINA - Ten diplomats", "PRISTINA"),
        ("Beijing: Afghanistan and Pakistan agree", ""),
        ("He said: no", ""),
        ("Talks go on - slowly", ""),
        ("", ""),
    ],
    ids=repr,
)
def test_dateline_of_a_lead(lead: str, dateline: str) -> None:
    found, rest = without_dateline(clean(lead))
    assert found == dateline
    assert rest == clean(lead)[len(lead) - len(rest) :]


def test_a_headline_names_its_speaker_before_a_colon() -> None:
    assert without_dateline("NATO: no recognition", is_title=True) == ("", "NATO: no recognition")


@pytest.mark.parametrize(
    ("summary", "voices"),
    [
        ("TASS and Xinhua reported it.", ("TASS", "XINHUA")),
        ("The Russian foreign ministry said so.", ("organ:RU",)),
        ("Lavrov told Reuters on Friday.", ("organ:RU", "REUTERS")),
        ("According to the Chinese embassy, talks go on.", ("embassy:CN",)),
        ("A farmer said so.", ()),
    ],
    ids=repr,
)
def test_attributions(summary: str, voices: tuple[str, ...]) -> None:
    found = mentions("Russia recognises the Taliban", summary)
    assert found[0].attributions == voices


def test_a_mention_shows_its_rule_clause_and_words() -> None:
    (mention,) = mentions("Flood in Herat; Russia refuses to recognise the Taliban")
    assert mention.rule == "recognition.verb/agent"
    assert mention.clause == "Russia refuses to recognise the Taliban"
    assert mention.words == ("recognise", "refuses")


def test_explain_says_why_there_is_nothing() -> None:
    findings = detector().explain(text("Taliban urge Germany to recognise them"))
    assert [finding.dropped for finding in findings if finding.dropped]
    assert not any(finding.mentions for finding in findings)


def test_details() -> None:
    (handed,) = mentions("Iran hands over Afghan embassy in Tehran to Taliban")
    (visit,) = mentions("Taliban foreign minister arrives in Tehran")
    assert (handed.detail, visit.detail) == ("handed-over", "visit")
