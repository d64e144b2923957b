"""Many alerts in one message: what quiet hours held, a full hour, or an outage."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import (
    Action,
    AlertId,
    ChatId,
    DeliveryState,
    Digest,
    DigestLine,
    Facts,
    Occasion,
)
from jobs.domain.silences import is_silenced
from jobs.store import alerts, digests, silences
from jobs.store.outbox import cancel
from jobs.store.schema import alert, outbox
from jobs.store.states import UNSENT

_Alerts = tuple[AlertId, ...]

IS_HELD_ALERT = (
    outbox.c.state == DeliveryState.PENDING,
    outbox.c.action == Action.SEND,
    alert.c.event_id.is_not(None),
)
"""Which rows, joined with ``alert``, may be joined in one message if they are held."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one place is to be told of, oldest first, and since when it has been held."""

    chat_id: ChatId
    thread_id: int
    since: datetime
    alert_ids: _Alerts
    changed: frozenset[AlertId] = frozenset()
    """Those that the place has a message of: it is told how they changed, and may be edited."""


async def join(
    conn: AsyncConnection,
    occasion: Occasion,
    found: Sequence[Held],
    now: datetime,
    *,
    apart: int = 0,
) -> None:
    """Write one message for what each place holds; places that hold the same share it.

    Each alert is told as it stands now, the greatest first, and not by itself any more. What
    tells of no event helps nobody later, and is left as it is; so are up to ``apart`` alerts
    of a place, if all of them still stand.
    """
    numbers = {number for each in found for number in each.alert_ids}
    lines, ranks = await _lines(conn, numbers)
    quiet = await silences.of_chats(conn, {each.chat_id for each in found}, now)
    groups: dict[tuple[datetime, _Alerts, _Alerts, frozenset[AlertId]], list[Held]] = defaultdict(
        list
    )
    for each in found:
        mine = quiet.get((each.chat_id, each.thread_id), ())
        stands = [
            number
            for number in set(each.alert_ids)
            # What was retracted before anybody was told of it is told to nobody.
            if number in lines
            and not lines[number].facts.retracted
            and not is_silenced(number, lines[number].facts, mine)
        ]
        told = tuple(sorted(stands, key=lambda n: (ranks[n], -n)))
        if len(each.alert_ids) > apart or len(told) < len(each.alert_ids):
            groups[each.since, told, each.alert_ids, each.changed].append(each)
    for (since, told, held, changed), places in groups.items():
        await _drop(conn, places, held, changed)
        if told:
            shown = [replace(lines[n], is_new=n not in changed) for n in told]
            digest = Digest.of(occasion, since, shown)
            where = [(each.chat_id, each.thread_id) for each in places]
            await digests.put(conn, digest, where, now)


async def _lines(
    conn: AsyncConnection, numbers: Collection[AlertId]
) -> tuple[dict[AlertId, DigestLine], dict[AlertId, int]]:
    """Return alerts as a digest's lines, and how great each is."""
    lines, ranks = {}, {}
    for one in await alerts.newest(conn, numbers):
        if isinstance(one.facts, Facts):
            ranks[one.alert_id] = one.level.rank
            lines[one.alert_id] = DigestLine.of(
                one.alert_id, one.revision, one.reason, one.facts, is_new=True
            )
    return lines, ranks


async def _drop(
    conn: AsyncConnection,
    places: Sequence[Held],
    alert_ids: Collection[AlertId],
    changed: Collection[AlertId],
) -> None:
    """Cancel what places hold of alerts that are told in one message instead."""
    for thread_id in sorted({each.thread_id for each in places}):
        await cancel(
            conn,
            "joined in one message",
            outbox.c.chat_id.in_([each.chat_id for each in places if each.thread_id == thread_id]),
            outbox.c.thread_id == thread_id,
            outbox.c.alert_id.in_(alert_ids),
            or_(outbox.c.alert_id.not_in(changed), outbox.c.action == Action.REPLY),
            outbox.c.state.in_(UNSENT),
        )
