"""Commands that read the ledger: /status, /latest, /countries, /why."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.sourcing import heard_of, sources_of
from bot.pictures.world_map import Level, level_of
from bot.texts import reading
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.reading import Freshness, Picture, Silent, Told
from bot.texts.sources import Heard
from jobs.domain.alerts import AlertId, Facts
from jobs.domain.events import Standing
from jobs.domain.health import SourceHealth
from jobs.store import alerts, chats, sources, standings
from jobs.store.alerts import Revision

FRESH_WITHIN = timedelta(hours=1)
_USUAL_LATEST = 5
_MOST_LATEST = 20
_SHOWN_OF_ACTOR = 3
_LOOKED_THROUGH = 200


async def status(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /status: the whole picture, or one country's standing."""
    if ask.argument:
        return await _status_of(desk, ask.argument, words)
    async with desk.store.read() as conn:
        healths = await sources.health(conn)
        known = await sources_of(conn, desk)
        pictures = [
            Picture(
                case,
                await standings.of_case(conn, case.id),
                next(iter(_told(await alerts.latest(conn, limit=1, cases=[case.id]))), None),
                _silent(desk, heard_of(desk, known, case, healths)),
            )
            for case in desk.reference.cases.values()
        ]
    freshness = _freshness(healths, desk.clock.now())
    return reading.overview(words, desk.reference, pictures, freshness)


async def latest(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /latest: the newest alerts of the cases that this chat hears of."""
    limit = _USUAL_LATEST
    if ask.argument.isdecimal():
        limit = min(max(int(ask.argument[:4]), 1), _MOST_LATEST)
    async with desk.store.read() as conn:
        wanted = await chats.read_filter(conn, ask.chat_id)
        cases = wanted.cases if wanted is not None else ()
        told = _told(await alerts.latest(conn, limit=limit, cases=cases))
    return reading.latest(words, desk.reference, told)


async def countries(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /countries: who stands where, by how far each has gone."""
    async with desk.store.read() as conn:
        found = [
            (case, _by_level(await standings.of_case(conn, case.id)))
            for case in desk.reference.cases.values()
        ]
    return reading.countries(words, desk.reference, found)


async def why(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /why ID: every source behind an alert, and what was made of it."""
    number = alert_number(ask.argument)
    if number is None:
        return reading.no_such_alert(words, ask.argument)
    async with desk.store.read() as conn:
        found = await alerts.why(conn, number)
    told = _told(found.revisions[-1:]) if found is not None else []
    if found is None or not told:
        return reading.no_such_alert(words, ask.argument)
    accounts = [(account.evidence, account.reason) for account in found.accounts]
    changes = [(revision.created_at, revision.reason) for revision in found.revisions]
    return reading.why(words, desk.reference, told[0], accounts, changes)


def alert_number(text: str) -> AlertId | None:
    """Return the alert's number that a text is, with or without a number sign."""
    digits = text.strip().removeprefix("#")
    return AlertId(int(digits)) if digits.isdecimal() and len(digits) < 16 else None


async def _status_of(desk: Desk, asked: str, words: Words) -> Message:
    found = desk.gazetteer.find(asked)
    if found.code is None:
        return reading.no_such_actor(words, desk.reference, asked, found.guesses)
    lines = []
    async with desk.store.read() as conn:
        for case in desk.reference.cases.values():
            standing = await standings.get(conn, case.id, found.code)
            newest = await alerts.latest(conn, limit=_LOOKED_THROUGH, cases=[case.id])
            told = [one for one in _told(newest) if one.facts.actor == found.code]
            lines.append((case, standing, told[:_SHOWN_OF_ACTOR]))
    return reading.status_of_actor(words, desk.reference, found.code, lines)


def _silent(desk: Desk, heard: Heard) -> Silent | None:
    if heard.at is None or not heard.is_silent:
        return None
    return Silent(heard.at, int((desk.clock.now() - heard.at).total_seconds() // 3600))


def _freshness(health: Sequence[SourceHealth], now: datetime) -> Freshness:
    read = [source.last_ok_at for source in health if source.last_ok_at is not None]
    fresh = sum(1 for at in read if now - at <= FRESH_WITHIN)
    return Freshness(fresh, len(health), max(read, default=None), FRESH_WITHIN)


def _told(revisions: Iterable[Revision]) -> list[Told]:
    return [
        Told(revision.alert_id, revision.facts)
        for revision in revisions
        if isinstance(revision.facts, Facts)
    ]


def _by_level(stand: Iterable[Standing]) -> dict[str, list[str]]:
    """Return the actors' codes by how far each has gone, furthest first."""
    levels: dict[str, list[str]] = {level: [] for level in Level}
    for standing in stand:
        levels[level_of(standing)].append(standing.actor)
    return {level: codes for level, codes in levels.items() if codes}
