"""What a chat wants to hear, in words, and the pages of /settings."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from bot.texts.foreign import safe_foreign
from bot.texts.language import Words
from bot.texts.messages import Button, Message, Writer
from bot.texts.names import case_title
from bot.texts.wording import LEVEL_NAMES, TYPE_NAMES
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventType
from jobs.reference import Reference

ZONES: Sequence[str] = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Tashkent",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "America/New_York",
)
"""The zones that have a button; any other is typed."""

Making = Callable[[str, str], Button]
"""Makes a button from a label and a payload."""


class Page(StrEnum):
    """The pages of /settings."""

    MAIN = "main"
    CASES = "cases"
    TYPES = "types"
    LEVEL = "level"
    ZONE = "zone"


def wishes(words: Words, names: Reference, wanted: Filter) -> str:
    """Return what a chat wants to hear, as a part of a sentence."""
    parts = [words.gettext(LEVEL_NAMES[wanted.level])]
    if wanted.types:
        kinds = (TYPE_NAMES[kind] for kind in EventType if kind in wanted.types)
        parts.append(", ".join(words.gettext(kind).lower() for kind in kinds))
    if wanted.cases:
        parts.append(", ".join(case_title(names, case) for case in sorted(wanted.cases)))
    else:
        parts.append(words.gettext("all cases"))
    return "; ".join(parts)


def settings_page(
    words: Words,
    names: Reference,
    page: Page,
    wanted: Filter,
    zone: str,
    make: Making,
    *,
    subscribed: bool,
) -> Message:
    """Return one page of /settings, with its buttons."""
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("Settings of this chat"))
    writer.line()
    if not subscribed:
        writer.line(
            words.gettext("Alerts are off here: /start, or any choice below, switches them on.")
        )
    writer.line(words.gettext("Hears: {wishes}").format(wishes=wishes(words, names, wanted)))
    writer.line(words.gettext("Time zone: {zone}").format(zone=zone))
    if page in {Page.CASES, Page.TYPES}:
        writer.line(words.gettext("At least one stays marked. /stop ends all alerts."))
    if page is Page.ZONE:
        writer.line(words.gettext("Another zone: /settings and its name, such as Asia/Bishkek"))
    for row in _rows_of(words, names, page, wanted, zone, make):
        writer.row(*row)
    return writer.build()


def no_such_zone(words: Words, asked: str) -> Message:
    """Return the answer to /settings with something that is no time zone."""
    return Message(
        words.gettext("{asked} is no time zone. Examples: Europe/Berlin, Asia/Kabul, UTC").format(
            asked=safe_foreign(asked, 80)
        )
    )


def _rows_of(
    words: Words, names: Reference, page: Page, wanted: Filter, zone: str, make: Making
) -> list[tuple[Button, ...]]:
    back = (make("« " + words.gettext("Back"), f"page:{Page.MAIN}"),)
    if page is Page.MAIN:
        return _main_rows(words, make)
    if page is Page.CASES:
        titles = {case: case_title(names, case) for case in names.cases}
        return [*_marks(titles, wanted.cases, "case", make, columns=1), back]
    if page is Page.TYPES:
        kinds = {kind.value: words.gettext(TYPE_NAMES[kind]) for kind in EventType}
        return [*_marks(kinds, frozenset(wanted.types), "type", make, columns=2), back]
    if page is Page.LEVEL:
        rows = [
            (
                make(
                    _radio(words.gettext(LEVEL_NAMES[level]), level is wanted.level),
                    f"level:{level}",
                ),
            )
            for level in Level
        ]
        return [*rows, back]
    zones = [make(_radio(name, name == zone), f"zone:{name}") for name in ZONES]
    return [*_in_rows(zones, 2), back]


def _main_rows(words: Words, make: Making) -> list[tuple[Button, ...]]:
    return [
        (
            make(words.gettext("Cases"), f"page:{Page.CASES}"),
            make(words.gettext("Kinds of events"), f"page:{Page.TYPES}"),
        ),
        (
            make(words.gettext("How much"), f"page:{Page.LEVEL}"),
            make(words.gettext("Time zone"), f"page:{Page.ZONE}"),
        ),
    ]


def _marks(
    labels: Mapping[str, str], chosen: frozenset[str], what: str, make: Making, *, columns: int
) -> list[tuple[Button, ...]]:
    """Return a button for each key; pressing names the wished outcome, so twice is once."""
    buttons = []
    for key, label in labels.items():
        on = not chosen or key in chosen
        buttons.append(make(("✓ " if on else "✗ ") + label, f"{what}:{'-' if on else '+'}{key}"))
    return _in_rows(buttons, columns)


def _radio(label: str, chosen: bool) -> str:
    return f"● {label}" if chosen else f"○ {label}"


def _in_rows(buttons: Sequence[Button], columns: int) -> list[tuple[Button, ...]]:
    return [tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns)]
