"""A seeded sample of hostile titles; ``tests.benchmarks.delivery titles`` judges 50,000."""

from telegram import MessageEntity

from bot.texts.messages import Message
from tests.hostile_titles import faults, judge, titles


def test_no_title_makes_an_invalid_message_or_a_link() -> None:
    assert [fault for title in titles(600, seed=7) for fault in judge(title)] == []


def test_the_judge_sees_what_it_is_for() -> None:

    assert [*faults(Message("see t.me/evil"))]
    assert [*faults(Message("say /stop"))]
    assert [*faults(Message("ab", (MessageEntity("bold", 1, 5),)))]
    assert [*faults(Message("x" * 5000))]
