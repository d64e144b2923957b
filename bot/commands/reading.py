"""Commands that read the ledger: /status, /latest, /countries, /why, /stats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.actions import (
    COUNTRIES,
    LATEST,
    MEETINGS,
    STATUS,
    TIMELINE_PAGE,
    WHY_PAGE,
)
from bot.commands.asked import case_named, case_of_seat
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.drawing import Picture, Studio, illustrated
from bot.commands.ledger import freshness, pager, told_alerts
from bot.commands.sourcing import heard_of, sources_of
from bot.pictures.levels import Level, level_of
from bot.texts import charts, evidence, figures, reading
from bot.texts import countries as country_lists
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from bot.texts.names import actor_name
from bot.texts.reading import Silent, Situation
from bot.texts.sources import Heard
from jobs.domain.alerts import AlertId
from jobs.domain.events import Standing
from jobs.reference.cases import Case
from jobs.store import alerts, chats, listing, sources, standings

_USUAL_LATEST = 5
_MOST_LATEST = 20
_SHOWN_OF_ACTOR = 3
_ON_CARD = 300
_ACCOUNTS_A_PAGE = 5
_STATS_DAYS = 7


async def status(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /status: the whole picture, one case's, or one country's standing."""
    return await _status(desk, ask, words, ask.argument)


