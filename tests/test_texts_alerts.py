"""Alerts in words: a golden table, and what may never be said."""

import re
from datetime import UTC, datetime

import pytest
from telegram.constants import MessageEntityType

from bot.texts.alerts import render_alert
from bot.texts.language import words_of
from bot.texts.messages import Message
from bot.texts.wording import headline_of
from jobs.domain.alerts import Action, AlertId, Facts, Reason, Voice
from jobs.domain.events import EventStatus, EventType, Grade
from tests.small_world import SMALL_WORLD, some_facts

_INVISIBLE = re.compile(r"[\u2060\u2068\u2069]")


def rendered(
    facts: Facts,
    action: Action = Action.SEND,
    reason: Reason = Reason.FIRST,
    possibly_repeated: bool = False,
) -> Message:
    return render_alert(
        facts,
        AlertId(12),
        action=action,
        reason=reason,
        names=SMALL_WORLD,
        zone="Asia/Kabul",
        possibly_repeated=possibly_repeated,
    )


def plain(message: Message) -> str:
    return _INVISIBLE.sub("", message.text)


SOURCE = "Russia recognizes Taliban (tass.com, 3 July 2025)"
FOOTER = "Alert 12 · why: /why_12"

GOLDEN = {
    "first telling": (
        some_facts(),
        Action.SEND,
        Reason.FIRST,
        [
            "Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · reported by one source",
            SOURCE,
            FOOTER,
        ],
    ),
    "surer now, edited": (
        some_facts(grade=Grade.CONFIRMED, origins=4),
        Action.EDIT,
        Reason.GRADE_RAISED,
        [
            "Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · confirmed by Russia itself",
            SOURCE,
            "Edited: Now surer than before.",
            FOOTER,
        ],
    ),
    "announced without a day": (
        some_facts(actor="US", status=EventStatus.PLANNED, on=None, grade=Grade.CORROBORATED),
        Action.SEND,
        Reason.FIRST,
        [
            "The United States plans to recognise the Taliban government of Afghanistan.",
            "No day named · reported by one source",
            SOURCE,
            FOOTER,
        ],
    ),
    "claimed by the subject alone": (
        some_facts(grade=Grade.CLAIMED),
        Action.SEND,
        Reason.FIRST,
        [
            "Claimed: Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · claimed only by an interested party",
            SOURCE,
            FOOTER,
        ],
    ),
    "a case without an article": (
        some_facts(case="palestine", actor="UN", type=EventType.FORUM, detail="invited"),
        Action.SEND,
        Reason.FIRST,
        [
            "The United Nations has invited Palestine to a forum.",
            "3 July 2025 · reported by one source",
            SOURCE,
            FOOTER,
        ],
    ),
    "credentials are not recognition": (
        some_facts(actor="CN", type=EventType.CREDENTIALS),
        Action.SEND,
        Reason.FIRST,
        [
            "China has taken a step at ambassador level with the Taliban government of "
            "Afghanistan.",
            "3 July 2025 · reported by one source",
            "This is not recognition.",
            SOURCE,
            FOOTER,
        ],
    ),
    "a meeting of one who recognises": (
        some_facts(type=EventType.MEETING, detail="phone", recognises=True),
        Action.SEND,
        Reason.FIRST,
        [
            "Officials of Russia and the Taliban government of Afghanistan have spoken by "
            "telephone.",
            "3 July 2025 · reported by one source",
            SOURCE,
            FOOTER,
        ],
    ),
    "lesser events taken in": (
        some_facts(
            includes=(
                (EventType.CREDENTIALS, ""),
                (EventType.MISSION, "flag"),
                (EventType.MISSION, ""),
            )
        ),
        Action.EDIT,
        Reason.INHIBITED,
        [
            "Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · reported by one source",
            "Part of the same move: ambassadors, missions.",
            SOURCE,
            FOOTER,
        ],
    ),
    "a reversal": (
        some_facts(status=EventStatus.REVERSED, reverses=AlertId(7)),
        Action.SEND,
        Reason.REVERSAL,
        [
            "Russia has withdrawn its recognition of the Taliban government of Afghanistan.",
            "3 July 2025 · reported by one source",
            "It takes back alert 7.",
            SOURCE,
            FOOTER,
        ],
    ),
    "disputed, as a reply": (
        some_facts(contested=True),
        Action.REPLY,
        Reason.DISPUTED,
        [
            "About alert 12: It is disputed: another side denies it.",
            "Disputed: Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · reported by one source",
            SOURCE,
            FOOTER,
        ],
    ),
    "planned became done, as a reply": (
        some_facts(grade=Grade.CORROBORATED, origins=2),
        Action.REPLY,
        Reason.STATUS_CHANGED,
        [
            "About alert 12: What was expected has happened.",
            "Russia has recognised the Taliban government of Afghanistan.",
            "3 July 2025 · reported by 2 independent sources",
            SOURCE,
            FOOTER,
        ],
    ),
    "retracted, edited": (
        some_facts(retracted=True, note="a misreading"),
        Action.EDIT,
        Reason.RETRACTED,
        [
            "RETRACTED. Please disregard this alert:",
            "Russia has recognised the Taliban government of Afghanistan.",
            "Why: a misreading",
            FOOTER,
        ],
    ),
    "retracted, as a reply": (
        some_facts(retracted=True),
        Action.REPLY,
        Reason.RETRACTED,
        [
            "About alert 12: It is retracted: please disregard it.",
            "Russia has recognised the Taliban government of Afghanistan.",
            FOOTER,
        ],
    ),
    "no day known": (
        some_facts(on=None, voices=()),
        Action.SEND,
        Reason.FIRST,
        [
            "Russia has recognised the Taliban government of Afghanistan.",
            "First seen 3 July 2025, 22:00 UTC+4:30 · reported by one source",
            FOOTER,
        ],
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_an_alert_says_just_this(name: str) -> None:
    facts, action, reason, lines = GOLDEN[name]
    assert plain(rendered(facts, action, reason)).splitlines() == lines


def test_a_possible_repeat_says_so_first() -> None:
    first = plain(rendered(some_facts(), possibly_repeated=True)).splitlines()[0]
    assert first == "(This may be a repeat: the first sending was interrupted.)"


def test_a_retracted_headline_is_struck_through() -> None:
    message = rendered(some_facts(retracted=True), Action.EDIT, Reason.RETRACTED)
    struck = [e for e in message.entities if e.type == MessageEntityType.STRIKETHROUGH]
    units = message.text.encode("utf-16-le")
    [entity] = struck
    shown = units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
    assert shown == "Russia has recognised the Taliban government of Afghanistan."


@pytest.mark.parametrize("status", list(EventStatus))
@pytest.mark.parametrize("event_type", list(EventType))
def test_only_a_recognition_is_called_one(event_type: EventType, status: EventStatus) -> None:
    words = words_of("en")
    for detail in ("", "host", "opened", "closed", "handed-over", "never heard of"):
        said = headline_of(words, event_type, status, detail, actor="Ruritania", case="Kukuania")
        assert "Ruritania" in said
        assert "Kukuania" in said
        assert ("recogni" in said.lower()) == (event_type is EventType.RECOGNITION)


def test_a_link_that_leads_elsewhere_shows_where() -> None:
    voice = Voice(
        "tass.com", "https://evil.example/x", "Read this", datetime(2025, 7, 3, tzinfo=UTC)
    )
    message = rendered(some_facts(voices=(voice,)))
    assert "Read this (evil.example, 3 July 2025)" in plain(message)


def test_an_address_that_is_none_is_not_linked() -> None:
    voice = Voice("tass.com", "tg://resolve?domain=evil", "Read this", None)
    message = rendered(some_facts(voices=(voice,)))
    assert [e.type for e in message.entities] == [MessageEntityType.BOLD]
