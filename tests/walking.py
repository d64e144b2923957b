"""The whole way for a walk: news in by hand, the real pipeline, outbox, sender and bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.application import alert_buttons, render_delivery
from bot.commands.buttons import Press, Signer
from bot.delivery import Deliverer
from bot.pacing import Pacer
from bot.upkeep import Policy
from jobs.domain.alerts import ChatId, Level
from jobs.domain.events import EventType, Mention
from jobs.domain.orders import OrderKind
from jobs.reference import Reference
from jobs.store import orders
from tests.bot_api import Shown
from tests.samples import a_mention
from tests.small_world import SMALL_WORLD
from tests.talking import OPERATOR, PERSON, Talk, talking
from tests.watching_world import World


class Walk(Talk):
    """A talk with everything behind it: what is heard goes all the way into the chats."""

    def __init__(self, talk: Talk, most_per_hour: int, reference: Reference) -> None:
        super().__init__(talk.api, talk.app, talk.store, talk.clock)
        self.world = World(talk.store, reference, [ChatId(OPERATOR)], most_per_hour=most_per_hour)
        self.deliverer = Deliverer(
            talk.store,
            talk.app.bot,
            talk.clock,
            Pacer(),
            lambda delivery: render_delivery(delivery, reference, alert_buttons(talk.app)),
            Policy(
                frozenset(Level),
                timedelta(seconds=10),
                timedelta(hours=24),
                operators=(ChatId(OPERATOR),),
            ),
        )

    async def hear(self, actor: str, host: str = "", **changes: Any) -> None:
        """Let an outlet report something of an actor, on this day, and let it be told."""
        now = self.clock.now()
        values = {"type": EventType.MISSION, "attributions": (), "clause": "", **changes}
        said: Mention = a_mention(actor=actor, on=now.date(), **values)
        await self.world.hear(host or f"{actor.lower()}.example", said, at=now)
        await self.work()

    async def work(self) -> None:
        """Run the jobs and the sender until nothing is left to do now."""
        now = self.clock.now()
        await self.world.pipeline.carry_out_orders(now)
        await self.world.pipeline.digest(now)
        await self.world.pipeline.end_nights(now)
        await self.world.pipeline.make_room(now)
        await self.world.pipeline.expire_proposals(now)
        for _ in range(50):
            if not await self.deliverer.drain_once():
                return
            self.clock.ahead += 4

    async def retract(self, alert: int) -> None:
        """Let the operator take an alert back."""
        now = self.clock.now()
        async with self.store.write() as conn:
            told = {"alert": alert, "note": "a misreading"}
            await orders.put(
                conn,
                OrderKind.RETRACT,
                told,
                ordered_by=OPERATOR,
                chat_id=ChatId(OPERATOR),
                now=now,
            )
        await self.world.pipeline.carry_out_orders(now)
        await self.work()

    async def wait(self, step: timedelta, until: datetime) -> None:
        """Let time pass in steps, the jobs running after each."""
        while self.clock.now() + step < until:
            self.clock.ahead += step.total_seconds()
            await self.work()

    def texts(self, chat_id: int = PERSON) -> list[str]:
        """Return what the chat shows of us, oldest first."""
        return [shown.text for shown in self.api.shown(chat_id)]

    def last(self, chat_id: int = PERSON) -> Shown:
        """Return the newest message that the chat shows of us."""
        return self.api.shown(chat_id)[-1]

    async def press_under(
        self, shown: Shown, action: str, payload: str, chat_id: int, user_id: int
    ) -> str:
        """Press a button that stands under an alert, made as the alert's buttons are."""
        signer = Signer(self.api.token.encode())
        made = signer.sign(
            ChatId(chat_id), None, Press(action, payload), self.clock.now(), timedelta(days=1)
        )
        return await self.press_data(shown, made, chat_id, user_id)


@asynccontextmanager
async def walking(
    folder: Path, most_per_hour: int = 0, reference: Reference = SMALL_WORLD, **changes: Any
) -> AsyncIterator[Walk]:
    """Start the application with everything behind it."""
    async with talking(folder, reference=reference, **changes) as talk:
        yield Walk(talk, most_per_hour, reference)
