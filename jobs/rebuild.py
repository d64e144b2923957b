"""The ledger made anew from what is stored of mentions and rulings.

Nothing is detected anew and nothing is told. With the rules that wrote the ledger the
result is the same, byte for byte; with newer rules it is the ledger they would have made,
under the numbers that alerts know.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Reason
from jobs.domain.events import Event, EventId, MentionId, Standing
from jobs.ledger.journal import Ledger, read_journal
from jobs.ledger.standings import stand
from jobs.reference import Reference
from jobs.store import events, mentions, rulings, standings


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many events and standings were made, and how each differs from the stored one."""

    events: int
    standings: int
    differences: tuple[str, ...]


async def rebuild(conn: AsyncConnection, reference: Reference, now: datetime) -> Rebuilt:
    """Make the ledger anew, write it where it differs, and return how it did.

    The caller holds ``engine.lock_ledger``.
    """
    journal = await mentions.journal(conn)
    homes = {
        each.evidence.mention_id: each.event_id for each in journal if each.event_id is not None
    }
    opponents = {name: case.opponents for name, case in reference.cases.items()}
    unheard = {e.evidence.mention_id for e in journal if e.reason is Reason.OTHER_CASE}
    spoken = [each.evidence for each in journal if each.evidence.mention.case in reference.cases]
    anew = read_journal(spoken, await rulings.every(conn), opponents, homes, unheard)
    stored = {event.id: event for event in await events.every(conn)}
    ledger = _with_what_was_told(anew, stored, homes)
    found = [*_event_differences(stored, ledger.events), *_home_differences(homes, ledger.homes)]
    for event in ledger.events.values():
        await events.put(conn, event, now)
    for mention_id in homes.keys() | ledger.homes.keys():
        if homes.get(mention_id) != ledger.homes.get(mention_id):
            await mentions.move(conn, [mention_id], ledger.homes.get(mention_id))
    stands = await _stand_anew(conn, reference, ledger, now, found)
    return Rebuilt(len(ledger.events), stands, tuple(found))


def _with_what_was_told(
    ledger: Ledger, stored: Mapping[EventId, Event], homes: Mapping[MentionId, EventId]
) -> Ledger:
    """Keep in which message an event was told, and events that only their alerts still need."""
    kept = {
        event.id: replace(event, inhibited_by=stored[event.id].inhibited_by)
        if event.id in stored
        else event
        for event in ledger.events.values()
    }
    for event in stored.values():
        if event.id not in kept:
            moved = (ledger.homes.get(m) for m, home in homes.items() if home == event.id)
            into = next((each for each in moved if each is not None), None)
            kept[event.id] = replace(event, evidence=(), merged_into=into, retracted=True)
    return Ledger(kept, ledger.homes)


def _event_differences(
    stored: Mapping[EventId, Event], anew: Mapping[EventId, Event]
) -> Iterator[str]:
    for event_id in sorted(stored.keys() | anew.keys()):
        before, after = stored.get(event_id), anew.get(event_id)
        if before is None or after is None:
            yield f"event {event_id}: {'new' if before is None else 'gone'}"
            continue
        yield from _differences(f"event {event_id}", before, after)


def _home_differences(
    stored: Mapping[MentionId, EventId], anew: Mapping[MentionId, EventId]
) -> Iterator[str]:
    for mention_id in sorted(stored.keys() | anew.keys()):
        before, after = stored.get(mention_id), anew.get(mention_id)
        if before != after:
            yield f"mention {mention_id}: was of event {before}, is of event {after}"


def _differences(what: str, before: Any, after: Any) -> Iterator[str]:
    for field in fields(before):
        was, is_now = getattr(before, field.name), getattr(after, field.name)
        if field.name != "evidence" and was != is_now:
            yield f"{what}: {field.name} was {was}, is {is_now}"


async def _stand_anew(
    conn: AsyncConnection, reference: Reference, ledger: Ledger, now: datetime, found: list[str]
) -> int:
    pages: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in ledger.events.values():
        pages[event.case, event.actor].append(event)
    for case in reference.cases.values():
        for known in case.baseline:
            pages.setdefault((case.id, known.standing.actor), [])
    for (case_id, actor), page in sorted(pages.items()):
        if case_id in reference.cases:
            baseline = reference.cases[case_id].known(actor)
            after = stand(case_id, actor, sorted(page, key=lambda each: each.id), baseline)
            before = await standings.get(conn, case_id, actor) or Standing(case_id, actor)
            found.extend(_differences(f"standing of {actor} toward {case_id}", before, after))
            await standings.put(conn, after, now)
    return len(pages)
