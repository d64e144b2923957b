"""The bot's own face: menus by kind of chat and language, description, about text."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot import cli, face
from bot.commands.table import COMMANDS
from bot.face import DEFAULT_ONLY, dress, menus
from bot.texts import service
from bot.texts.direction import laid_out_text
from bot.texts.language import languages, words_of
from tests.bot_api import BotApi, too_many
from tests.talking import OPERATOR, Talk, talking

WRITES = {"setMyCommands", "setMyDescription", "setMyShortDescription"}


def writes(api: BotApi) -> list[str]:
    return [call.method for call in api.calls if call.method in WRITES and call.error is None]


def names(api: BotApi, menu: str) -> set[str]:
    return {each["command"] for each in api.commands[menu]}


async def dressed(talk: Talk, languages: tuple[str, ...] = DEFAULT_ONLY) -> face.Dressed:
    return await dress(talk.app.bot, languages, [OPERATOR])


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        yield one


async def test_each_kind_of_chat_has_what_works_there(talk: Talk) -> None:
    await dressed(talk)
    api = talk.api
    assert {"status", "why"} <= names(api, "default")
    assert {"start", "report", "manage"} <= names(api, "all_private_chats")
    assert "start" not in names(api, "all_group_chats")
    assert "report" not in names(api, "all_chat_administrators")
    assert "start" in names(api, "all_chat_administrators")
    everything = {each.name for each in COMMANDS}
    assert names(api, f"chat {OPERATOR}") == everything
    ours = everything - {each.name for each in COMMANDS if each.who == "operator"}
    assert names(api, "all_private_chats") == ours


async def test_a_second_time_writes_nothing(talk: Talk) -> None:
    first = await dressed(talk, ("", "fa"))
    assert len(first.written) == len(writes(talk.api)) > 0
    talk.api.calls.clear()
    assert (await dressed(talk, ("", "fa"))).written == []
    assert writes(talk.api) == []


async def test_only_what_differs_is_written(talk: Talk) -> None:
    await dressed(talk)
    talk.api.words["description"] = "somebody changed it"
    talk.api.commands["all_group_chats"].pop()
    assert (await dressed(talk)).written == ["menu all_group_chats", "description"]


async def test_an_operator_who_never_wrote_is_named_and_the_rest_is_set(talk: Talk) -> None:
    done = await dress(talk.app.bot, DEFAULT_ONLY, [OPERATOR, 4711])
    assert [line.split(":")[0] for line in done.refused] == ["menu chat 4711"]
    assert "about" in done.written


@pytest.mark.parametrize("language", languages())
def test_the_texts_fit_into_telegram(language: str) -> None:
    words = words_of(language)
    assert len(laid_out_text(service.description(words), language)) <= 512
    assert len(laid_out_text(service.about(words), language)) <= 120
    for menu in menus([language], [OPERATOR]):
        assert len(menu.commands) <= 100
        assert all(1 <= len(each.description) <= 256 for each in menu.commands)


async def run_verb(api: BotApi, monkeypatch: pytest.MonkeyPatch, token: str) -> int:
    monkeypatch.setenv("BOT_TOKEN", token)
    monkeypatch.setenv("API_BASE_URL", api.url)
    monkeypatch.setenv("ADMIN_IDS", str(OPERATOR))
    return await asyncio.to_thread(cli.main, ["setup-bot"])


async def test_the_verb_says_what_it_wrote_and_never_the_token(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with BotApi() as api:
        api.add_chat(OPERATOR)
        assert await run_verb(api, monkeypatch, api.token) == 0
        first = capfd.readouterr()
        assert "menu default\n" in first.out
        assert await run_verb(api, monkeypatch, api.token) == 0
        again = capfd.readouterr()
        assert (again.out, "nothing differed" in again.err) == ("", True)
        api.script("setMyDescription", too_many(30))
        api.words.clear()
        assert await run_verb(api, monkeypatch, api.token) == 1
        stopped = capfd.readouterr()
        assert "try again" in stopped.err
        wrong = "123456:" + "w" * 35
        assert await run_verb(api, monkeypatch, wrong) == 2
        refused = capfd.readouterr()
    shown = "".join(each.out + each.err for each in (first, again, stopped, refused))
    assert api.token not in shown
    assert wrong not in shown
    assert not re.search(r"\d{6,12}:[A-Za-z0-9_-]{30,}", shown)


def test_without_a_token_the_verb_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["setup-bot"]) == 2
    assert "BOT_TOKEN" in capsys.readouterr().err
