"""How often sources are read beside their own interval: the table ``data/cadence.toml``."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jobs.reference.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Step:
    """After (or for) so long, an interval is changed by this factor."""

    span: timedelta
    factor: float


@dataclass(frozen=True, slots=True)
class Cadence:
    """The factors on a source's interval; below 1 it is read more often.

    ``idle`` steps hold from their span on, ``ripple`` steps until theirs ends, shortest
    first.
    """

    fresh_most: timedelta = timedelta(minutes=15)
    busy_share: float = 0.5
    busy_factor: float = 0.5
    idle: tuple[Step, ...] = ()
    forum_before: timedelta = timedelta(days=1)
    forum_after: timedelta = timedelta(days=2)
    forum_longest: timedelta = timedelta(days=10)
    forum_factor: float = 1.0
    ripple: tuple[Step, ...] = ()


def load_cadence(path: Path) -> Cadence:
    """Read the table; raises ``ConfigError`` naming file, key and what to do."""
    table = read_table(path)
    busy, forum = table.table("busy"), table.table("forum")
    cadence = Cadence(
        fresh_most=timedelta(seconds=table.value("fresh_seconds_at_most", int)),
        busy_share=busy.number("new_share", most=1.0),
        busy_factor=1 / busy.number("faster", least=1.0),
        idle=tuple(
            Step(timedelta(hours=step.value("after_hours", int)), step.number("slower", least=1.0))
            for step in table.tables("idle")
        ),
        forum_before=timedelta(days=forum.value("days_before", int)),
        forum_after=timedelta(days=forum.value("days_after", int)),
        forum_longest=timedelta(days=forum.value("longest_days", int)),
        forum_factor=1 / forum.number("faster", least=1.0),
        ripple=tuple(
            Step(timedelta(days=step.value("days", int)), 1 / step.number("faster", least=1.0))
            for step in table.tables("ripple")
        ),
    )
    for each in (busy, forum, table):
        each.close()
    _check_order(table, "idle", cadence.idle)
    _check_order(table, "ripple", cadence.ripple)
    return cadence


def _check_order(table: Table, key: str, steps: tuple[Step, ...]) -> None:
    spans = [step.span for step in steps]
    if spans != sorted(spans):
        table.fail(key, "put the shortest first")
