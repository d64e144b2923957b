"""The ledger's rows as the texts take them, and how fresh they are."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.texts.language import Words
from bot.texts.messages import Button
from bot.texts.reading import Freshness, Told
from jobs.domain.alerts import Facts
from jobs.domain.events import Event
from jobs.store import latencies, listing
from jobs.store.alerts import Revision
from jobs.store.listing import Listed

FRESH_WITHIN = timedelta(hours=1)


async def freshness(conn: AsyncConnection, now: datetime) -> Freshness:
    """Return how many sources were read within the last hour, and how soon alerts came."""
    read = await listing.freshness(conn, now - FRESH_WITHIN)
    measured = await latencies.known(conn)
    return Freshness(read.fresh, read.all, read.last_read_at, FRESH_WITHIN, measured)


def told_alerts(revisions: Iterable[Revision]) -> list[Told]:
    """Return alerts as told; notices tell of no event and are left out."""
    return [
        Told(revision.alert_id, revision.facts)
        for revision in revisions
        if isinstance(revision.facts, Facts)
    ]


def told_events(listed: Iterable[Listed]) -> list[Told]:
    """Return events as they would be told now."""
    return [Told(each.alert_id, facts_of(each.event)) for each in listed]


def facts_of(event: Event) -> Facts:
    """Return an event's facts, without its sources."""
    return Facts(
        case=event.case,
        actor=event.actor,
        type=event.type,
        status=event.status,
        grade=event.grade,
        on=event.on,
        first_seen_at=event.first_seen_at,
        origins=max(len(event.origins), 1),
        detail=event.detail,
        contested=event.contested,
        retracted=event.retracted,
    )


def pager(
    desk: Desk, ask: Ask, words: Words, action: str, newer: str | None, older: str | None
) -> Sequence[Button]:
    """Return the buttons to the pages before and after, of those that there are."""
    buttons = []
    if newer is not None:
        buttons.append(desk.button(ask, "« " + words.gettext("Newer"), action, newer))
    if older is not None:
        buttons.append(desk.button(ask, words.gettext("Older") + " »", action, older))
    return buttons
