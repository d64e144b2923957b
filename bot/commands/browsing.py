"""Commands that leaf through what happened: /timeline, /meetings, /search."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.actions import MEETINGS, SEARCH, TIMELINE_PAGE, TIMELINE_WORDS
from bot.commands.asked import case_named, country_and_rest
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.drawing import Studio, illustrated
from bot.commands.ledger import freshness, pager, told_events
from bot.commands.questions import Question, payload_of, read_payload, read_question
from bot.texts import listing, reading
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId, Facts
from jobs.domain.events import EventStatus, EventType
from jobs.store import alerts, search, standings
from jobs.store import listing as events

_A_PAGE = 6
_ON_PICTURE = 300
"""Events of one picture: more marks than that hide each other."""
_IN_CAPTION = 3
_USUAL_DAYS = 30
_MOST_DAYS = 3650
_MET = frozenset({EventStatus.DONE, EventStatus.PLANNED, EventStatus.REVERSED})


async def timeline(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /timeline COUNTRY [case]: all that it did, as a picture."""
    if not ask.argument:
        return listing.which_country(words, "timeline")
    asked = country_and_rest(desk.reference, desk.gazetteer, ask.argument)
    if asked.found.code is None:
        return reading.no_such_actor(words, desk.reference, ask.argument, asked.found.guesses)
    case = case_named(desk.reference, asked.rest)
    return await _drawn(desk, ask, words, asked.found.code, case.id if case else "")


async def press_timeline(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Draw the timeline of the country whose alert has the button."""
    async with desk.store.read() as conn:
        last = await alerts.last_told(conn, AlertId(int(payload)))
    if last is None or not isinstance(last.facts, Facts):
        return reading.no_such_alert(words, payload)
    return await _drawn(desk, ask, words, last.facts.actor, last.facts.case)


async def press_timeline_page(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show one page of a timeline in words."""
    code, case, page = payload.split(":")
    async with desk.store.read() as conn:
        case = case or await _busiest(desk, conn, code)
        number = int(page)
        found = await events.of_actor(conn, case, code, limit=_A_PAGE + 1, offset=number * _A_PAGE)
        fresh = reading.how_fresh(words, await freshness(conn, desk.clock.now()))
    title = listing.timeline_title(words, desk.reference, code, case)
    told = told_events(found[:_A_PAGE])
    answer = listing.timeline(words, desk.reference, title, told, fresh)
    newer = f"{code}:{case}:{number - 1}" if number else None
    older = f"{code}:{case}:{number + 1}" if len(found) > _A_PAGE else None
    others = [
        desk.button(ask, other.short_name(words.language), TIMELINE_PAGE, f"{code}:{other.id}:0")
        for other in desk.reference.cases.values()
        if other.id != case and other.seat != code
    ]
    return answer.with_rows(pager(desk, ask, words, TIMELINE_PAGE, newer, older), others[:4])


async def meetings(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /meetings [country] [days]: who met the watched authorities lately."""
    days, code = _USUAL_DAYS, None
    argument = ask.argument
    head, _, tail = f" {argument}".rpartition(" ")
    if tail.isdecimal():
        days, argument = min(max(int(tail[:6]), 1), _MOST_DAYS), head.strip()
    if argument:
        found = desk.gazetteer.find(argument)
        if found.code is None:
            return reading.no_such_actor(words, desk.reference, argument, found.guesses)
        code = found.code
    return await _meetings(desk, ask, words, code, days, 0)


async def press_meetings(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show one page of meetings."""
    code, days, page = payload.split(":")
    return await _meetings(desk, ask, words, code or None, int(days), int(page))


async def find(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /search WORDS: events whose words, country or officials are named, newest first."""
    question = read_question(desk.reference, desk.gazetteer, ask.argument)
    if not question.numbers:
        return listing.search_for_what(words, ask.argument)
    return await _found(desk, ask, words, question, None)


async def press_find(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show older finds of the same search."""
    numbers, before = read_payload(payload)
    return await _found(desk, ask, words, Question(numbers), before)


async def _drawn(desk: Desk, ask: Ask, words: Words, code: str, case: str) -> Message:
    async with desk.store.read() as conn:
        case = case or await _busiest(desk, conn, code)
        found = await events.of_actor(conn, case, code, limit=_ON_PICTURE)
        fresh = reading.how_fresh(words, await freshness(conn, desk.clock.now()))
    title = listing.timeline_title(words, desk.reference, code, case)
    in_words = f"{code}:{case}:0"
    if not found:
        return await press_timeline_page(desk, ask, words, in_words)
    studio = Studio(desk, words)
    happened = [each.event for each in found]
    picture = await studio.picture(lambda: studio.timeline(title, code, happened))
    if picture is None:
        return await press_timeline_page(desk, ask, words, in_words)
    told = told_events(found[:_IN_CAPTION])
    versions = (
        listing.timeline_caption(words, desk.reference, title, told[:count], fresh)
        for count in range(len(told), 0, -1)
    )
    answer = illustrated(versions, picture)
    label = words.gettext("In words")
    return answer.with_rows([desk.button(ask, label, TIMELINE_WORDS, in_words)])


async def _busiest(desk: Desk, conn: AsyncConnection, code: str) -> str:
    """Return the first case toward which an actor did anything; the first of all if none."""
    cases = [case for case in desk.reference.cases.values() if case.seat != code]
    for case in cases:
        if await events.of_actor(conn, case.id, code, limit=1):
            return case.id
    return cases[0].id


async def _meetings(
    desk: Desk, ask: Ask, words: Words, code: str | None, days: int, page: int
) -> Message:
    now = desk.clock.now()
    since = (now - timedelta(days=days)).date()
    async with desk.store.read() as conn:
        found = await events.of_type(
            conn,
            EventType.MEETING,
            _MET,
            since=since,
            actor=code,
            limit=_A_PAGE + 1,
            offset=page * _A_PAGE,
        )
        fresh = reading.how_fresh(words, await freshness(conn, now))
    told = told_events(found[:_A_PAGE])
    answer = listing.meetings(words, desk.reference, code, since, told, fresh)
    newer = f"{code or ''}:{days}:{page - 1}" if page else None
    older = f"{code or ''}:{days}:{page + 1}" if len(found) > _A_PAGE else None
    return answer.with_rows(pager(desk, ask, words, MEETINGS, newer, older))


async def _found(
    desk: Desk, ask: Ask, words: Words, question: Question, before: int | None
) -> Message:
    async with desk.store.read() as conn:
        hits = await search.find(conn, question.numbers, limit=_A_PAGE, before=before)
        told = told_events(await events.by_ids(conn, hits.event_ids))
        beginning = [
            listing.official_line(words, who.name, who.office, case.short_name(words.language))
            for case, who in question.officials
        ]
        for code in question.codes[:1]:
            for standing in (await standings.of_actor(conn, code)).values():
                part = reading.parts_of(words, standing)[0]
                beginning.append(listing.standing_line(words, desk.reference, standing, part))
        fresh = reading.how_fresh(words, await freshness(conn, desk.clock.now()))
    answer = listing.found(
        words, desk.reference, beginning, told, is_first=before is None, fresh=fresh
    )
    older = None
    if hits.next_before is not None:
        older = payload_of(question.numbers, hits.next_before)
    return answer.with_rows(pager(desk, ask, words, SEARCH, None, older))
