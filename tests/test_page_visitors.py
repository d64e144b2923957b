"""Who opens the page inside Telegram: Telegram's word, how old it is, whom the bot serves."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.page.visitors import TICKET_LIFE, Visitor, is_valid, read_init_data, ticket
from jobs.domain.alerts import ChatId
from jobs.store import chats
from jobs.store.chats import ChatKind
from tests.bot_api import TOKEN
from tests.page_site import PageSite, a_site, init_data
from tests.small_world import EVENING

OTHER_TOKEN = "987654321:" + "B" * 35
NOW = EVENING.timestamp()


def test_telegrams_word_names_the_visitor_and_the_chat() -> None:
    assert read_init_data(init_data(), TOKEN, EVENING) == Visitor(7, ChatId(7), "en")
    group: dict[str, Any] = {
        "chat": {"id": -100200, "type": "supergroup", "title": "T"},
        "signature": "s",
    }
    assert read_init_data(init_data(**group), TOKEN, EVENING) == Visitor(7, ChatId(-100200), "en")


def test_a_word_signed_by_telegrams_rule_elsewhere_is_believed() -> None:
    # The hash was made by openssl, by the two steps that Telegram describes.
    text = (
        "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A"
        "%22Vlad%22%2C%22language_code%22%3A%22ru%22%7D&auth_date=1751563800&hash="
        "f04a6ad48356415d4bd2d1a4d23d76459dc9f37e2c24574b3ca13da714faed6d"
    )
    token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    assert read_init_data(text, token, EVENING) == Visitor(279058397, ChatId(279058397), "ru")


@dataclass(frozen=True)
class Wrong:
    name: str
    text: str


def _changed(old: str, new: str) -> str:
    text = init_data()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("of another bot", init_data(OTHER_TOKEN)),
        Wrong("another person", _changed("%22id%22%3A7", "%22id%22%3A8")),
        Wrong("too old", init_data(at=NOW - 3601)),
        Wrong("from the future", init_data(at=NOW + 61)),
        Wrong("without a time", init_data(auth_date=None)),
        Wrong("an odd time", init_data(auth_date="١٢٣")),
        Wrong("a long time", init_data(auth_date="9" * 5000)),
        Wrong("without a person", init_data(user=None)),
        Wrong("a person that is none", init_data(user="[]")),
        Wrong("a person that is a bool", init_data(user={"id": True})),
        Wrong("a person too deep", init_data(user="[" * 100_000)),
        Wrong("a field more", init_data() + "&chat=%7B%22id%22%3A-5%7D"),
        Wrong("a field twice", init_data() + "&auth_date=1"),
        Wrong("many fields", init_data() + "&a=1" * 99),
        Wrong("without a hash", init_data().rpartition("&hash")[0]),
        Wrong("an empty hash", init_data().rpartition("&hash")[0] + "&hash="),
        Wrong("a hash of other signs", init_data().rpartition("&hash")[0] + "&hash=%F0%9F%98%80"),
        Wrong("nothing", ""),
        Wrong("no form at all", "\x00\ud800;;=&&"),
    ],
    ids=lambda wrong: wrong.name,
)
def test_anything_else_is_nobody(wrong: Wrong) -> None:
    assert read_init_data(wrong.text, TOKEN, EVENING) is None


def test_a_ticket_is_ours_and_runs_out() -> None:
    given = ticket(TOKEN, EVENING)
    assert is_valid(given, TOKEN, EVENING + TICKET_LIFE - timedelta(seconds=1))
    assert not is_valid(given, TOKEN, EVENING + TICKET_LIFE)
    until, _, seal = given.partition(".")
    for forged in (
        f"{int(until) + 1}.{seal}",
        f"{until}.{seal[:-1]}",
        f"{until}.",
        until,
        "",
        "9" * 99 + "." + seal,
        f"{until}.é",
        ticket(OTHER_TOKEN, EVENING),
    ):
        assert not is_valid(forged, TOKEN, EVENING)


async def _enter(site: PageSite, text: str) -> tuple[int, Any]:
    answer = await site.client.post("/app", content=text)
    return answer.status_code, json.loads(answer.content) if answer.content else None


async def test_the_app_goes_on_in_the_chats_language() -> None:
    async with a_site(page="app") as site:
        async with site.store.write() as conn:
            await chats.open_chat(
                conn, ChatId(7), ChatKind.PRIVATE, language="en", zone="UTC", now=EVENING
            )
        status, visitor = await _enter(site, init_data())
        assert (status, visitor["lang"]) == (200, "en")
        page = await site.get("/", params={**visitor, "theme": "dark"})
        assert page.status_code == 200
        assert 'data-theme="dark"' in page.text
        assert "Russia has recognised" in page.text
        # Whatever the page shows is let through by the same ticket, and by nothing else.
        for path in ("/map.svg", "/alerts/1", "/alerts/1.cap.xml", "/events.csv", "/alerts.atom"):
            assert (await site.get(path)).status_code == 403
            assert (await site.get(path, params=visitor)).status_code == 200
        assert page.headers["Cache-Control"] == "private, no-store"


async def test_inside_telegram_only_nothing_is_shown_outside() -> None:
    async with a_site(page="app") as site:
        for params in ({}, {"t": "9999999999.aaaa"}):
            page = await site.get("/", params=params)
            assert page.status_code == 403
            assert "opens inside Telegram" in page.text
            assert "Russia" not in page.text
            assert 'src="app.js"' in page.text
        assert (await site.get("/app.js")).status_code == 200
        site.clock.advance(3601)
        assert (await _enter(site, init_data()))[0] == 403


@pytest.mark.parametrize(
    ("access", "listed", "text", "status"),
    [
        ("open", (), init_data(), 200),
        ("closed", (), init_data(), 403),
        ("closed", (), init_data(user={"id": 42}), 200),
        ("listed", (7,), init_data(), 200),
        ("listed", (8,), init_data(), 403),
        ("listed", (-100200,), init_data(chat={"id": -100200}), 200),
    ],
)
async def test_whom_the_bot_does_not_serve_sees_nothing(
    access: str, listed: tuple[int, ...], text: str, status: int
) -> None:
    chosen: dict[str, Any] = {"access": access, "listed_ids": listed, "admin_ids": (42,)}
    async with a_site(page="app", **chosen) as site:
        assert (await _enter(site, text))[0] == status


async def test_a_long_word_is_refused_unread_and_nothing_is_repeated() -> None:
    async with a_site(page="app") as site:
        assert (await _enter(site, "x" * 8193))[0] == 413
        answer = await site.client.post("/app", content="user=<script>&hash=1")
        assert (answer.status_code, answer.content) == (403, b"")
        assert (await site.get("/app")).status_code == 405
