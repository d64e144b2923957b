"""Notices in words."""

from bot.texts.notices import render_notice
from jobs.domain.alerts import Notice
from jobs.reference import load_reference

FAILING = Notice("source_failing", {"source": "tass", "why": "answers /stop @all"})


def test_a_notice_that_may_have_arrived_before_says_so() -> None:
    once = render_notice(FAILING).text
    again = render_notice(FAILING, possibly_repeated=True).text
    assert again.endswith(once)
    assert again.startswith("(This may be a repeat")


def test_words_of_others_in_a_notice_are_made_harmless() -> None:
    text = render_notice(FAILING).text
    assert " /stop" not in text
    assert " @all" not in text


def a_wave(case: str, actors: str) -> Notice:
    return Notice("wave", {"count": 2, "case": case, "days": 5, "actors": actors})


def test_a_notice_names_its_case_and_actors_in_the_chat_s_language() -> None:
    told = render_notice(a_wave("kosovo", "UZ KZ"), names=load_reference(), language="ru").text
    assert "Узбекистан, Казахстан" in told
    assert "Республика Косово" in told
    english = render_notice(a_wave("taliban", "UZ KZ"), names=load_reference()).text
    assert "toward \u2068the Taliban government of Afghanistan" in english


def test_a_notice_of_actors_that_are_unknown_here_says_what_was_written() -> None:
    told = render_notice(a_wave("atlantis", "Russia, Uzbekistan"), names=load_reference()).text
    assert "Russia, Uzbekistan" in told
    assert "atlantis" in told
