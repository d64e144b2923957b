"""The line from the outbox to the chats: a real store, the strict Bot API, a clock of ours."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Bot, MessageEntity
from telegram.request import HTTPXRequest

from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.domain.alerts import Action, Level
from jobs.domain.clock import Clock
from jobs.store.claims import Delivery
from jobs.store.engine import Store
from tests.bot_api import BotApi
from tests.clocks import ManualClock
from tests.telling import NOON, kind_of, rows, subscribe, tell

A, B, GROUP, SUPERGROUP = 7, 8, -100, -1_000_000_000_100
SAYS = "alert 1 as of 1"


def render(delivery: Delivery) -> Message:
    if "notice" in delivery.facts:
        return Message(f"notice {delivery.facts['notice']}")
    if "digest" in delivery.facts:
        told = [line[0] for line in delivery.facts["lines"]]
        return Message(f"{delivery.facts['digest']} {told}")
    repeated = " (possibly repeated)" if delivery.possibly_repeated else ""
    return Message(
        f"{delivery.facts['says']}{repeated}", (MessageEntity(MessageEntity.BOLD, 0, 5),)
    )


@dataclass
class Line:
    """The whole line from the outbox to the chats, on a clock that a test moves."""

    store: Store
    api: BotApi
    bot: Bot
    clock: ManualClock
    render: Callable[[Delivery], Message] = render
    policy: Policy = field(
        default_factory=lambda: Policy(frozenset(Level), timedelta(seconds=10), timedelta(hours=24))
    )

    def deliverer(self, clock: Clock | None = None, bot: Bot | None = None) -> Deliverer:
        return Deliverer(
            self.store, bot or self.bot, clock or self.clock, Pacer(), self.render, self.policy
        )

    async def subscribe(self, *chat_ids: int, thread_id: int = 0) -> None:
        for chat_id in chat_ids:
            self.api.add_chat(chat_id, kind_of(chat_id))
        async with self.store.write() as conn:
            await subscribe(conn, *chat_ids, thread_id=thread_id)

    async def tell(self, alert_id: int = 1, number: int = 1, **how: Any) -> None:
        async with self.store.write() as conn:
            await tell(conn, alert_id, number, now=self.clock.now(), **how)

    async def rows(self, **where: Any) -> list[tuple[int, int, Action, str]]:
        async with self.store.read() as conn:
            return await rows(conn, **where)

    async def states(self, **where: Any) -> list[str]:
        return [row[3] for row in await self.rows(**where)]

    def shown(self, chat_id: int = A) -> list[str]:
        return [message.text for message in self.api.shown(chat_id)]

    def sends(self, chat_id: int | None = None) -> int:
        return len(self.api.calls_of("sendMessage", chat_id))

    async def settle(self, deliverer: Deliverer, rounds: int = 6) -> None:
        """Drain with half a minute between the rounds."""
        for _ in range(rounds):
            await deliverer.drain_once()
            self.clock.advance(30)


def unopened_bot(api: BotApi, **how: Any) -> Bot:
    # Loopback needs no certificates, and reading them takes longer than most tests.
    plain: dict[str, Any] = {"httpx_kwargs": {"verify": False}}
    requests = HTTPXRequest(**how, **plain), HTTPXRequest(**plain)
    return Bot(api.token, api.base_url, request=requests[0], get_updates_request=requests[1])


@asynccontextmanager
async def open_bot(api: BotApi, **how: Any) -> AsyncIterator[Bot]:
    async with unopened_bot(api, **how) as bot:
        yield bot


@asynccontextmanager
async def a_line() -> AsyncIterator[Line]:
    """Give a line over an empty store in memory."""
    store = await Store.open("sqlite://", migrate=True)
    async with BotApi() as api, open_bot(api) as bot:
        yield Line(store, api, bot, ManualClock(NOON))
    await store.close()
