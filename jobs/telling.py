"""Telling what changed: an alert's next revision with its deliveries, and whom it answers.

All of it runs on the caller's connection, in the transaction that changes the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import AlertId, AlertKind, Facts, Filter, Reason, Transition
from jobs.domain.events import Event, EventId
from jobs.ledger.fanout import facts_of, wants
from jobs.ledger.standings import stand
from jobs.ledger.transitions import take_in, taken_back
from jobs.meters import Meters
from jobs.reference import Reference
from jobs.store import alerts, catching_up, chats, events, outbox, proposals, room
from jobs.store.alerts import Revision


@dataclass(frozen=True, slots=True)
class Telling:
    """A revision just written; ``inhibited_by`` is the alert in whose message it stands."""

    revision: Revision
    event: Event
    inhibited_by: AlertId | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The ledger's page of one case and actor: its events, and the alerts that tell of them."""

    case: str
    actor: str
    events: tuple[Event, ...]
    alerts: dict[EventId, AlertId]

    def beside(self, event: Event) -> tuple[Event, ...]:
        """Return the other events."""
        return tuple(each for each in self.events if each.id != event.id)

    def holding(self, event: Event, alert_id: AlertId | None = None) -> Self:
        """Return the page with an event as it is now, and as told if it is."""
        told = {} if alert_id is None else {event.id: alert_id}
        changed = (*self.beside(event), event)
        return replace(self, events=changed, alerts={**self.alerts, **told})

    def find(self, event_id: EventId) -> Event:
        """Return one of its events."""
        return next(each for each in self.events if each.id == event_id)

    def alert_of(self, event_id: EventId | None) -> AlertId | None:
        """Return the alert that tells of an event, None if there is none."""
        return None if event_id is None else self.alerts.get(event_id)


async def whole(conn: AsyncConnection, event: Event) -> Event:
    """Return an event with its evidence, which a page leaves out of old ones."""
    return event if event.evidence else await events.get(conn, event.id) or event


class Teller:
    """Writes revisions for the length of one transaction.

    While ``is_unsure``, what is told may have been told before: the store was put back.
    """

    def __init__(
        self,
        conn: AsyncConnection,
        reference: Reference,
        most_per_hour: int,
        now: datetime,
        meters: Meters,
    ) -> None:
        self._conn = conn
        self._reference = reference
        self._most_per_hour = most_per_hour
        self._now = now
        self._meters = meters
        self.is_unsure = False
        self._filters: Sequence[tuple[int, Filter]] | None = None

    async def tell(
        self,
        page: Page,
        event: Event,
        decision: Transition,
        revisions: Sequence[Revision],
        note: str,
    ) -> tuple[Telling, ...]:
        """Write what an event's next revision says, and what it changes in other alerts."""
        if revisions:
            alert_id = revisions[-1].alert_id
            # The operator's words stay until there are others.
            note = note or _note(revisions[-1])
        else:
            alert_id = await alerts.create(self._conn, event.id, self._now)
        page = page.holding(event, alert_id)
        revision = await self._write(page, event, decision, alert_id, note)
        if event.inhibited_by is None:
            return Telling(revision, event), *await self._answer(page, event)
        greater = page.find(event.inhibited_by)
        own = Telling(revision, event, page.alerts[greater.id])
        return (
            (own,) if revisions else (own, await self._follow_up(page, greater, take_in(greater)))
        )

    async def _answer(self, page: Page, event: Event) -> tuple[Telling, ...]:
        """Let the alert of what an event takes back say so, or say so no more."""
        if event.reverses is None or event.reverses not in page.alerts:
            return ()
        undone = page.find(event.reverses)
        last = (await alerts.revisions_of(self._conn, undone.id))[-1]
        is_said = isinstance(last.facts, Facts) and (
            last.facts.reversed_by == self._facts(page, undone).reversed_by
        )
        if is_said or last.kind is AlertKind.SIGNAL:
            return ()
        said = taken_back(undone, is_undone=not event.retracted)
        return (await self._follow_up(page, undone, said),)

    async def _follow_up(self, page: Page, event: Event, decision: Transition) -> Telling:
        """Revise an alert quietly for what happened to another one."""
        event = await whole(self._conn, event)
        last = (await alerts.revisions_of(self._conn, event.id))[-1]
        revision = await self._write(page, event, decision, last.alert_id, _note(last))
        return Telling(revision, event)

    async def _write(
        self, page: Page, event: Event, decision: Transition, alert_id: AlertId, note: str
    ) -> Revision:
        """Write an alert's next revision together with its deliveries."""
        facts = replace(self._facts(page, event), note=note)
        number = await alerts.add_revision(
            self._conn,
            alert_id,
            kind=decision.kind,
            level=decision.level,
            reason=decision.reason,
            facts=facts,
            now=self._now,
        )
        wanting = await self._wanting(event, facts, decision)
        await room.fill(self._conn, alert_id, number, wanting, self._most_per_hour, self._now)
        await outbox.fan_out(
            self._conn,
            alert_id,
            number,
            wanting,
            level=decision.level,
            loud=decision.loud,
            now=self._now,
            answers=facts.reverses if decision.reason is Reason.REVERSAL else None,
            is_unsure=self.is_unsure,
        )
        if self.is_unsure:
            await catching_up.hold(self._conn, alert_id, number, self._now)
        await proposals.propose(self._conn, alert_id, facts, self._now)
        self._meters.revisions.labels(decision.kind).inc()
        return Revision(
            alert_id,
            event.id,
            number,
            decision.kind,
            decision.level,
            decision.reason,
            facts,
            self._now,
        )

    def _facts(self, page: Page, event: Event) -> Facts:
        others = page.beside(event)
        known = self._reference.cases[page.case].known(page.actor)
        undoing = [e.id for e in others if e.reverses == event.id and not e.retracted]
        return facts_of(
            event,
            reverses=page.alert_of(event.reverses),
            reversed_by=page.alert_of(max(undoing, default=None)),
            same_as=page.alert_of(event.merged_into),
            includes=[each for each in others if each.inhibited_by == event.id],
            recognises=stand(page.case, page.actor, others, known).recognition == "de_jure",
        )

    async def _wanting(self, event: Event, facts: Facts, decision: Transition) -> list[int]:
        if event.inhibited_by is not None:
            return []
        # Asked for once, and only if anything is told: most items tell nothing.
        if self._filters is None:
            self._filters = await chats.wanted_filters(self._conn)
        return [
            filter_id
            for filter_id, chosen in self._filters
            if wants(chosen, facts, decision.level, self._reference)
        ]


def _note(revision: Revision) -> str:
    return revision.facts.note if isinstance(revision.facts, Facts) else ""
