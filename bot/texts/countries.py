"""Who stands where, in words: by how far each has gone."""

from collections.abc import Mapping, Sequence

from bot.texts.charts import level_name
from bot.texts.language import Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name
from jobs.reference import Reference
from jobs.reference.cases import Case

_NAMED = 12
NAMES_A_PAGE = 60

ByLevel = Mapping[str, Sequence[str]]
"""Actors' codes by level, the furthest level first."""


def countries(
    words: Words, names: Reference, found: Sequence[tuple[Case, ByLevel]], fresh: str
) -> Message:
    """Return /countries: for each case how many have gone how far, and some of their names."""
    writer = Writer()
    for case, codes_by_level in found:
        with writer.bold():
            writer.write(case.full_name(words.language))
        writer.line()
        for level, codes in codes_by_level.items():
            listed = _sorted_names(words, names, codes)
            line = _head(words, level, codes) + words.listed(listed[:_NAMED])
            more = len(listed) - _NAMED
            if more > 0:
                line += " " + words.ngettext("and {count} more", "and {count} more", more).format(
                    count=more
                )
            writer.line(line)
        if not codes_by_level:
            writer.line(words.gettext("Nothing is known yet."))
        writer.line()
    writer.line(words.gettext("More on one: /status and its name, such as /status Uzbekistan"))
    writer.line(fresh)
    return writer.build()


def countries_of_case(
    words: Words, names: Reference, case: Case, codes_by_level: ByLevel, page: int
) -> Message:
    """Return one page of everybody who stands somewhere toward a case, furthest first."""
    everybody = [
        (level, name)
        for level, codes in codes_by_level.items()
        for name in _sorted_names(words, names, codes)
    ]
    writer = Writer()
    with writer.bold():
        writer.write(case.full_name(words.language))
    shown = everybody[page * NAMES_A_PAGE : (page + 1) * NAMES_A_PAGE]
    for level in dict.fromkeys(level for level, _ in shown):
        writer.line()
        listed = words.listed(name for of, name in shown if of == level)
        writer.write(_head(words, level, codes_by_level[level]) + listed)
    return writer.build()


def pages_of(codes_by_level: ByLevel) -> int:
    """Return how many pages ``countries_of_case`` has."""
    return -(-sum(len(codes) for codes in codes_by_level.values()) // NAMES_A_PAGE)


def _head(words: Words, level: str, codes: Sequence[str]) -> str:
    return f"{level_name(words, level)} ({len(codes)}){words.colon}"


def _sorted_names(words: Words, names: Reference, codes: Sequence[str]) -> list[str]:
    return sorted(actor_name(names, code, words.language) for code in codes)
