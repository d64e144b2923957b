"""What a command's words mean: a country first, then a case, a number of days, a page."""

from dataclasses import dataclass

from bot.commands.countries import Found, Gazetteer
from jobs.reference import Reference
from jobs.reference.cases import Case

_FEWEST_LETTERS = 3
"""A case is known by the beginning of its name; two letters are a country's code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The country that the first words name, and the rest."""

    found: Found
    rest: str = ""


def country_and_rest(reference: Reference, gazetteer: Gazetteer, argument: str) -> Asked:
    """Return whose country is meant; a number or a case at the end is the rest.

    In «Iran 30» and «Russia palestine» the last word is no part of a name.
    """
    head, _, tail = argument.rpartition(" ")
    if head and (tail.isdecimal() or case_named(reference, tail) is not None):
        shorter = gazetteer.find(head)
        if shorter.code is not None:
            return Asked(shorter, tail)
    return Asked(gazetteer.find(argument))


def case_named(reference: Reference, asked: str) -> Case | None:
    """Return the case of which a name in any language begins so, or whose seat is named so."""
    begun = asked.strip().casefold()
    if len(begun) < _FEWEST_LETTERS:
        return None
    for case in reference.cases.values():
        if any(name.casefold().startswith(begun) for name in case.answers_to()):
            return case
    return None


def case_of_seat(reference: Reference, code: str | None) -> Case | None:
    """Return the case whose own seat a country is: it is no actor, but what is asked about."""
    return next((case for case in reference.cases.values() if case.seat == code), None)
