"""The stand-in for Telegram: what is typed comes in, what is sent is printed."""

import asyncio
import inspect
import io
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, InvalidToken

import bot
from bot.screen import Screen
from bot.terminal import CHAT_ID, METHODS, USER_ID, TerminalRequest
from bot.typed import TypedLines
from jobs.domain.clock import SystemClock


class Terminal:
    """A terminal with a person before it."""

    def __init__(self, keyboard: int, data_dir: Path, *, interactive: bool) -> None:
        read_end, self.hand = keyboard, -1
        self.out = io.StringIO()
        self.typed = TypedLines(read_end)
        screen = Screen(self.out, interactive=interactive)
        self.request = TerminalRequest(screen, self.typed, SystemClock(), data_dir)
        self.bot = Bot("0:terminal", request=self.request, get_updates_request=self.request)

    def type(self, text: str) -> None:
        os.write(self.hand, text.encode())

    @property
    def shown(self) -> str:
        return self.out.getvalue()

    async def next_update(self) -> Update:
        [update] = await self.bot.get_updates(timeout=5)
        return update


@asynccontextmanager
async def a_terminal(tmp_path: Path, *, interactive: bool = False) -> AsyncIterator[Terminal]:
    read_end, write_end = os.pipe()
    terminal = Terminal(read_end, tmp_path, interactive=interactive)
    terminal.hand = write_end
    async with terminal.bot:
        yield terminal
        os.close(write_end)
        async with asyncio.timeout(5):
            await terminal.typed.ended.wait()
    os.close(read_end)


@pytest.fixture
def keyboard() -> InlineKeyboardMarkup:
    yes = InlineKeyboardButton("Yes", callback_data="y")
    no = InlineKeyboardButton("No", callback_data="n")
    page = InlineKeyboardButton("Page", url="https://a.example/")
    return InlineKeyboardMarkup([[yes, no], [page]])


