"""What is known before the first line is read: cases, actors, sources, phrases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jobs.domain.items import Outlet, Source, SourceId
from jobs.reference.actors import Actor
from jobs.reference.cases import Case
from jobs.reference.phrases import Phrases


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

    def outlet_of(self, host: str) -> Outlet:
        """Return who publishes at a host (or address), trying its parent domains.

        An unlisted host is an outlet, third, and its own family (design, rule 3).
        """
        name = (urlsplit(host).hostname or host).lower().rstrip(".")
        labels = name.split(".")
        for start in range(len(labels) - 1):
            known = self.outlets.get(".".join(labels[start:]))
            if known is not None:
                return known
        return Outlet(host=name, family=name)
