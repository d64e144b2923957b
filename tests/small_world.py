"""A reference of a few actors and one case, for tests of words and commands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from jobs.domain.alerts import Facts, Voice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.reference import Reference
from jobs.reference.actors import Actor, ActorKind
from jobs.reference.cases import Case, Outlook, Watched
from jobs.reference.groups import Group

EVENING = datetime(2025, 7, 3, 17, 30, tzinfo=UTC)


def _state(code: str, name: str, *people: str, **names: tuple[str, ...]) -> Actor:
    return Actor(code, ActorKind.STATE, {"en": (name,), **names}, {"en": people})


TALIBAN = Case(
    id="taliban",
    title="Taliban government of Afghanistan",
    short="Taliban",
    seat="AF",
    names={"en": ("Taliban",)},
    watch=(
        Watched("UZ", Outlook.LIKELY, "Met Baradar hours later."),
        Watched("IR", Outlook.UNLIKELY, ""),
    ),
)
PALESTINE = Case(
    id="palestine", title="Palestine", short="Palestine", seat="PS", names={"en": ("Palestine",)}
)
SMALL_WORLD = Reference(
    cases={"taliban": TALIBAN, "palestine": PALESTINE},
    actors={
        "RU": _state("RU", "Russia", "Russian", "Russians", ru=("Россия",)),
        "UZ": _state("UZ", "Uzbekistan", "Uzbek", "Uzbeks"),
        "KZ": _state("KZ", "Kazakhstan", "Kazakh"),
        "KG": _state("KG", "Kyrgyzstan", "Kyrgyz"),
        "CN": _state("CN", "China", "Chinese"),
        "IR": _state("IR", "Iran", "Iranian"),
        "NE": _state("NE", "Niger"),
        "NG": _state("NG", "Nigeria", "Nigerian"),
        "US": _state("US", "United States", "American"),
        "UN": Actor("UN", ActorKind.ORGANISATION, {"en": ("United Nations",)}),
        "NATO": Actor("NATO", ActorKind.ORGANISATION, {"en": ("NATO",)}),
    },
    groups={
        "neighbours": Group(
            "neighbours", "neighbours", ("neighbors",), of={"AF": frozenset({"UZ", "CN", "IR"})}
        ),
        "central-asia": Group(
            "central-asia", "Central Asia", members=frozenset({"KG", "KZ", "UZ"})
        ),
        "sco": Group(
            "sco",
            "Shanghai Cooperation Organisation",
            members=frozenset({"RU", "CN", "IR", "KZ", "KG", "UZ"}),
        ),
    },
)

_FACTS = Facts(
    case="taliban",
    actor="RU",
    type=EventType.RECOGNITION,
    status=EventStatus.DONE,
    grade=Grade.REPORTED,
    on=date(2025, 7, 3),
    first_seen_at=EVENING,
    origins=1,
    voices=(
        Voice("tass.com", "https://tass.com/politics/1984", "Russia recognizes Taliban", EVENING),
    ),
)


def some_facts(**changes: Any) -> Facts:
    """Return the facts of Russia's recognition, changed as a test needs."""
    return replace(_FACTS, **changes)
