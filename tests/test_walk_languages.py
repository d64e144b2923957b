"""From /start to the first alert in every language that is spoken, and all that can be asked."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.commands.rights import Who
from bot.commands.table import COMMANDS
from bot.texts.direction import laid_out_text, runs_left
from bot.texts.language import (
    SOURCE_LANGUAGE,
    catalogues,
    is_right_to_left,
    languages,
    own_name,
    spoken,
    words_of,
)
from bot.texts.names import actor_name, case_in_sentence
from bot.texts.wording import headline_of
from jobs.domain.alerts import ChatId
from jobs.domain.events import EventStatus, EventType
from jobs.reference import load_reference
from jobs.store import chats
from tests.bot_api import Shown
from tests.talking import GROUP, PERSON
from tests.walking import Walk, walking

REFERENCE = load_reference()
ENGLISHMAN = 8
FSI, PDI = "\u2068", "\u2069"
ASKED = """why 1, why 99, status kz, status taliban, status xx, meetings kz 30, latest 5
search recognition, search, timeline kz, timeline, watch palestine, forums, nonsense
filter uz kz meeting+, filter nonsense, digest weekly friday 18, digest x, quiet 23-7, quiet x
settings Asia/Kabul, settings Nowhere, report https://news.example/1, report, demo"""


def person(code: str, number: int = PERSON) -> dict[str, Any]:
    return {"from": {"id": number, "is_bot": False, "first_name": "A", "language_code": code}}


def label(language: str, english: str) -> str:
    return laid_out_text(words_of(language).gettext(english), language)


@pytest.mark.parametrize("language", languages())
async def test_from_start_to_the_first_alert_and_why(tmp_path: Path, language: str) -> None:
    async with walking(tmp_path, reference=REFERENCE) as walk:
        greeting = await walk.answer("/start", **person(language))
        await walk.press(greeting, label(language, "Only recognitions"))
        await walk.hear("KZ", type=EventType.RECOGNITION)
        alert = walk.last()
        case = case_in_sentence(REFERENCE, "taliban", language)
        actor = actor_name(REFERENCE, "KZ", language)
        told = headline_of(
            words_of(language),
            EventType.RECOGNITION,
            EventStatus.DONE,
            "",
            actor=actor,
            case=case,
        )
        assert laid_out_text(told, language) in alert.text.split("\n")[0]
        await walk.press(alert, label(language, "Why?"))
        assert label(language, "origin {origin}").split("{")[0] in walk.last().text
        if is_right_to_left(language):
            for shown in walk.api.shown(PERSON):
                check_direction(shown)


def check_direction(shown: Shown) -> None:
    for line in shown.text.split("\n"):
        assert not line.strip() or runs_left(line), line
    outside = re.sub(f"{FSI}[^{PDI}\n]*{PDI}", "", shown.text)
    assert not re.search(r"[A-Za-z@]|/\w", outside), outside


# One from right to left is in the ordinary run; the others take their time.
@pytest.mark.parametrize(
    "language",
    [pytest.param(each, marks=() if each == "fa" else pytest.mark.slow) for each in catalogues()],
)
async def test_no_answer_is_left_in_english(tmp_path: Path, language: str) -> None:
    async with walking(tmp_path, reference=REFERENCE, answers_per_minute=60) as walk:
        walk.api.add_chat(ENGLISHMAN)
        await walk.answer("/start", **person(language))
        await walk.answer("/start", ENGLISHMAN, **person("en", ENGLISHMAN))
        await walk.hear("KZ", type=EventType.RECOGNITION)
        await walk.retract(1)
        for line in asked():
            walk.clock.ahead += 2
            theirs = await walk.say(f"/{line}", **person(language))
            english = await walk.say(f"/{line}", ENGLISHMAN, **person("en", ENGLISHMAN))
            assert [_plain(one) for one in theirs] != [_plain(one) for one in english], line
        # What the operator wrote is told as it was written.
        assert lines(walk, PERSON) & lines(walk, ENGLISHMAN) == {"a misreading"}
        if is_right_to_left(language):
            for shown in walk.api.shown(PERSON):
                check_direction(shown)


