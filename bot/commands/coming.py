"""Commands about what may come: /watch and /forums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.actions import FORUMS, WATCH
from bot.commands.asked import case_named
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.ledger import freshness, told_events
from bot.texts import charts, outlook, reading
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.outlook import Gathering, Mover
from bot.texts.reading import Told
from jobs.domain.events import EventStatus, EventType, Standing
from jobs.reference.cases import Case, Forum, Outlook, Watched
from jobs.store import facts, listing, standings

_SIGNALS = 2
_OTHERS = 3
_LATELY = timedelta(days=365)
_LOOKED_THROUGH = 30
_A_PAGE = 6
_LIKELIEST = list(Outlook)


async def watch(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /watch [case]: who is thought to move next, with the signals behind each."""
    first = next(iter(desk.reference.cases.values()), None)
    case = case_named(desk.reference, ask.argument) if ask.argument else first
    return await _watch(desk, ask, words, case, ask.argument)


async def press_watch(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show who is watched toward another case."""
    return await _watch(desk, ask, words, desk.reference.cases.get(payload), payload)


async def forums(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /forums: what is coming, where, and who is asked."""
    return await press_forums(desk, ask, words, "0")


async def press_forums(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Show a page of the calendar: 0 and above is what comes, below it what has been."""
    page, today = int(payload), desk.clock.now().astimezone(words.zone).date()
    known = list(_gatherings(desk.reference.cases.values()))
    coming = sorted(
        (each for each in known if each.forum.ends_on >= today),
        key=lambda each: (each.forum.ends_on, each.forum.starts_on),
    )
    past = sorted(
        (each for each in known if each.forum.ends_on < today),
        key=lambda each: each.forum.starts_on,
        reverse=True,
    )
    if page >= 0:
        shown = coming[page * _A_PAGE : (page + 1) * _A_PAGE]
    else:
        shown = past[(-page - 1) * _A_PAGE : -page * _A_PAGE]
    several = len({each.case.id for each in known}) > 1
    answer = outlook.forums(words, shown, coming=page >= 0, several_cases=several)
    pages = range(-_pages(past), max(_pages(coming), 1))
    buttons = [
        desk.button(ask, label, FORUMS, str(to))
        for label, to in (
            ("« " + words.gettext("Earlier"), page - 1),
            (words.gettext("Later") + " »", page + 1),
        )
        if to in pages
    ]
    return answer.with_rows(buttons)


async def _watch(desk: Desk, ask: Ask, words: Words, case: Case | None, asked: str) -> Message:
    if case is None:
        return charts.no_such_case(words, asked, desk.reference.cases.values())
    now = desk.clock.now()
    since = (now - _LATELY).date()
    async with desk.store.read() as conn:
        movers = await _movers(conn, case, case.watch, since)
        others = await _others(conn, case, since)
        fresh = reading.how_fresh(words, await freshness(conn, now))
    answer = outlook.watch(words, desk.reference, case, movers, others, fresh)
    return answer.with_rows(
        [
            desk.button(ask, other.short_name(words.language), WATCH, other.id)
            for other in desk.reference.cases.values()
            if other.id != case.id
        ][:4]
    )


async def _movers(
    conn: AsyncConnection, case: Case, watched: Sequence[Watched], since: date
) -> list[Mover]:
    actors = [one.actor for one in watched]
    reckoned = await facts.get(conn, f"momentum {case.id}") or []
    scores = {each["actor"]: each["score"] for each in reckoned}
    stand = await standings.of_actors(conn, case.id, actors)
    signals = await listing.newest_of(conn, case.id, actors, since=since, each=_SIGNALS)
    return [
        Mover(
            one,
            stand.get(one.actor, Standing(case.id, one.actor)),
            told_events(each for each in signals if each.event.actor == one.actor),
            scores.get(one.actor),
        )
        for one in sorted(watched, key=lambda one: _rank(one, scores))
    ]


def _rank(watched: Watched, scores: Mapping[str, float]) -> tuple[int, float]:
    """Return where a mover stands in the list: by outlook, then by momentum."""
    return _LIKELIEST.index(watched.outlook), -scores.get(watched.actor, 0.0)


async def _others(conn: AsyncConnection, case: Case, since: date) -> Sequence[Told]:
    found = await listing.of_type(
        conn,
        EventType.RECOGNITION,
        {EventStatus.PLANNED, EventStatus.CONSIDERED},
        since=since,
        limit=_LOOKED_THROUGH,
    )
    watched = {one.actor for one in case.watch}
    others = [
        each for each in found if each.event.case == case.id and each.event.actor not in watched
    ]
    return told_events(others[:_OTHERS])


def _gatherings(cases: Iterable[Case]) -> Iterator[Gathering]:
    for case in cases:
        before: dict[str, Forum] = {}
        for forum in sorted(case.forums, key=lambda each: each.starts_on):
            yield Gathering(case, forum, before.get(forum.organisation))
            before[forum.organisation] = forum


def _pages(gatherings: Sequence[Gathering]) -> int:
    return -(-len(gatherings) // _A_PAGE)
