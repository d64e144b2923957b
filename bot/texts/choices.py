"""The pages of /settings: what a chat hears, chosen by buttons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.texts.language import N_, Words
from bot.texts.messages import Button, Message, Writer
from bot.texts.names import case_title, sentence
from bot.texts.times import clock_of, quiet_in_words, rhythm_in_words
from bot.texts.wishes import GRADE_NAMES, STATUS_NAMES, group_title, wishes
from bot.texts.wording import LEVEL_NAMES, TYPE_NAMES
from jobs.domain.alerts import Filter, Level
from jobs.domain.events import EventType, Grade
from jobs.domain.rhythm import Pace, QuietHours, Rhythm
from jobs.reference import Reference

EVERYBODY = "all"
"""What the button that unmarks every country carries."""

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

NIGHTS = ((21, 7), (22, 7), (22, 8), (23, 7), (23, 8), (0, 8), (0, 9))
"""The quiet hours that have a button; any others are typed."""

Making = Callable[[str, str], Button]
"""Makes a button from a label and a payload."""


class Page(StrEnum):
    """The pages of /settings."""

    MAIN = "main"
    CASES = "cases"
    COUNTRIES = "who"
    TYPES = "types"
    STATUSES = "status"
    GRADE = "grade"
    LEVEL = "level"
    WHEN = "when"
    QUIET = "quiet"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a chat has chosen so far; ``wanted`` is None while it hears nothing."""

    wanted: Filter | None
    zone: str
    rhythm: Rhythm
    quiet: QuietHours
    is_elsewhere: bool = False

    @property
    def filter(self) -> Filter:
        """Return what it would hear."""
        return self.wanted or Filter()


Rows = list[tuple[Button, ...]]


def settings_page(
    words: Words,
    names: Reference,
    page: Page,
    chosen: Chosen,
    make: Making,
    more: Sequence[Button] = (),
) -> Message:
    """Return one page of /settings, with its buttons; ``more`` are those of the first page."""
    writer = Writer()
    with writer.bold():
        writer.write(
            words.gettext("Settings of a chat that you manage")
            if chosen.is_elsewhere
            else words.gettext("Settings of this chat")
        )
    writer.line()
    if chosen.wanted is None:
        writer.line(
            words.gettext("Alerts are off here: /start, or any choice below, switches them on.")
        )
    heard = wishes(words, names, chosen.filter)
    writer.line(words.gettext("Hears: {wishes}").format(wishes=heard))
    comes = rhythm_in_words(words, chosen.rhythm)
    writer.line(words.gettext("Alerts come {rhythm}").format(rhythm=comes))
    silent = quiet_in_words(words, chosen.quiet)
    writer.line(words.gettext("Quiet hours: {quiet}").format(quiet=silent))
    writer.line(words.gettext("Time zone: {zone}").format(zone=chosen.zone))
    if page in _HINTS:
        writer.line(words.gettext(_HINTS[page]))
    for row in _ROWS[page](words, names, chosen, make):
        writer.row(*row)
    if page is Page.MAIN and more:
        writer.row(*more)
    if page is not Page.MAIN:
        writer.row(make("« " + words.gettext("Back"), f"page:{Page.MAIN}"))
    return writer.build()


def leaving_label(words: Words, *, leaves: bool) -> str:
    """Return the button of a topic by which alerts may go elsewhere when it is closed."""
    return _mark(words.gettext("If closed: to General"), leaves)


_AT_LEAST_ONE = N_("At least one stays marked. /stop ends all alerts.")
_HINTS: Mapping[Page, str] = {
    Page.MAIN: N_("All of it in one line: /filter and words, such as uz kz meeting+ confirmed"),
    Page.CASES: _AT_LEAST_ONE,
    Page.COUNTRIES: N_(
        "No mark means every country. Single countries in a line: /filter uz kz, or with the rest: "
        "/filter gulf uz meeting"
    ),
    Page.TYPES: _AT_LEAST_ONE,
    Page.STATUSES: N_(
        "At least one stays marked. What is considered comes only where signals are on, under How "
        "much."
    ),
    Page.GRADE: N_("An alert that is not sure enough yet comes once it is."),
    Page.QUIET: N_("Other hours: /quiet 22:30-6:30"),
    Page.ZONE: N_("Another zone: /settings and its name, such as Asia/Bishkek"),
}


def _main_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    labels = {
        Page.CASES: words.gettext("Cases"),
        Page.COUNTRIES: words.gettext("Countries"),
        Page.TYPES: words.gettext("Kinds of events"),
        Page.STATUSES: words.gettext("Done or planned"),
        Page.GRADE: words.gettext("How sure"),
        Page.LEVEL: words.gettext("How much"),
        Page.WHEN: words.gettext("At once or digest"),
        Page.QUIET: words.gettext("Quiet hours"),
        Page.ZONE: words.gettext("Time zone"),
    }
    return _in_rows([make(label, f"page:{page}") for page, label in labels.items()], 2)


