"""Titles as an enemy would write them, made from a seed, and a judge of what becomes of them."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.texts.alerts import render_alert
from bot.texts.messages import Message
from jobs.domain.alerts import Action, AlertId, Reason, Voice
from tests.bot_api.rules import ApiError, check_text
from tests.small_world import SMALL_WORLD, some_facts

PIECES = (
    *("/stop", "/forget@watch_test_bot", "@scam", "#tag", "$CASH", "t.me/evil", "http://e.vil"),
    *("tg://resolve?domain=x", "javascript:alert(1)", "a@b.co", "+1 202 555 0100", "evil.example"),
    *("<b>", "</a>", "<a href='tg://x'>", "&amp;", "*bold*", "_i_", "`code`", "[x](http://y.zz)"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u00ad", "\ufeff", "\u200b", "\u2028"),
    *("\x00", "\x1b[2J", "\r\n", "\t", "\ud800", "\udfff", "\U000e0041", "\u0301" * 9),
    *("🇦🇫", "👩‍👩‍👧‍👦", "طالبان", "می\u200cشود", "塔利班", "Kоsоvo", "x" * 5000, " "),
    *("Russia recognises", "Taliban", "embassy", "says", "1,000", "3 July 2025"),
)
CLICKABLE = re.compile(r"(?:(?<!\w)[/@#$]\w|[\w-]\.[a-z]{2,}\b|://|\w@\w)", re.IGNORECASE)
"""What Telegram makes a link of by itself in a bot's message."""


def titles(count: int, seed: int) -> Iterator[str]:
    """Yield so many titles of pieces and of any characters there are."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = []
        for _ in range(chance.randint(0, 12)):
            any_character = chr(
                chance.choice((chance.randrange(0x250), chance.randrange(0x110000)))
            )
            pieces.append(chance.choice((*PIECES, any_character, any_character, any_character)))
        yield chance.choice(("", " ")).join(pieces)


def judge(title: str) -> list[str]:
    """Return what is wrong with the messages that a source with this title gets into."""
    voice = Voice("tass.com", "https://tass.com/politics/1984", title, None)
    facts = replace(some_facts(), voices=(voice,) * 3, note=title)
    found = []
    for action in Action:
        message = render_alert(
            facts, AlertId(3), action=action, reason=Reason.STATUS_CHANGED, names=SMALL_WORLD
        )
        found += [f"{action}: {fault}" for fault in faults(message)]
    return found


def faults(message: Message) -> Iterator[str]:
    """Yield what Telegram would refuse in a message, or make a link of."""
    entities = [entity.to_dict() for entity in message.entities]
    try:
        check_text(message.text, entities, "text")
    except ApiError as refusal:
        yield refusal.text
    # Our own words hold commands such as /why_3 and the source's host.
    ours = re.sub(r"/why_3\b", "", message.text).replace("tass.com", "")
    clickable = CLICKABLE.search(ours)
    if clickable:
        yield f"clickable: {ours[max(0, clickable.start() - 20) : clickable.end() + 20]!r}"