async def test_what_is_typed_is_a_message_of_the_one_person(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        terminal.type("/status  Узбекистан\n")
        message = (await terminal.next_update()).message
    assert message is not None
    assert message.from_user is not None
    assert (message.chat.id, message.chat.type, message.from_user.id) == (
        CHAT_ID,
        "private",
        USER_ID,
    )
    assert message.text == "/status  Узбекистан"


async def test_lines_typed_in_one_go_come_in_order_and_once(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        terminal.type("one\n\ntwo\nthr")
        terminal.type("ee\n")
        texts: list[str | None] = []
        numbers = []
        while len(texts) < 3:
            for update in await terminal.bot.get_updates(timeout=5):
                assert update.message is not None
                texts.append(update.message.text)
                numbers.append(update.update_id)
    assert texts == ["one", "two", "three"]
    assert numbers == sorted(set(numbers))


async def test_a_long_poll_ends_empty(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        assert await terminal.bot.get_updates(timeout=0) == ()


async def test_a_message_is_printed_with_its_links(tmp_path: Path) -> None:
    entities = [
        MessageEntity("bold", 0, 2),
        MessageEntity("text_link", 3, 5, url="https://a.example/"),
    ]
    async with a_terminal(tmp_path) as terminal:
        await terminal.bot.send_message(CHAT_ID, "🇦 \u2068there\u2069", entities=entities)
    assert "🇦 ther [https://a.example/]e" in terminal.shown
    assert "\x1b" not in terminal.shown


async def test_bold_and_struck_are_shown_to_a_person(tmp_path: Path) -> None:
    entities = [MessageEntity("bold", 0, 3), MessageEntity("strikethrough", 4, 3)]
    async with a_terminal(tmp_path, interactive=True) as terminal:
        await terminal.bot.send_message(CHAT_ID, "one two", entities=entities)
    assert "\x1b[1mone\x1b[0m \x1b[9mtwo\x1b[0m" in terminal.shown
    assert terminal.shown.endswith("> ")


async def test_nothing_that_a_terminal_obeys_is_printed(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        await terminal.bot.send_message(CHAT_ID, "a\x1b]0;owned\x07b\x9b31m")
    assert "a]0;ownedb31m" in terminal.shown


async def test_an_edit_says_that_it_is_one(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        sent = await terminal.bot.send_message(CHAT_ID, "before")
        await terminal.bot.edit_message_text("after", CHAT_ID, sent.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await terminal.bot.edit_message_text("after", CHAT_ID, sent.message_id)
        with pytest.raises(BadRequest, match="not found"):
            await terminal.bot.edit_message_text("after", CHAT_ID, sent.message_id + 1)
    assert re.search(r"· edited ─+\nafter\n", terminal.shown)
    assert terminal.request.shown == 2


async def test_a_reply_quotes_what_it_answers(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        sent = await terminal.bot.send_message(CHAT_ID, "the first line\nthe second")
        await terminal.bot.send_message(
            CHAT_ID, "on this", reply_parameters=ReplyParameters(sent.message_id)
        )
    assert "│ the first line\non this" in terminal.shown


async def test_buttons_are_numbered_and_pressed(
    tmp_path: Path, keyboard: InlineKeyboardMarkup
) -> None:
    async with a_terminal(tmp_path) as terminal:
        sent = await terminal.bot.send_message(CHAT_ID, "Well?", reply_markup=keyboard)
        terminal.type("#3\n#9\n#x\n#2\n")
        query = (await terminal.next_update()).callback_query
        assert query is not None
        assert query.message is not None
        await terminal.bot.answer_callback_query(query.id, "Not so fast")
    assert (query.data, query.from_user.id) == ("n", USER_ID)
    assert query.message.message_id == sent.message_id
    assert "  [#1 Yes] [#2 No]\n  [#3 Page]\n" in terminal.shown
    for note in (
        "https://a.example/",
        "There is no button #9.",
        "There is no button #x.",
        "Not so fast",
    ):
        assert f"  {note}\n" in terminal.shown


async def test_a_picture_is_saved_and_its_path_shown(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        await terminal.bot.send_photo(CHAT_ID, b"\x89PNG picture", caption="The map")
    [path] = (tmp_path / "pictures").iterdir()
    assert path.read_bytes() == b"\x89PNG picture"
    assert f"The map\n\n  Picture: {path}\n" in terminal.shown


async def test_a_picture_that_is_there_is_found_by_its_file_id(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        sent = await terminal.bot.send_photo(CHAT_ID, b"\x89PNG picture")
        await terminal.bot.send_photo(CHAT_ID, sent.photo[-1].file_id, caption="Again")
        with pytest.raises(BadRequest, match="remote file identifier"):
            await terminal.bot.send_photo(CHAT_ID, "../../secret")
    [path] = (tmp_path / "pictures").iterdir()
    assert f"Again\n\n  Picture: {path}\n" in terminal.shown


async def test_a_method_that_the_bot_never_calls_is_unknown(tmp_path: Path) -> None:
    async with a_terminal(tmp_path) as terminal:
        with pytest.raises(InvalidToken):
            await terminal.bot.get_chat_administrators(CHAT_ID)


def test_the_methods_are_those_that_our_code_calls() -> None:
    folder = Path(inspect.getfile(bot)).parent
    calls: set[str] = set()
    # A terminal shows no menu, and nobody asks it how the token is.
    asking_telegram = {folder / "face.py", folder / "doctor.py"}
    for path in set(folder.rglob("*.py")) - asking_telegram:
        calls |= set(re.findall(r"\.(?:get_bot\(\)|bot|_bot|query)\.(\w+)\(", path.read_text()))
        calls |= set(re.findall(r"\b(?:bot|query)\.(\w+)\(", path.read_text()))
    in_api = {_api_name(name) for name in calls if hasattr(Bot, name) or name in _ON_QUERY}
    # Polling itself, and what PTB does when it starts.
    # A webhook is set only where there is an address for it, and so a token; and nobody
    # mentions the bot elsewhere than in the terminal's one chat.
    elsewhere = {"setWebhook", "getWebhookInfo", "answerInlineQuery"}
    assert in_api | {"getUpdates", "getMe"} == METHODS | elsewhere


_ON_QUERY = {"answer": "answerCallbackQuery", "edit_message_text": "editMessageText"}


def _api_name(method: str) -> str:
    if method in _ON_QUERY:
        return _ON_QUERY[method]
    first, *rest = method.split("_")
    return first + "".join(part.capitalize() for part in rest)