def _case_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    titles = {case: case_title(names, case, words.language) for case in names.cases}
    return _marks(titles, chosen.filter.cases, "case", make, columns=1)


def _country_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    wanted = chosen.filter
    everybody = not (wanted.groups or wanted.actors)
    titles = {group: group_title(words, names, group) for group in names.groups}
    # Unlike the other pages', no mark here means all: most chats want every country.
    marked = wanted.groups or frozenset({""})
    return [
        (make(_radio(words.gettext("Every country"), everybody), f"group:{EVERYBODY}"),),
        *_marks(titles, marked, "group", make, columns=2),
    ]


def _type_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    kinds = {kind.value: words.gettext(TYPE_NAMES[kind]) for kind in EventType}
    return _marks(kinds, frozenset(chosen.filter.types), "type", make, columns=2)


def _status_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    said = {status.value: sentence(words.gettext(STATUS_NAMES[status])) for status in STATUS_NAMES}
    return _marks(said, frozenset(chosen.filter.statuses), "status", make, columns=1)


def _grade_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    labels = {grade.value: words.gettext(GRADE_NAMES[grade]) for grade in Grade}
    return _radios(labels, chosen.filter.grade, "grade", make, columns=1)


def _level_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    labels = {level.value: words.gettext(LEVEL_NAMES[level]) for level in Level}
    return _radios(labels, chosen.filter.level, "level", make, columns=1)


def _when_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    rhythm = chosen.rhythm
    paces = {
        Pace.AT_ONCE.value: words.gettext("At once"),
        Pace.DAILY.value: words.gettext("Once a day"),
        Pace.WEEKLY.value: words.gettext("Once a week"),
    }
    rows = _radios(paces, rhythm.pace, "pace", make, columns=3)
    if rhythm.pace is Pace.WEEKLY:
        days = {str(day): words.weekday(day) for day in range(7)}
        rows += _radios(days, str(rhythm.weekday), "day", make, columns=3)
    if rhythm.pace is not Pace.AT_ONCE:
        hours = {str(hour): f"{hour:02}:00" for hour in range(24)}
        rows += _radios(hours, str(rhythm.hour), "hour", make, columns=6)
    return rows


def _quiet_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    quiet = chosen.quiet
    now = f"{quiet.begin}-{quiet.end}" if quiet.is_on else "0-0"
    hours = {
        f"{begin * 60}-{end * 60}": f"{clock_of(begin * 60)}–{clock_of(end * 60)}"
        for begin, end in NIGHTS
    }
    rows = _radios({"0-0": words.gettext("None"), **hours}, now, "night", make, columns=2)
    label = words.gettext("Recognitions come through")
    return [*rows, (make(_mark(label, quiet.lets_major), f"major:{int(not quiet.lets_major)}"),)]


def _zone_rows(words: Words, names: Reference, chosen: Chosen, make: Making) -> Rows:
    return _radios({name: name for name in ZONES}, chosen.zone, "tz", make, columns=2)


_ROWS: Mapping[Page, Callable[[Words, Reference, Chosen, Making], Rows]] = {
    Page.MAIN: _main_rows,
    Page.CASES: _case_rows,
    Page.COUNTRIES: _country_rows,
    Page.TYPES: _type_rows,
    Page.STATUSES: _status_rows,
    Page.GRADE: _grade_rows,
    Page.LEVEL: _level_rows,
    Page.WHEN: _when_rows,
    Page.QUIET: _quiet_rows,
    Page.ZONE: _zone_rows,
}


def _marks(
    labels: Mapping[str, str], chosen: frozenset[str], what: str, make: Making, *, columns: int
) -> Rows:
    """Return a button for each key; pressing names the wished outcome, so twice is once."""
    buttons = []
    for key, label in labels.items():
        on = not chosen or key in chosen
        buttons.append(make(_mark(label, on), f"{what}:{'-' if on else '+'}{key}"))
    return _in_rows(buttons, columns)


def _mark(label: str, on: bool) -> str:
    return f"✓ {label}" if on else f"✗ {label}"


def _radios(
    labels: Mapping[str, str], chosen: str, what: str, make: Making, *, columns: int
) -> Rows:
    """Return a button for each key, of which the chosen one is filled in."""
    buttons = [make(_radio(label, key == chosen), f"{what}:{key}") for key, label in labels.items()]
    return _in_rows(buttons, columns)


def _radio(label: str, chosen: bool) -> str:
    return f"● {label}" if chosen else f"○ {label}"


def _in_rows(buttons: Sequence[Button], columns: int) -> Rows:
    return [tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns)]
