"""The real application on the strict fake Bot API, step by step: say, press, look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telegram.request import HTTPXRequest

from bot.application import App, build_application
from bot.pacing import Pacer
from bot.pictures.renderer import Renderer
from bot.taking import ChatByChat
from jobs.domain.alerts import AlertKind, Facts, Level, Reason
from jobs.domain.clock import SystemClock
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store import alerts, events
from jobs.store.engine import Store
from tests.blank_pictures import BlankRenderer
from tests.bot_api import BotApi, Shown
from tests.samples import an_event
from tests.small_world import SMALL_WORLD

PERSON, OPERATOR, GROUP, CHANNEL = 7, 9, -55, -1001234


class MovableClock(SystemClock):
    """The machine's clock, so many seconds ahead as a test wants."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += seconds


class Talk:
    """What a test holds of a running bot."""

    def __init__(self, api: BotApi, app: App, store: Store, clock: MovableClock) -> None:
        self.api, self.app, self.store, self.clock = api, app, store, clock
        self._offset = 0

    async def handle(self) -> None:
        """Let the application handle all that waits, one after the other."""
        for update in await self.app.bot.get_updates(self._offset, timeout=0):
            self._offset = update.update_id + 1
            await self.app.process_update(update)

    async def say(self, text: str, chat_id: int = PERSON, **extra: Any) -> list[Shown]:
        """Let a person write; return what the chat was shown in answer."""
        before = len(self.api.shown(chat_id))
        self.api.say(chat_id, text, **extra)
        await self.handle()
        return self.api.shown(chat_id)[before:]

    async def answer(self, text: str, chat_id: int = PERSON, **extra: Any) -> Shown:
        """Let a person write; return the one answer."""
        [shown] = await self.say(text, chat_id, **extra)
        return shown

    async def press(
        self, shown: Shown, label: str, chat_id: int = PERSON, user_id: int | None = None
    ) -> str:
        """Press the button whose label holds ``label``; return the pop-up's text."""
        button = next(one for one in shown.buttons if label in one["text"])
        return await self.press_data(shown, button["callback_data"], chat_id, user_id)

    async def press_data(
        self, shown: Shown, data: str, chat_id: int = PERSON, user_id: int | None = None
    ) -> str:
        """Press a button with this data; return the pop-up's text."""
        query = self.api.press(chat_id, shown.message_id, data, user_id)
        await self.handle()
        answered = self.api.updates.queries[query]
        assert answered is not None, "a press was left waiting"
        return str(answered.get("text") or "")

    async def share(self, query: str, **person: Any) -> dict[str, Any]:
        """Type behind the bot's name in some chat; return the answer."""
        query_id = self.api.ask_inline(PERSON, query, **person)
        await self.handle()
        answered = self.api.updates.inline[query_id]
        assert answered is not None, "a query was left waiting"
        return answered

    async def tell(self, facts: Facts, event_id: int = 1, **changes: Any) -> int:
        """Put an event and its alert into the store; return the alert's number."""
        now = self.clock.now()
        event = an_event(
            event_id,
            case=facts.case,
            actor=facts.actor,
            type=facts.type,
            status=facts.status,
            **changes,
        )
        async with self.store.write() as conn:
            await events.put(conn, event, now)
            alert_id = await alerts.create(conn, event.id, now)
            await alerts.add_revision(
                conn,
                alert_id,
                kind=AlertKind.ALERT,
                level=Level.MAJOR,
                reason=Reason.FIRST,
                facts=facts,
                now=now,
            )
        return alert_id


_migrated: list[bytes] = []
"""A new database's bytes: migrating one for each test takes longer than the test."""


async def _new_store(folder: Path) -> Store:
    path = folder / "talk.sqlite"
    url = f"sqlite:///{path}"
    if not _migrated:
        await (await Store.open(url, migrate=True)).close()
        _migrated.append(path.read_bytes())
    path.write_bytes(_migrated[0])
    return await Store.open(url, migrate=False)


@asynccontextmanager
async def talking(
    folder: Path,
    renderer: Renderer | None = None,
    reference: Reference = SMALL_WORLD,
    **changes: Any,
) -> AsyncIterator[Talk]:
    """Start the application on a fake Bot API with a person, an operator, a group, a channel.

    Pictures are blank but with a ``renderer``; ``changes`` are settings that are not as usual.
    """
    clock = MovableClock()
    async with BotApi() as api:
        api.add_chat(PERSON)
        api.add_chat(OPERATOR)
        api.add_chat(GROUP, "group")
        api.add_chat(CHANNEL, "channel")
        settings = Settings(
            _env_file=None,
            bot_token=SecretStr(api.token),
            api_base_url=api.url,
            admin_ids=(OPERATOR,),
            **changes,
        )
        store = await _new_store(folder)
        # Loopback needs no certificates, and reading them is slow.
        request = HTTPXRequest(httpx_kwargs={"verify": False})
        renderer = renderer or BlankRenderer()
        app = build_application(
            *(settings, store, reference, clock, request),
            renderer=renderer,
            pacer=Pacer(),
            taking=ChatByChat(8),
        )
        async with app, renderer:
            yield Talk(api, app, store, clock)
        await store.close()
