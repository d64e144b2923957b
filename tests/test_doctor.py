"""``check doctor``: what it tries, what it says, and what it tells to do."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot import cli
from bot.doctor import examine_telegram
from jobs.doctor import Finding, Sign, clock_off, examine, now_from
from jobs.domain.alerts import ChatId, Filter
from jobs.domain.clock import SystemClock
from jobs.settings import Settings
from jobs.store import chats, hooks
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.web import WebServer
from tests.bot_api import BOT_ID, TOKEN, BotApi
from tests.feed_host import FeedHost, answer
from tests.samples import NOON
from tests.telling import subscribe, tell
from tests.test_web import none, well

NAME = "recognition-watch.sqlite"
OPERATOR, GROUP, SUPERGROUP, CHANNEL = 7, -100, -1_000_000_000_100, -1_000_000_000_200


class Ready(SystemClock):
    """The machine's time, but nothing waits."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Visit:
    """A doctor's visit to a bot with an operator, a group, a supergroup and a channel."""

    def __init__(self, api: BotApi, folder: Path) -> None:
        self.api = api
        self.settings: dict[str, Any] = {
            "bot_token": SecretStr(TOKEN),
            "api_base_url": api.url,
            "admin_ids": (OPERATOR,),
            "data_dir": folder,
            "http_port": 0,
        }

    async def open_chats(self, *chat_ids: int) -> None:
        kinds = {GROUP: "group", SUPERGROUP: "supergroup", CHANNEL: "channel"}
        store = await Store.open(f"sqlite:///{self.settings['data_dir']}/{NAME}", migrate=True)
        async with store.write() as conn:
            for chat_id in chat_ids:
                kind = kinds.get(chat_id, "private")
                self.api.add_chat(chat_id, kind)
                named = ChatKind(kind)
                await chats.open_chat(
                    conn, ChatId(chat_id), named, language="en", zone="UTC", now=NOON
                )
        await store.close()

    async def found(self, **changes: Any) -> dict[str, Finding]:
        settings = Settings(_env_file=None, **self.settings, **changes)
        return {each.subject: each async for each in examine_telegram(settings, Ready())}


@pytest_asyncio.fixture
async def visit(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Visit]:
    shutil.copy(sqlite_template, tmp_path / NAME)
    async with BotApi() as api:
        one = Visit(api, tmp_path)
        await one.open_chats(OPERATOR, GROUP, SUPERGROUP, CHANNEL)
        for group in (GROUP, SUPERGROUP):
            api.add_member(group, BOT_ID)
        api.add_member(CHANNEL, BOT_ID, "administrator", can_post_messages=True)
        yield one


async def test_a_healthy_bot_is_found_well(visit: Visit) -> None:
    found = await visit.found()
    assert {name: each.sign for name, each in found.items()} == {
        "clock": Sign.WELL,
        "token": Sign.NOTE,
        "updates": Sign.WELL,
        "operators": Sign.WELL,
        "chats": Sign.WELL,
    }
    assert "/setjoingroups" in found["token"].advice
    assert "3 of 3 groups and channels" in found["chats"].words
    # No chat noticed, and nobody's updates were taken.
    called = {call.method for call in visit.api.calls}
    assert called == {"getMe", "getWebhookInfo", "getChatMember", "getChat"}


async def test_an_outgoing_webhook_is_none_of_telegrams_chats(visit: Visit) -> None:
    store = await Store.open(f"sqlite:///{visit.settings['data_dir']}/{NAME}", migrate=True)
    async with store.write() as conn:
        await hooks.add(conn, "https://desk.example/hook", Filter(), NOON)
    await store.close()
    assert "3 of 3 groups and channels" in (await visit.found())["chats"].words


async def test_a_token_that_telegram_does_not_know(visit: Visit) -> None:
    visit.api.token = "4000001:another-one-than-ours-0123456789ab"
    found = await visit.found()
    assert found["token"].sign is Sign.ILL
    assert "ask @BotFather" in found["token"].line()
    assert "chats" not in found
    assert all(TOKEN not in each.line() for each in found.values())


