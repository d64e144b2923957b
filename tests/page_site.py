"""The page served on loopback from a store in memory, with a few alerts in it."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.page.routes import page_routes
from jobs.domain.alerts import AlertKind, Voice
from jobs.domain.events import EventStatus, EventType, Grade, Standing
from jobs.gatherings import note_forums
from jobs.reference.cases import Forum, Participation
from jobs.settings import Settings
from jobs.store import standings
from jobs.store.engine import Store
from jobs.web import WebServer
from tests.bot_api import TOKEN
from tests.clocks import ManualClock
from tests.hostile_titles import titles
from tests.publishing import tell_of
from tests.small_world import EVENING, SMALL_WORLD, TALIBAN
from tests.test_web import none, well

SUMMIT = Forum(
    "SCO summit", "SCO", "Tianjin", date(2025, 8, 31), date(2025, 9, 1), Participation.INVITED
)


@dataclass
class PageSite:
    """The page as a reader meets it."""

    client: httpx.AsyncClient
    store: Store
    clock: ManualClock
    port: int

    async def get(self, path: str = "/", **how: Any) -> httpx.Response:
        return await self.client.get(path, **how)

    async def text(self, path: str = "/", **how: Any) -> str:
        answer = await self.get(path, **how)
        assert answer.status_code == 200, path
        return answer.text


async def fill(store: Store) -> None:
    """Let Russia have recognised, Iran have met, Kazakhstan's news be satire."""
    async with store.write() as conn:
        await tell_of(conn, 1, AlertKind.ALERT, AlertKind.UPDATE, grade=Grade.CONFIRMED)
        await tell_of(conn, 2, actor="IR", type=EventType.MEETING, contested=True)
        gone: dict[str, Any] = {"retracted": True, "note": "It was <b>satire</b>."}
        await tell_of(conn, 3, AlertKind.ALERT, AlertKind.CANCEL, actor="KZ", **gone)
        planned: dict[str, Any] = {"status": EventStatus.PLANNED, "case": "palestine"}
        await tell_of(conn, 4, actor="CN", **planned)
        hostile = tuple(
            Voice(title, "https://x.example/1", title, EVENING) for title in titles(4, 5)
        )
        await tell_of(conn, 5, actor="UZ", type=EventType.FORUM, voices=hostile)
        for standing in (
            Standing("taliban", "RU", recognition="de_jure", recognised_on=date(2025, 7, 3)),
            Standing("taliban", "UZ", head_of_mission="ambassador", head_on=date(2024, 10, 9)),
            Standing("taliban", "IR", mission="embassy", mission_on=date(2023, 2, 26)),
            Standing("taliban", "CN", last_meeting_on=date(2025, 5, 21)),
        ):
            await standings.put(conn, standing, EVENING)
        await note_forums(conn, [replace(TALIBAN, forums=(SUMMIT,))], EVENING)


@asynccontextmanager
async def a_site(store: Store | None = None, **settings: Any) -> AsyncIterator[PageSite]:
    """Serve the page, open to everybody unless told otherwise."""
    chosen = Settings(**{"page": "open", "bot_token": TOKEN, **settings})
    opened = store or await Store.open("sqlite://", migrate=True)
    if store is None:
        await fill(opened)
    clock = ManualClock(EVENING)
    routes = page_routes(chosen, SMALL_WORLD, opened, clock)
    server = WebServer(lambda: {"ok": True}, well, none, routes)
    server.start("127.0.0.1", 0)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
            yield PageSite(client, opened, clock, server.port)
    finally:
        await server.stop()
        if store is None:
            await opened.close()


def init_data(token: str = TOKEN, *, at: float = EVENING.timestamp(), **fields: Any) -> str:
    """Return what Telegram's app says of its visitor, signed as Telegram does."""
    told: dict[str, Any] = {
        "query_id": "AAF",
        "auth_date": str(int(at)),
        "user": {"id": 7, "first_name": "Ann", "language_code": "en"},
        **fields,
    }
    plain = {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in told.items()
        if value is not None
    }
    checked = "\n".join(f"{name}={plain[name]}" for name in sorted(plain))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**plain, "hash": hmac.digest(key, checked.encode(), "sha256").hex()})
