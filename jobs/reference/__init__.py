"""What is known before the first line is read: cases, actors, sources, outlets, phrases."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.domain.items import SUBJECT, Outlet, Source, SourceId, SourceKind
from jobs.reference.actors import Actor, load_actors
from jobs.reference.cadence import Cadence, load_cadence
from jobs.reference.cases import Case, load_cases
from jobs.reference.groups import Group, load_groups
from jobs.reference.phrases import Phrases, load_all_phrases
from jobs.reference.sources import host_of, load_outlets, load_sources, outlet_host

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Reference:
    """Every table of ``jobs/data``, checked; built once at start and passed on.

    ``outlets`` are the hosts of the configured sources and of the outlet list.
    """

    cases: Mapping[str, Case]
    actors: Mapping[str, Actor]
    sources: Mapping[SourceId, Source] = field(default_factory=dict)
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    phrases: Mapping[str, Phrases] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    cadence: Cadence = field(default_factory=Cadence)
    reads_channels: bool = False

    def polled(self) -> list[Source]:
        """Return the sources that are read, those apart that push."""
        return [each for each in self.sources.values() if each.kind is not SourceKind.PUSH]

    def outlet_of(self, host: str, case: str | None = None) -> Outlet:
        """Return who publishes at a host (or address), trying its parent domains.

        An unlisted host is an outlet, third, and its own family (design, rule 3). With a
        case, an outlet of the case's own seat is of side ``subject``.
        """
        name = host_of(host if "//" in host else f"//{host}")
        labels = name.split(".")
        for start in range(len(labels) - 1):
            known = self.outlets.get(".".join(labels[start:]))
            if known is not None:
                return self._seen_from(replace(known, host=name), case)
        return Outlet(host=name, family=name)

    def is_in(self, group: str, actor: str, case: str) -> bool:
        """Tell whether an actor belongs to a group as a case sees it; nobody does to an unknown."""
        known, seen_from = self.groups.get(group), self.cases.get(case)
        return known is not None and known.holds(actor, seen_from.seat if seen_from else "")

    def _seen_from(self, outlet: Outlet, case: str | None) -> Outlet:
        own = case is not None and outlet.side == self.cases[case].seat
        return replace(outlet, side=SUBJECT) if own else outlet


def load_reference(
    cases_dir: Path | None = None,
    sources_file: Path | None = None,
    *,
    telegram_channels: bool = False,
) -> Reference:
    """Read and check every table.

    ``cases_dir`` adds a folder of cases, of which one may take a shipped case's place;
    ``sources_file`` is read instead of the shipped list of sources. Channels are listed
    but left out of ``sources`` unless ``telegram_channels`` (see ``Settings``). Raises
    ``ConfigError`` naming the file, the key and what to do.
    """
    actors = load_actors(DATA / "actors.toml")
    folders = [DATA / "cases"] + ([cases_dir] if cases_dir else [])
    cases = load_cases(folders, actors)
    # A subject that is no actor of ours has outlets of its own all the same.
    sides = actors.keys() | {case.seat for case in cases.values()}
    sources = load_sources(sources_file or DATA / "sources.toml", cases, sides)
    listed = load_outlets(DATA / "outlets.toml", sides)
    polled = {
        outlet_host(source): Outlet(outlet_host(source), source.family, source.tier, source.side)
        for source in sources.values()
    }
    return Reference(
        cases=cases,
        actors=actors,
        sources={
            name: source
            for name, source in sources.items()
            if telegram_channels or source.kind is not SourceKind.TELEGRAM
        },
        outlets=polled | listed,
        phrases=load_all_phrases(DATA / "phrases"),
        groups=load_groups(DATA / "groups.toml", actors),
        cadence=load_cadence(DATA / "cadence.toml"),
        reads_channels=telegram_channels,
    )
