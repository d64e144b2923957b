"""The command that draws: /map."""

from bot.commands.asked import case_named
from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.pictures.renderer import PictureError
from bot.pictures.world_map import Legend, Level, draw_map, level_of
from bot.texts import charts
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.names import actor_name
from jobs.store import standings


async def world_map(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /map: where each state stands toward one case, as a picture."""
    cases = desk.reference.cases
    first = next(iter(cases.values()), None)
    case = case_named(desk.reference, ask.argument) if ask.argument else first
    if case is None:
        return charts.no_such_case(words, ask.argument, cases.values())
    async with desk.store.read() as conn:
        stand = await standings.of_case(conn, case.id)
    legend = Legend(
        title=case.full_name(words.language),
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
    return charts.map_caption(words, case.full_name(words.language), recognising, picture)
