"""Carrying out what people order: read the order, rule on the ledger, tell, answer.

Each order is one transaction of the caller's; what it changes is told like any other
revision, and who ordered it, why and what came of it stays in the store.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.bookkeeping import Bookkeeper, Entry
from jobs.domain.alerts import AlertId, ChatId, Notice, Reason
from jobs.domain.events import (
    Correction,
    DateBasis,
    Event,
    EventId,
    EventStatus,
    Evidence,
    Mention,
)
from jobs.domain.items import ItemId, NewsItem, SourceId
from jobs.domain.orders import (
    Add,
    Confirm,
    Correct,
    Dismiss,
    Merge,
    Report,
    Retract,
    Split,
    Wish,
    read_order,
)
from jobs.domain.rulings import RulingKind, Word
from jobs.operating import operate
from jobs.reference import Reference
from jobs.store import alerts, events, items, mentions, reports, rulings
from jobs.store.items import StoredItem
from jobs.store.orders import Order
from jobs.telling import Telling

BY_HAND = SourceId("operator")
"""The source of what an operator enters."""

ADDED = "operator.added"
CONFIRMING = "operator.confirming"
"""The rules of mentions by hand; a confirming one goes to the event it confirms."""

MOST_REPORTS = 200
"""Open reports beyond this are turned away: nobody could work through them."""


class OrderError(Exception):
    """An order that cannot be carried out; its text is the answer."""


class NoSuchAlert(OrderError):
    """An order names an alert that does not exist."""

    def __init__(self, alert: AlertId) -> None:
        super().__init__(f"there is no alert {alert}")
        self.alert = alert


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to whom once an order is done, and the revision that it made."""

    notice: Notice
    made: tuple[AlertId, int] | None = None
    others: tuple[tuple[Collection[ChatId], Notice], ...] = ()