async def test_no_network_is_named_and_nothing_hangs(visit: Visit) -> None:
    visit.settings["api_base_url"] = "http://127.0.0.1:9"
    found = await visit.found()
    assert found["network"].sign is Sign.ILL
    assert found["token"].sign is Sign.ILL


async def test_without_a_token_there_is_nothing_to_ask(visit: Visit) -> None:
    visit.settings["bot_token"] = None
    found = await visit.found()
    assert [each.sign for each in found.values()] == [Sign.NOTE]
    assert visit.api.calls == []


@pytest.mark.parametrize(
    ("set_to", "wanted", "sign", "words"),
    [
        ("", "", Sign.WELL, "polling"),
        ("https://thief.example/hook?key=secret", "", Sign.ILL, "calls thief.example instead"),
        ("", "https://bot.example", Sign.NOTE, "the start of the bot sets it"),
        ("https://bot.example/telegram", "https://bot.example/", Sign.WELL, "calls WEBHOOK_URL"),
        ("https://thief.example/x", "https://bot.example", Sign.ILL, "at another address"),
    ],
)
async def test_who_gets_the_updates(
    visit: Visit, set_to: str, wanted: str, sign: Sign, words: str
) -> None:
    visit.api.webhook = {"url": set_to}
    found = (await visit.found(webhook_url=wanted))["updates"]
    assert found.sign is sign
    assert words in found.words
    assert "secret" not in found.line()


def kick(api: BotApi) -> None:
    api.kick(GROUP)


def leave(api: BotApi) -> None:
    api.add_member(SUPERGROUP, BOT_ID, "left")


def forbid_posting(api: BotApi) -> None:
    api.add_member(CHANNEL, BOT_ID, "administrator", can_post_messages=False)


RESTRICTED = (
    *("can_send_messages", "can_change_info", "can_invite_users", "can_pin_messages"),
    *("can_send_polls", "can_send_other_messages", "can_add_web_page_previews"),
    *("can_manage_topics", "can_send_audios", "can_send_documents", "can_send_photos"),
    *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "is_member"),
    *("can_edit_tag", "can_react_to_messages", "until_date"),
)


def restrict(api: BotApi) -> None:
    api.add_member(SUPERGROUP, BOT_ID, "restricted", **dict.fromkeys(RESTRICTED, False))


@pytest.mark.parametrize(
    ("harm", "subject", "words"),
    [
        (kick, f"group {GROUP}", "add the bot there again"),
        (leave, f"supergroup {SUPERGROUP}", "not in it any more"),
        (forbid_posting, f"channel {CHANNEL}", "make it an admin that may post"),
        (restrict, f"supergroup {SUPERGROUP}", "lift its restriction"),
    ],
)
async def test_a_chat_that_cannot_be_written_to_is_named(
    visit: Visit, harm: Any, subject: str, words: str
) -> None:
    harm(visit.api)
    found = await visit.found()
    assert found[subject].sign is Sign.ILL
    assert words in found[subject].line()
    assert "2 of 3 groups and channels" in found["chats"].words


async def test_a_group_that_moved_is_followed_by_itself(visit: Visit) -> None:
    visit.api.migrate(GROUP, -1_000_000_000_300)
    assert (await visit.found())[f"group {GROUP}"].sign is Sign.NOTE


@pytest.mark.parametrize(
    ("admins", "words"), [((), "ADMIN_IDS is empty"), ((OPERATOR, 8), "8 cannot be told")]
)
async def test_operators_must_be_there_and_reachable(
    visit: Visit, admins: tuple[int, ...], words: str
) -> None:
    visit.settings["admin_ids"] = admins
    found = (await visit.found())["operators"]
    assert found.sign is Sign.ILL
    assert words in found.line()


async def own(folder: Path, **settings: Any) -> dict[str, Finding]:
    chosen = Settings(_env_file=None, **{"http_port": 0, "data_dir": folder, **settings})
    return {each.subject: each async for each in examine(chosen, SystemClock())}


