"""A case as configuration describes it: one TOML file each, and no code."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from jobs.domain.events import Standing
from jobs.errors import ConfigError
from jobs.reference.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Official:
    """Who speaks and acts for the case's authority, with every spelling met."""

    name: str
    spellings: tuple[str, ...]
    office: str
    since: date | None = None
    until: date | None = None


class Outlook(StrEnum):
    """How likely a watched actor is thought to move; an opinion of record, not a forecast."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Watched:
    """An actor whose next move is awaited, and why."""

    actor: str
    outlook: Outlook
    note: str


@dataclass(frozen=True, slots=True)
class BaselineStanding:
    """One thing that was so before the bot ever read a line, since when, on whose word.

    ``standing`` has just one part filled (recognition, mission, head of mission, listing
    or last meeting), so that each part has its own date, source and certainty; an actor
    has as many as are known, oldest first. Only a certain one may hold an alert back.
    """

    standing: Standing
    on: date
    url: str
    certain: bool


class Participation(StrEnum):
    """What became of the case's authority at a forum."""

    ATTENDED = "attended"
    INVITED = "invited"
    ABSENT = "absent"
    """Invited, and stayed away."""
    NOT_INVITED = "not invited"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Forum:
    """A dated gathering at which the case may be seated or kept out; past ones are kept.

    ``organisation`` is who holds it, which need not be an actor (Moscow Format).
    """

    name: str
    organisation: str
    place: str
    starts_on: date
    ends_on: date
    participation: Participation = Participation.UNKNOWN
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The authority whose recognition is at issue.

    ``title`` is its full name and ``short`` the one for lists, both in English; ``titles``
    are its full names in other languages, and ``forms`` how a language bends them (gen,
    dat, ins: as its translations of the bot ask for). ``names`` are what it is called, by
    language, first the one for lists; ``traps`` are phrases that hold such a name and mean
    something else; ``seat`` is the territory's
    own code, which is never an actor toward itself; ``opponents`` are the codes of the
    interested parties on the other side.
    """

    id: str
    title: str
    short: str
    seat: str
    names: Mapping[str, tuple[str, ...]]
    traps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    officials: tuple[Official, ...] = ()
    opponents: tuple[str, ...] = ()
    watch: tuple[Watched, ...] = ()
    baseline: tuple[BaselineStanding, ...] = ()
    forums: tuple[Forum, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    place: int = 100
    """Where it stands in lists of cases, the smallest first."""

    def full_name(self, language: str) -> str:
        """Return its full name in a language: else what it is called there, else in English."""
        return self.titles.get(language) or self._called(language) or self.title

    def short_name(self, language: str) -> str:
        """Return what a list calls it in a language, in English where that is not known."""
        return self._called(language) or self.short

    def answers_to(self) -> Iterator[str]:
        """Yield what somebody may call it who asks for it: its id and its names."""
        yield from (self.id, self.short, self.title, *self.titles.values())
        yield from (names[0] for names in self.names.values())

    def _called(self, language: str) -> str:
        # In English the names begin with what the news says most, which need not be the best.
        return "" if language == "en" else next(iter(self.names.get(language, ())), "")

    def known(self, actor: str) -> tuple[BaselineStanding, ...]:
        """Return what the baseline knows of an actor, oldest first."""
        return tuple(known for known in self.baseline if known.standing.actor == actor)


class _Recognition(StrEnum):
    DE_JURE = "de_jure"
    NONE = "none"
    WITHDRAWN = "withdrawn"


class _Mission(StrEnum):
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    OFFICE = "office"
    CLOSED = "closed"


class _HeadOfMission(StrEnum):
    AMBASSADOR = "ambassador"
    CHARGE = "chargé d'affaires"
    DIPLOMAT = "diplomat"
    NONE = "none"


class _Listing(StrEnum):
    DELISTED = "delisted"
    SUSPENDED = "suspended"
    LISTED = "listed"


_PARTS: Mapping[str, tuple[type[StrEnum], str]] = {
    "recognition": (_Recognition, "recognised_on"),
    "mission": (_Mission, "mission_on"),
    "head_of_mission": (_HeadOfMission, "head_on"),
    "listing": (_Listing, "listing_on"),
}
"""The parts of a standing that a baseline can give, and the field of their date."""


def load_case(path: Path, actors: Collection[str]) -> Case:
    """Read one case; ``actors`` are the codes there are.

    Raises ``ConfigError`` naming file, key and what to do.
    """
    table = read_table(path)
    case = Case(
        id=_identifier(table),
        title=table.text("title"),
        short=table.text("short"),
        seat=table.text("seat"),
        names=table.by_language("names"),
        traps=table.by_language("traps"),
        officials=tuple(_official(entry) for entry in table.tables("officials")),
        opponents=table.codes("opponents", actors),
        watch=tuple(_watched(entry, actors) for entry in table.tables("watch")),
        baseline=_baseline(table, actors),
        forums=tuple(_forum(entry) for entry in table.tables("forums")),
        titles=_titles(table),
        forms=_forms(table),
        place=table.value("place", int, 100),
    )
    _check_whole(table, case)
    table.close()
    return case


def load_cases(folders: Collection[Path], actors: Collection[str]) -> dict[str, Case]:
    """Read every ``*.toml`` of the folders, in the cases' own order.

    A later folder's case replaces an earlier one's.
    """
    cases: dict[str, Case] = {}
    for folder in folders:
        cases |= _load_folder(folder, actors)
    return {
        case.id: case for case in sorted(cases.values(), key=lambda each: (each.place, each.id))
    }


def _load_folder(folder: Path, actors: Collection[str]) -> dict[str, Case]:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ConfigError(f"{folder}: holds no case; put one TOML file per case there")
    found: dict[str, Case] = {}
    for path in paths:
        case = load_case(path, actors)
        if case.id in found:
            raise ConfigError(f"{path}: id: another file there has {case.id!r} too; rename one")
        found[case.id] = case
    return found


def _identifier(table: Table) -> str:
    found = table.text("id")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", found):
        table.fail(
            "id", f"is {found!r}; use small letters, digits and hyphens, as in western-sahara"
        )
    return found


def _titles(table: Table) -> dict[str, str]:
    titles = table.table("titles")
    return {language: titles.text(language) for language in titles.languages()}


def _forms(table: Table) -> dict[str, dict[str, str]]:
    found = table.table("forms")
    by_language = {language: found.table(language) for language in found.languages()}
    return {
        language: {form: forms.text(form) for form in forms.entries()}
        for language, forms in by_language.items()
    }


def _official(entry: Table) -> Official:
    official = Official(
        name=entry.text("name"),
        spellings=entry.texts("spellings"),
        office=entry.text("office"),
        since=entry.optional_day("since"),
        until=entry.optional_day("until"),
    )
    if official.since and official.until and official.until < official.since:
        entry.fail("until", "lies before since; mend one of the two dates")
    return official


def _watched(entry: Table, actors: Collection[str]) -> Watched:
    return Watched(
        entry.code("actor", actors), entry.choice("outlook", Outlook), entry.text("note")
    )


def _baseline(table: Table, actors: Collection[str]) -> tuple[BaselineStanding, ...]:
    case = table.text("id")
    found = [_baseline_standing(entry, case, actors) for entry in table.tables("baseline")]
    return tuple(sorted(found, key=lambda known: known.on))


def _baseline_standing(entry: Table, case: str, actors: Collection[str]) -> BaselineStanding:
    on, certain = entry.day("on"), entry.value("certain", bool)
    actor = entry.code("actor", actors)
    standing = _standing_part(entry, Standing(case=case, actor=actor, certain=certain), on)
    return BaselineStanding(standing=standing, on=on, url=entry.url("url"), certain=certain)


def _standing_part(entry: Table, empty: Standing, on: date) -> Standing:
    given = [part for part in (*_PARTS, "met") if part in entry]
    if len(given) != 1:
        entry.fail("actor", f"give just one of {', '.join(_PARTS)} or met = true in each entry")
    [part] = given
    if part == "met":
        entry.value("met", bool)
        return replace(empty, last_meeting_on=on)
    kind, date_field = _PARTS[part]
    parts: dict[str, Any] = {part: str(entry.choice(part, kind)), date_field: on}
    return replace(empty, **parts)


def _forum(entry: Table) -> Forum:
    forum = Forum(
        name=entry.text("name"),
        organisation=entry.text("organisation"),
        place=entry.value("place", str, ""),
        starts_on=entry.day("starts_on"),
        ends_on=entry.day("ends_on"),
        participation=entry.choice("participation", Participation),
        url=entry.url("url") if "url" in entry else "",
    )
    if forum.ends_on < forum.starts_on:
        entry.fail("ends_on", "lies before starts_on; mend one of the two dates")
    return forum


def _check_whole(table: Table, case: Case) -> None:
    if not case.names:
        table.fail("names", 'is missing; give at least en = ["what it is called"]')
    bystanders = (*case.opponents, *(watched.actor for watched in case.watch))
    if case.seat in bystanders or any(known.standing.actor == case.seat for known in case.baseline):
        table.fail("seat", f"{case.seat} is the case's own seat and can be no actor toward it")
    if len(set(bystanders)) < len(bystanders):
        table.fail("watch", "names an actor twice, or an opponent; keep each once")
