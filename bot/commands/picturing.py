"""The command that draws: /map."""

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.pictures.renderer import PictureError
from bot.pictures.world_map import Legend, Level, draw_map, level_of
from bot.texts import charts
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.names import actor_name
from jobs.reference import Reference
from jobs.reference.cases import Case
from jobs.store import standings


async def world_map(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /map: where each state stands toward one case, as a picture."""
    cases = desk.reference.cases
    case = _case_meant(desk.reference, ask.argument)
    if case is None:
        return charts.no_such_case(words, ask.argument, [one.title for one in cases.values()])
    async with desk.store.read() as conn:
        stand = await standings.of_case(conn, case.id)
    legend = Legend(
        title=case.title,
        levels={level: charts.level_name(words, level) for level in Level},
        seat=actor_name(desk.reference, case.seat, words.language),
        contested=words.gettext("Contested border"),
    )
    on = desk.clock.now().astimezone(words.zone).date()
    svg = draw_map(stand, legend, seat=case.seat, on=on)
    try:
        picture = await desk.renderer.render(svg)
    except PictureError:
        return charts.no_picture(words)
    recognising = sum(1 for standing in stand if level_of(standing) is Level.RECOGNISED)
    return charts.map_caption(words, case.title, recognising, picture)


def _case_meant(reference: Reference, asked: str) -> Case | None:
    """Return the case whose id, title or short name begins so; the first one if none is asked."""
    begun = asked.casefold()
    for case in reference.cases.values():
        names = (case.id, case.title, case.short)
        if any(name.casefold().startswith(begun) for name in names):
            return case
    return None
