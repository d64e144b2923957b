"""The commands that draw: /map, and /chart with what can be charted."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.actions import CHART
from bot.commands.asked import case_named, case_of_seat
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.drawing import Drawing, Studio, illustrated
from bot.commands.reading import status_of
from bot.pictures.levels import Level, level_of
from bot.pictures.meetings import months_until, most_met
from bot.pictures.wave import AFTER, BEFORE
from bot.texts import charts
from bot.texts.language import N_, Words
from bot.texts.messages import Message
from bot.texts.names import actor_in_sentence, actor_name, case_in_sentence, sentence
from jobs.reference.cases import Case
from jobs.store import listing, standings

_MOST_OF_A_TYPE = 200
_MOST_NAMED = 3
_MAP, _REGION, _MEETINGS, _WAVE = "map", "region", "meetings", "wave"
_CHARTS: Mapping[str, str] = {
    _MEETINGS: N_("Meetings"),
    _WAVE: N_("Wave"),
    _REGION: N_("Region"),
    _MAP: N_("World"),
}
"""What can be charted of a case, as typed and as the buttons call it."""


async def world_map(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /map: where each state stands toward one case, as a picture."""
    cases = desk.reference.cases
    first = next(iter(cases.values()), None)
    case = case_named(desk.reference, ask.argument) if ask.argument else first
    if case is None:
        return charts.no_such_case(words, ask.argument, cases.values())
    return await _chart(desk, ask, words, _MAP, case)


async def chart(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /chart [meetings, wave or region] [case], /chart wave COUNTRY or /chart COUNTRY."""
    first, _, rest = ask.argument.partition(" ")
    kind = _kind_called(words, first)
    asked = rest if kind else ask.argument
    case = case_named(desk.reference, asked)
    code = None if case or not asked else desk.gazetteer.find(asked).code
    case = case or case_of_seat(desk.reference, code)
    if asked and case is None and (code is None or kind not in (None, _WAVE)):
        return charts.what_chart(words, ask.argument)
    if case is None and code is not None and kind is None:
        return await status_of(desk, ask, words, code)
    case = case or next(iter(desk.reference.cases.values()))
    return await _chart(desk, ask, words, kind or _MEETINGS, case, code)


async def press_chart(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Draw the chart whose button was pressed."""
    kind, _, name = payload.partition(":")
    case = desk.reference.cases.get(name)
    if case is None or kind not in _CHARTS:  # its file is gone since the button was made
        return charts.no_such_case(words, name, desk.reference.cases.values())
    return await _chart(desk, ask, words, kind, case)


def _kind_called(words: Words, asked: str) -> str | None:
    begun = asked.casefold()
    for kind, name in _CHARTS.items():
        if begun and begun in (kind, name.casefold(), words.gettext(name).casefold()):
            return kind
    return None


async def _chart(
    desk: Desk, ask: Ask, words: Words, kind: str, case: Case, code: str | None = None
) -> Message:
    studio = Studio(desk, words)
    async with desk.store.read() as conn:
        said, drawing = await _read(conn, studio, kind, case, code)
    picture = await studio.picture(drawing)
    if picture is None and kind in (_MAP, _REGION):
        said = charts.no_picture(words)
    answer = illustrated([said], picture)
    row = [
        desk.button(ask, words.gettext(name), CHART, f"{other}:{case.id}")
        for other, name in _CHARTS.items()
        if other != kind
    ]
    return answer.with_rows(row)


async def _read(
    conn: AsyncConnection, studio: Studio, kind: str, case: Case, code: str | None
) -> tuple[Message, Drawing]:
    """Return what is said below a chart, and what draws it, once the store is let go."""
    if kind == _MEETINGS:
        return await _meetings(conn, studio, case)
    if kind == _WAVE:
        return await _wave(conn, studio, case, code)
    stand = await standings.of_case(conn, case.id)
    recognising = sum(1 for standing in stand if level_of(standing) is Level.RECOGNISED)
    said = charts.map_caption(studio.words, studio.title(case), recognising)
    if kind == _REGION:
        return said, lambda: studio.region(case, stand)
    return said, lambda: studio.world(case, stand)


async def _meetings(conn: AsyncConnection, studio: Studio, case: Case) -> tuple[Message, Drawing]:
    since = months_until(studio.today)[0]
    counts = await listing.meetings_by_month(conn, case.id, since=since)
    totals: Counter[str] = Counter()
    for (actor, _), count in counts.items():
        totals[actor] += count
    reference, language = studio.desk.reference, studio.words.language
    most = [
        f"{actor_name(reference, actor, language)} ({totals[actor]})"
        for actor in most_met(counts)[:_MOST_NAMED]
    ]
    title = charts.meetings_title(studio.words, studio.title(case))
    said = charts.meetings_caption(studio.words, title, sum(totals.values()), most)
    return said, lambda: studio.meetings(case, counts)


async def _wave(
    conn: AsyncConnection, studio: Studio, case: Case, code: str | None
) -> tuple[Message, Drawing]:
    """Read what was done around one country's recognition, or else around the newest."""
    words, reference = studio.words, studio.desk.reference
    days = {
        standing.actor: standing.recognised_on
        for standing in await standings.of_case(conn, case.id)
        if standing.recognised_on and code in (None, standing.actor)
    }
    what = case_in_sentence(reference, case.id, words.language)
    if not days:
        return charts.no_recognition(words, what), lambda: None
    actor = max(days, key=lambda each: (days[each] or date.min, each))
    day = days[actor] or date.min
    events = await listing.around(
        conn, case.id, since=day - BEFORE, until=day + AFTER, each=_MOST_OF_A_TYPE
    )
    before = sum(1 for event in events if event.on and event.on < day)
    who = actor_in_sentence(reference, actor, words.language)
    said = words.gettext("{actor} has recognised {case}.").format(actor=who, case=what)
    caption = charts.wave_caption(words, sentence(said), day, before, len(events) - before)
    return caption, lambda: studio.wave(case, events, actor, day)
