"""Notices in words."""

from bot.texts.notices import render_notice
from jobs.domain.alerts import Notice

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
