"""Groups of states that a filter can name: neighbours, SCO, EU … with where that stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jobs.reference.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Group:
    """One group; ``of`` holds its members by a case's seat where they differ with it.

    ``source`` states the membership, which has been so since ``as_of``.
    """

    id: str
    title: str
    names: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()
    of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    source: str = ""
    as_of: date | None = None

    def holds(self, actor: str, seat: str) -> bool:
        """Tell whether an actor belongs to the group, for a case with this seat."""
        return actor in self.members or actor in self.of.get(seat, ())


def load_groups(path: Path, actors: Collection[str]) -> dict[str, Group]:
    """Return every group of ``groups.toml`` by its id, in the order of the file.

    Raises ``ConfigError`` naming the group, the key and what to do.
    """
    raw = read_table(path)
    return {name: _group(name, raw.table(name), actors) for name in raw.entries()}


def _group(name: str, row: Table, actors: Collection[str]) -> Group:
    seats = row.table("of")
    group = Group(
        id=name,
        title=row.text("title"),
        names=row.texts("names"),
        members=frozenset(row.codes("members", actors)),
        of={seat: frozenset(seats.codes(seat, actors)) for seat in seats.entries()},
        source=row.url("source"),
        as_of=row.day("as_of"),
    )
    if not group.members and not group.of:
        row.fail("members", "is missing; give the codes of those who belong to it")
    row.close()
    return group
