"""A pipeline whose items are put in by hand, and chats whose deliveries can be looked at."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from jobs.bookkeeping import Entry
from jobs.detection import Detector, Text
from jobs.domain.alerts import ChatId, Filter
from jobs.domain.events import Mention
from jobs.pipeline import Keeping, Pipeline
from jobs.reference import Reference, load_reference
from jobs.store import alerts, chats
from jobs.store.alerts import Revision
from jobs.store.chats import ChatKind
from jobs.store.engine import Store
from jobs.store.schema import outbox
from tests.samples import NOON, an_item

REFERENCE: Reference = replace(load_reference(), sources={})
CHAT, OTHER_CHAT = ChatId(1), ChatId(2)


class PoisonError(Exception):
    pass


class Scripted(Detector):
    """Hears in an item what the test says that it does, by the item's title."""

    def __init__(self) -> None:
        self.heard: dict[str, Sequence[Mention]] = {}
        self.poison = ""

    def detect(self, text: Text) -> list[Mention]:
        if text.title == self.poison:
            raise PoisonError
        return list(self.heard.get(text.title, ()))


def _own_words(host: str) -> str:
    digest = hashlib.sha256(host.encode()).hexdigest()
    return " ".join(digest[start : start + 6] for start in range(0, 60, 6))


class World:
    """One store with its pipeline."""

    def __init__(
        self,
        store: Store,
        reference: Reference = REFERENCE,
        operators: Sequence[ChatId] = (CHAT,),
        *,
        most_per_hour: int = 0,
    ) -> None:
        self.store = store
        self.detector = Scripted()
        self.pipeline = Pipeline(
            store,
            reference,
            self.detector,
            freshness=timedelta(hours=72),
            keeping=Keeping(items=timedelta(days=400), outbox=timedelta(days=90)),
            most_per_hour=most_per_hour,
            operators=operators,
        )

    async def subscribe(self, *chat_ids: ChatId, wanted: Filter = Filter()) -> None:  # noqa: B008
        async with self.store.write() as conn:
            for chat_id in chat_ids:
                await chats.open_chat(
                    conn, chat_id, ChatKind.PRIVATE, language="en", zone="UTC", now=NOON
                )
                await chats.subscribe(conn, chat_id, wanted, NOON)

    async def put(
        self,
        host: str,
        *mentions: Mention,
        at: datetime = NOON,
        title: str = "",
        is_baseline: bool = False,
    ) -> None:
        """Store an item of an outlet; each has words of its own, so none is a copy."""
        title = title or _own_words(host)
        self.detector.heard[title] = mentions
        item = an_item(
            f"{host}-{title}-{at}",
            title=title,
            url=f"https://{host}/1",
            outlet=host,
            published_at=at,
            first_seen_at=at,
        )
        await self.pipeline.take([item], is_baseline=is_baseline)

    async def hear(self, host: str, *mentions: Mention, at: datetime = NOON) -> list[Entry]:
        await self.put(host, *mentions, at=at)
        return await self.pipeline.detect(at)

    async def told(self) -> list[Revision]:
        async with self.store.read() as conn:
            shown = await alerts.latest(conn, limit=100)
            return [
                each
                for last in reversed(shown)
                if last.event_id is not None
                for each in await alerts.revisions_of(conn, last.event_id)
            ]

    async def deliveries(self) -> list[tuple[int, int, int, str]]:
        """Return what the outbox holds: alert, revision, chat, action."""
        async with self.store.read() as conn:
            rows = await conn.execute(
                select(outbox.c.alert_id, outbox.c.revision, outbox.c.chat_id, outbox.c.action)
                .where(outbox.c.state != "CANCELLED")
                .order_by(outbox.c.id)
            )
            return [(row[0], row[1], row[2], row[3]) for row in rows]