async def press_status(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show where a case or a country stands; the payload is what would be typed."""
    return await _status(desk, ask, words, payload)


async def latest(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /latest: the newest alerts of the cases that this chat hears of."""
    limit = _USUAL_LATEST
    if ask.argument.isdecimal():
        limit = min(max(int(ask.argument[:4]), 1), _MOST_LATEST)
    return await _latest(desk, ask, words, limit, None)


async def press_latest(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show the page of alerts before a number."""
    limit, _, before = payload.partition(":")
    return await _latest(desk, ask, words, int(limit), AlertId(int(before)))


async def countries(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /countries: who stands where, by how far each has gone."""
    async with desk.store.read() as conn:
        found = [
            (case, _by_level(await standings.of_case(conn, case.id)))
            for case in desk.reference.cases.values()
        ]
        fresh = reading.how_fresh(words, await freshness(conn, desk.clock.now()))
    answer = country_lists.countries(words, desk.reference, found, fresh)
    return answer.with_rows(
        *(
            [
                desk.button(
                    ask,
                    f"{case.short_name(words.language)}: {words.gettext('all')}",
                    COUNTRIES,
                    f"{case.id}:0",
                )
            ]
            for case, codes in found
            if codes
        )
    )


async def press_countries(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show one page of everybody who stands somewhere toward a case."""
    name, _, number = payload.partition(":")
    case, page = desk.reference.cases.get(name), int(number)
    if case is None:  # its file is gone since the button was made
        return charts.no_such_case(words, name, desk.reference.cases.values())
    async with desk.store.read() as conn:
        codes = _by_level(await standings.of_case(conn, case.id))
    answer = country_lists.countries_of_case(words, desk.reference, case, codes, page)
    buttons = [
        desk.button(ask, label, COUNTRIES, f"{name}:{to}")
        for label, to in (("«", page - 1), ("»", page + 1))
        if 0 <= to < country_lists.pages_of(codes)
    ]
    return answer.with_rows(buttons)


async def why(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /why ID: the sources behind an alert, and what was made of them."""
    number = alert_number(ask.argument)
    if number is None:
        return reading.no_such_alert(words, ask.argument)
    return await _why(desk, ask, words, number, 0)


async def press_why(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show the sources behind the alert whose button was pressed."""
    return await _why(desk, ask, words, AlertId(int(payload)), 0)


async def press_why_page(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show a further page of an alert's sources."""
    number, _, page = payload.partition(":")
    return await _why(desk, ask, words, AlertId(int(number)), int(page))


async def stats(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /stats: how much was read and told."""
    now = desk.clock.now()
    async with desk.store.read() as conn:
        counts = await listing.counts(conn, now - timedelta(days=_STATS_DAYS))
        fresh = await freshness(conn, now)
    return figures.stats(words, desk.reference, counts, _STATS_DAYS, fresh)


def alert_number(text: str) -> AlertId | None:
    """Return the alert's number that a text is, with or without a number sign."""
    digits = text.strip().removeprefix("#")
    return AlertId(int(digits)) if digits.isdecimal() and len(digits) < 16 else None


async def _status(desk: Desk, ask: Ask, words: Words, asked: str) -> Message:
    if not asked:
        return await _overview(desk, ask, words)
    case = case_named(desk.reference, asked)
    found = desk.gazetteer.find(asked)
    case = case or case_of_seat(desk.reference, found.code)
    if case is not None:
        return await _status_of_case(desk, ask, words, case)
    if found.code is None:
        answer = reading.no_such_actor(words, desk.reference, asked, found.guesses)
        names = {code: actor_name(desk.reference, code, words.language) for code in found.guesses}
        return answer.with_rows([desk.button(ask, names[code], STATUS, code) for code in names])
    return await status_of(desk, ask, words, found.code)


async def _overview(desk: Desk, ask: Ask, words: Words) -> Message:
    cases, studio = list(desk.reference.cases.values()), Studio(desk, words)
    async with desk.store.read() as conn:
        found = await _situations(conn, desk, cases, newest=1)
        fresh = await freshness(conn, desk.clock.now())
    versions = (
        reading.overview(words, desk.reference, found, fresh, watched)
        for watched in range(reading.SHOWN_WATCHED, -1, -1)
    )
    picture = None
    if found:
        picture = await studio.picture(lambda: studio.world(cases[0], found[0].standings))
    answer = illustrated(versions, picture)
    return answer.with_rows(
        [desk.button(ask, case.short_name(words.language), STATUS, case.id) for case in cases[:8]]
    )


async def _status_of_case(desk: Desk, ask: Ask, words: Words, case: Case) -> Message:
    studio = Studio(desk, words)
    async with desk.store.read() as conn:
        [found] = await _situations(conn, desk, [case], newest=_SHOWN_OF_ACTOR)
        fresh = await freshness(conn, desk.clock.now())
    fewer = replace(found, newest=found.newest[:1])
    versions = (
        reading.status_of_case(
            words, desk.reference, fewer if watched is not None else found, fresh, watched
        )
        for watched in (None, *range(reading.SHOWN_WATCHED, -1, -1))
    )
    answer = illustrated(
        versions, await studio.picture(lambda: studio.region(case, found.standings))
    )
    buttons = [
        desk.button(ask, actor_name(desk.reference, one.actor, words.language), STATUS, one.actor)
        for one in case.watch[:6]
    ]
    return answer.with_rows(buttons[:3], buttons[3:])


async def status_of(desk: Desk, ask: Ask, words: Words, code: str) -> Message:
    """Return where one country stands, with its card."""
    lines = []
    async with desk.store.read() as conn:
        stand = await standings.of_actor(conn, code)
        for case in desk.reference.cases.values():
            newest = await alerts.latest(conn, limit=_SHOWN_OF_ACTOR, cases=[case.id], actor=code)
            lines.append((case, stand.get(case.id), told_alerts(newest)))
        fresh = await freshness(conn, desk.clock.now())
    versions = (
        reading.status_of_actor(
            words, desk.reference, code, [(case, one, told[:n]) for case, one, told in lines], fresh
        )
        for n in range(_SHOWN_OF_ACTOR, -1, -1)
    )
    answer = illustrated(versions, await _card(desk, words, stand))
    return answer.with_rows(links_of(desk, ask, words, code))


async def _card(desk: Desk, words: Words, stand: Mapping[str, Standing]) -> Picture | None:
    """Draw how far a country has gone toward the first case where it has; None if nowhere."""
    cases = (case for case in desk.reference.cases.values() if case.id in stand)
    case = next((each for each in cases if level_of(stand[each.id]) is not Level.NONE), None)
    if case is None:
        return None
    standing, studio = stand[case.id], Studio(desk, words)
    async with desk.store.read() as conn:
        others = await standings.of_case(conn, case.id)
        listed = await listing.of_actor(conn, case.id, standing.actor, limit=_ON_CARD)
    happened = [each.event for each in listed]
    return await studio.picture(lambda: studio.card(case, standing, others, happened))


def _silent(desk: Desk, heard: Heard) -> Silent | None:
    if heard.at is None or not heard.is_silent:
        return None
    return Silent(heard.at, int((desk.clock.now() - heard.at).total_seconds() // 3600))


def links_of(desk: Desk, ask: Ask, words: Words, code: str) -> list[Button]:
    """Return the buttons to what else can be asked of a country."""
    return [
        desk.button(ask, words.gettext("Timeline"), TIMELINE_PAGE, f"{code}::0"),
        desk.button(ask, words.gettext("Meetings"), MEETINGS, f"{code}:365:0"),
    ]


async def _situations(
    conn: AsyncConnection, desk: Desk, cases: Sequence[Case], *, newest: int
) -> list[Situation]:
    healths = await sources.health(conn)
    known = await sources_of(conn, desk)
    return [
        Situation(
            case,
            await standings.of_case(conn, case.id),
            told_alerts(await alerts.latest(conn, limit=newest, cases=[case.id])),
            _silent(desk, heard_of(desk, known, case, healths)),
        )
        for case in cases
    ]


async def _latest(
    desk: Desk, ask: Ask, words: Words, limit: int, before: AlertId | None
) -> Message:
    async with desk.store.read() as conn:
        wanted = await chats.read_filter(conn, ask.chat_id)
        cases = wanted.cases if wanted is not None else ()
        revisions = await alerts.latest(conn, limit=limit, cases=cases, before_id=before)
        fresh = await freshness(conn, desk.clock.now())
    answer = reading.latest(words, desk.reference, told_alerts(revisions), fresh)
    older = f"{limit}:{revisions[-1].alert_id}" if len(revisions) == limit else None
    return answer.with_rows(pager(desk, ask, words, LATEST, None, older))


async def _why(desk: Desk, ask: Ask, words: Words, number: AlertId, page: int) -> Message:
    async with desk.store.read() as conn:
        revisions = await alerts.revisions(conn, number)
        told = told_alerts(revisions[-1:])
        if not told or revisions[0].event_id is None:
            return reading.no_such_alert(words, str(number))
        accounts, total = await listing.accounts(
            conn,
            revisions[0].event_id,
            limit=_ACCOUNTS_A_PAGE,
            offset=page * _ACCOUNTS_A_PAGE,
        )
    answer = evidence.why(
        words,
        desk.reference,
        told[0],
        [(account.evidence, account.reason) for account in accounts],
        total=total,
        first=page * _ACCOUNTS_A_PAGE + 1,
        changes=[(one.created_at, one.reason) for one in revisions[1:]] if page == 0 else [],
    )
    pages = -(-total // _ACCOUNTS_A_PAGE)
    buttons = [
        desk.button(ask, label, WHY_PAGE, f"{number}:{to}")
        for label, to in (("«", page - 1), ("»", page + 1))
        if 0 <= to < pages
    ]
    return answer.with_rows(buttons)


def _by_level(stand: Iterable[Standing]) -> dict[str, list[str]]:
    """Return the actors' codes by how far each has gone, furthest first."""
    levels: dict[str, list[str]] = {level: [] for level in Level}
    for standing in stand:
        levels[level_of(standing)].append(standing.actor)
    return {level: codes for level, codes in levels.items() if codes}