async def test_a_fresh_folder_lacks_nothing_that_the_start_does_not_make(tmp_path: Path) -> None:
    found = await own(tmp_path / "new")
    assert found["database"].sign is found["data folder"].sign is Sign.NOTE
    assert found["tables"].advice.startswith("set OPERATOR_CONTACT")
    assert not (tmp_path / "new").exists()


async def test_the_store_of_each_engine_is_tried(store: Store, store_url: str) -> None:
    found = await own(Path(), store_url=SecretStr(store_url))
    assert found["database"].sign is Sign.WELL, found["database"].line()
    assert found["outbox"].sign is Sign.WELL
    assert ("database clock" in found) is (store.dialect == "postgresql")


async def test_what_waits_too_long_is_named(store: Store, store_url: str) -> None:
    async with store.write() as conn:
        await subscribe(conn, 7)
        await tell(conn, 1, 1, now=datetime.now(UTC) - timedelta(minutes=30))
    found = (await own(Path(), store_url=SecretStr(store_url)))["outbox"]
    assert found.sign is Sign.ILL
    assert "1 wait" in found.words
    assert "the oldest for 30 minutes" in found.words


async def test_a_damaged_database_is_named_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"this is no database at all " * 500)
    found = (await own(tmp_path))["database"]
    assert found.sign is Sign.ILL
    assert "restore a backup" in found.words


@pytest.mark.parametrize(("ok", "sign"), [(True, Sign.WELL), (False, Sign.ILL)])
async def test_the_running_program_is_asked(tmp_path: Path, ok: bool, sign: Sign) -> None:
    server = WebServer(lambda: {"ok": ok, "late": [] if ok else ["poll"]}, well, none)
    server.start("127.0.0.1", 0)
    found = (await own(tmp_path, http_port=server.port))["running program"]
    await server.stop()
    assert found.sign is sign
    assert ok or "poll" in found.words


async def test_a_program_that_does_not_run_is_noted(tmp_path: Path) -> None:
    assert (await own(tmp_path, http_port=9))["running program"].sign is Sign.NOTE


@pytest.mark.parametrize(("status", "sign"), [(200, Sign.WELL), (404, Sign.ILL)])
async def test_the_heartbeat_ticks_once(tmp_path: Path, status: int, sign: Sign) -> None:
    async with FeedHost({"/tick": answer(b"", status=status)}) as host:
        found = await own(tmp_path, heartbeat_url=SecretStr(host.url("/tick?hush")))
        assert len(host.requests) == 1
    assert found["heartbeat"].sign is sign
    assert "hush" not in found["heartbeat"].line()


@pytest.mark.parametrize(
    ("seconds", "sign", "words"),
    [(20, Sign.WELL, "agree"), (-90, Sign.ILL, "90 s behind"), (3600, Sign.ILL, "3600 s ahead")],
)
def test_a_clock_may_be_off_by_seconds_only(seconds: int, sign: Sign, words: str) -> None:
    found = clock_off("clock", NOON + timedelta(seconds=seconds), NOON)
    assert found.sign is sign
    assert words in found.words


def test_a_date_header_is_read_or_left() -> None:
    assert now_from("Thu, 03 Jul 2025 12:00:00 GMT") == datetime(2025, 7, 3, 12, tzinfo=UTC)
    assert now_from("") is None


async def test_the_verb_tells_all_and_its_exit_code_says_whether_to_act(
    visit: Visit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("API_BASE_URL", visit.api.url)
    monkeypatch.setenv("ADMIN_IDS", str(OPERATOR))
    monkeypatch.setenv("DATA_DIR", str(visit.settings["data_dir"]))
    monkeypatch.setenv("HTTP_PORT", "0")
    assert await asyncio.to_thread(cli.main, ["check", "doctor"]) == 0
    assert capsys.readouterr().out.endswith("all is well\n")
    monkeypatch.delenv("ADMIN_IDS")
    assert await asyncio.to_thread(cli.main, ["check", "doctor"]) == 1
    said = capsys.readouterr().out
    assert "FAILED operators" in said
    assert said.endswith("1 to be mended\n")
    assert TOKEN not in said
