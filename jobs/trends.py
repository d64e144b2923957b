"""What moves: each watched actor's momentum is kept for the bot, and a wave is announced.

A wave is announced when it begins and again when it has doubled, so that a great one is
not hidden behind a small one; and each case's waves are apart.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Level, Notice
from jobs.ledger.momentum import HORIZON, WAVE_DAYS, Momentum, Wave, momentum, wave
from jobs.reference import Reference
from jobs.reference.cases import Case
from jobs.store import alerts, chats, events, facts, outbox

REST = timedelta(days=14)
"""A wave that has grown no more for so long is over; the next one is announced anew."""


async def note_trends(conn: AsyncConnection, reference: Reference, now: datetime) -> None:
    """Bring every case's momenta up to date, and tell of a wave that is new or has doubled."""
    for case in reference.cases.values():
        if case.watch:
            await _keep_momenta(conn, case, now)
        recent = await events.since(conn, case.id, now - 2 * WAVE_DAYS)
        found = wave(recent, now.date())
        if found is not None and await _is_news(conn, case.id, found, now):
            await _announce(conn, case, found, now)


async def _keep_momenta(conn: AsyncConnection, case: Case, now: datetime) -> None:
    scores = []
    for watched in case.watch:
        known = await events.of_actor(conn, case.id, watched.actor)
        fresh = [each for each in known if each.on is None or now.date() - each.on <= HORIZON]
        scores.append(_as_json(momentum(watched.actor, fresh, now.date())))
    scores.sort(key=lambda each: -each["score"])
    await facts.put(conn, f"momentum {case.id}", scores)


def _as_json(found: Momentum) -> dict[str, Any]:
    return {
        "actor": found.actor,
        "score": found.score,
        "signals": [
            [each.event_id, each.type, each.status, each.grade, each.on.isoformat(), each.points]
            for each in found.signals
        ],
    }


async def _is_news(conn: AsyncConnection, case_id: str, found: Wave, now: datetime) -> bool:
    """Say whether a wave is to be told, and remember it if so."""
    last = await facts.get(conn, f"wave {case_id}")
    if isinstance(last, dict):
        is_over = found.since - date.fromisoformat(last["until"]) > REST
        if not is_over and len(found.actors) < 2 * last["count"]:
            return False
    told = {"until": found.until.isoformat(), "count": len(found.actors)}
    await facts.put(conn, f"wave {case_id}", told)
    return True


async def _announce(conn: AsyncConnection, case: Case, found: Wave, now: datetime) -> None:
    # Codes, as each chat is told in its own language.
    values: dict[str, str | int | bool | None] = {
        "count": len(found.actors),
        "case": case.id,
        "days": (found.until - found.since).days + 1,
        "actors": " ".join(found.actors),
    }
    alert_id = await alerts.add_notice(conn, Notice("wave", values), now)
    wanting = [
        filter_id
        for filter_id, chosen in await chats.wanted_filters(conn)
        if (not chosen.cases or case.id in chosen.cases) and chosen.level is not Level.MAJOR
    ]
    await outbox.fan_out(conn, alert_id, 1, wanting, level=Level.ALERT, loud=False, now=now)