class Ordering:
    """Carries out orders for the length of one transaction."""

    def __init__(
        self,
        conn: AsyncConnection,
        reference: Reference,
        keeper: Bookkeeper,
        operators: Collection[ChatId],
        now: datetime,
    ) -> None:
        self._conn = conn
        self._reference = reference
        self._keeper = keeper
        self._operators = operators
        self._now = now

    async def carry_out(self, order: Order) -> Answer:
        """Do what is ordered and return the answer; what makes no sense changes nothing."""
        try:
            wish = read_order(order.kind, order.payload)
        except ValueError as error:
            return _refusal(order, error)
        try:
            return await self._do(order, wish)
        except NoSuchAlert as error:
            return Answer(Notice("no_such_alert", {"alert": error.alert}))
        except OrderError as error:
            return _refusal(order, error)

    async def _do(self, order: Order, wish: Wish) -> Answer:
        match wish:
            case Confirm():
                return await self._confirm(order, wish)
            case Retract():
                return await self._retract(order, wish)
            case Correct():
                return await self._correct(order, wish)
            case Merge():
                return await self._merge(order, wish)
            case Split():
                return await self._split(order, wish)
            case Add():
                return await self._add(order, wish)
            case Report():
                return await self._queue(order, wish)
            case Dismiss():
                return await self._dismiss(wish)
        notice, number = await operate(self._conn, wish, self._now)
        return Answer(notice, None if number is None else (number, 1))

    async def _confirm(self, order: Order, wish: Confirm) -> Answer:
        event = await self._event(wish.alert)
        pages: list[Evidence] = []
        if wish.url:
            title = wish.note or f"Confirmed: {wish.url}"
            said = Mention(
                case=event.case,
                actor=event.actor,
                type=event.type,
                status=event.status,
                on=event.on,
                basis=DateBasis.UNKNOWN if event.on is None else DateBasis.STATED,
                rule=CONFIRMING,
                clause=title,
                detail=event.detail,
            )
            stored = await self._item(order, wish.url, title)
            pages.append(await self._keeper.record(stored, said))
        word = await self._word(RulingKind.CONFIRM, event, pages=pages)
        tellings = await self._rule(order, word, event, wish.note, pages)
        return _answer("confirmed", wish.alert, tellings)

    async def _retract(self, order: Order, wish: Retract) -> Answer:
        event = await self._event(wish.alert)
        word = await self._word(RulingKind.RETRACT, event)
        return _answer("retracted", wish.alert, await self._rule(order, word, event, wish.note))

    async def _correct(self, order: Order, wish: Correct) -> Answer:
        event = await self._event(wish.alert)
        if wish.actor is not None or wish.type is not None:
            return await self._replace(order, wish, event)
        correction = Correction(
            await mentions.last_id(self._conn), wish.status, wish.on, wish.detail
        )
        word = await self._word(RulingKind.CORRECT, event, correction=correction)
        return _answer("corrected", wish.alert, await self._rule(order, word, event, wish.note))

    async def _replace(self, order: Order, wish: Correct, event: Event) -> Answer:
        """Take an event back and enter another: whose act it was, or what, was wrong.

        The old event stays where later copies of the mistake end, silently.
        """
        right = Add(
            case=event.case,
            actor=wish.actor or event.actor,
            type=wish.type or event.type,
            status=wish.status or event.status,
            on=wish.on or event.on,
            url=event.evidence[0].url,
            note=wish.note or event.evidence[0].title,
            detail=wish.detail or "",
        )
        if (right.actor, right.type) == (event.actor, event.type):
            raise OrderError("it says so already")
        word = await self._word(RulingKind.RETRACT, event)
        await self._rule(order, word, event, wish.note)
        return await self._add(order, right)

    async def _merge(self, order: Order, wish: Merge) -> Answer:
        event, into = await self._event(wish.alert), await self._event(wish.into)
        if event.id == into.id:
            raise OrderError("it cannot be merged with itself")
        if (event.case, event.actor, event.type) != (into.case, into.actor, into.type):
            raise OrderError(f"alert {wish.into} is of another case, actor or kind")
        word = await self._word(RulingKind.MERGE, event, other=into.id)
        return _answer("merged", wish.alert, await self._rule(order, word, event, wish.note))

    async def _split(self, order: Order, wish: Split) -> Answer:
        event = await self._event(wish.alert)
        why = await alerts.why(self._conn, wish.alert)
        accounts = why.accounts if why is not None else ()
        if not all(1 <= place <= len(accounts) for place in wish.sources):
            raise OrderError(f"its sources are numbered 1 to {len(accounts)}")
        taken = [accounts[place - 1].evidence for place in sorted(set(wish.sources))]
        left = [each.evidence for each in accounts if each.evidence not in taken]
        if not (_speaks(taken) and _speaks(left)):
            raise OrderError("both events need a source that is more than background")
        word = await self._word(
            RulingKind.SPLIT, event, other=await events.next_id(self._conn), pages=taken
        )
        return _answer("split", wish.alert, await self._rule(order, word, event, wish.note))

    async def _add(self, order: Order, wish: Add) -> Answer:
        if wish.case not in self._reference.cases:
            raise OrderError(f"there is no case {wish.case}")
        if wish.actor not in self._reference.actors:
            raise OrderError(f"there is no actor {wish.actor}")
        said = Mention(
            case=wish.case,
            actor=wish.actor,
            type=wish.type,
            status=wish.status,
            on=wish.on,
            basis=DateBasis.UNKNOWN if wish.on is None else DateBasis.STATED,
            rule=ADDED,
            clause=wish.note,
            detail=wish.detail,
        )
        stored = await self._item(order, wish.url, wish.note or wish.url)
        entry = await self._keeper.enter(stored, said)
        answer = _entered(entry)
        if wish.report is None:
            return answer
        number = answer.notice.values["alert"]
        thanks = Notice("report_used", {"report": wish.report, "alert": number})
        return await self._close(wish.report, "added", answer, thanks)

    async def _queue(self, order: Order, wish: Report) -> Answer:
        if await reports.count_waiting(self._conn) >= MOST_REPORTS:
            return Answer(Notice("reports_full", {}))
        number = await reports.put(self._conn, wish.url, order.chat_id, self._now)
        if number is None:
            return Answer(Notice("report_known", {}))
        told = Notice("report_new", {"report": number, "url": wish.url})
        return Answer(Notice("report_taken", {"report": number}), others=((self._operators, told),))

    async def _dismiss(self, wish: Dismiss) -> Answer:
        done = Answer(Notice("dismissed", {"report": wish.report}))
        looked = Notice("report_closed", {"report": wish.report, "why": wish.note or "-"})
        return await self._close(wish.report, "dismissed", done, looked)

    async def _close(self, report: int, outcome: str, answer: Answer, said: Notice) -> Answer:
        chat_id = await reports.close(self._conn, report, outcome, self._now)
        if chat_id is None:
            raise OrderError(f"there is no open report {report}")
        return Answer(answer.notice, answer.made, (([chat_id], said),))

    async def _event(self, alert_id: AlertId) -> Event:
        event = await alerts.event_of(self._conn, alert_id)
        if event is None:
            raise NoSuchAlert(alert_id)
        if event.merged_into is not None:
            other = (await alerts.of_events(self._conn, [event.merged_into]))[event.merged_into]
            raise OrderError(f"it was merged into alert {other}")
        return event

    async def _word(
        self,
        kind: RulingKind,
        event: Event,
        *,
        other: EventId | None = None,
        pages: Collection[Evidence] = (),
        correction: Correction | None = None,
    ) -> Word:
        after = await mentions.last_id(self._conn)
        named = tuple(each.mention_id for each in pages)
        return Word(kind, event.id, after, other, named, correction)

    async def _rule(
        self,
        order: Order,
        word: Word,
        event: Event,
        note: str,
        pages: Collection[Evidence] = (),
    ) -> list[Telling]:
        tellings = await self._keeper.rule(word, event, note, tuple(pages))
        await rulings.put(self._conn, order.id, word, self._now)
        return tellings

    async def _item(self, order: Order, url: str, title: str) -> StoredItem:
        item = NewsItem(
            source_id=BY_HAND,
            key=f"order {order.id}",
            url=url,
            title=title,
            summary="",
            lang="en",
            outlet=urlsplit(url).hostname or "",
            published_at=self._now,
            first_seen_at=self._now,
        )
        await items.put_items(self._conn, [item], baseline=False)
        number = await items.number_of(self._conn, item)
        await items.mark_processed(self._conn, [number], self._now)
        return StoredItem(ItemId(number), item, is_baseline=False)


def _refusal(order: Order, error: Exception) -> Answer:
    subject = order.payload.get("alert")
    named = order.kind if subject is None else str(subject)
    return Answer(Notice("unchanged", {"alert": named, "why": str(error)}))


def _speaks(evidence: Collection[Evidence]) -> bool:
    return any(each.mention.status is not EventStatus.PAST for each in evidence)


def _answer(key: str, alert_id: AlertId, tellings: Collection[Telling]) -> Answer:
    if not tellings:
        raise OrderError("it says so already")
    last = next(iter(tellings)).revision
    return Answer(Notice(key, {"alert": alert_id}), (last.alert_id, last.revision))


def _entered(entry: Entry) -> Answer:
    if not entry.tellings:
        why = entry.reason or Reason.ALREADY_KNOWN
        return Answer(Notice("added_untold", {"alert": None, "why": str(why)}))
    told = entry.tellings[0].revision
    return Answer(Notice("added", {"alert": told.alert_id}), (told.alert_id, told.revision))