def asked() -> list[str]:
    ours = [each.name for each in COMMANDS if each.who is not Who.OPERATOR]
    typed = [each.strip() for each in re.split("[,\n]", ASKED)]
    return [each for each in (*ours, *typed) if each not in {"start", "stop", "forget"}]


def lines(walk: Walk, chat_id: int) -> set[str]:
    """Return the lines, and the buttons' labels, in which something is said in words."""
    shown = walk.api.shown(chat_id)
    every = {line for one in shown for line in _plain(one).split("\n")}
    every |= {button["text"] for one in shown for button in one.buttons}
    names = {own_name(code) for code in languages()}
    names |= {actor.name("en") for actor in REFERENCE.actors.values()}
    names |= {case.short for case in REFERENCE.cases.values()}
    return {line for line in every if _says_something(line) and line not in names}


def _plain(shown: Shown) -> str:
    return re.sub("[\u2068\u2069\u200f]", "", shown.text)


def _says_something(line: str) -> bool:
    """Tell whether a line has words of ours: none that are typed, linked or an outlet's."""
    ours = re.sub(r"/\w+|https?://\S+|[\w-]+\.[\w.-]+|[A-Z]\w+/\w+|UTC\S*", "", line)
    return re.search(r"[a-z]{3}", ours) is not None


async def test_a_language_is_chosen_by_a_tap_or_a_word(tmp_path: Path) -> None:
    async with walking(tmp_path, reference=REFERENCE) as walk:
        await walk.answer("/start")
        shown = await walk.answer("/language")
        assert [button["text"] for button in shown.buttons] == [own_name(c) for c in languages()]
        await walk.press(shown, "Русский")
        assert shown.text.startswith("Теперь мой язык здесь — Русский")
        await walk.hear("KZ", type=EventType.RECOGNITION)
        assert walk.last().text.startswith("Казахстан")
        assert "中文" in (await walk.answer("/language Chinese")).text
        arabic = await walk.answer("/language العربية")
        check_direction(arabic)
        assert "دری" in (await walk.answer("/language dari")).text
        assert "Klingon" in (await walk.answer("/language Klingon")).text
        assert await language_of(walk) == "fa"


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-hans", "zh"),
        ("fa-IR", "fa"),
        ("prs", "fa"),
        ("RU", "ru"),
        ("uz_UZ", "uz"),
        ("xx", "en"),
    ],
)
def test_an_app_s_language_is_understood(code: str, language: str) -> None:
    assert spoken(code) == language


async def test_whoever_adds_the_bot_to_a_group_sets_its_language(tmp_path: Path) -> None:
    async with walking(tmp_path, reference=REFERENCE) as walk:
        walk.api.add_member(GROUP, PERSON, "creator")
        await walk.answer("/start", GROUP, **person("ru"))
        assert await language_of(walk, GROUP) == "ru"
        refused = await walk.answer("/language uz", GROUP, **person("uz", 4711))
        assert refused.text.startswith("Это может только администратор")
        await walk.answer("/manage 1 language uz", **person("en"))
        assert await language_of(walk, GROUP) == "uz"
        assert await language_of(walk) is None


async def test_a_stranger_is_answered_in_their_own_language(tmp_path: Path) -> None:
    async with walking(tmp_path, reference=REFERENCE) as walk:
        assert (await walk.answer("/privacy", **person("ru"))).text.startswith("Что я храню")
        await walk.answer("/report https://news.example/1", **person("fa"))
        assert await language_of(walk) == "fa"


async def language_of(walk: Walk, chat_id: int = PERSON) -> str | None:
    async with walk.store.read() as conn:
        chat = await chats.read_chat(conn, ChatId(chat_id))
    return chat.language if chat else None


def test_english_needs_no_catalogue() -> None:
    assert SOURCE_LANGUAGE not in catalogues()
