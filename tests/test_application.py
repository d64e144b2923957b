"""The bot put together: polling, order within a chat, the terminal, words of a delivery."""

import asyncio
import io
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.application import (
    ALLOWED_UPDATES,
    build_application,
    render_delivery,
)
from bot.commands.desk import Context
from bot.pacing import Pacer
from bot.pictures.renderer import Renderer
from bot.screen import Screen
from bot.taking import ChatByChat
from bot.terminal import TerminalRequest
from bot.texts.notices import NOTICE_KEYS, render_notice
from bot.typed import TypedLines
from jobs.domain.alerts import Action, AlertId, AlertKind, ChatId, DeliveryId, Notice, Reason
from jobs.domain.clock import SystemClock
from jobs.logs import quiet_logging
from jobs.settings import Settings
from jobs.store.claims import Delivery
from jobs.store.contents import facts_to_json
from jobs.store.engine import Store
from tests.buttons import ALERT_BUTTONS
from tests.small_world import SMALL_WORLD, some_facts
from tests.talking import PERSON, talking

NOON = datetime(2025, 7, 3, 12, tzinfo=UTC)


async def test_polling_brings_commands_and_answers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.INFO, name)  # put back after the test
    quiet_logging(caplog.handler)
    async with talking(tmp_path) as talk:
        handled = asyncio.Event()

        async def note(update: Update, context: Context) -> None:
            handled.set()

        talk.app.add_handler(TypeHandler(Update, note), group=1)
        assert talk.app.updater is not None
        await talk.app.start()
        await talk.app.updater.start_polling(timeout=1, allowed_updates=ALLOWED_UPDATES)
        talk.api.say(PERSON, "/help")
        async with asyncio.timeout(10):
            await handled.wait()
        await talk.app.updater.stop()
        await talk.app.stop()
        [poll, *_] = talk.api.calls_of("getUpdates")
        token = talk.api.token
        assert "What I answer" in talk.api.shown(PERSON)[0].text
    assert "edited_message" not in str(poll.params["allowed_updates"])
    assert token not in caplog.text


class Paper(io.StringIO):
    """Takes what is printed, and lets a test wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = asyncio.Event()

    def write(self, text: str) -> int:
        self._printed.set()
        return super().write(text)

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(10):
            while text not in self.getvalue():
                self._printed.clear()
                await self._printed.wait()


@asynccontextmanager
async def _at_the_terminal(tmp_path: Path) -> AsyncIterator[tuple[int, Paper]]:
    read_end, write_end = os.pipe()
    out, typed, clock = Paper(), TypedLines(read_end), SystemClock()
    request = TerminalRequest(Screen(out, interactive=False), typed, clock, tmp_path)
    store = await Store.open("sqlite://", migrate=True)
    settings = Settings(_env_file=None)
    renderer = Renderer()
    app = build_application(
        *(settings, store, SMALL_WORLD, clock, request),
        renderer=renderer,
        pacer=Pacer(),
        taking=ChatByChat(8),
    )
    assert app.updater is not None
    async with renderer, app:
        await app.start()
        await app.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        yield write_end, out
        os.close(write_end)
        async with asyncio.timeout(5):
            await typed.ended.wait()
        await app.updater.stop()
        await app.stop()
    os.close(read_end)
    await store.close()


async def test_the_same_application_answers_in_the_terminal(tmp_path: Path) -> None:
    async with _at_the_terminal(tmp_path) as (keyboard, out):
        for typed, shown in (
            ("/start\n", "From now on this chat hears"),
            ("/settings\n", "[#6 How much]"),
            ("#6\n", "○ only recognitions"),
            ("#1\n", "Hears: only recognitions"),
            ("/help\n", "/retract ID REASON"),
            ("/status uzbekstan\n", "Uzbekistan"),
        ):
            os.write(keyboard, typed.encode())
            await out.shows(shown)
    assert " · edited " in out.getvalue()


def _delivery(facts: dict[str, Any], action: Action, reason: Reason) -> Delivery:
    return Delivery(
        id=DeliveryId(1),
        alert_id=AlertId(12),
        chat_id=ChatId(7),
        revision=2,
        action=action,
        attempt_id="a",
        attempts=1,
        possibly_repeated=True,
        created_at=NOON,
        kind=AlertKind.UPDATE,
        reason=reason,
        facts=facts,
        chat_kind="private",
        language="xx",
        zone="Asia/Kabul",
        target=5,
    )


def test_a_delivery_is_put_into_the_words_of_its_chat() -> None:
    facts = facts_to_json(some_facts(on=None))
    text = render_delivery(
        _delivery(facts, Action.REPLY, Reason.DISPUTED), SMALL_WORLD, ALERT_BUTTONS
    ).text
    assert text.startswith("(This may be a repeat: the first sending was interrupted.)\n")
    assert "About alert 12: It is disputed: another side denies it." in text
    assert "22:00 UTC+4:30" in text


def test_a_notice_is_put_into_words() -> None:
    facts = facts_to_json(Notice("retracted", {"alert": 12}))
    text = render_delivery(
        _delivery(facts, Action.SEND, Reason.ORDERED), SMALL_WORLD, ALERT_BUTTONS
    ).text
    assert text.splitlines()[1] == "Alert 12 is retracted in every chat that had it."


@pytest.mark.parametrize(
    ("notice", "text"),
    [
        (
            Notice("source_failing", {"source": "x", "why": "/stop"}),
            "cannot be read: \u2068/\u2060stop",
        ),
        (Notice("of tomorrow", {"alert": 3}), "alert\u2069 3"),
        (Notice("retracted", {}), "retracted"),
    ],
    ids=["foreign words", "a key that has no words", "a value missing"],
)
def test_any_notice_is_shown_and_harmless(notice: Notice, text: str) -> None:
    assert text in render_notice(notice).text


def test_the_notices_that_the_jobs_write_have_words() -> None:
    jobs = Path(__file__).parents[1] / "jobs"
    written = {
        piece.split('"')[1]
        for path in jobs.rglob("*.py")
        for piece in path.read_text(encoding="utf-8").split("Notice(")[1:]
        if piece.startswith('"')
    }
    assert written
    assert written <= NOTICE_KEYS
